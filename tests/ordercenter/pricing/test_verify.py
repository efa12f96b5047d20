"""`entrepot verify` finds what is broken behind the program's back, and nothing else."""

import pytest
from django.db import connection

from marketplace.core.verify import run_checks
from ordercenter.pricing.drafts import AudienceDraft, PriceListDraft
from ordercenter.pricing.lists import price_list_create, price_list_submit
from tests.ordercenter.pricing.test_rows import write


def found() -> set[str]:
    return {difference.check for difference in run_checks() if difference.check.startswith("pricing")}


@pytest.fixture
def shop(world):
    variant = world.variant()
    audience = AudienceDraft(everyone=True)
    price_list = price_list_create(world.actor, PriceListDraft(code="L", name_en="L", audience=audience))
    write(world, price_list, variant, "9")
    price_list_submit(world.actor, price_list.pk)
    write(world, price_list, variant, "8")
    return world


def test_what_the_functions_wrote_is_right(shop):
    assert found() == set()


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE pricing_pricelist SET row_count = 7", "pricing: rows of a list"),
        ("UPDATE pricing_pricepolicyline SET valid_to = now()", "pricing: lines of policies"),
        ("UPDATE pricing_pricelist SET version = 0", "pricing: versions of lists"),
        (
            "UPDATE catalog_pack SET uom_id = (SELECT id FROM catalog_unitofmeasure WHERE code = 'KG')",
            "pricing: packs of rows",
        ),
    ],
)
def test_what_was_changed_by_hand_is_found(shop, statement, check):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
    assert found() == {check}
