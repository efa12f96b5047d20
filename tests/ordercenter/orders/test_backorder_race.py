"""Stock comes for a line of which a part is being cancelled, with real threads and connections."""

from decimal import Decimal
from threading import Event

import pytest
from django.db import IntegrityError, transaction

from ordercenter.orders import backorders
from ordercenter.orders.cancel import cancel
from ordercenter.stock.backorders import fill
from tests.ordercenter.orders.shop import Shop, counters, lines
from tests.ordercenter.orders.test_walks import differences
from tests.threads import at_once, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def counters_after_cancelling_while_stock_comes() -> list[tuple[Decimal, ...]]:
    """Quantity, cancelled and allocated of a line of 10, after 4 were cancelled while 10 came."""
    shop = Shop(auto_confirm=True)
    shop.sells("ABC")
    order = shop.order(("ABC", 10))
    (line,) = lines(order)

    cancelled = Event()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                cancel(shop.sales, order.pk, "Fewer", {line.pk: Decimal(4)})
                cancelled.set()
                until_somebody_waits()
        else:
            assert cancelled.wait(timeout=20)
            shop.stock("ABC", 10)
            fill(shop.sales, shop.seller.pk)

    at_once(2, act)
    return counters(order, "quantity", "cancelled", "allocated")


def test_stock_that_comes_serves_what_is_still_wanted():
    assert counters_after_cancelling_while_stock_comes() == [(10, 4, 6)]
    assert differences() == []


def test_the_twin_that_reads_before_it_waits_for_the_lock_breaks(monkeypatch):
    """Both in one statement, as it may look simpler: what waits is then told as it was before the other had done."""
    at_once_read = backorders.WAITING.replace(
        "waiting.id = ANY(%(orders)s::bigint[])", "waiting.seller_id = %(seller)s"
    )
    statement = at_once_read + " ORDER BY waiting.id FOR NO KEY UPDATE OF waiting"
    real = backorders.rows_of

    def stale(text, values):
        if text == backorders.LOCK:
            stale.rows = real(statement, values)
            return [(row[4],) for row in stale.rows]
        return stale.rows if text == backorders.WAITING else real(text, values)

    monkeypatch.setattr(backorders, "rows_of", stale)
    with pytest.raises(IntegrityError):
        counters_after_cancelling_while_stock_comes()
