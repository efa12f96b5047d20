"""Sixteen people at once, real connections, any document in any order: no deadlock, and all books agree (§11.8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.outbox import dispatch_all, dispatch_once
from marketplace.core.verify import run_checks
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.credit.queue import evaluate
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import DrawRequest
from ordercenter.invoicing.issue import draw_and_issue
from ordercenter.invoicing.models import Invoice, InvoiceLine
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.clearing import clear_all, oldest_first, unclear
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundCause, FundKind
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import Clearing
from ordercenter.orders.cancel import cancel
from ordercenter.orders.change import Change, change
from ordercenter.orders.close import close, reopen
from ordercenter.orders.confirm import confirm_all
from ordercenter.orders.holds import hold_release
from ordercenter.orders.models import Order, OrderHold, OrderLine
from ordercenter.orders.place import place
from tests.ordercenter.orders.money_shop import MoneyShop
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
PEOPLE, STEPS = 16, 18
SHIPPED = ("partially_shipped", "shipped")
MANAGED = ("place", "confirm", "ship", "invoice", "credit", "pay", "clear", "close", "cancel", "change")


class Person:
    """One of sixteen, with dice of its own; what is refused changes nothing."""

    def __init__(self, shop: MoneyShop, number: int) -> None:
        self.shop, self.number = shop, number
        self.dice = Random(number)
        self.done: Counter[str] = Counter()
        self.paid = 0

    def work(self) -> Counter[str]:
        acts: list[Callable[[], Any]] = [
            self.place, self.place, self.place, self.confirm, self.confirm, self.ship, self.ship, self.ship,
            self.invoice, self.invoice, self.credit, self.pay, self.pay, self.clear, self.unclear, self.change,
            self.cancel, self.close, self.close, self.reopen, self.release, self.evaluate, self.hand_on,
        ]  # fmt: skip
        place(self.shop.dealer, self.shop.draft(("A", 5), ("B", 5), funds={"cash": D(20), "rebate": D(10)}))
        for _step in range(STEPS):
            act = self.dice.choice(acts)
            try:
                act()
                self.done[act.__name__] += 1
            except (DomainError, DomainErrors, IndexError):
                self.done[f"{act.__name__} refused"] += 1
        return self.done

    def one(self, rows: Any) -> Any:
        return self.dice.choice(list(rows.order_by("-pk")[:12]))

    def order(self, **fields: Any) -> Order:
        return self.one(Order.objects.filter(**fields))

    def part(self, order: Order) -> dict[int, Decimal] | None:
        lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
        return None if self.dice.random() < 0.4 else {self.dice.choice(lines).pk: D(self.dice.randint(1, 4))}

    def place(self) -> None:
        pick = self.dice
        lines = [(sku, pick.randint(1, 6)) for sku in pick.sample("AB", pick.randint(1, 2))]
        funds = {"cash": D(pick.randint(1, 50)), "rebate": D(pick.randint(1, 20))} if pick.random() < 0.6 else {}
        place(self.shop.dealer, self.shop.draft(*lines, funds=funds))

    def confirm(self) -> None:
        confirm_all(self.shop.sales, [self.order(status="placed", open_holds=0).pk])

    def change(self) -> None:
        order = self.order(status="placed")
        line = self.one(OrderLine.objects.filter(order=order))
        change(self.shop.dealer, order.pk, Change(order.version, {line.pk: D(self.dice.randint(1, 8))}, []))

    def cancel(self) -> None:
        order = self.order(status__in=("placed", "confirmed"))
        cancel(self.shop.sales, order.pk, "Why not", self.part(order))

    def ship(self) -> None:
        order = self.order(status="confirmed", waiting_for="shipment")
        ship(self.shop.sales, ShipmentDraft(order.pk, self.part(order)))

    def invoice(self) -> None:
        draw_and_issue(self.shop.sales, DrawRequest([self.order(fulfilment_status__in=SHIPPED).pk]))

    def credit(self) -> None:
        invoice = self.one(Invoice.objects.filter(status__in=("issued", "partially_credited")))
        if self.dice.random() < 0.5:
            credit(self.shop.sales, CreditNoteDraft(invoice.pk, "error"))
            return
        line = self.one(InvoiceLine.objects.filter(invoice=invoice))
        credit(self.shop.sales, CreditNoteDraft(invoice.pk, "return", {line.pk: D(1)}))

    def pay(self) -> None:
        self.paid += 1
        contra = AccountKey(self.shop.seller.pk, AccountKind.BANK, "CNY")
        where = (self.shop.buyer.pk, FundKind.CASH, "CNY", D(self.dice.randint(10, 200)), FundCause.PAYMENT)
        grant_all(self.shop.sales, [GrantDraft(*where, self.number * 1000 + self.paid, contra)])

    def clear(self) -> None:
        drafts = oldest_first(self.shop.buyer.pk, "CNY", D(self.dice.randint(10, 200)))
        clear_all(self.shop.sales, drafts[:3])

    def unclear(self) -> None:
        unclear(self.shop.sales, self.one(Clearing.objects.filter(reverses=None, reversal=None)).pk)

    def close(self) -> None:
        close(self.shop.sales, self.order(status="confirmed", fulfilment_status="partially_shipped").pk, "Enough")

    def reopen(self) -> None:
        reopen(self.shop.sales, self.order(status="closed").pk)

    def release(self) -> None:
        hold_release(self.shop.sales, self.one(OrderHold.objects.filter(status="held")).pk, "Known buyer")

    def evaluate(self) -> None:
        evaluate(self.shop.system, self.shop.account().pk)

    def hand_on(self) -> None:
        dispatch_once()


def test_sixteen_who_do_anything_neither_block_each_other_nor_lose_a_cent(transactional_db):
    shop = MoneyShop()
    shop.limit(4000)
    shop.rule(CreditRuleKind.LIMIT)
    for sku, price in (("A", "33.33"), ("B", "19.99")):
        shop.sells(sku, price, 600)
    shop.promotes("percent_off", value=7, cap=("amount", 500), on_short="partial")
    shop.grant("cash", 1500)
    shop.grant("rebate", 400)
    done: Counter[str] = Counter()
    for one in at_once(PEOPLE, lambda number: Person(shop, number).work(), timeout=300):
        done += one
    dispatch_all()
    assert run_checks() == [], done
    for name in MANAGED:
        assert done[name], f"nobody managed to {name}: {done}"
