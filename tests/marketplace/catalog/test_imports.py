"""Sheets of products: staged, checked whole, shown, written whole; and back again."""

from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans, composite, integers, sampled_from
from hypothesis.strategies import lists as lists_of

from marketplace.catalog import packs
from marketplace.catalog.attributes import attribute_create
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.imports import run
from marketplace.catalog.imports.export import error_sheet, product_sheet
from marketplace.catalog.models import Brand, Category, Listing, Pack, Product, ProductImport, Variant
from marketplace.core.errors import CoreErrorCode
from marketplace.core.imports import ImportOnError, ImportPhase
from marketplace.core.models import JobStatus, OutboxEvent
from marketplace.core.sheets import write_csv, write_xlsx
from tests.factories import make_actor
from tests.refusals import raises
from tests.statements import count_sql


def sheet(*rows, headings=None) -> bytes:
    headings = headings or list(dict.fromkeys(name for row in rows for name in row))
    return b"".join(write_csv(headings, rows))


def checked(stall, content, on_error=ImportOnError.REJECT_ALL) -> ProductImport:
    """An import that has been read and checked, as a worker does it."""
    started = run.product_import_start(stall.owner, "goods.csv", content, on_error)
    run.prepare(started.pk)
    started.refresh_from_db()
    return started


def applied(stall, content, on_error=ImportOnError.REJECT_ALL) -> ProductImport:
    found = checked(stall, content, on_error)
    run.product_import_apply(stall.owner, found.pk)
    run.finish(found.pk)
    found.refresh_from_db()
    return found


def errors(found) -> list:
    rows = found.rows.exclude(errors=[]).order_by("position")
    return [(row.position, error["column"], error["code"]) for row in rows for error in row.errors]


CUP = {
    "SKU": "CUP-1", "Name (English)": "Steel cup", "中文名称": "钢杯", "Brand": "Lotus", "Category": "Kitchen > Cups",
    "Base unit": "PCS", "Packs": "BOX=12; CTN=144", "Order unit": "BOX", "Barcode": "690123", "Tax rate": "13%",
    "Listed": "yes",
}  # fmt: skip


def test_a_sheet_makes_products_with_all_that_belongs_to_them(stall):
    found = checked(stall, sheet(CUP))
    assert (found.phase, found.new_count, found.error_count) == (ImportPhase.PREVIEW, 1, 0)
    assert not Product.objects.exists()
    run.product_import_apply(stall.owner, found.pk)
    run.finish(found.pk)
    variant = Variant.objects.select_related("product__brand", "product__category__parent").get()
    product = variant.product
    assert (product.name_en, product.name_zh, product.brand.name_en) == ("Steel cup", "钢杯", "Lotus")
    assert (product.category.name_en, product.category.parent.name_en) == ("Cups", "Kitchen")
    assert product.tax_rate == D("0.13")
    assert {(p.uom.code, p.factor, p.is_default, p.barcode) for p in variant.packs.select_related("uom")} == {
        ("PCS", 1, False, "690123"),
        ("BOX", 12, True, ""),
        ("CTN", 144, False, ""),
    }
    assert Listing.objects.get().variant == variant
    found.refresh_from_db()
    assert (found.status, found.phase) == (JobStatus.SUCCEEDED, ImportPhase.DONE)
    assert OutboxEvent.objects.filter(kind="catalog.products_imported").count() == 1


def test_the_same_sheet_again_changes_nothing(stall):
    applied(stall, sheet(CUP))
    again = checked(stall, sheet(CUP))
    assert (again.new_count, again.changed_count, again.unchanged_count) == (0, 0, 1)
    with raises(Code.INVALID_TRANSITION):
        run.product_import_apply(stall.owner, again.pk)


def test_rows_of_one_product_become_its_variants(stall):
    rows = [
        {"SKU": "T-S", "Product": "towel", "Name": "Towel", "Variant": "S"},
        {"SKU": "T-L", "Product": "towel", "Name": "Towel", "Variant": "L"},
    ]
    applied(stall, sheet(*rows))
    product = Product.objects.get()
    assert [v.name_en for v in product.variants.order_by("position")] == ["S", "L"]
    applied(stall, sheet({"SKU": "T-XL", "Product": "towel", "Variant": "XL"}))
    assert [v.sku for v in product.variants.order_by("position")] == ["T-S", "T-L", "T-XL"]


def test_every_cell_that_is_wrong_is_told(stall):
    stall.product("OLD-1", "Old", packs={"BOX": 12})
    attribute_create(stall.owner, {"code": "volume", "name_en": "Volume", "kind": "number"})
    rows = [
        {"SKU": "", "Name": "No code"},
        {"SKU": "A", "Name": ""},
        {"SKU": "B", "Name": "B", "Unit": "XX", "Tax": "120 %", "Status": "odd", "Volume": "much", "Packs": "BOX"},
        {"SKU": "C", "Name": "C"},
        {"SKU": "C", "Name": "C"},
        {"SKU": "OLD-1", "Product": "other", "Unit": "KG"},
        {"SKU": "D", "Product": "p", "Name": "One"},
        {"SKU": "E", "Product": "p", "Name": "Two"},
        {"SKU": "F" * 65, "Name": "F"},
        {"SKU": "G", "Name": "G", "Order unit": "CTN"},
    ]
    found = checked(stall, sheet(*rows))
    assert errors(found) == [
        (2, "SKU", "REQUIRED"),
        (3, "name_zh", "REQUIRED"),
        (4, "Status", "INVALID"),
        (4, "Tax", "INVALID"),
        (4, "Volume", "ATTRIBUTE_VALUE"),
        (4, "Unit", "UNKNOWN_UOM"),
        (4, "Packs", "INVALID"),
        (6, "SKU", "UNIQUE"),
        (7, "Product", "CONFLICT"),
        (7, "Unit", "PACK_BASE"),
        (9, "Name", "CONFLICT"),
        (10, "SKU", "INVALID"),
        (11, "Order unit", "UNKNOWN_UOM"),
    ]
    assert not found.can_apply
    headings, lines = error_sheet(found)
    back = list(lines)
    assert len(back) == found.error_count == 8
    assert headings[0] == "Row"
    assert "Tax" in back[2][headings[-1]]


def test_good_rows_are_written_when_bad_ones_are_to_be_skipped(stall):
    content = sheet({"SKU": "A", "Name": "A"}, {"SKU": "B", "Name": ""})
    found = applied(stall, content, ImportOnError.SKIP_ROWS)
    assert [variant.sku for variant in Variant.objects.all()] == ["A"]
    assert found.status == JobStatus.PARTIALLY_SUCCEEDED


def test_a_catalogue_that_changed_since_the_preview_refuses_the_whole(stall, monkeypatch):
    variant = stall.variant("CUP-1", packs={"BOX": 12})
    content = sheet({"SKU": "CUP-1", "Packs": "BOX=10"}, {"SKU": "NEW", "Name": "New"})
    found = checked(stall, content)
    monkeypatch.setattr(packs, "_checks", [lambda asked: {(variant.pk, stall.units["BOX"].pk)} & set(asked)])
    run.product_import_apply(stall.owner, found.pk)
    run.finish(found.pk)
    found.refresh_from_db()
    assert (found.phase, found.error_count) == (ImportPhase.PREVIEW, 1)
    assert errors(found) == [(2, "Packs", "PACK_IN_USE")]
    assert not Variant.objects.filter(sku="NEW").exists()


def test_a_failure_while_writing_leaves_nothing(stall, monkeypatch):
    found = checked(stall, sheet({"SKU": "A", "Name": "A"}))
    monkeypatch.setattr("marketplace.catalog.imports.apply.products_changed", lambda ids: 1 / 0)
    run.product_import_apply(stall.owner, found.pk)
    run.finish(found.pk)
    found.refresh_from_db()
    assert found.status == JobStatus.FAILED
    assert found.failure
    assert not Variant.objects.exists()
    assert not Pack.objects.exists()


def test_an_import_runs_once_however_often_it_is_asked_to(stall):
    found = applied(stall, sheet(CUP))
    run.finish(found.pk)
    run.prepare(found.pk)
    found.refresh_from_db()
    assert (found.phase, Variant.objects.count()) == (ImportPhase.DONE, 1)


def test_a_cancelled_import_is_over(stall):
    found = checked(stall, sheet(CUP))
    run.product_import_cancel(stall.owner, found.pk)
    for refused in (run.product_import_cancel, run.product_import_apply):
        with raises(Code.INVALID_TRANSITION):
            refused(stall.owner, found.pk)
    run.finish(found.pk)
    assert not Variant.objects.exists()


@pytest.mark.parametrize("content", [b"no,name\n1,2\n", b"SKU\n", b"\x00", b"\n"])
def test_a_file_that_is_no_sheet_of_products_fails_with_words(stall, content):
    found = checked(stall, content)
    assert found.status == JobStatus.FAILED
    assert found.failure


def test_who_may_not_manage_products_and_who_is_foreign(stall):
    found = checked(stall, sheet(CUP))
    with raises(CoreErrorCode.PERMISSION_DENIED):
        run.product_import_start(make_actor(stall.seller, "seller_finance"), "x.csv", b"x")
    with raises(CoreErrorCode.NOT_FOUND):
        run.product_import_apply(stall.stranger, found.pk)


def test_brands_and_categories_are_found_by_any_of_their_names(stall):
    applied(stall, sheet(CUP))
    same = [
        {"SKU": "B", "Name": "B", "Brand": "lotus", "Category": "Cups"},
        {"SKU": "C", "Name": "C", "Brand": "LOTUS", "Category": "kitchen > cups"},
        {"SKU": "D", "Name": "D", "Brand": "Lotus", "Category": "Garden > Cups"},
    ]
    applied(stall, sheet(*same))
    assert Brand.objects.count() == 1
    assert Category.objects.count() == 4
    assert Product.objects.filter(category__name_en="Cups").count() == 4


@pytest.mark.parametrize("write", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_exported_and_imported_again_changes_nothing(stall, write, language):
    from django.utils import translation

    attribute_create(
        stall.owner, {"code": "dishwasher", "name_en": "Dishwasher", "name_zh": "可洗碗机", "kind": "boolean"}
    )
    applied(
        stall, sheet(CUP | {"Dishwasher": "no"}, {"SKU": "=1+1", "Name (English)": "Odd，（one）", "Status": "draft"})
    )
    with translation.override(language):
        headings, rows = product_sheet(stall.owner)
        content = write_xlsx(headings, rows).read() if write == "xlsx" else b"".join(write_csv(headings, rows))
    again = checked(stall, content)
    assert (again.error_count, again.new_count, again.changed_count, again.unchanged_count) == (0, 0, 0, 2), errors(
        again
    )


@composite
def goods(draw):
    rows = []
    for number in range(draw(integers(1, 5))):
        row = {"SKU": f"S-{number}", "Product": f"p{draw(integers(0, 9)) + 10 * number}", "Name": f"Thing {number}"}
        row["Packs"] = draw(sampled_from(["", "BOX=12", "BOX=6;CTN=36.5"]))
        row["Tax"] = draw(sampled_from(["", "13%", "0.06", "9"]))
        row["Listed"] = "yes" if draw(booleans()) else "no"
        row["Category"] = draw(sampled_from(["", "Kitchen", "Kitchen > Cups", "Home > Kitchen > Cups"]))
        row["Barcode"] = draw(sampled_from(["", "690", "0690"]))
        rows.append(row)
    return rows


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists_of(goods(), min_size=1, max_size=2))
def test_import_then_export_then_import_changes_nothing(stall, batches):
    for rows in batches:
        found = checked(stall, sheet(*rows), ImportOnError.SKIP_ROWS)
        if found.can_apply:
            run.product_import_apply(stall.owner, found.pk)
            run.finish(found.pk)
    headings, rows = product_sheet(stall.owner)
    again = checked(stall, b"".join(write_csv(headings, rows)))
    assert (again.error_count, again.new_count, again.changed_count) == (0, 0, 0), errors(again)
    Product.objects.filter(organization=stall.seller)


def test_checking_and_writing_take_as_many_statements_for_three_rows_as_for_ninety(stall):
    counts = []
    for letter, number in (("A", 3), ("B", 90)):
        rows = [CUP | {"SKU": f"{letter}-{n}", "Barcode": f"{n}", "Category": "Kitchen"} for n in range(number)]
        found = run.product_import_start(stall.owner, "goods.csv", sheet(*rows))
        with count_sql() as counter:
            run.prepare(found.pk)
            run.product_import_apply(stall.owner, found.pk)
            run.finish(found.pk)
        counts.append(counter.count)
        assert Variant.objects.filter(sku__startswith=letter).count() == number
    # The first makes the brand and the category.
    assert counts[1] <= counts[0]
