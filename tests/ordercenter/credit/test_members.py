"""Partners that share a limit, join and leave, and the one that has no account yet (credit-and-ledger §3)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import CoreErrorCode
from ordercenter.credit.accounts import AccountDraft, close_account, resume, suspend, write_account
from ordercenter.credit.enums import CreditMode, CreditRuleKind
from ordercenter.credit.errors import CreditErrorCode
from ordercenter.credit.models import CreditAccount, CreditMember, CreditMovement, CreditSettings
from ordercenter.credit.verify import buckets, orders
from tests.factories import make_stranger
from tests.ordercenter.credit.books import holds
from tests.refusals import raises


def test_a_partner_without_an_account_is_prepaid(shop):
    """No limit row must never mean no limit."""
    shop.rule(CreditRuleKind.LIMIT)
    (hold,) = holds(shop.buys(10))
    account = shop.account()
    assert (hold.reason, account.mode, account.held) == ("prepayment", CreditMode.PREPAID, 10)


def test_a_partner_that_joins_brings_along_what_it_owes_and_takes_it_when_it_leaves(shop):
    other, _dealer = shop.dealer_of("Second")
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100)
    shop.limit(100, other)
    shop.buys(60)
    shop.stands(other, receivable=30, unapplied=5)
    account = shop.share(other)
    assert shop.buckets() == {"open_orders": 60, "receivable": 30, "unapplied": 5}
    assert CreditMember.objects.filter(account=account).count() == 2
    (hold,) = holds(shop.buys(16))
    assert hold.figures["exposure"] == "85.00"

    write_account(shop.sales, AccountDraft((shop.buyer.pk,)), account.pk)
    assert shop.buckets() == {"open_orders": 60, "held": 16}
    assert shop.buckets(other) == {"receivable": 30, "unapplied": 5}
    assert [*buckets(), *orders()] == []


def test_joining_again_moves_what_came_meanwhile(shop):
    other, _dealer = shop.dealer_of("Second")
    shop.limit(100)
    account = shop.share(other)
    for amount in (10, 20):
        shop.stands(other, receivable=amount)
        write_account(shop.sales, AccountDraft((shop.buyer.pk,)), account.pk)
        shop.share(other)
    assert shop.buckets() == {"receivable": 30}
    assert [*buckets()] == []


def test_suspending_stops_and_resuming_lets_go(shop):
    shop.rule(CreditRuleKind.SUSPENDED)
    account = shop.limit(100)
    with raises(CreditErrorCode.REASON_REQUIRED, field="reason"):
        suspend(shop.sales, account.pk, " ")
    suspend(shop.sales, account.pk, "cheque bounced")
    assert [hold.reason for hold in holds(shop.buys(1))] == ["partner"]
    assert suspend(shop.sales, account.pk, "again").reason == "cheque bounced"
    resume(shop.sales, account.pk)
    assert holds(shop.buys(1)) == []


def test_an_account_with_something_open_is_not_closed(shop):
    account = shop.limit(100)
    order = shop.buys(1)
    with raises(CoreErrorCode.IN_USE):
        close_account(shop.sales, account.pk)
    from ordercenter.orders.cancel import cancel

    cancel(shop.sales, order.pk, "not wanted")
    close_account(shop.sales, account.pk)
    shop.buys(1)
    assert shop.account().pk != account.pk and shop.account().mode == CreditMode.PREPAID


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        (AccountDraft(()), CoreErrorCode.REQUIRED, "partnerships"),
        (AccountDraft(), CoreErrorCode.REQUIRED, "partnerships"),
        (AccountDraft((10**12,)), CoreErrorCode.NOT_FOUND, "partnerships"),
    ],
)
def test_an_account_needs_partners_of_its_own(shop, draft, code, field):
    with raises(code, field=field):
        write_account(shop.sales, draft)


def test_values_that_are_none_are_refused_together(shop):
    draft = AccountDraft((shop.buyer.pk,), name="x" * 300, currency="C1", horizon_days=-1, payment_days=99_999)
    with raises(CoreErrorCode.INVALID, field="name") as refused:
        write_account(shop.sales, draft)
    assert [error.field for error in refused.errors] == ["name", "currency", "horizon_days", "payment_days"]
    assert not CreditAccount.objects.exists()


def test_a_stranger_changes_nothing_and_sees_nothing(shop):
    account = shop.limit(100)
    stranger = make_stranger()
    for function in (suspend, resume):
        with raises(CoreErrorCode.NOT_FOUND):
            function(stranger, account.pk, "why")
    assert not CreditAccount.objects.visible_to(stranger).exists()
    assert CreditAccount.objects.visible_to(shop.dealer).get() == account


def test_the_database_refuses_what_must_never_be(shop):
    shop.limit(100)
    shop.stands(receivable=5)
    account = shop.account()
    for sql in (
        "UPDATE credit_creditaccount SET receivable = -1",
        "UPDATE credit_creditmovement SET amount = 6",
        "DELETE FROM credit_creditmovement",
        (
            f"INSERT INTO credit_creditlimit (organization_id, account_id, kind, amount, valid_from, valid_to, reason)"
            f" VALUES ({account.organization_id}, {account.pk}, 'standing', 7, now(), 'infinity', '')"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert CreditMovement.objects.get().amount == 5


def test_a_seller_that_does_not_control_credit_keeps_no_books(shop):
    CreditSettings.objects.update(controls=False)
    shop.rule(CreditRuleKind.LIMIT)
    assert holds(shop.buys(10_000)) == []
    assert not CreditAccount.objects.exists() and not CreditMovement.objects.exists()
