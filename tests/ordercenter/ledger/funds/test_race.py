"""Sixteen who want the same money at once (credit-and-ledger §11, rules 1 and 7)."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainErrors, raise_all
from marketplace.core.verify import run_checks
from ordercenter.ledger.funds import take
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.funds.models import FundReservation
from ordercenter.ledger.funds.reserve import FundReserve, FundUsePart, free_all, reserve_all, use_all
from tests.ordercenter.ledger.funds.purse import SYSTEM, Purse, lines_of, part
from tests.threads import at_once

D = Decimal
pytestmark = pytest.mark.django_db(transaction=True)


def promise(purse: Purse, order, amount: Decimal | None) -> Decimal:
    """Take what is there up to an amount, and promise it; answers how much."""
    with transaction.atomic():
        book = take.lock_funds([purse.buyer.pk])
        (taken,) = take.reductions(book, [purse.ask(order, {"rebate": amount})])
        raise_all(taken.problems)
        ids = {row.pk: row.pk for row in lines_of(order)}
        draft = FundReserve(
            order.pk, purse.seller.pk, purse.buyer.downstream_id, purse.buyer.pk, "CNY", taken.takes, ids
        )
        reserve_all(Actor.system(), [draft])
    return taken.amount


@pytest.fixture
def crowd(transactional_db) -> tuple[Purse, list]:
    """A dealer with 250.01 of rebates in three grants, and sixteen orders of 60 each."""
    purse = Purse()
    orders = [purse.order(("A", 1)) for _n in range(16)]
    for amount in ("100.01", "90", "60"):
        purse.grant("rebate", amount)
    purse.rule("rebate", treatment="price_reduction")
    return purse, orders


def promised() -> Decimal:
    return sum((row.amount - row.freed for row in FundReservation.objects.all()), D(0))


def test_sixteen_orders_never_take_more_than_the_account_holds(crowd):
    purse, orders = crowd
    got = at_once(16, lambda n: promise(purse, orders[n], None))
    assert sorted(got, reverse=True)[:5] == [60, 60, 60, 60, D("10.01")] and sum(got) == D("250.01") == promised()
    assert run_checks() == []


def test_sixteen_who_ask_for_an_amount_get_it_whole_or_not(crowd):
    purse, orders = crowd

    def ask(n: int) -> Decimal:
        try:
            return promise(purse, orders[n], D("45"))
        except DomainErrors:
            return D(0)

    got = at_once(16, ask)
    assert got.count(D(45)) == 5 and got.count(D(0)) == 11 and run_checks() == []


def test_without_the_lock_they_take_more_than_there_is(crowd, monkeypatch):
    """The twin: it proves that the test sees the fault, and that the constraint would stop it."""
    purse, orders = crowd
    monkeypatch.setattr(take, "lock_funds", take.read_funds)
    with without_constraints():
        at_once(16, lambda n: promise(purse, orders[n], None))
        assert promised() > D("250.01")


@contextmanager
def without_constraints():
    """The tables as they would be if nobody had written down what must hold."""
    checks = {"funds_fundgrant": "fund_grant_within", "ledger_ledgeraccount": "ledger_account_fund_covered"}
    kept = {}
    with connection.cursor() as cursor:
        for table, name in checks.items():
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
            (kept[name],) = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table, name in checks.items():
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {kept[name]} NOT VALID")


def test_the_constraint_alone_stops_what_the_lock_would_have(crowd, monkeypatch):
    purse, orders = crowd
    monkeypatch.setattr(take, "lock_funds", take.read_funds)

    def try_it(n: int) -> Decimal:
        try:
            return promise(purse, orders[n], None)
        except IntegrityError:
            return D(0)

    at_once(16, try_it)
    assert promised() <= D("250.01") and run_checks() == []


def test_invoices_cancellations_and_orders_at_once_end_without_deadlock(crowd):
    purse, orders = crowd
    purse.grant("cash", 5000)
    purse.rule("cash")
    for order in orders[:8]:
        purse.reserve(order)

    def act(n: int) -> None:
        if n < 4:
            use_all(SYSTEM, [part(orders[n], 1, document=n + 1)])
        elif n < 8:
            free_all(SYSTEM, [FundUsePart(orders[n].pk, ())])
        else:
            purse.reserve(orders[n])

    at_once(16, act)
    assert run_checks() == []
    assert purse.account(FundKind.CASH).reserved >= 0
