"""The rules, one by one: what fires, what passes, and whose rule counts (credit-and-ledger §3, §5)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.catalog.values import AudienceDraft
from marketplace.core.models import ControlMode
from ordercenter.credit.book import BookAccount, BookRule, CreditAsk, CreditBook, Grace
from ordercenter.credit.check import check, check_all
from ordercenter.credit.enums import BUCKETS, Bucket, Checkpoint, CreditAccountStatus, CreditMode, CreditRuleKind
from ordercenter.credit.errors import CreditErrorCode
from ordercenter.credit.locking import lock_credit, most_specific
from tests.factories import make_grade, make_groups


def account(**fields):
    buckets = dict.fromkeys(BUCKETS, Decimal(0)) | {
        Bucket(name): Decimal(amount) for name, amount in fields.pop("buckets", {}).items()
    }
    known = {
        "id": 1,
        "organization_id": 1,
        "currency": "CNY",
        "mode": CreditMode.LIMITED,
        "status": CreditAccountStatus.ACTIVE,
        "horizon_days": 60,
        "count_unapplied": True,
        "payment_days": 30,
        "buckets": buckets,
        "limit": Decimal(100),
        "has_standing": True,
    }
    return BookAccount(**(known | fields))


def rule(kind, threshold=0, mode=ControlMode.REQUIRE_APPROVAL, points=tuple(Checkpoint), tolerance=0, pk=1):
    names = frozenset(point.value for point in points)
    return BookRule(pk, kind, mode, Decimal(threshold), names, 3, Decimal(tolerance))


def book(*rules, **fields):
    return CreditBook({(1, "CNY"): account(**fields)}, {(1, "CNY"): rules})


def ask(value, at=Checkpoint.PLACE, **fields):
    return CreditAsk(fields.pop("key", 1), 1, "CNY", at, Decimal(value), **fields)


@pytest.mark.parametrize(("value", "passes"), [("40.00", True), ("40.01", False)])
def test_equal_to_the_limit_passes_and_a_cent_more_does_not(value, passes):
    found = check(book(rule(CreditRuleKind.LIMIT), buckets={"open_orders": 60}), ask(value))
    assert found.passes is passes
    assert [hold.over for hold in found.holds] == ([] if passes else [Decimal("0.01")])


def test_at_release_and_shipping_the_order_is_inside_already():
    full = book(rule(CreditRuleKind.LIMIT), buckets={"open_orders": 100})
    assert check(full, ask(100, Checkpoint.RELEASE)).passes
    assert check(full, ask(100, Checkpoint.SHIP)).passes
    assert not check(full, ask(100, Checkpoint.SHIP, inside=Decimal(1))).passes


def test_change_and_reopening_ask_for_what_comes_on_top():
    nearly = book(rule(CreditRuleKind.LIMIT), buckets={"receivable": 90})
    assert check(nearly, ask(95, Checkpoint.CHANGE, increase=Decimal(10))).passes
    assert not check(nearly, ask(95, Checkpoint.REOPEN, increase=Decimal(11))).passes


def test_held_and_later_value_is_not_exposure_and_unapplied_cash_lowers_it():
    filled = {"held": 500, "later": 500, "receivable": 120, "unapplied": 30}
    assert check(book(rule(CreditRuleKind.LIMIT), buckets=filled), ask(10)).passes
    assert not check(book(rule(CreditRuleKind.LIMIT), buckets=filled, count_unapplied=False), ask(10)).passes


def test_no_limit_passes_everything_and_prepaid_is_a_limit_of_nothing():
    assert check(book(rule(CreditRuleKind.LIMIT), mode=CreditMode.UNLIMITED), ask(10**9)).passes
    held = check(book(rule(CreditRuleKind.LIMIT), mode=CreditMode.PREPAID, limit=Decimal(0)), ask(1))
    assert [hold.reason for hold in held.holds] == ["prepayment"]


def test_prepaid_is_asked_for_v_above_nothing():
    prepaid = book(rule(CreditRuleKind.PREPAID, points=(Checkpoint.RELEASE,)), mode=CreditMode.PREPAID)
    assert check(prepaid, ask(5)).passes
    assert not check(prepaid, ask(5, Checkpoint.RELEASE)).passes
    assert check(prepaid, ask(0, Checkpoint.RELEASE)).passes
    assert check(book(rule(CreditRuleKind.PREPAID)), ask(5, Checkpoint.RELEASE)).passes


@pytest.mark.parametrize(
    ("kind", "threshold", "fields", "value", "reason"),
    [
        (CreditRuleKind.PAST_DUE_DAYS, 30, {"overdue_days": 31}, 1, "overdue"),
        (CreditRuleKind.PAST_DUE_AMOUNT, 50, {"overdue_amount": Decimal("50.01")}, 1, "overdue"),
        (
            CreditRuleKind.PAST_DUE_SHARE,
            25,
            {"overdue_amount": Decimal("25.01"), "buckets": {"receivable": 100}},
            1,
            "overdue",
        ),
        (CreditRuleKind.ORDER_AMOUNT, 500, {}, "500.01", "credit"),
        (CreditRuleKind.SUSPENDED, 0, {"status": CreditAccountStatus.SUSPENDED}, 1, "partner"),
        (CreditRuleKind.LIMIT_ENDED, 0, {"limit": Decimal(0), "has_standing": False, "had_limit": True}, 1, "credit"),
    ],
)
def test_each_kind_holds_what_passes_its_threshold_and_for_its_reason(kind, threshold, fields, value, reason):
    found = check(book(rule(kind, threshold), **fields), ask(value))
    assert [hold.reason for hold in found.holds] == [reason]


@pytest.mark.parametrize(
    ("kind", "threshold", "fields", "value"),
    [
        (CreditRuleKind.PAST_DUE_DAYS, 30, {"overdue_days": 30}, 1),
        (CreditRuleKind.PAST_DUE_AMOUNT, 50, {"overdue_amount": Decimal(50)}, 1),
        (CreditRuleKind.PAST_DUE_SHARE, 25, {"overdue_amount": Decimal(25), "buckets": {"receivable": 100}}, 1),
        (CreditRuleKind.PAST_DUE_SHARE, 25, {}, 1),
        (CreditRuleKind.ORDER_AMOUNT, 500, {}, 500),
        (CreditRuleKind.LIMIT_ENDED, 0, {}, 1),
    ],
)
def test_exactly_the_threshold_passes(kind, threshold, fields, value):
    assert check(book(rule(kind, threshold), **fields), ask(value)).passes


def test_longer_terms_than_agreed_are_held():
    agreed = book(rule(CreditRuleKind.TERMS))
    assert check(agreed, ask(1, payment_days=30)).passes
    assert not check(agreed, ask(1, payment_days=31)).passes


def test_a_rule_is_asked_at_its_own_checkpoints_only():
    only = book(rule(CreditRuleKind.LIMIT, points=(Checkpoint.SHIP,)), buckets={"receivable": 101})
    assert check(only, ask(1)).passes
    assert not check(only, ask(1, Checkpoint.SHIP)).passes


def test_block_refuses_warn_tells_and_several_holds_stand_side_by_side():
    late = {"overdue_days": 9, "limit": Decimal(0)}
    held = check(book(rule(CreditRuleKind.LIMIT, pk=1), rule(CreditRuleKind.PAST_DUE_DAYS, pk=2), **late), ask(1))
    assert [hold.reason for hold in held.holds] == ["credit", "overdue"]
    blocked = check(book(rule(CreditRuleKind.LIMIT, mode=ControlMode.BLOCK), **late), ask(1)).blocked
    assert blocked is not None and blocked.code == CreditErrorCode.CREDIT_BLOCKED and "1.00" in str(blocked.message)
    warned = check(book(rule(CreditRuleKind.LIMIT, mode=ControlMode.WARN), **late), ask(1))
    assert warned.passes and [warning.figures["over"] for warning in warned.warnings] == ["1.00"]


@pytest.mark.parametrize(("value", "passes"), [("105", True), ("105.01", False)])
def test_grace_lets_a_released_order_pass_up_to_its_tolerance(value, passes):
    strict = book(rule(CreditRuleKind.LIMIT, tolerance=5), limit=Decimal(0))
    assert check(strict, ask(value, graces=(Grace(1, Decimal(100)),))).passes is passes
    assert not check(strict, ask(value, graces=(Grace(2, Decimal(100)),))).passes


def test_each_order_of_a_call_is_counted_before_the_next_and_one_that_does_not_fit_stops_nobody():
    asks = [ask(value, key=number) for number, value in enumerate([60, 50, 40, 1])]
    assert [verdict.passes for verdict in check_all(book(rule(CreditRuleKind.LIMIT)), asks)] == [
        True,
        False,
        True,
        False,
    ]


def test_an_order_held_at_its_second_checkpoint_counts_no_more():
    rules = (rule(CreditRuleKind.LIMIT), rule(CreditRuleKind.ORDER_AMOUNT, 70, points=(Checkpoint.RELEASE,), pk=2))
    asks = [ask(80), ask(80, Checkpoint.RELEASE), ask(90, key=2)]
    assert [verdict.passes for verdict in check_all(book(*rules), asks)] == [True, False, True]


def test_the_narrowest_rule_of_a_kind_counts(shop):
    """Partner before the nearest group, before the group above, before grade, before everyone."""
    top, below = make_groups(shop.seller, "EAST", "HANGZHOU")
    grade = make_grade(shop.seller)
    shop.buyer.group, shop.buyer.grade = below, grade
    shop.buyer.save()
    audiences = [
        AudienceDraft(),
        AudienceDraft(grade_id=grade.pk),
        AudienceDraft(group_id=top.pk),
        AudienceDraft(group_id=below.pk),
        AudienceDraft(partnership_id=shop.buyer.pk),
    ]
    for days, audience in enumerate(audiences, 1):
        shop.rule(CreditRuleKind.PAST_DUE_DAYS, threshold=Decimal(days), audience=audience)
        pair = (shop.buyer.pk, shop.buyer.currency)
        (counts,) = lock_credit([pair]).rules[pair]
        assert counts.threshold == days


def test_between_two_of_one_audience_the_currency_decides():
    one = [1, "order_amount", "block", "10", ["place"], 0, "0", 0, ""]
    two = [2, "order_amount", "block", "20", ["place"], 0, "0", 0, "CNY"]
    assert [found.id for found in most_specific([two, one])] == [2]
