"""What the pages about goods ask and send."""

import pytest

from marketplace.catalog.models import ProductImage
from marketplace.catalog.products import product_create
from marketplace.graphql import to_global_id
from tests.ordercenter.orders.ask import on_page
from tests.ordercenter.orders.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Shop()


def names(shop, **filters):
    found = on_page(shop.sales, "products/products", "Products", filter=filters)["products"]["edges"]
    return sorted(edge["node"]["defaultVariant"]["sku"] for edge in found)


def test_goods_without_a_picture_or_a_price_are_found(shop):
    priced, bare = shop.sells("PAN-1"), product_create(shop.sales, {"name_en": "Bowl"}, sku="PAN-2")
    ProductImage.objects.create(organization=shop.seller, product=bare, file="pan.webp")
    assert names(shop, hasPrice=False) == ["PAN-2"] and names(shop, hasPrice=True) == ["PAN-1"]
    assert names(shop, hasPicture=False) == ["PAN-1"] and names(shop, hasPicture=True) == ["PAN-2"]
    assert names(shop, ids=[to_global_id("Product", priced.product_id)]) == ["PAN-1"]


def test_an_editor_saves_product_and_variants_at_once_and_a_refusal_names_the_cell(shop):
    pan, other = shop.sells("PAN-1"), shop.sells("PAN-2")
    product = {"id": to_global_id("Product", pan.product_id), "nameZh": "锅", "taxPercent": "9", "brand": None}
    variants = [{"id": to_global_id("Variant", pan.pk), "sku": other.sku}]
    answer = on_page(shop.sales, "products/product", "Save", product=product, variants=variants)["productsWrite"]
    assert [(one["field"], one["index"], one["code"]) for one in answer["errors"]] == [("variants.sku", 0, "UNIQUE")]
    variants[0]["sku"] = "PAN-9"
    answer = on_page(shop.sales, "products/product", "Save", product=product, variants=variants)["productsWrite"]
    assert answer["errors"] == []
    pan.refresh_from_db()
    assert (pan.sku, pan.product.name_zh, str(pan.product.tax_rate)) == ("PAN-9", "锅", "0.0900")


def test_a_plan_of_variants_says_why_nothing_can_be_made(shop):
    made = product_create(shop.sales, {"name_en": "Cup"})
    plan = on_page(
        shop.sales,
        "products/product",
        "Combinations",
        id=to_global_id("Product", made.pk),
        axes=[{"attribute": "nothing", "values": ["1"]}],
    )["variantPlan"]
    assert plan["combinations"] == [] and plan["newCount"] == 0 and "nothing" in plan["problem"]
