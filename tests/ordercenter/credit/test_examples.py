"""The worked examples of credit-and-ledger §12, through the orders of the room above."""

from __future__ import annotations

from decimal import Decimal

from ordercenter.credit.book import CreditMove
from ordercenter.credit.enums import Bucket, CreditRuleKind
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.moves import move_all
from ordercenter.credit.queue import evaluate
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.place import place_all
from tests.ordercenter.credit.books import holds


def paid(shop, amount, receivable=True):
    """An open item cleared with money that came."""
    pair = (shop.buyer.pk, shop.buyer.currency)
    move = CreditMove(
        *pair, None, "cleared", Bucket.RECEIVABLE, Bucket.OUTSIDE, Decimal(amount), "clearing", next(shop.documents)
    )
    move_all(shop.system, lock_credit([pair]), [move])


def test_example_1_holds(shop):
    """§12.1. The 4,000 cash reserved for O1 is told by funds; here it leaves UNAPPLIED before the order of V 42,500."""
    shop.rule(CreditRuleKind.LIMIT)
    account = shop.limit(100_000)
    shop.stands(open_orders=15_000, unbilled=8_000, receivable=42_000, unapplied=5_000)
    assert shop.exposure() == 60_000
    pair = (shop.buyer.pk, shop.buyer.currency)
    reserved = CreditMove(
        *pair, None, "cash_reserved", Bucket.UNAPPLIED, Bucket.OUTSIDE, Decimal(4_000), "test", next(shop.documents)
    )
    move_all(shop.system, lock_credit([pair]), [reserved])
    assert shop.exposure() == 64_000

    first = shop.buys(42_500)
    (hold,) = holds(first)
    assert (hold.reason, hold.over, hold.figures["with_order"]) == ("credit", 6_500, "106500.00")
    assert shop.exposure() == 64_000 and shop.buckets()["held"] == 42_500

    second = shop.buys(30_000)
    assert holds(second) == [] and shop.exposure() == 94_000

    paid(shop, 10_000)
    assert shop.exposure() == 84_000
    assert evaluate(shop.system, account.pk) == []

    cancel(shop.sales, second.pk, "too many", lines={second.lines.get().pk: Decimal(15_000)})
    assert shop.exposure() == 69_000
    assert evaluate(shop.system, account.pk) == []

    paid(shop, 11_500)
    assert shop.exposure() == 57_500
    assert evaluate(shop.system, account.pk) == [hold.pk]
    assert holds(first) == [] and shop.exposure() == 100_000 and "held" not in shop.buckets()


def test_example_2_an_order_is_counted_once(shop):
    """§12.2. At RELEASE the exposure alone is compared; shipping moves value and leaves the exposure."""
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100_000)
    shop.stands(open_orders=15_000, unbilled=8_000, receivable=42_000, unapplied=1_000)
    shop.stock("ONE", 30_000)
    order = shop.buys(30_000)
    assert shop.exposure() == 94_000

    confirm(shop.sales, order.pk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED and holds(order) == []

    line = order.lines.get()
    ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(18_000)}))
    assert shop.exposure() == 94_000
    assert shop.buckets() == {"open_orders": 27_000, "unbilled": 26_000, "receivable": 42_000, "unapplied": 1_000}


def test_example_3_reopening_meets_the_limit_again(shop):
    """§12.3. Close, order elsewhere, reopen: held, although the order was let through before."""
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(50_000)
    shop.stock("ONE", 100_000)
    order = shop.buys(40_000)
    confirm(shop.sales, order.pk)
    line = order.lines.get()
    ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(25_000)}))
    close(shop.sales, order.pk, "the rest is not needed")
    assert shop.buckets() == {"unbilled": 25_000}

    assert holds(shop.buys(25_000)) == [] and shop.exposure() == 50_000
    reopen(shop.sales, order.pk)
    (hold,) = holds(order)
    assert (hold.checkpoint, hold.over) == ("reopen", 15_000)
    assert shop.exposure() == 50_000 and shop.buckets()["held"] == 15_000


def test_example_4_one_after_the_other(shop):
    """§12.4 without the race: of 16 orders of 15,000 six fit under 100,000, ten are held."""
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100_000)
    orders = place_all(shop.dealer, [shop.draft(("ONE", 15_000)) for _number in range(16)])
    assert [bool(holds(order)) for order in orders] == [False] * 6 + [True] * 10
    assert shop.buckets() == {"open_orders": 90_000, "held": 150_000}
