"""Orders with money in them: discounts, gifts, charges, funds and credit, from placing to the last cancellation."""

from decimal import Decimal

import pytest

from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.change import Change, change
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm, confirm_all
from ordercenter.orders.drafts import Charge
from ordercenter.orders.entries import Wish
from ordercenter.orders.enums import HoldReason, OrderHoldStatus, OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.holds import hold_place, hold_reject, hold_release
from ordercenter.orders.models import Order, OrderHold
from ordercenter.promotions.drafts import PoolDraft, PoolItemDraft, TierDraft
from tests.factories import make_actor
from tests.locks import watched_locks
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.ordercenter.orders.shop import lines
from tests.refusals import raises
from tests.statements import count_sql

D = Decimal


@pytest.fixture
def money(db) -> MoneyShop:
    """A seller that confirms by hand and controls credit."""
    return MoneyShop()


def amounts(order: Order) -> list[tuple[Decimal, ...]]:
    return [(row.list_amount, row.discount, row.reduction, row.net, row.tax, row.gross) for row in lines(order)]


def test_a_discount_is_taken_off_before_tax_is_worked_out(money):
    money.limit(1000)
    money.sells("A", "19.99", 10)
    money.promotes("amount_off", value=5)
    order = money.order(("A", 3))
    assert amounts(order) == [(D("59.97"), D(5), 0, D("48.65"), D("6.32"), D("54.97"))]
    assert (order.list_amount, order.discount, order.gross, order.promoted) == (D("59.97"), D(5), D("54.97"), True)
    assert run_checks() == []


def test_funds_lower_the_price_first_and_then_pay(money):
    """Credit-and-ledger §12.5, cut to two lines."""
    money.limit(10000)
    money.sells("A", "600", 10)
    money.sells("B", "300", 10)
    money.grant("rebate", 250)
    money.grant("cash", 500)
    order = money.order(("A", 1), ("B", 1), funds={"rebate": D(180), "cash": D(500)})
    assert [(row.reduction, row.gross, row.net, row.tax) for row in lines(order)] == [
        (D(120), D(480), D("424.78"), D("55.22")),
        (D(60), D(240), D("212.39"), D("27.61")),
    ]
    assert sum(row.funded for row in lines(order)) == order.funded == 500
    assert order.value == 220
    assert money.held_in("rebate") == (250, 180)
    assert money.buckets()["open_orders"] == 220
    assert run_checks() == []


def test_a_wholly_cancelled_order_leaves_everything_as_before(money):
    money.limit(100000)
    money.settings.auto_confirm = True
    money.settings.save()
    money.sells("A", "19.99", 50)
    money.sells("B", "7.35", 50)
    money.promotes("percent_off", value=10, cap=("amount", 1000))
    money.coupon(money.promotes("amount_off", value=3, coupon_required=True, cap=("uses", 5)))
    money.grant("rebate", "33.33")
    money.grant("cash", "20.01")
    before = money.everything()
    order = money.order(("A", 7), ("B", 3), coupons=["SPRING"], funds={"rebate": D("33.33"), "cash": D("20.01")})
    assert order.status == OrderStatus.CONFIRMED and order.discount > 3
    assert money.everything() != before
    first, second = lines(order)
    cancel(money.sales, order.pk, "Some", {first.pk: D(3)})
    assert run_checks() == []
    cancel(money.sales, order.pk, "Less", {first.pk: D(2), second.pk: D(1)})
    cancel(money.sales, order.pk, "All")
    assert money.everything() == before
    assert run_checks() == []


def test_what_a_declined_order_held_is_free(money):
    money.limit(100000)
    money.sells("A", "10", 50)
    money.promotes("percent_off", value=10, cap=("amount", 1000))
    money.grant("cash", 20)
    before = money.everything()
    order = money.order(("A", 7), funds={"cash": D(20)})
    decline(money.sales, order.pk, "No")
    assert money.everything() == before
    assert run_checks() == []


def test_beyond_the_limit_an_order_is_placed_and_waits_without_stock(money):
    money.settings.auto_confirm = True
    money.settings.save()
    money.limit(100)
    money.rule(CreditRuleKind.LIMIT)
    money.stock("ONE", 500)
    first, second = money.buys(80), money.buys(50)
    assert (first.status, second.status) == (OrderStatus.CONFIRMED, OrderStatus.PLACED)
    assert (second.open_holds, second.waiting_for) == (1, OrderWait.RELEASE)
    assert money.allocated("ONE") == 80
    assert money.buckets() == {"open_orders": 80, "held": 50}
    hold = OrderHold.objects.get()
    assert (hold.reason, hold.over, hold.value, hold.checkpoint) == (HoldReason.CREDIT, 30, 50, "place")
    with raises(OrderErrorCode.ORDER_HELD):
        confirm(money.sales, second.pk)
    with raises(OrderErrorCode.REASON_REQUIRED, field="reason"):
        hold_release(money.sales, hold.pk, " ")
    hold_release(money.sales, hold.pk, "They paid by phone")
    assert money.buckets() == {"open_orders": 130}
    with raises(OrderErrorCode.HOLD_CLOSED):
        hold_release(money.sales, hold.pk, "Again")
    dispatch_all()
    second.refresh_from_db()
    assert (second.status, second.open_holds) == (OrderStatus.CONFIRMED, 0)
    assert money.allocated("ONE") == 130
    assert run_checks() == []


def test_nobody_releases_an_order_of_their_own(money):
    money.limit(10)
    money.rule(CreditRuleKind.LIMIT)
    order = money.order(("ONE", 50), actor=money.sales)
    hold = OrderHold.objects.get(order=order)
    with raises(OrderErrorCode.SELF_APPROVAL):
        hold_release(money.sales, hold.pk, "Mine")
    hold_release(make_actor(money.seller, "seller_owner"), hold.pk, "Fine")


def test_credit_that_is_freed_lets_the_oldest_order_go(money):
    money.settings.auto_confirm = True
    money.settings.save()
    money.limit(100)
    money.rule(CreditRuleKind.LIMIT)
    money.stock("ONE", 500)
    first, second, third = money.buys(80), money.buys(90), money.buys(20)
    assert [one.status for one in (first, second, third)] == ["confirmed", "placed", "confirmed"]
    cancel(money.sales, first.pk, "Gone")
    dispatch_all()
    second.refresh_from_db()
    assert second.status == OrderStatus.PLACED  # 20 + 90 is beyond 100
    cancel(money.sales, third.pk, "Gone")
    dispatch_all()
    second.refresh_from_db()
    assert second.status == OrderStatus.CONFIRMED
    assert money.buckets() == {"open_orders": 90}
    assert OrderHold.objects.get().status == OrderHoldStatus.RELEASED
    assert run_checks() == []


def test_a_rejected_hold_declines_what_is_placed(money):
    money.limit(10)
    money.rule(CreditRuleKind.LIMIT)
    order = money.buys(50)
    hold_reject(money.sales, OrderHold.objects.get().pk, "Never")
    order.refresh_from_db()
    assert (order.status, order.open_holds) == (OrderStatus.DECLINED, 0)
    assert money.buckets() == {}
    assert OrderHold.objects.get().status == OrderHoldStatus.REJECTED
    assert run_checks() == []


def test_an_order_held_by_hand_is_not_confirmed_and_not_shipped(money):
    money.limit(1000)
    money.stock("ONE", 50)
    order = money.buys(50)
    hold_place(money.sales, order.pk, "Ask them first")
    with raises(OrderErrorCode.ORDER_HELD):
        confirm(money.sales, order.pk)
    hold_release(money.sales, OrderHold.objects.get().pk, "Asked")
    confirm(money.sales, order.pk)
    hold = hold_place(money.sales, order.pk, "And again")
    with raises(OrderErrorCode.ORDER_HELD):
        ship(money.sales, ShipmentDraft(order.pk))
    hold_reject(money.sales, hold.pk, "No")
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED
    assert run_checks() == []


def test_shipping_moves_value_by_part_and_closing_frees_the_rest(money):
    money.limit(1000)
    money.rule(CreditRuleKind.LIMIT)
    money.sells("A", "33.33", 10)
    money.promotes("percent_off", value=7, cap=("amount", 500))
    order = money.order(("A", 7))
    confirm(money.sales, order.pk)
    (line,) = lines(order)
    value = order.value
    ship(money.sales, ShipmentDraft(order.pk, {line.pk: D(3)}))
    buckets = money.buckets()
    assert buckets["open_orders"] + buckets["unbilled"] == value
    assert run_checks() == []
    close(money.sales, order.pk, "Enough")
    assert money.buckets() == {"unbilled": buckets["unbilled"]}
    reopen(money.sales, order.pk)
    assert money.buckets() == buckets
    ship(money.sales, ShipmentDraft(order.pk))
    assert money.buckets() == {"unbilled": value}
    assert run_checks() == []


def test_a_reopened_order_meets_the_limit_as_a_new_one(money):
    money.limit(100)
    money.rule(CreditRuleKind.LIMIT)
    money.stock("ONE", 500)
    order = money.buys(80)
    confirm(money.sales, order.pk)
    (line,) = lines(order)
    ship(money.sales, ShipmentDraft(order.pk, {line.pk: D(10)}))
    close(money.sales, order.pk, "Enough")
    money.buys(80)
    reopen(money.sales, order.pk)
    order.refresh_from_db()
    assert (order.status, order.open_holds, order.waiting_for) == (OrderStatus.CONFIRMED, 1, OrderWait.RELEASE)
    assert money.buckets() == {"unbilled": 10, "open_orders": 80, "held": 70}
    assert money.allocated("ONE") == 0
    assert run_checks() == []


def test_a_hold_at_release_stops_the_order_and_a_grace_lets_it_pass(money):
    money.limit(100)
    money.stock("ONE", 500)
    order = money.buys(80)
    money.limit(50)
    money.rule(CreditRuleKind.LIMIT)
    outcome = confirm_all(money.sales, [order.pk])
    assert (outcome.done, outcome.held) == ([], [order.pk])
    assert money.buckets() == {"held": 80}
    hold_release(money.sales, OrderHold.objects.get().pk, "Known buyer")
    confirm(money.sales, order.pk)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    ship(money.sales, ShipmentDraft(order.pk))
    assert money.buckets() == {"unbilled": 80}
    assert run_checks() == []


def test_charges_are_lines_that_go_with_the_first_goods(money):
    money.limit(1000)
    money.sells("A", "10", 10)
    freight = Charge(D(25), "运费", "Freight", D("0.09"))
    order = money.order(("A", 4), actor=money.sales, charges=[freight])
    assert [(row.kind, row.name_en, row.gross) for row in lines(order)] == [
        ("goods", "Pan A", 40),
        ("charge", "Freight", 25),
    ]
    confirm(money.sales, order.pk)
    (line, _charge) = lines(order)
    ship(money.sales, ShipmentDraft(order.pk, {line.pk: D(1)}))
    _line, charge = lines(order)
    assert (charge.shipped, charge.received) == (1, 1)
    assert run_checks() == []


@pytest.mark.parametrize("size", [1, 40])
def test_an_order_with_everything_takes_the_same_statements_for_any_number_of_lines(money, size, sql_count):
    money.settings.auto_confirm = True
    money.settings.save()
    money.limit(1000000)
    money.rule(CreditRuleKind.LIMIT)
    skus = money.sells_many(size, stock=50)
    for number in range(20):
        money.promotes("percent_off", value=1, cap=("amount", 100000) if number % 2 else None)
    with sql_count("order placed with 20 promotions and a credit check"):
        order = money.order(*[(sku, 2) for sku in skus])
    assert order.status == OrderStatus.CONFIRMED and order.discount


def test_money_is_locked_in_the_one_order(money):
    money.limit(1000)
    money.settings.auto_confirm = True
    money.settings.save()
    money.sells("A", "10", 50)
    money.promotes("percent_off", value=10, cap=("amount", 1000))
    money.grant("cash", 20)
    with watched_locks() as locks:
        order = money.order(("A", 7), funds={"cash": D(20)})
    assert locks.transactions[-1] == [
        "credit_creditaccount",
        "ledger_ledgeraccount",
        "promotions_promotioncap",
        "stock_stockbalance",
        "core_numberseries",
    ]
    with watched_locks():
        cancel(money.sales, order.pk, "All")


def test_a_crash_in_the_middle_writes_nothing(money, monkeypatch):
    money.limit(1000)
    money.sells("A", "10", 50)
    money.promotes("percent_off", value=10, cap=("amount", 1000))
    money.grant("cash", 20)
    before = money.everything()

    def fails(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("ordercenter.orders.place._number", fails)
    with pytest.raises(RuntimeError):
        money.order(("A", 7), funds={"cash": D(20)})
    assert money.everything() == before
    assert not Order.objects.exists()


def test_another_total_than_shown_is_told_as_the_promotions(money):
    money.limit(1000)
    money.sells("A", "10", 50)
    money.promotes("percent_off", value=10)
    with raises(OrderErrorCode.PROMOTION_CHANGED, field="accepted_total"):
        money.order(("A", 7), accepted_total=D(70))
    assert money.order(("A", 7), accepted_total=D(63)).gross == 63


def test_a_bare_seller_pays_nothing_for_what_others_use(shop, money):
    shop.sells("A", "10", 50)
    with count_sql() as counter:
        shop.order(("A", 7))
    assert counter.count <= 12, counter


def test_a_changed_order_earns_its_promotions_and_funds_anew(money):
    money.limit(10000)
    money.sells("A", "100", 50)
    money.sells("B", "10", 50)
    money.promotes("threshold_off", value=50, every=D(500), cap=("amount", 1000))
    money.grant("cash", 100)
    before = money.everything()
    order = money.order(("A", 10), ("B", 1), funds={"cash": D(100)})
    assert (order.discount, order.gross, order.value) == (100, 910, 810)
    first, _second = lines(order)
    change(money.dealer, order.pk, Change(order.version, {first.pk: D(4)}))
    order.refresh_from_db()
    assert (order.discount, order.gross, order.value) == (0, 410, 310)
    assert money.buckets()["open_orders"] == 310
    assert money.held_in("cash") == (100, 100)
    assert run_checks() == []
    change(money.dealer, order.pk, Change(order.version, {first.pk: D(6)}, [Wish(money.goods["B"].pk, D(3))]))
    order.refresh_from_db()
    assert order.discount == 50
    assert run_checks() == []
    cancel(money.sales, order.pk, "All")
    assert money.everything() == before


def test_a_change_beyond_the_limit_holds_the_order(money):
    money.limit(100)
    money.rule(CreditRuleKind.LIMIT)
    order = money.buys(80)
    (line,) = lines(order)
    change(money.dealer, order.pk, Change(order.version, {line.pk: D(120)}))
    order.refresh_from_db()
    assert (order.open_holds, order.waiting_for) == (1, OrderWait.RELEASE)
    assert money.buckets() == {"held": 120}
    change(money.dealer, order.pk, Change(order.version, {line.pk: D(90)}))
    dispatch_all()
    order.refresh_from_db()
    assert order.open_holds == 0
    assert money.buckets() == {"open_orders": 90}
    assert run_checks() == []


def test_gifts_are_lines_that_follow_what_earned_them(money):
    money.limit(10000)
    money.sells("A", "100", 50)
    gift = money.sells("GIFT", "15", 50)
    pool = PoolDraft([PoolItemDraft(gift.pk, money.uoms["PCS"].pk)])
    tier = TierDraft(D(500), "gifts", pool=pool)
    money.promotes("gift", threshold_on="list", reward="gifts", parts={"tiers": [tier]})
    order = money.order(("A", 5))
    trigger, given = lines(order)
    assert (given.kind, given.gift_of_id, given.quantity, given.gross) == ("gift", trigger.pk, 1, 0)
    assert order.gross == 500
    change(money.dealer, order.pk, Change(order.version, {trigger.pk: D(4)}))
    assert [row.cancelled for row in lines(order)] == [0, 1]
    order.refresh_from_db()
    change(money.dealer, order.pk, Change(order.version, {trigger.pk: D(5)}))
    assert [row.cancelled for row in lines(order)] == [0, 0]
    assert run_checks() == []
