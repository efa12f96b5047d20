"""Many goods changed at once, variants planned, brands merged, categories placed, pictures added together."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from marketplace.catalog.attributes import attribute_create
from marketplace.catalog.brands import brand_logo_set, brand_merge
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.images import image_update, images_add
from marketplace.catalog.models import AssortmentLine, Brand, Category, Pack, Product, Variant
from marketplace.catalog.packs import PackDraft
from marketplace.catalog.ranges import AssortmentLineDraft
from marketplace.catalog.sheet import ProductChange, VariantChange, goods_write
from marketplace.catalog.taxonomy import brand_create, category_create, category_place
from marketplace.catalog.variants import Axis, variants_generate, variants_planned
from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors
from tests.marketplace.catalog.stall import Stall

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall():
    return Stall()


def refusals(call):
    """Field, index and code of all that was refused."""
    with pytest.raises((DomainErrors, DomainError)) as refused:
        call()
    found = getattr(refused.value, "errors", [refused.value])
    return {(one.field, one.index, one.code) for one in found}


def colour(stall, **more):
    choices = [{"value": "white", "zh": "白", "en": "White"}, {"value": "blue", "zh": "蓝", "en": "Blue"}]
    fields = {"name_en": "Colour", "code": "colour", "kind": "choice", "choices": choices, "of_variant": True}
    return attribute_create(stall.owner, fields | more)


def test_products_and_variants_change_together(stall):
    brand = brand_create(stall.owner, {"name_en": "Spruce"})
    attribute_create(stall.owner, {"name_en": "Material", "code": "material"})
    cup = stall.product("CUP-1", packs={"BOX": 12})
    variant = cup.variants.get()
    fields = {"name_zh": "杯", "brand_id": brand.pk, "tax_rate": Decimal("0.09"), "attributes": {"material": "steel"}}
    packs = [PackDraft("BOX", Decimal(6)), PackDraft("CTN", Decimal(60))]
    goods_write(
        stall.owner, [ProductChange(cup.pk, fields)], [VariantChange(variant.pk, {"sku": "CUP-9"}, "690", packs)]
    )
    cup.refresh_from_db()
    variant.refresh_from_db()
    assert (cup.name_zh, cup.brand, cup.tax_rate, cup.attributes) == (
        "杯",
        brand,
        Decimal("0.09"),
        {"material": "steel"},
    )
    assert variant.sku == "CUP-9"
    assert set(variant.packs.values_list("uom__code", "factor", "barcode", "is_default")) == {
        ("PCS", 1, "690", True),
        ("BOX", 6, "", False),
        ("CTN", 60, "", False),
    }


def test_all_that_is_wrong_is_told_by_row_and_nothing_is_written(stall):
    cup, pan = stall.product("CUP-1"), stall.product("PAN-1")
    variants = [cup.variants.get(), pan.variants.get()]
    found = refusals(
        lambda: goods_write(
            stall.owner,
            [
                ProductChange(cup.pk, {"name_zh": "杯"}),
                ProductChange(pan.pk, {"tax_rate": Decimal(2), "brand_id": 0, "attributes": {"nothing": "1"}}),
            ],
            [
                VariantChange(variants[0].pk, {"sku": "PAN-1"}),
                VariantChange(variants[1].pk, {}, None, [PackDraft("PCS", Decimal(2)), PackDraft("XYZ")]),
            ],
        )
    )
    assert found == {
        ("products.tax_rate", 1, Code.INVALID),
        ("products.brand", 1, CoreErrorCode.NOT_FOUND),
        ("products.attributes.nothing", 1, Code.ATTRIBUTE_UNKNOWN),
        ("variants.sku", 0, Code.UNIQUE),
        ("variants.packs.PCS", 1, Code.PACK_BASE),
        ("variants.packs.XYZ", 1, Code.UNKNOWN_UOM),
    }
    assert Product.objects.get(pk=cup.pk).name_zh == ""


def test_goods_of_others_are_not_there(stall):
    cup = stall.product("CUP-1")
    assert refusals(lambda: goods_write(stall.stranger, [ProductChange(cup.pk, {"name_zh": "杯"})])) == {
        ("products", 0, CoreErrorCode.NOT_FOUND)
    }


def test_a_sheet_of_thirty_costs_what_one_row_costs(stall):
    def cost(number):
        goods = [stall.product(f"ROW-{number}-{n}") for n in range(number)]
        products = [ProductChange(row.pk, {"name_zh": f"名 {row.pk}"}) for row in goods]
        forms = [
            VariantChange(one.pk, {"sku": f"NEW-{one.pk}"}, "690", [PackDraft("BOX", Decimal(6))])
            for one in Variant.objects.filter(product__in=goods)
        ]
        with CaptureQueriesContext(connection) as sent:
            goods_write(stall.owner, products, forms)
        return len(sent)

    assert cost(1) == cost(30)


def test_a_plan_shows_what_is_there_and_skips_it(stall):
    colour(stall)
    attribute_create(stall.owner, {"name_en": "Size", "code": "size", "kind": "number", "of_variant": True})
    cup = stall.product("CUP")
    axes = [Axis("colour", ("white", "blue")), Axis("size", ("1", "2"))]
    variants_generate(stall.owner, cup.pk, [Axis("colour", ("white",)), Axis("size", ("1",))], pattern="{base}.{2}{1}")
    plan = variants_planned(stall.owner, cup.pk, axes, "{base}/{1}/{n}")
    assert [(one.sku, one.there is not None) for one in plan] == [
        ("CUP.1WHITE", True),
        ("CUP/WHITE/3", False),
        ("CUP/BLUE/4", False),
        ("CUP/BLUE/5", False),
    ]
    made = variants_generate(stall.owner, cup.pk, axes, pattern="{base}/{1}/{n}", left_out=["CUP/BLUE/5"])
    assert [row.sku for row in made] == ["CUP/WHITE/3", "CUP/BLUE/4"]
    assert refusals(lambda: variants_planned(stall.owner, cup.pk, axes, "{colour}")) == {
        ("sku_pattern", None, Code.INVALID)
    }


def test_a_brand_goes_into_another_with_its_goods_and_its_places_in_assortments(stall):
    old, new = (brand_create(stall.owner, {"name_en": name}) for name in ("Old", "New"))
    cup = stall.product("CUP-1", brand_id=old.pk)
    stall.assortment(AssortmentLineDraft(brand_id=old.pk), AssortmentLineDraft(brand_id=new.pk))
    brand_merge(stall.owner, old.pk, new.pk)
    cup.refresh_from_db()
    assert cup.brand == new == Brand.objects.get()
    assert AssortmentLine.objects.get().brand == new
    assert refusals(lambda: brand_merge(stall.owner, new.pk, new.pk)) == {("into", None, Code.INVALID)}


def test_a_category_is_placed_before_another_or_last_and_never_below_itself(stall):
    first, second, third = (category_create(stall.owner, {"name_en": name, "position": 0}) for name in "ABC")
    category_place(stall.owner, third.pk, None, first.pk)
    assert list(Category.objects.order_by("position")) == [third, first, second]
    category_place(stall.owner, first.pk, second.pk)
    first.refresh_from_db()
    assert first.ancestors == [second.pk, first.pk]
    assert refusals(lambda: category_place(stall.owner, second.pk, first.pk)) == {
        ("parent", None, CoreErrorCode.TREE_CYCLE)
    }
    assert refusals(lambda: category_place(stall.owner, third.pk, None, first.pk)) == {
        ("before", None, CoreErrorCode.NOT_FOUND)
    }


def picture(name="red"):
    out = BytesIO()
    Image.new("RGB", (200, 100), name).save(out, "PNG")
    return out.getvalue()


def test_pictures_come_together_or_not_at_all(stall, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cup = stall.product("CUP-1")
    assert refusals(lambda: images_add(stall.owner, cup.pk, [picture(), b"no picture"])) == {
        ("file", 1, Code.FILE_INVALID)
    }
    assert not cup.images.exists()
    first, second = images_add(stall.owner, cup.pk, [picture(), picture("blue")])
    assert (first.position, second.position) == (0, 1)
    assert image_update(stall.owner, first.pk, alt_en="A cup").alt_en == "A cup"


def test_a_brand_gets_a_logo_and_loses_it(stall, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    brand = brand_create(stall.owner, {"name_en": "Spruce"})
    assert brand_logo_set(stall.owner, brand.pk, picture()).logo
    assert brand_logo_set(stall.owner, brand.pk, None).logo == ""


def test_the_default_unit_that_goes_is_followed_by_the_base_unit(stall):
    variant = stall.variant("CUP-1", packs={"BOX": 12})
    Pack.objects.filter(variant=variant).update(is_default=False)
    Pack.objects.filter(variant=variant, uom__code="BOX").update(is_default=True)
    goods_write(stall.owner, (), [VariantChange(variant.pk, {}, None, [PackDraft("BOX", remove=True)])])
    assert list(variant.packs.values_list("uom__code", "is_default")) == [("PCS", True)]
