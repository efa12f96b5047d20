"""Writing prices: what holds from when, what is refused, and what writers of one list do to each other."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import PolicyStatus
from marketplace.core.postgresql.infinity import BEGINNING
from ordercenter.pricing.drafts import PriceEntry
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceList, PriceRow
from ordercenter.pricing.rows import price_rows_end, price_rows_write
from tests.ordercenter.pricing.world import World
from tests.refusals import raises
from tests.statements import count_sql


def now() -> datetime:
    """The transaction's own instant: tests here run in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def write(world: World, price_list: PriceList, variant: Any, amount: str, at: datetime | None = None, **fields: Any):
    entry = PriceEntry("PCS", Decimal(amount), variant_id=variant.pk, **fields)
    return price_rows_write(world.actor, price_list.pk, [entry], at)


def test_a_price_holds_from_its_instant_and_not_a_microsecond_before(world):  # invariant 7
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    begins = now() + timedelta(days=1)
    write(world, price_list, variant, "9", begins)
    assert world.price(variant, 1, at=begins - timedelta(microseconds=1)) == 10
    assert world.price(variant, 1, at=begins) == 9


def test_the_second_write_to_a_slot_in_one_transaction_replaces_the_first(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    write(world, price_list, variant, "9")
    write(world, price_list, variant, "8")
    assert [row.amount for row in PriceRow.objects.order_by("id")] == [10, 8]
    assert world.price(variant, 1) == 8
    price_list.refresh_from_db()
    assert (price_list.version, price_list.row_count) == (2, 2)


def test_a_price_that_holds_already_writes_nothing(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    assert write(world, price_list, variant, "10").count == 0
    price_list.refresh_from_db()
    assert price_list.version == 0


def test_no_price_begins_in_the_past_of_a_list_that_was_in_force(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    with raises(PricingErrorCode.PRICE_BACKDATED, field="effective_at"):
        write(world, price_list, variant, "9", now() - timedelta(microseconds=1))
    write(world, price_list, variant, "9", now())


def test_a_draft_takes_any_instant_and_without_one_the_beginning_of_time(world):
    variant = world.variant()
    draft = world.price_list(status=PolicyStatus.DRAFT, effective_since=None)
    write(world, draft, variant, "9", now() - timedelta(days=900))
    write(world, draft, variant, "8")
    write(world, draft, variant, "7")
    assert sorted((row.valid_from == BEGINNING, row.amount) for row in PriceRow.objects.all()) == [
        (False, 9),
        (True, 7),
    ]


def test_removing_a_slot_lets_no_older_price_come_back(world):
    variant = world.variant()
    later = now() + timedelta(days=3)
    price_list = world.everyone(
        variant, ("PCS", 0, "10"), ("PCS", 0, "9", now() - timedelta(days=1)), ("PCS", 0, "8", later)
    )
    other = world.rows(price_list, variant, ("PCS", 50, "7"))
    (row, *_rest) = PriceRow.objects.filter(amount=9)
    price_rows_end(world.actor, price_list.pk, [row.pk])
    assert world.price(variant, 1) == "NO_PRICE"
    assert world.price(variant, 1, at=later) == "NO_PRICE"
    assert world.price(variant, 60) == other[0].amount
    assert world.price(variant, 1, at=now() - timedelta(hours=1)) == 9


def test_a_slot_ends_at_an_instant_to_come(world):
    variant = world.variant()
    soon, late = now() + timedelta(days=1), now() + timedelta(days=2)
    price_list = world.everyone(variant, ("PCS", 0, "10"), ("PCS", 0, "9", soon), ("PCS", 0, "8", late))
    price_rows_end(world.actor, price_list.pk, [PriceRow.objects.get(amount=10).pk], late)
    found = [world.price(variant, 1, at=at) for at in (now(), soon, late)]
    assert found == [10, 9, "NO_PRICE"]


def test_an_end_in_the_past_is_refused(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    with raises(PricingErrorCode.PAST_IS_CLOSED, field="at"):
        price_rows_end(world.actor, price_list.pk, [PriceRow.objects.get().pk], now() - timedelta(seconds=1))


def test_all_problems_of_all_entries_are_told_at_once_and_nothing_is_written(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    entries = [
        PriceEntry("PCS", Decimal("1.00005"), variant_id=variant.pk),
        PriceEntry("PCS", Decimal(-1), variant_id=variant.pk, min_quantity=Decimal(5)),
        PriceEntry("BOX", Decimal(1), variant_id=variant.pk),
        PriceEntry("PCS", Decimal(1), sku="NONE"),
        PriceEntry("PCS", Decimal(2), sku=variant.sku),
        PriceEntry("PCS", Decimal(3), variant_id=variant.pk, min_quantity=Decimal(9), valid_to=now()),
        PriceEntry("PCS", Decimal("NaN"), variant_id=variant.pk, min_quantity=Decimal(-1)),
    ]
    with raises(PricingErrorCode.PRICE_PRECISION, field="amount", index=0) as refusal:
        price_rows_write(world.actor, price_list.pk, entries)
    assert [(error.code.name, error.index) for error in refusal.errors] == [
        ("PRICE_PRECISION", 0),
        ("PRICE_NEGATIVE", 1),
        ("UNKNOWN_UOM", 2),
        ("UNKNOWN_VARIANT", 3),
        ("DUPLICATE_SLOT", 4),
        ("WINDOW_EMPTY", 5),
        ("NUMBER_INVALID", 6),
        ("QUANTITY_INVALID", 6),
    ]
    assert PriceRow.objects.count() == 1


def test_another_organizations_list_is_not_found(world):
    variant = world.variant()
    price_list = world.everyone(variant, ("PCS", 0, "10"))
    stranger = World("Stranger")
    with raises(CoreErrorCode.NOT_FOUND, field="price_list"):
        write(stranger, price_list, variant, "9")
    with raises(CoreErrorCode.NOT_FOUND):
        stranger.ask([world.request(variant, 1)])


def test_writing_500_prices_takes_as_many_statements_as_writing_one(world):
    price_list = world.price_list()
    variants = [world.variant() for _number in range(40)]
    counts = []
    for part in (variants[:1], variants):
        entries = [PriceEntry("PCS", Decimal(5), sku=variant.sku) for variant in part]
        with count_sql() as counter:
            price_rows_write(world.actor, price_list.pk, entries)
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 9, counter


@pytest.mark.parametrize("change", ["amount = 1", "valid_from = now()", "valid_to = now() - interval '1 second'"])
def test_the_database_keeps_what_a_price_was(world, change):
    world.everyone(world.variant(), ("PCS", 0, "10"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE pricing_pricerow SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceRow.objects.all().delete()
    assert timezone.is_aware(PriceRow.objects.get().valid_to)
