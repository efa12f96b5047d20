"""Buckets follow the ledger, books are opened, and dunning stops who does not pay (credit-and-ledger §4, §7, §11.2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.clock import today_of
from marketplace.core.outbox import dispatch_all
from ordercenter.credit.enums import CreditAccountStatus, CreditRuleKind, SuspensionCause
from ordercenter.credit.exposure import exposures_of
from ordercenter.credit.happenings import follow_ledger
from ordercenter.credit.keeping import write_settings
from ordercenter.credit.ledger_side import follow
from ordercenter.credit.models import CreditAccount, CreditMovement, CreditRule, CreditSettings
from ordercenter.credit.opening import open_books
from ordercenter.credit.verify import buckets, orders, receivables, unapplied
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.ledger.dunning import LevelDraft, run, write_levels
from ordercenter.ledger.items import OpeningLine, post_opening, write_off
from ordercenter.ledger.models import LedgerPosting
from ordercenter.orders.cancel import cancel
from ordercenter.orders.confirm import confirm
from tests.ordercenter.credit.books import CreditShop, holds


def owes(shop, amount, days_overdue=0, number="OLD-1"):
    """An open item taken over from other books."""
    due = today_of(shop.seller) - timedelta(days=days_overdue)
    line = OpeningLine(shop.buyer.pk, number, Decimal(amount), due, due - timedelta(days=30))
    (item,) = post_opening(shop.sales, [line])
    return item


def agree():
    return [*buckets(), *orders(), *receivables(), *unapplied()] == []


def test_what_finance_posts_moves_the_buckets_once(shop):
    shop.limit(100)
    item = owes(shop, 70)
    dispatch_all()
    assert shop.buckets() == {"receivable": 70} and agree()
    for posting in LedgerPosting.objects.all():
        follow(shop.system, posting.pk)
    assert CreditMovement.objects.count() == 1
    write_off(shop.sales, item.pk, "too old", Decimal(20))
    dispatch_all()
    assert shop.buckets() == {"receivable": 50} and agree()


def test_a_payment_lets_the_oldest_held_order_go(shop):
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100)
    item = owes(shop, 70)
    dispatch_all()
    first, second = shop.buys(60), shop.buys(40)
    assert holds(first) and holds(second)
    write_off(shop.sales, item.pk, "settled", Decimal(40))
    dispatch_all()
    assert holds(first) == [] and holds(second) and shop.exposure() == 90


def test_past_due_counts_from_the_day_after_and_without_what_is_disputed(shop):
    account = shop.limit(100)
    owes(shop, 30, days_overdue=0, number="A")
    late = owes(shop, 20, days_overdue=3, number="B")
    figures = exposures_of([account.pk])[account.pk]
    assert (figures.past_due, figures.overdue_days, figures.overdue_items) == (20, 3, 1)
    type(late).objects.filter(pk=late.pk).update(disputed=True)
    assert exposures_of([account.pk])[account.pk].past_due == 0


@pytest.mark.parametrize(("days", "held"), [(30, False), (31, True)])
def test_overdue_invoices_hold_an_order(shop, days, held):
    shop.rule(CreditRuleKind.PAST_DUE_DAYS, threshold=Decimal(30))
    shop.limit(100)
    owes(shop, 1, days_overdue=days)
    assert [hold.reason for hold in holds(shop.buys(1))] == ["overdue"] * held


def test_switched_on_the_books_open_with_what_is_there_and_rules_to_start_from(db):
    shop = CreditShop()
    CreditSettings.objects.all().delete()
    shop.stock("ONE", 100)
    order, waiting, gone = shop.buys(100), shop.buys(30), shop.buys(5)
    cancel(shop.sales, gone.pk, "not wanted")
    confirm(shop.sales, order.pk)
    ship(shop.sales, ShipmentDraft(order.pk, {order.lines.get().pk: Decimal(40)}))
    owes(shop, 70)
    assert not CreditAccount.objects.exists()

    write_settings(shop.sales, controls=True)
    assert shop.buckets() == {"open_orders": 90, "unbilled": 40, "receivable": 70} and agree()
    assert set(CreditRule.objects.values_list("kind", flat=True)) >= {"limit", "prepaid", "suspended"}
    assert open_books(shop.sales, shop.seller.pk) == 0

    ship(shop.sales, ShipmentDraft(order.pk, {order.lines.get().pk: Decimal(60)}))
    cancel(shop.sales, waiting.pk, "not wanted")
    assert shop.buckets() == {"unbilled": 100, "receivable": 70} and agree()


def test_switched_off_and_on_again_the_books_are_brought_up_to_date(shop):
    shop.limit(100)
    order = shop.buys(60)
    write_settings(shop.sales, controls=False)
    cancel(shop.sales, order.pk, "not wanted")
    shop.buys(25)
    assert shop.buckets() == {"open_orders": 60}
    write_settings(shop.sales, controls=True)
    assert shop.buckets() == {"open_orders": 25} and agree()


def test_switched_off_what_was_held_is_let_go(shop):
    shop.rule(CreditRuleKind.LIMIT)
    order = shop.buys(60)
    assert holds(order)
    write_settings(shop.sales, controls=False)
    dispatch_all()
    assert holds(order) == []


def test_an_order_from_before_the_books_were_opened_moves_nothing(shop):
    CreditSettings.objects.update(controls=False)
    order = shop.buys(60)
    CreditSettings.objects.update(controls=True)
    shop.limit(100)
    cancel(shop.sales, order.pk, "not wanted")
    assert shop.buckets() == {} and agree()


def test_dunning_stops_orders_until_the_cause_is_paid(shop):
    shop.rule(CreditRuleKind.SUSPENDED)
    shop.limit(1000)
    item = owes(shop, 50, days_overdue=40)
    write_levels(shop.sales, [LevelDraft(10, "一级", "First", stop_orders=True)], Decimal(0))
    run(shop.sales)
    dispatch_all()
    account = shop.account()
    assert (account.status, account.suspended_by) == (CreditAccountStatus.SUSPENDED, SuspensionCause.DUNNING)
    order = shop.buys(1)
    assert [hold.reason for hold in holds(order)] == ["partner"]
    write_off(shop.sales, item.pk, "settled")
    dispatch_all()
    assert shop.account().status == CreditAccountStatus.ACTIVE and holds(order) == []


def test_hearing_of_a_posting_again_changes_nothing(shop):
    from marketplace.core.models import OutboxEvent

    shop.limit(100)
    owes(shop, 70)
    event = OutboxEvent.objects.filter(kind="ledger.posted").get()
    for _time in range(3):
        follow_ledger(event)
    assert shop.buckets() == {"receivable": 70}
