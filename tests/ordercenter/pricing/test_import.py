"""Prices from a sheet: what is found wrong, what is shown, what applying writes, and that reverting undoes it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from marketplace.catalog.models import Pack, PartnerItemCode
from marketplace.core.errors import CoreErrorCode
from marketplace.core.imports import ImportOnError
from marketplace.core.models import JobStatus, PolicyStatus
from ordercenter.pricing.imports import apply as applying
from ordercenter.pricing.imports import run
from ordercenter.pricing.imports.apply import apply
from ordercenter.pricing.imports.revert import price_import_revert
from ordercenter.pricing.models import ImportMode, PriceImport, PriceImportRow, PriceRow
from ordercenter.pricing.rows import price_rows_end
from tests.ordercenter.pricing.test_rows import now, write
from tests.refusals import raises

HEADINGS = ["SKU", "Unit", "Min quantity", "Price", "Currency", "Valid from", "Valid to"]


def previewed(world, price_list, rows, headings=HEADINGS, **fields) -> PriceImport:
    """An import of these rows, staged and checked as the worker does it."""
    started = PriceImport.objects.create(organization=world.seller, price_list=price_list, file_name="x.csv", **fields)
    cells = [(number, dict(zip(headings, row, strict=False))) for number, row in enumerate(rows, 2)]
    run.stage_sheet(started, headings, cells)
    run.make_preview(started)
    started.refresh_from_db()
    return started


def codes(started) -> dict[int, list[tuple[str, str]]]:
    rows = PriceImportRow.objects.filter(price_import=started).exclude(errors=[]).order_by("position")
    return {row.position: [(error["column"], error["code"]) for error in row.errors] for row in rows}


def test_every_mistake_is_told_with_its_row_and_column(world):
    variant, other = world.variant(BOX=12), world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    rows = [
        (variant.sku, "PCS", "", "9"),
        ("NONE", "PCS", "", "9"),
        (variant.sku, "CTN", "", "9"),
        (variant.sku, "PCS", "1", "nine"),
        (variant.sku, "PCS", "2", "-1"),
        (variant.sku, "PCS", "3", "1.00001"),
        (variant.sku, "PCS", "4", "1", "USD"),
        (variant.sku, "PCS", "5", "1", "", "2001-01-01"),
        (variant.sku, "PCS", "6", "1", "", "2101-01-02", "2101-01-02"),
        (variant.sku, "PCS", "7", "1", "", "31 June"),
        (other.sku, "PCS", "x", "1"),
        (other.sku, "pcs", "0", "1"),
        (other.sku, "", "", "1"),
        ("", "PCS", "", "1"),
    ]
    started = previewed(world, price_list, rows)
    assert codes(started) == {
        3: [("SKU", "UNKNOWN_VARIANT")],
        4: [("Unit", "UNKNOWN_UOM")],
        5: [("Price", "NUMBER_INVALID")],
        6: [("Price", "PRICE_NEGATIVE")],
        7: [("Price", "PRICE_PRECISION")],
        8: [("Currency", "CURRENCY_MISMATCH")],
        9: [("Valid from", "PRICE_BACKDATED")],
        10: [("Valid to", "WINDOW_EMPTY")],
        11: [("Valid from", "DATE_INVALID")],
        12: [("Min quantity", "NUMBER_INVALID")],
        13: [("SKU", "DUPLICATE_SLOT")],
        14: [("SKU", "DUPLICATE_SLOT")],
        15: [("SKU", "UNKNOWN_VARIANT")],
    }
    assert (started.new_count, started.changed_count, started.error_count) == (0, 1, 13)
    assert not started.can_apply


def test_a_code_may_be_a_barcode_or_the_keepers_own_code(world):
    variant = world.variant(BOX=12)
    Pack.objects.filter(variant=variant, uom__code="BOX").update(barcode="690123")
    PartnerItemCode.objects.create(organization=world.seller, variant=variant, code="OLD-7")
    started = previewed(world, world.price_list(), [("690123", "", "", "110"), ("OLD-7", "", "", "9.5")])
    rows = PriceImportRow.objects.order_by("position").values_list("variant", "uom__code")
    assert list(rows) == [(variant.pk, "BOX"), (variant.pk, "PCS")] and started.error_count == 0


def test_goods_of_a_supplier_need_to_be_in_ones_assortment(world):
    from tests.ordercenter.pricing.world import World

    dealer = World("Dealer")
    world.partnership(downstream=dealer.seller)
    variant = world.variant()
    started = previewed(dealer, dealer.price_list(), [(variant.sku, "", "", "9")])
    assert codes(started) == {2: [("SKU", "NOT_IN_ASSORTMENT")]}


def test_numbers_are_read_as_people_write_them(world):
    variants = [world.variant() for _number in range(3)]
    texts = ("１,234.50", " 7 ", "1e2")
    previewed(world, world.price_list(), [(v.sku, "PCS", "", text) for v, text in zip(variants, texts, strict=True)])
    assert list(PriceImportRow.objects.order_by("position").values_list("amount", flat=True)) == [
        Decimal("1234.5"), 7, 100,
    ]  # fmt: skip


def test_a_sheet_without_its_columns_is_refused(world):
    from ordercenter.pricing.errors import PricingErrorCode

    with raises(PricingErrorCode.FILE_INVALID, field="file"):
        previewed(world, world.price_list(), [], headings=["SKU", "Remark"])


def test_merging_writes_what_is_new_and_leaves_the_rest(world):
    variant, kept, same = (world.variant() for _number in range(3))
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    world.rows(price_list, kept, ("PCS", 0, "5"))
    world.rows(price_list, same, ("PCS", 0, "6"))
    started = previewed(
        world, price_list, [(variant.sku, "", "", "9"), (variant.sku, "", "20", "8"), (same.sku, "", "", "6")]
    )
    shown = (started.new_count, started.changed_count, started.unchanged_count, started.ended_count)
    assert shown == (1, 1, 1, 0)
    assert [(change["old"], change["new"]) for change in started.largest_changes] == [("10.0000", "9.0000")]
    apply(world.actor, started.pk)
    found = [world.price(variant, 1), world.price(variant, 20), world.price(kept, 1), world.price(same, 1)]
    assert found == [9, 8, 5, 6]
    started.refresh_from_db()
    price_list.refresh_from_db()
    assert started.status == JobStatus.SUCCEEDED and price_list.version == 1
    assert price_list.row_count == PriceRow.objects.count() == 5
    apply(world.actor, started.pk)  # again: nothing
    assert PriceRow.objects.count() == 5


def test_replacing_ends_what_the_sheet_does_not_name_but_not_what_it_names_wrongly(world):
    variant, gone, wrong = (world.variant() for _number in range(3))
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    world.rows(price_list, gone, ("PCS", 0, "5"), ("PCS", 0, "4", now() + timedelta(days=5)))
    world.rows(price_list, wrong, ("PCS", 0, "6"))
    fields = {"mode": ImportMode.REPLACE, "on_error": ImportOnError.SKIP_ROWS}
    started = previewed(world, price_list, [(variant.sku, "", "", "9"), (wrong.sku, "", "", "-1")], **fields)
    assert (started.ended_count, started.error_count, started.can_apply) == (1, 1, True)
    apply(world.actor, started.pk)
    assert [world.price(one, 1) for one in (variant, gone, wrong)] == [9, "NO_PRICE", 6]
    assert world.price(gone, 1, at=now() + timedelta(days=6)) == "NO_PRICE"
    started.refresh_from_db()
    assert started.status == JobStatus.PARTIALLY_SUCCEEDED


def test_a_higher_threshold_that_is_dearer_is_warned_of(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"), ("PCS", 100, "9.5"))
    started = previewed(world, price_list, [(variant.sku, "", "50", "10.5"), (variant.sku, "", "70", "9.4")])
    assert started.warnings == [{"row": 2, "code": "TIER_INVERSION"}, {"row": 3, "code": "TIER_INVERSION"}]


def test_a_price_below_the_floor_of_whom_the_list_is_for_is_warned_of(world):
    variant, other = world.variant(BOX=12), world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    world.policy(("floor_amount", "9"), ("floor_amount", "5", None, {"variant": other}))
    rows = [(variant.sku, "", "", "8.9"), (variant.sku, "BOX", "", "108"), (other.sku, "", "", "6")]
    started = previewed(world, price_list, rows)
    assert started.warnings == [{"row": 2, "code": "BELOW_FLOOR"}] and started.can_apply
    world.policy(("floor_amount", "9.5"), partnership=world.buyer)
    assert not previewed(world, price_list, rows[1:]).warnings  # the partner's floor bounds its price, not this list
    world.assign(price_list, partnership=world.buyer)
    assert [row["row"] for row in previewed(world, price_list, rows).warnings] == [2, 3, 4]


def test_a_worker_that_dies_while_applying_leaves_nothing_and_the_next_one_all(world, monkeypatch):
    variants = [world.variant() for _number in range(6)]
    price_list = world.everyone(variants[0], ("PCS", 0, "10"))
    rows = [(variant.sku, "", "", str(number)) for number, variant in enumerate(variants, 1)]
    started = previewed(world, price_list, rows, mode=ImportMode.REPLACE)
    monkeypatch.setattr(applying, "PART", 2)
    told = iter(range(2))

    def dies(*_arguments):
        if next(told, None) is None:
            raise MemoryError

    monkeypatch.setattr(applying.Progress, "tell", dies)
    with pytest.raises(MemoryError), transaction.atomic():
        apply(world.actor, started.pk)  # dies after its third part
    started.refresh_from_db()
    assert started.applied_at is None and PriceRow.objects.count() == 1 and world.price(variants[0], 1) == 10
    monkeypatch.setattr(applying.Progress, "tell", lambda *_arguments: None)
    apply(world.actor, started.pk)
    assert [world.price(variant, 1) for variant in variants] == [1, 2, 3, 4, 5, 6]


def test_a_preview_of_another_version_is_not_applied(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    started = previewed(world, price_list, [(variant.sku, "", "", "9")])
    write(world, price_list, variant, "8", min_quantity=Decimal(5))
    with raises(CoreErrorCode.CONFLICT):
        apply(world.actor, started.pk)
    with raises(CoreErrorCode.CONFLICT):
        run.price_import_apply(world.actor, started.pk)
    assert world.price(variant, 1) == 10


def test_reverting_brings_back_what_was_in_force_and_what_was_scheduled(world):  # invariant 8, a case by hand
    soon, late = now() + timedelta(days=1), now() + timedelta(days=3)
    variant, gone, new = (world.variant() for _number in range(3))
    price_list = world.everyone(variant, ("PCS", 0, "10"), ("PCS", 0, "9", now() - timedelta(days=1), late))
    world.rows(price_list, gone, ("PCS", 0, "5"), ("PCS", 0, "4", soon, late))
    rows = [(variant.sku, "", "", "7"), (new.sku, "", "", "3")]
    started = previewed(world, price_list, rows, mode=ImportMode.REPLACE)
    apply(world.actor, started.pk)
    price_import_revert(world.actor, started.pk)
    at = now() + timedelta(seconds=1)
    found = {v: [world.price(v, 1, at=t) for t in (at, soon, late)] for v in (variant, gone, new)}
    assert found == {variant: [9, 9, 10], gone: [5, 4, 5], new: ["NO_PRICE"] * 3}
    with raises(CoreErrorCode.INVALID_TRANSITION):
        price_import_revert(world.actor, started.pk)


def test_reverting_leaves_what_was_written_or_ended_since(world):
    variant, ended = world.variant(), world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    world.rows(price_list, ended, ("PCS", 0, "5"))
    started = previewed(world, price_list, [(variant.sku, "", "", "9"), (ended.sku, "", "", "4")])
    apply(world.actor, started.pk)
    write(world, price_list, variant, "8", now() + timedelta(days=1))
    row = PriceRow.objects.get(price_list=price_list, amount=4)
    price_rows_end(world.actor, price_list.pk, [row.pk], now() + timedelta(days=2))
    price_import_revert(world.actor, started.pk)
    later = now() + timedelta(days=3)
    assert [world.price(variant, 1, at=later), world.price(ended, 1, at=later)] == [8, "NO_PRICE"]
    assert world.price(ended, 1, at=now() + timedelta(days=1)) == 4


@pytest.mark.parametrize("mode", ImportMode)
def test_a_draft_is_filled_and_emptied_again(world, mode):
    variant, other = world.variant(), world.variant()
    draft = world.price_list(status=PolicyStatus.DRAFT, effective_since=None)
    world.rows(draft, other, ("PCS", 0, "5"))
    started = previewed(world, draft, [(variant.sku, "", "", "9"), (variant.sku, "", "10", "8")], mode=mode)
    apply(world.actor, started.pk)
    assert PriceRow.objects.count() == (3 if mode == ImportMode.MERGE else 2)
    price_import_revert(world.actor, started.pk)
    assert [(row.variant_id, row.amount) for row in PriceRow.objects.all()] == [(other.pk, 5)]
    draft.refresh_from_db()
    assert draft.row_count == 1


def test_a_cancelled_import_is_over(world):
    variant = world.variant()
    started = previewed(world, world.everyone(variant, ("PCS", 0, "10")), [(variant.sku, "", "", "9")])
    run.price_import_cancel(world.actor, started.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        run.price_import_apply(world.actor, started.pk)
    with raises(CoreErrorCode.NOT_FOUND):
        run.price_import_cancel(type(world)("Other").actor, started.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
