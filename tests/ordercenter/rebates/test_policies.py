"""The life of a policy, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.parties.models import Partnership
from ordercenter.rebates.baselines import FigureDraft, write_baselines
from ordercenter.rebates.drafts import LineDraft, PolicyDraft, TierDraft
from ordercenter.rebates.enums import RebateQualifier, RebateReward, TierMethod
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.imports import import_policies
from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.policies import policy_create, policy_submit, policy_update
from tests.ordercenter.rebates.world import QUARTER
from tests.refusals import raises

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def tiers(*bands, reward=RebateReward.PERCENT):
    return [TierDraft(D(lower), None if upper is None else D(upper), reward, D(value)) for lower, upper, value in bands]


def draft(*bands, code="P", reward=RebateReward.PERCENT, columns=None, **line):
    found = {"code": code, "name_en": "Policy", "period": "quarter", "basis": "ordered", "valid_from": FIRST}
    parts = line.pop("parts", {})
    lines = [LineDraft(tiers(*(bands or ((0, None, 1),)), reward=reward), **line)]
    return PolicyDraft(found | (columns or {}), lines, **parts)


@pytest.mark.parametrize(
    ("bands", "code", "index"),
    [
        (((0, 100, 1), (90, None, 2)), RebateErrorCode.TIER_OVERLAP, 0),
        (((0, None, 1), (90, None, 2)), RebateErrorCode.TIER_OVERLAP, 0),
    ],
)
def test_overlapping_bands_are_refused_at_once(shop, bands, code, index):
    with raises(code, index=index):
        policy_create(shop.sales, draft(*bands))
    assert not RebatePolicy.objects.exists()


@pytest.mark.parametrize(
    ("bands", "code"),
    [(((0, 80, 1), (90, None, 2)), RebateErrorCode.TIER_GAP), (((0, 100, 1),), RebateErrorCode.TIER_OPEN_END)],
)
def test_holes_and_closed_ends_are_refused_when_it_is_submitted(shop, bands, code):
    made = policy_create(shop.sales, draft(*bands))
    with raises(code):
        policy_submit(shop.sales, made.pk)


@pytest.mark.parametrize(
    ("line", "reward"),
    [
        ({"method": TierMethod.ROLLING}, RebateReward.PERCENT),
        ({"qualifier": RebateQualifier.GROWTH}, RebateReward.PERCENT),
        ({"qualifier": RebateQualifier.QUANTITY}, RebateReward.PERCENT),
        ({}, RebateReward.PER_UOM),
    ],
)
def test_methods_that_do_not_go_together_are_refused(shop, line, reward):
    with raises(RebateErrorCode.METHOD_INVALID):
        policy_create(shop.sales, draft(reward=reward, **line))


def test_an_approved_version_does_not_change_but_has_a_next_one(shop):
    made = policy_submit(shop.sales, policy_create(shop.sales, draft()).pk)
    with raises(RebateErrorCode.VERSION_FROZEN):
        policy_update(shop.sales, made.pk, PolicyDraft({"sequence": 5}))
    later = PolicyDraft({"valid_from": datetime(2026, 7, 1, tzinfo=UTC)}, copy_of=made.pk)
    following = policy_submit(shop.sales, policy_create(shop.sales, later).pk)
    made.refresh_from_db()
    assert (following.version, following.lines.get().tiers.count()) == (2, 1)
    assert made.valid_to == following.valid_from


def test_sequence_and_deductions_keep_their_order(shop):
    first = policy_create(shop.sales, draft(code="A", columns={"overlap_group": "G", "sequence": 10}))
    with raises(RebateErrorCode.SEQUENCE_TAKEN):
        policy_create(shop.sales, draft(code="B", columns={"overlap_group": "G", "sequence": 10}))
    with raises(RebateErrorCode.DEDUCTION_ORDER):
        policy_create(shop.sales, draft(code="B", columns={"sequence": 10}, parts={"deducts": [first.pk]}))
    with raises(RebateErrorCode.DEDUCTION_ORDER):
        month = {"sequence": 20, "period": "month"}
        policy_create(shop.sales, draft(code="B", columns=month, parts={"deducts": [first.pk]}))


def test_growth_needs_a_baseline_of_every_partner_and_a_carve_out_retargets(shop):
    growth = {"qualifier": RebateQualifier.GROWTH, "method": TierMethod.RETROSPECTIVE}
    made = policy_create(shop.sales, draft((0, 10, 1), (10, None, 2), **growth))
    with raises(RebateErrorCode.BASELINE_MISSING):
        policy_submit(shop.sales, made.pk)
    today = datetime.now(UTC)
    every = Partnership.objects.filter(upstream=shop.seller)
    write_baselines(shop.sales, made.pk, [FigureDraft(one.pk, D(1000), today.date()) for one in every])
    policy_submit(shop.sales, made.pk)
    shop.buys(1050, at=today)
    assert shop.position(made).accrued == D("10.50")
    with raises(RebateErrorCode.REASON_REQUIRED):
        write_baselines(shop.sales, made.pk, [FigureDraft(shop.buyer.pk, D(900), today.date())])
    write_baselines(shop.sales, made.pk, [FigureDraft(shop.buyer.pk, D(900), today.date(), reason="A shop closed")])
    assert shop.position(made).accrued == 21
    assert shop.steps()[-1] == ("BASE", "10.50")
    assert shop.owed() == 21


def test_everything_wrong_with_a_policy_is_said_at_once(shop):
    columns = {"code": "", "name_en": "", "sequence": 0, "valid_to": FIRST, "min_payout": D(-1)}
    with raises(CoreErrorCode.REQUIRED) as refused:
        policy_create(shop.sales, draft((0, 5, -1), columns=columns))
    assert len(refused.errors) >= 6


SHEET = """code,name_en,period,method,lower,upper,value
R-1,Rolling,QUARTER,ROLLING,0,800,5
R-1,Rolling,QUARTER,ROLLING,800,,12
R-2,Yearly,year,Retrospective,0,,3
"""


def test_policies_come_from_a_sheet_all_or_none(shop):
    made = import_policies(shop.sales, SHEET.encode(), "policies.csv")
    assert [(one.code, one.period, one.lines.get().method) for one in made] == [
        ("R-1", "quarter", "rolling"),
        ("R-2", "year", "retrospective"),
    ]
    bad = SHEET.replace("R-1", "R-3").replace("R-2", "R-4").replace("800,,12", "700,,12")
    with raises(RebateErrorCode.TIER_OVERLAP):
        import_policies(shop.sales, bad.encode(), "policies.csv")
    assert RebatePolicy.objects.count() == 2
    assert QUARTER[0] == date(2026, 1, 1)
