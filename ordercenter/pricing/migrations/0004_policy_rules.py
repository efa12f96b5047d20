from decimal import Decimal

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

import marketplace.parties.audience
from marketplace.core.together import Together


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("pricing", "0003_policy_terms")]

    operations = [
        AddIndexConcurrently(
            model_name="pricepolicyline",
            index=models.Index(
                condition=models.Q(("kind", "list"), _negated=True),
                fields=["organization", "product_key", "audience_key"],
                name="price_policy_line_about",
            ),
        ),
        Together([AddConstraintNotValid(
            model_name="pricepolicyline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "list"),
                        ("price_list__isnull", False),
                        ("step__isnull", True),
                        ("value__isnull", True),
                        ("brand__isnull", True),
                        ("category__isnull", True),
                        ("product__isnull", True),
                        ("variant__isnull", True),
                    ),
                    models.Q(
                        ("kind", "percent"),
                        ("value__range", (Decimal("-100"), Decimal("1000"))),
                        ("merge", False),
                        ("price_list__isnull", True),
                        ("step__isnull", False),
                        ("step__range", (1, 9)),
                        ("value__isnull", False),
                    ),
                    models.Q(
                        ("kind", "amount"),
                        ("merge", False),
                        ("price_list__isnull", True),
                        ("step__isnull", False),
                        ("step__range", (1, 9)),
                        ("value__isnull", False),
                    ),
                    models.Q(
                        ("kind__in", ("floor_amount", "floor_percent")),
                        ("merge", False),
                        ("price_list__isnull", True),
                        ("step__isnull", True),
                        ("value__gte", 0),
                        ("value__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="price_policy_line_kind",
            ),
        ),
        AddConstraintNotValid(
            model_name="pricepolicyline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    marketplace.parties.audience.LessOrEqual(
                        marketplace.parties.audience.NumNonNulls("variant", "product", "category", "brand"), 1
                    )
                ),
                name="price_policy_line_scope",
            ),
        ),
        ]),
        ValidateConstraint("pricepolicyline", "price_policy_line_kind"),
        ValidateConstraint("pricepolicyline", "price_policy_line_scope"),
    ]
