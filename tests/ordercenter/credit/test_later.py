"""Far orders do not block near ones, and come back on their day (credit-and-ledger §4)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from ordercenter.credit.enums import CreditRuleKind
from ordercenter.credit.later import recall_due
from ordercenter.credit.models import CreditAccount
from ordercenter.credit.verify import buckets, orders
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.confirm import confirm
from tests.ordercenter.credit.books import holds


def far(shop, amount, days=90):
    order = shop.buys(amount, requested_on=timezone.localdate() + timedelta(days=days))
    confirm(shop.sales, order.pk)
    return order


def test_a_far_order_does_not_block_a_near_one_until_its_day(shop):
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100)
    far(shop, 80)
    assert shop.buckets() == {"later": 80} and shop.exposure() == 0
    assert holds(shop.buys(100)) == []
    assert recall_due(shop.system) == 0

    CreditAccount.objects.update(horizon_days=400)
    from ordercenter.credit.models import CreditMovement

    assert CreditMovement.objects.filter(target="later").get().due_on == timezone.localdate() + timedelta(days=30)


def test_its_day_brings_it_back_once(shop, monkeypatch):
    from ordercenter.credit import later

    shop.limit(100)
    far(shop, 80)
    monkeypatch.setattr(later, "DUE", later.DUE.replace("m.due_on <=", "m.due_on - 60 <="))
    assert recall_due(shop.system) == 1
    assert recall_due(shop.system) == 0
    assert shop.buckets() == {"open_orders": 80} and [*buckets(), *orders()] == []


def test_an_order_within_the_horizon_counts_at_once(shop):
    shop.limit(100)
    far(shop, 80, days=60)
    assert shop.buckets() == {"open_orders": 80}


def test_what_ships_before_its_day_is_no_far_order_any_more(shop):
    shop.limit(100)
    shop.stock("ONE", 100)
    order = far(shop, 80)
    ship(shop.sales, ShipmentDraft(order.pk, {order.lines.get().pk: Decimal(30)}))
    assert shop.buckets() == {"open_orders": 50, "unbilled": 30} and [*buckets(), *orders()] == []
