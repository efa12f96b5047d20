"""Making and changing products, variants, packs, categories and attributes."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from marketplace.catalog import packs
from marketplace.catalog.attributes import attribute_create, attribute_delete, attribute_update
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import Attribute, Brand, Category, Listing, Pack, Product, UnitOfMeasure, Variant
from marketplace.catalog.packs import PackDraft, pack_write
from marketplace.catalog.products import product_create, product_update
from marketplace.catalog.ranges import AssortmentDraft, assortment_end, assortment_write
from marketplace.catalog.rules import RuleDraft, quantity_rules_write
from marketplace.catalog.taxonomy import brand_create, brand_delete, category_create, category_delete, category_update
from marketplace.catalog.units import unit_create
from marketplace.catalog.values import AudienceDraft
from marketplace.catalog.variants import Axis, variant_create, variant_update, variants_generate
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from tests.factories import make_actor
from tests.marketplace.catalog.stall import holds, skus
from tests.refusals import raises
from tests.statements import count_sql


def choice(stall, code="colour", of_variant=True, values=("red", "blue"), **fields):
    choices = [{"value": value, "zh": {"red": "红色"}.get(value, ""), "en": value.title()} for value in values]
    return attribute_create(
        stall.owner,
        {"code": code, "name_en": code.title(), "kind": "choice", "choices": choices, "of_variant": of_variant}
        | fields,
    )


# --- products ---------------------------------------------------------------------------------------------------------


def test_a_product_comes_with_its_first_variant_and_base_unit(stall):
    product = product_create(stall.owner, {"name_en": "Steel cup", "name_zh": "钢杯"}, packs=[PackDraft("BOX", D(12))])
    variant = product.variants.get()
    assert (product.slug, variant.sku) == ("steel-cup", "STEEL-CUP")
    assert {(pack.uom.code, pack.factor, pack.is_base, pack.is_default) for pack in variant.packs.all()} == {
        ("PCS", D(1), True, True),
        ("BOX", D(12), False, False),
    }
    assert OutboxEvent.objects.filter(kind="catalog.product_created", aggregate_id=product.pk).exists()


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(stall):
    stall.product("CUP-1")
    before = Product.objects.count()
    with raises(Code.REQUIRED, field="name") as refusal:
        product_create(
            stall.owner, {"tax_rate": D(2), "brand_id": 10**9}, sku="CUP-1", uom="XYZ", packs=[PackDraft("BOX", D(0))]
        )
    assert {(error.code, error.field) for error in refusal.errors} == {
        (Code.REQUIRED, "name"),
        (Code.INVALID, "tax_rate"),
        (CoreErrorCode.NOT_FOUND, "brand"),
        (Code.UNKNOWN_UOM, "uom"),
        (Code.INVALID, "factor"),
        (Code.UNIQUE, "sku"),
    }
    assert Product.objects.count() == before


def test_another_organizations_rows_are_not_there(stall):
    product = stall.product()
    foreign_brand = brand_create(stall.stranger, {"name_en": "Foreign"})
    with raises(CoreErrorCode.NOT_FOUND):
        product_update(stall.stranger, product.pk, {"name_en": "Mine now"})
    with raises(CoreErrorCode.NOT_FOUND, field="brand"):
        product_update(stall.owner, product.pk, {"brand_id": foreign_brand.pk})


def test_without_the_permission_nothing_is_written(stall):
    warehouse = make_actor(stall.seller, "seller_warehouse")
    for call in (
        lambda: product_create(warehouse, {"name_en": "X"}),
        lambda: brand_create(warehouse, {"name_en": "X"}),
        lambda: unit_create(warehouse, "XX", name_en="x"),
    ):
        with raises(CoreErrorCode.PERMISSION_DENIED):
            call()


def test_slugs_and_skus_made_from_names_do_not_meet(stall):
    slugs = [product_create(stall.owner, {"name_en": "Cup"}).slug for _ in range(3)]
    assert slugs == ["cup", "cup-2", "cup-3"]
    assert product_create(stall.owner, {"name_zh": "保温杯"}).slug == "保温杯"


# --- attributes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("text", " soft ", "soft"),
        ("number", "1,5", None),
        ("number", "１２.５０", "12.5"),
        ("number", "NaN", None),
        ("boolean", "是", True),
        ("boolean", "perhaps", None),
        ("date", "2026/03/01", "2026-03-01"),
        ("date", "2026-02-30", None),
    ],
)
def test_a_value_is_of_its_attributes_kind(stall, kind, raw, kept):
    attribute_create(stall.owner, {"code": "x", "name_en": "X", "kind": kind})
    if kept is None:
        with raises(Code.ATTRIBUTE_VALUE, field="attributes"):
            stall.product(attributes={"x": raw})
    else:
        assert stall.product(attributes={"x": raw}).attributes == {"x": kept}


def test_a_choice_is_read_by_value_or_label_and_a_value_is_removed_by_nothing(stall):
    choice(stall, of_variant=False)
    product = stall.product(attributes={"colour": "红色"})
    assert product.attributes == {"colour": "red"}
    with raises(Code.ATTRIBUTE_VALUE):
        product_update(stall.owner, product.pk, {"attributes": {"colour": "green"}})
    with raises(Code.ATTRIBUTE_UNKNOWN):
        product_update(stall.owner, product.pk, {"attributes": {"weight": "1"}})
    assert product_update(stall.owner, product.pk, {"attributes": {"colour": ""}}).attributes == {}


def test_what_goods_use_stays_as_it_is(stall):
    attribute = choice(stall, of_variant=False)
    stall.product(attributes={"colour": "red"})
    with raises(Code.IN_USE, field="choices"):
        attribute_update(stall.owner, attribute.pk, {"choices": [{"value": "blue", "en": "Blue"}]})
    with raises(Code.IN_USE, field="kind"):
        attribute_update(stall.owner, attribute.pk, {"kind": "text", "choices": []})
    with raises(Code.IN_USE):
        attribute_delete(stall.owner, attribute.pk)
    attribute_update(stall.owner, attribute.pk, {"choices": [{"value": "red", "en": "Scarlet"}]})
    assert Attribute.objects.get().choices == [{"value": "red", "en": "Scarlet"}]


# --- variants ---------------------------------------------------------------------------------------------------------


def test_two_axes_make_every_variant_once(stall):
    choice(stall)
    attribute_create(stall.owner, {"code": "size", "name_en": "Size", "of_variant": True})
    product = product_create(stall.owner, {"name_en": "Towel"}, sku="TWL")
    axes = [Axis("colour", ("red", "blue")), Axis("size", ("S", "L"))]
    made = variants_generate(stall.owner, product.pk, axes, packs=[PackDraft("BOX", D(10))])
    assert skus(made) == ["TWL-BLUE-L", "TWL-BLUE-S", "TWL-RED-L", "TWL-RED-S"]
    assert {variant.name_zh for variant in made} == {"红色 / S", "红色 / L", "Blue / S", "Blue / L"}
    assert Pack.objects.filter(variant__in=made).count() == 8
    more = [Axis("colour", ("red", "blue")), Axis("size", ("S", "L", "XL"))]
    assert skus(variants_generate(stall.owner, product.pk, more)) == ["TWL-BLUE-XL", "TWL-RED-XL"]
    assert Product.objects.get(pk=product.pk).axes == ["colour", "size"]


@pytest.mark.parametrize(
    "axes", [[], [Axis("colour", ())], [Axis("colour", ("red",))] * 2, [Axis("shape", ("round",))]]
)
def test_axes_that_are_none_are_refused(stall, axes):
    choice(stall)
    product = stall.product()
    with raises(Code.ATTRIBUTE_UNKNOWN if axes and axes[0].attribute == "shape" else Code.AXES_INVALID):
        variants_generate(stall.owner, product.pk, axes)
    assert product.variants.count() == 1


def test_generating_takes_as_many_statements_for_four_as_for_a_hundred(stall):
    attribute_create(stall.owner, {"code": "n", "name_en": "N", "kind": "number", "of_variant": True})
    counts = []
    for number, values in enumerate((4, 100)):
        product = stall.product(f"P-{number}", f"Product {number}")
        with count_sql() as counter:
            variants_generate(stall.owner, product.pk, [Axis("n", tuple(map(str, range(values))))])
        counts.append(counter.count)
    assert counts[0] == counts[1]


def test_a_variant_has_a_sku_of_its_own(stall):
    product = stall.product("CUP-1")
    with raises(Code.UNIQUE, field="sku"):
        variant_create(stall.owner, product.pk, {"sku": "CUP-1"})
    with raises(Code.REQUIRED, field="sku"):
        variant_create(stall.owner, product.pk, {})
    second = variant_create(
        stall.owner, product.pk, {"sku": "CUP-2", "name_en": "large"}, packs=[PackDraft("CTN", D(24))]
    )
    with raises(Code.UNIQUE, field="sku"):
        variant_update(stall.owner, second.pk, {"sku": "CUP-1"})
    assert (
        variant_update(stall.owner, second.pk, {"name_en": "Large"}, barcode="690").packs.get(is_base=True).barcode
        == "690"
    )


# --- packs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def used(monkeypatch):
    """Pretends that documents use these (variant, uom) pairs, as the floor above would say."""
    pairs = set()
    monkeypatch.setattr(packs, "_checks", [lambda asked: pairs & set(asked)])
    return pairs


def test_the_content_of_a_pack_on_documents_is_frozen(stall, used):
    variant = stall.variant(packs={"BOX": 12})
    pack_write(stall.owner, variant.pk, [PackDraft("BOX", D(10))])
    used.add((variant.pk, stall.units["BOX"].pk))
    for draft in (PackDraft("BOX", D(12)), PackDraft("BOX", D(10), remove=True)):
        with raises(Code.PACK_IN_USE, index=0):
            pack_write(stall.owner, variant.pk, [draft])
    pack_write(stall.owner, variant.pk, [PackDraft("BOX", D(10), barcode="690", is_default=True)])
    kept = variant.packs.get(uom__code="BOX")
    assert (kept.factor, kept.barcode, kept.is_default) == (10, "690", True)
    assert variant.packs.filter(is_default=True).count() == 1


def test_the_base_unit_holds_one_and_stays(stall):
    variant = stall.variant(packs={"BOX": 12})
    for draft in (PackDraft("PCS", D(2)), PackDraft("PCS", remove=True)):
        with raises(Code.PACK_BASE):
            pack_write(stall.owner, variant.pk, [draft])
    with raises(Code.UNIQUE, index=1):
        pack_write(stall.owner, variant.pk, [PackDraft("CTN", D(24)), PackDraft("ctn", D(48))])
    pack_write(stall.owner, variant.pk, [PackDraft("BOX", remove=True, factor=D(12))])
    assert [pack.uom.code for pack in variant.packs.all()] == ["PCS"]


def test_the_database_keeps_one_base_unit_of_content_one(stall):
    variant = stall.variant()
    base = {"organization": stall.seller, "variant": variant, "uom": stall.units["BOX"]}
    for fields in ({"is_base": True}, {"factor": D(0)}, {"factor": D(-1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pack.objects.create(**base, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        variant.packs.filter(is_base=True).update(factor=2)


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_a_moved_branch_takes_its_goods_along(stall):
    home = category_create(stall.owner, {"name_en": "Home"})
    kitchen = category_create(stall.owner, {"name_en": "Kitchen", "parent_id": home.pk})
    cups = category_create(stall.owner, {"name_en": "Cups", "parent_id": kitchen.pk})
    garden = category_create(stall.owner, {"name_en": "Garden"})
    category_update(stall.owner, kitchen.pk, {"parent_id": garden.pk})
    assert Category.objects.get(pk=cups.pk).ancestors == [garden.pk, kitchen.pk, cups.pk]
    with raises(CoreErrorCode.TREE_CYCLE, field="parent"):
        category_update(stall.owner, garden.pk, {"parent_id": cups.pk})
    category_update(stall.owner, kitchen.pk, {"parent_id": None})
    assert Category.objects.get(pk=cups.pk).depth == 1


def test_what_is_not_empty_is_not_deleted(stall):
    home = category_create(stall.owner, {"name_en": "Home"})
    cups = category_create(stall.owner, {"name_en": "Cups", "parent_id": home.pk})
    brand = brand_create(stall.owner, {"name_en": "Lotus"})
    product = stall.product(category_id=cups.pk, brand_id=brand.pk)
    for refused in (
        lambda: category_delete(stall.owner, home.pk),
        lambda: category_delete(stall.owner, cups.pk),
        lambda: brand_delete(stall.owner, brand.pk),
    ):
        with raises(Code.IN_USE):
            refused()
    product_update(stall.owner, product.pk, {"category_id": None, "brand_id": None})
    category_delete(stall.owner, cups.pk)
    brand_delete(stall.owner, brand.pk)
    assert not Brand.objects.exists()


# --- assortments and units --------------------------------------------------------------------------------------------


def test_what_an_assortment_names_is_not_deleted_lest_it_show_everything(stall):
    stall.product("CUP-1")
    brand = brand_create(stall.owner, {"name_en": "Acme"})
    category = category_create(stall.owner, {"name_en": "Empty"})
    kept = [stall.assortment(holds(brand_id=brand.pk)), stall.assortment(holds(category_id=category.pk))]
    for delete, row in ((brand_delete, brand), (category_delete, category)):
        with raises(Code.IN_USE):
            delete(stall.owner, row.pk)
    assert skus(Variant.objects.visible_to(stall.dealer)) == []
    for assortment in kept:
        assortment_end(stall.owner, assortment.pk)
    brand_delete(stall.owner, brand.pk)
    category_delete(stall.owner, category.pk)


LONG = "9" * 65


def test_what_no_column_holds_is_refused_by_name(stall):
    owner, product = stall.owner, stall.product("CUP-1", packs={"BOX": 12})
    variant = product.variants.get()
    fine = {"name_en": "Pan"}
    for field, write in {
        "barcode": lambda: product_create(owner, fine, barcode=LONG),
        "tax_rate": lambda: product_create(owner, fine | {"tax_rate": D("0.12345")}),
        "position": lambda: variant_update(owner, variant.pk, {"position": -1}),
        "min": lambda: quantity_rules_write(owner, [RuleDraft(variant.pk, "PCS", min=D("0.0000001"))]),
        "step": lambda: quantity_rules_write(owner, [RuleDraft(variant.pk, "PCS", step=D("1e-30"))]),
    }.items():
        with raises(Code.INVALID, field=field):
            write()
    for write in (
        lambda: product_create(owner, fine, packs=[PackDraft("BOX", D(12), barcode=LONG)]),
        lambda: variant_create(owner, product.pk, {"sku": "CUP-2"}, barcode=LONG),
        lambda: pack_write(owner, variant.pk, [PackDraft("BOX", D(12), barcode=LONG)]),
    ):
        with raises(Code.INVALID, field="barcode"):
            write()
    with raises(Code.INVALID, field="position"):
        category_create(owner, {"name_en": "Cups", "position": -1})
    with raises(Code.INVALID, field="position"):
        choice(stall, position=-1)
    assert Product.objects.count() == 1


def test_an_assortment_without_lines_or_with_two_audiences_is_refused(stall):
    product = stall.product()
    both = AudienceDraft(group_id=stall.groups[0].pk, grade_id=stall.grade.pk)
    with raises(Code.AUDIENCE_INVALID):
        assortment_write(stall.owner, AssortmentDraft(name_en="X", audience=both, lines=[holds()]))
    with raises(Code.REQUIRED, field="lines"):
        assortment_write(stall.owner, AssortmentDraft(name_en="X"))
    with raises(Code.UNIQUE, index=1):
        lines = [holds(product_id=product.pk), holds(product_id=product.pk)]
        assortment_write(stall.owner, AssortmentDraft(name_en="X", lines=lines))
    with raises(CoreErrorCode.NOT_FOUND, field="product", index=0):
        assortment_write(stall.owner, AssortmentDraft(name_en="X", lines=[holds(product_id=10**9)]))


def test_a_unit_is_made_once_for_everybody(stall):
    unit = unit_create(stall.owner, "jar", "罐", "jar")
    assert unit.code == "JAR"
    with raises(Code.UNIQUE, field="code"):
        unit_create(stall.stranger, "JAR", name_en="jar")
    with raises(Code.INVALID, field="exponent"):
        unit_create(stall.owner, "VAT", name_en="vat", exponent=7)
    assert UnitOfMeasure.objects.filter(code="JAR").count() == 1


def test_every_writer_of_one_row_leaves_the_same_number_of_statements_for_many(stall):
    from marketplace.catalog.listings import listing_write

    few = [stall.product(f"A-{n}", f"Few {n}", listed=False).pk for n in range(2)]
    many = [stall.product(f"B-{n}", f"Many {n}", listed=False).pk for n in range(30)]
    counts = []
    for ids in (few, many):
        with count_sql() as counter:
            listing_write(stall.owner, ids)
        counts.append(counter.count)
    assert counts[0] == counts[1]
    assert Listing.objects.count() == 32
    assert Variant.objects.count() == 32
