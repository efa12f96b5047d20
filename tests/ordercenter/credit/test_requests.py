"""Asking for limits, and limits by time (credit-and-ledger §3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import DocumentStatus
from marketplace.core.postgresql.infinity import FOREVER
from ordercenter.credit.enums import CreditLimitKind, CreditMode
from ordercenter.credit.errors import CreditErrorCode
from ordercenter.credit.limits import end_limit
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.models import CreditLimit, CreditRequest, CreditSettings
from ordercenter.credit.requests import (
    RequestDraft,
    approve_request,
    create_request,
    reject_request,
    submit_request,
    withdraw_request,
)
from tests.ordercenter.credit.books import in_days
from tests.refusals import raises


def limit_now(shop):
    pair = (shop.buyer.pk, shop.buyer.currency)
    return lock_credit([pair]).accounts[pair].limit


def asked(shop, amount=500, **fields):
    fields = {"reason": "two more shops"} | fields
    return create_request(shop.dealer, RequestDraft(shop.buyer.pk, Decimal(amount), **fields), submit=True)


def test_what_the_sellers_people_submit_holds_at_once_and_ends_prepaying(shop):
    draft = create_request(shop.sales, RequestDraft(shop.buyer.pk, Decimal(100)))
    assert (draft.status, limit_now(shop)) == (DocumentStatus.DRAFT, 0)
    assert submit_request(shop.sales, draft.pk).status == DocumentStatus.APPROVED
    assert limit_now(shop) == 100 and shop.account().mode == CreditMode.LIMITED
    with raises(CoreErrorCode.INVALID_TRANSITION):
        submit_request(shop.sales, draft.pk)


def test_what_a_buyer_asks_for_waits_and_is_granted_in_part(shop):
    request = asked(shop)
    assert (request.status, limit_now(shop)) == (DocumentStatus.PENDING_APPROVAL, 0)
    approve_request(shop.sales, request.pk, Decimal(300), "for now")
    request.refresh_from_db()
    assert (request.status, request.answer, limit_now(shop)) == (DocumentStatus.APPROVED, "for now", 300)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        approve_request(shop.sales, request.pk)


def test_a_refusal_says_why(shop):
    request = asked(shop)
    with raises(CreditErrorCode.REASON_REQUIRED, field="answer"):
        reject_request(shop.sales, request.pk, "")
    reject_request(shop.sales, request.pk, "accounts not filed")
    assert CreditRequest.objects.get().status == DocumentStatus.REJECTED and limit_now(shop) == 0


def test_the_buyer_takes_back_what_nobody_decided_and_cannot_decide_itself(shop):
    request = asked(shop)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        approve_request(shop.dealer, request.pk)
    withdraw_request(shop.dealer, request.pk)
    assert CreditRequest.objects.get().status == DocumentStatus.VOIDED


def test_nobody_decides_about_what_they_asked_for(shop):
    request = asked(shop)
    CreditRequest.objects.update(made_by=shop.sales.user)
    with raises(CreditErrorCode.SELF_APPROVAL):
        approve_request(shop.sales, request.pk)


def test_the_seller_does_not_read_a_buyers_draft(shop):
    draft = create_request(shop.dealer, RequestDraft(shop.buyer.pk, Decimal(5), reason="more"))
    assert not CreditRequest.objects.visible_to(shop.sales).filter(pk=draft.pk).exists()
    submit_request(shop.dealer, draft.pk)
    assert CreditRequest.objects.visible_to(shop.sales).filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"amount": "-1"}, CoreErrorCode.INVALID, "amount"),
        ({"amount": "NaN"}, CoreErrorCode.INVALID, "amount"),
        ({"amount": "1.001"}, CreditErrorCode.AMOUNT_PRECISION, "amount"),
        ({"kind": CreditLimitKind.TEMPORARY}, CoreErrorCode.REQUIRED, "valid_to"),
        ({"reason": " "}, CreditErrorCode.REASON_REQUIRED, "reason"),
    ],
)
def test_bad_requests_are_refused(shop, fields, code, field):
    with raises(code, field=field):
        asked(shop, **fields)
    assert not CreditRequest.objects.exists()


def test_a_seller_without_control_is_not_asked(shop):
    CreditSettings.objects.update(controls=False)
    with raises(CoreErrorCode.INVALID, field="partnership"):
        asked(shop)


def test_temporary_limits_come_on_top_of_the_one_that_stands_and_end_by_themselves(shop):
    shop.limit(100)
    shop.limit(50, kind=CreditLimitKind.TEMPORARY, valid_to=in_days(3))
    shop.limit(20, kind=CreditLimitKind.TEMPORARY, valid_from=in_days(2), valid_to=in_days(3))
    assert limit_now(shop) == 150
    CreditLimit.objects.filter(amount=50).update(valid_from=in_days(-9), valid_to=in_days(-1))
    assert limit_now(shop) == 100


def test_a_new_standing_limit_ends_the_one_before_and_runs_until_the_next(shop):
    then = in_days(5)
    shop.limit(100)
    shop.limit(200, valid_from=then)
    assert limit_now(shop) == 100
    with raises(CoreErrorCode.DUPLICATE, field="valid_to"):
        shop.limit(300, valid_to=in_days(9))
    shop.limit(300)
    assert limit_now(shop) == 300
    assert sorted(CreditLimit.objects.values_list("amount", "valid_to")) == [(200, FOREVER), (300, then)]


def test_a_limit_is_ended_and_one_to_come_is_taken_back(shop):
    shop.limit(100)
    CreditLimit.objects.update(valid_from=in_days(-1))
    shop.limit(200, valid_from=in_days(5))
    for limit in CreditLimit.objects.order_by("-pk"):
        end_limit(shop.sales, limit.pk)
    assert limit_now(shop) == 0 and CreditLimit.objects.count() == 1
    with raises(CoreErrorCode.NOT_FOUND):
        end_limit(shop.sales, 10**12)
