"""Products by tax category, built while others write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("catalog", "0004_tax_categories_and_rates"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(
                condition=models.Q(("tax_category__isnull", False)),
                fields=["tax_category"],
                name="product_tax_category",
            ),
        ),
    ]
