"""Writers of one list wait for each other, readers for nobody; each race has a twin without the lock."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.actor import Actor
from ordercenter.pricing import lists, rows
from ordercenter.pricing.drafts import PriceEntry
from ordercenter.pricing.models import PriceList, PriceRow
from ordercenter.pricing.rows import price_rows_write
from tests.ordercenter.pricing.world import World
from tests.threads import at_once

WRITERS = 8


@pytest.fixture
def shop(transactional_db):
    world = World()
    variant = world.variant()
    return world, variant, world.everyone(variant, ("PCS", 0, 10))


def write_many(shop, turns: int = 5) -> list[int]:
    """Eight threads write prices of their own to one slot, five times each; the last amounts they wrote, by thread."""
    world, variant, price_list = shop

    def writer(number: int) -> int:
        for turn in range(turns):
            amount = Decimal(100 + number * turns + turn)
            price_rows_write(Actor.system(world.seller), price_list.pk, [PriceEntry("PCS", amount, variant.pk)])
        return number

    return at_once(WRITERS, writer)


def test_writers_of_one_list_take_turns_and_the_last_one_counts(shop):
    world, variant, price_list = shop
    write_many(shop)
    price_list.refresh_from_db()
    assert price_list.version == WRITERS * 5
    assert price_list.row_count == PriceRow.objects.count() == 1 + WRITERS * 5
    by_turn = list(PriceRow.objects.order_by("id").values_list("valid_from", "amount"))
    assert by_turn == sorted(by_turn), "a price written later holds from later on"
    assert world.price(variant, 1, at=by_turn[-1][0]) == by_turn[-1][1]


def test_without_the_lock_versions_and_rows_are_lost(shop, monkeypatch):
    """The twin: it shows that the test above would see a writer that does not wait."""

    def unlocked(actor, list_id, field="id"):
        found = PriceList.objects.visible_to(actor).annotate(now=lists.TransactionNow()).get(pk=list_id)
        met.wait(timeout=20)
        return found

    met = threading.Barrier(WRITERS)
    monkeypatch.setattr(rows, "lock_list", unlocked)
    try:
        write_many(shop, turns=1)
    except IntegrityError:
        return  # two began in the same microsecond: the constraint has seen them
    price_list = shop[2]
    price_list.refresh_from_db()
    assert price_list.version < WRITERS
    assert price_list.row_count != PriceRow.objects.count()


def test_a_writer_that_began_first_and_wrote_last_has_the_price(shop):
    """Its transaction's clock stands before that of the other, whose price would win over the later one."""
    world, variant, price_list = shop
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")  # the transaction's clock stands still from here on
        other = threading.Thread(target=_write, args=(world, price_list, variant, 8))
        other.start()
        other.join()
        price_rows_write(world.actor, price_list.pk, [PriceEntry("PCS", Decimal(7), variant.pk)])
    assert world.price(variant, 1) == 7
    assert [row.amount for row in PriceRow.objects.order_by("valid_from")] == [10, 8, 7]


def _write(world, price_list, variant, amount) -> None:
    try:
        price_rows_write(world.actor, price_list.pk, [PriceEntry("PCS", Decimal(amount), variant.pk)])
    finally:
        connection.close()


def test_readers_wait_for_no_writer(shop):
    world, variant, price_list = shop
    with transaction.atomic():
        price_rows_write(world.actor, price_list.pk, [PriceEntry("PCS", Decimal(7), variant.pk)])

        def read(_number: int) -> Decimal:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1ms'")
            return world.price(variant, 1)

        assert at_once(4, read) == [10] * 4, "what is not committed is not seen, and not waited for"
    assert world.price(variant, 1) == 7


def test_the_lock_is_taken_in_the_one_order(shop, lock_order):
    world, variant, price_list = shop
    price_rows_write(world.actor, price_list.pk, [PriceEntry("PCS", Decimal(7), variant.pk)])
    lists.price_list_pause(world.actor, price_list.pk)
    assert lock_order.tables == ["pricing_pricelist"]


def test_a_price_is_live_with_the_commit_that_changed_it(shop):
    world, variant, price_list = shop
    price_rows_write(world.actor, price_list.pk, [PriceEntry("PCS", Decimal(7), variant.pk)])
    assert world.price(variant, 1) == 7
    row = PriceRow.objects.latest("id")
    assert world.price(variant, 1, at=row.valid_from - timedelta(microseconds=1)) == 10
