"""The variant that a list shows comes with the page, and is the first of those that this dealer is offered."""

import pytest

from marketplace.catalog.listings import listing_write
from marketplace.catalog.variants import variant_create, variants_retire
from marketplace.graphql import execute
from tests.marketplace.catalog.stall import leaves_out
from tests.statements import count_sql

SHOWN = """{ catalog { %s { name defaultVariant { sku fullName product { name } orderUom { code } } %s } } }"""


@pytest.fixture
def shop(stall):
    """Two towels of three sizes, all put up, and a cup of one."""
    stall.sizes = {}
    for number in range(2):
        product = stall.product(f"TWL-{number}-S", f"Towel {number}")
        for size in ("M", "L"):
            made = variant_create(stall.owner, product.pk, {"sku": f"TWL-{number}-{size}", "name_en": size})
            stall.sizes[made.sku] = made
        stall.sizes[f"TWL-{number}-S"] = product.variants.get(sku=f"TWL-{number}-S")
        listing_write(stall.owner, [product.pk])
    stall.product("CUP-1", "Cup")
    return stall


def shown(actor, path="nodes", beside=""):
    """SKU of the default variant by product, as a document asks that looks at nothing or at something beside it."""
    around = path if path == "nodes" else "edges { node"
    asked = SHOWN % (around, beside + ("" if path == "nodes" else " }"))
    result = execute(asked, actor=actor)
    assert not result.errors, result.errors
    rows = result.data["catalog"][path]
    nodes = rows if path == "nodes" else [row["node"] for row in rows]
    for node in nodes:
        first = node["defaultVariant"]
        assert first is None or first["product"] == {"name": node["name"]}
    return {node["name"]: node["defaultVariant"] and node["defaultVariant"]["sku"] for node in nodes}


def test_it_is_the_first_of_each_product(shop):
    expected = {"Cup": "CUP-1", "Towel 0": "TWL-0-S", "Towel 1": "TWL-1-S"}
    assert shown(shop.dealer) == shown(shop.dealer, "edges") == expected
    assert shown(shop.dealer, beside="variants { sku }") == expected
    assert shown(shop.dealer, beside="variantCount") == expected


def test_one_that_is_hidden_retired_or_taken_down_is_passed_over(shop):
    shop.assortment(leaves_out(variant_id=shop.sizes["TWL-0-S"].pk), partnership_id=shop.partnership.pk)
    variants_retire(shop.owner, [shop.sizes["TWL-1-S"].pk])
    for beside in ("", "variants { sku }"):
        assert shown(shop.dealer, beside=beside) == {"Cup": "CUP-1", "Towel 0": "TWL-0-M", "Towel 1": "TWL-1-M"}
    assert shown(shop.second)["Towel 0"] == "TWL-0-S"
    assert shown(shop.stranger) == {}


def test_it_takes_no_statement_of_its_own(shop):
    with count_sql() as bare:
        execute("{ catalog { nodes { name } } }", actor=shop.dealer)
    with count_sql() as first:
        execute("{ catalog { nodes { name defaultVariant { sku } } } }", actor=shop.dealer)
    with count_sql() as all_of_them:
        execute(
            "{ catalog { nodes { name defaultVariant { sku } variants { sku } variantCount } } }", actor=shop.dealer
        )
    assert first.count == bare.count
    assert all_of_them.count == bare.count + 1


def test_a_product_by_itself_has_the_same(shop):
    nodes = execute("{ catalog { nodes { id defaultVariant { sku } } } }", actor=shop.dealer).data["catalog"]["nodes"]
    for node in nodes:
        alone = execute(
            "query($id: ID!) { product(id: $id) { defaultVariant { sku } } }", {"id": node["id"]}, actor=shop.dealer
        )
        assert alone.data["product"]["defaultVariant"] == node["defaultVariant"]
