"""Settling: proposed, corrected, confirmed, paid once, taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from marketplace.core.outbox import dispatch_all
from marketplace.notifications.models import Notification
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.ledger.models import LedgerAccount, OpenItem
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.models import RebateSettlement
from ordercenter.rebates.pay import AdjustDraft, adjust, close, post, reverse
from ordercenter.rebates.settle import confirm, correct, dispute, propose, submit
from tests.factories import make_actor
from tests.ordercenter.rebates.world import NOON, RebateShop
from tests.refusals import raises

DAY = date(2026, 2, 1)
NEXT = datetime(2026, 5, 10, 4, tzinfo=UTC)
ENDED = datetime(2026, 7, 1, tzinfo=UTC)


def paid(shop: RebateShop, policy, day: date = DAY) -> list[RebateSettlement]:
    made = propose(shop.sales, policy.pk, day)
    submit(shop.sales, [one.pk for one in made])
    return post(shop.sales, [one.pk for one in made])


def balance(shop: RebateShop, kind: str) -> Decimal:
    return LedgerAccount.objects.get(organization=shop.seller, partnership=shop.buyer, kind=kind).shown_balance


def test_example_3_taking_back(shop):
    policy = shop.policy()
    shop.buys(80_000, 50_000, -40_000, 230_000)
    assert [one.total for one in paid(shop, policy)] == [9600]
    assert balance(shop, "rebate") == 9600
    shop.buys(-25_000)
    assert shop.steps()[-2:] == [("RETURN", "-750.00"), ("RATE", "-2950.00")]
    assert shop.position(policy).accrued == 5900
    shop.buys(100_000, at=NEXT)
    position = shop.position(policy, period_from=date(2026, 4, 1))
    adjust(shop.sales, AdjustDraft(position.pk, Decimal(4200), "To the 6,200.00 of the example"))
    assert [one.total for one in paid(shop, policy, date(2026, 5, 1))] == [2500]
    assert shop.owed() == shop.opened() == 0
    assert balance(shop, "rebate") == 12_100


def test_charged_debts_are_taken_back_by_themselves(shop):
    policy = shop.policy((0, 1), take_back="charge")
    shop.buys(10_000)
    paid(shop, policy)
    shop.buys(-4000)
    shop.buys(5000, at=NEXT)
    made = paid(shop, policy, date(2026, 5, 1))
    assert [(one.takes_back, one.total) for one in made] == [(True, -40), (False, 50)]
    assert OpenItem.objects.get(entry__account__partnership=shop.buyer).amount == 40
    assert shop.owed() == shop.opened() == 0


def test_what_is_too_little_is_carried(shop):
    policy = shop.policy((0, 1), min_payout=100)
    shop.buys(9000)
    assert propose(shop.sales, policy.pk, DAY) == []
    shop.buys(1500, at=NEXT)
    made = propose(shop.sales, policy.pk, date(2026, 5, 1))
    assert [one.amount for one in made] == [105]
    assert made[0].lines.count() == 2


def test_a_period_is_settled_once_and_not_before_its_end(shop):
    policy = shop.policy()
    shop.buys(1000)
    paid(shop, policy)
    with raises(RebateErrorCode.ALREADY_SETTLED):
        propose(shop.sales, policy.pk, DAY)
    today = datetime.now(UTC)
    shop.buys(1000, at=today)
    finance = make_actor(shop.seller, "seller_finance")
    with raises(RebateErrorCode.PERIOD_OPEN):
        propose(finance, policy.pk, today.date())
    assert len(propose(shop.sales, policy.pk, today.date())) == 1


def test_a_correction_needs_a_reason_and_has_a_limit(shop):
    policy = shop.policy((0, 1), max_correction=10)
    shop.buys(100_000)
    row = propose(shop.sales, policy.pk, DAY)[0]
    with raises(RebateErrorCode.REASON_REQUIRED):
        correct(shop.sales, row.pk, Decimal(50), " ")
    with raises(RebateErrorCode.CORRECTION_LIMIT):
        correct(shop.sales, row.pk, Decimal("100.01"), "Too much")
    with raises(RebateErrorCode.AMOUNT_PRECISION):
        correct(shop.sales, row.pk, Decimal("0.001"), "Too fine")
    correct(shop.sales, row.pk, Decimal(-100), "Late delivery")
    submit(shop.sales, [row.pk])
    post(shop.sales, [row.pk])
    assert balance(shop, "rebate") == 900
    assert shop.steps()[-1] == ("MANUAL", "-100.00")
    assert shop.owed() == shop.opened() == 0


def test_the_partner_confirms_or_disputes_and_silence_counts(shop):
    policy = shop.policy(confirm_days=7)
    shop.buys(1000)
    row = propose(shop.sales, policy.pk, DAY)[0]
    assert not RebateSettlement.objects.visible_to(shop.dealer).exists()
    submit(shop.sales, [row.pk])
    with raises(RebateErrorCode.NOT_CONFIRMED):
        post(shop.sales, [row.pk])
    with raises(RebateErrorCode.REASON_REQUIRED):
        dispute(shop.dealer, row.pk, "")
    dispute(shop.dealer, row.pk, "One order is missing")
    correct(shop.sales, row.pk, Decimal(2), "The missing order")
    submit(shop.sales, [row.pk])
    confirm(shop.dealer, [row.pk])
    assert not post(shop.sales, [row.pk])[0].by_silence
    shop.buys(1000, at=NEXT)
    silent = propose(shop.sales, policy.pk, date(2026, 5, 1))[0]
    submit(shop.sales, [silent.pk])
    RebateSettlement.objects.filter(pk=silent.pk).update(confirm_by=datetime.now(UTC) - timedelta(seconds=1))
    assert post(shop.sales, [silent.pk])[0].by_silence


def test_posting_twice_pays_once(shop):
    policy = shop.policy()
    shop.buys(1000)
    row = paid(shop, policy)[0]
    post(shop.sales, [row.pk])
    assert balance(shop, "rebate") == 10
    assert FundGrant.objects.count() == 1


@pytest.mark.parametrize(
    ("payout", "kind"), [("credit_note", "receivable"), ("payment", "payable"), ("goods", "goods")]
)
def test_each_form_of_payout(shop, payout, kind):
    policy = shop.policy(payout=payout)
    shop.buys(1000)
    paid(shop, policy)
    row = LedgerAccount.objects.get(organization=shop.seller, partnership=shop.buyer, kind=kind)
    assert row.balance == -10
    assert shop.owed() == 0


def test_a_rebate_in_pieces_is_worth_their_price_on_the_posting_day(shop):
    gift = shop.sells("GIFT", price="7.50")
    policy = shop.policy((0, 1), payout="goods", goods_variant=gift, goods_per=100, goods_count=2)
    shop.buys(399)
    row = paid(shop, policy)[0]
    row.refresh_from_db()
    assert (row.goods_quantity, row.total) == (6, 45)
    assert balance(shop, "goods") == 45
    assert shop.owed() == shop.opened() == 0


def test_a_reversed_settlement_is_open_again_unless_it_was_used(shop):
    policy = shop.policy()
    shop.buys(1000)
    row = paid(shop, policy)[0]
    with raises(RebateErrorCode.REASON_REQUIRED):
        reverse(shop.sales, row.pk, "")
    reverse(shop.sales, row.pk, "Wrong partner")
    assert balance(shop, "rebate") == 0
    assert shop.owed() == shop.opened() == 10
    row = paid(shop, policy)[0]
    account = LedgerAccount.objects.get(organization=shop.seller, partnership=shop.buyer, kind="rebate")
    LedgerAccount.objects.filter(pk=account.pk).update(reserved=4)
    FundGrant.objects.filter(remaining__gt=0).update(reserved=4)
    with raises(RebateErrorCode.REBATE_USED):
        reverse(shop.sales, row.pk, "Used already")
    assert shop.opened() == 0


def test_closing_reverses_what_nobody_may_claim(shop):
    policy = shop.policy((0, 1), min_payout=100, carry_days=0, valid_to=ENDED)
    shop.buys(5000)
    assert close(shop.sales, policy.pk) == 1
    assert shop.steps()[-1] == ("CLOSE", "-50.00")
    assert shop.owed() == shop.opened() == 0
    assert shop.position(policy, period_from=DAY.replace(month=1)).target_value == 50


def test_settling_locks_in_the_one_order(shop, lock_order):
    policy = shop.policy()
    shop.buys(1000, at=NOON)
    paid(shop, policy)


def test_the_partner_is_told_and_then_the_grantor(shop):
    policy = shop.policy(confirm_days=7)
    shop.buys(1000)
    row = propose(shop.sales, policy.pk, DAY)[0]
    submit(shop.sales, [row.pk])
    dispatch_all()
    assert Notification.objects.filter(organization=shop.buyer.downstream, kind="rebates.settlement").exists()
    dispute(shop.dealer, row.pk, "One order is missing")
    dispatch_all()
    assert Notification.objects.filter(organization=shop.seller, kind="rebates.settlement").exists()
