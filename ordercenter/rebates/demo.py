"""Rebates of the demo enterprise: a quarterly retrospective policy and a monthly incremental one, with settlements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.runtime.demo import Size, demo_step
from ordercenter.rebates.drafts import LineDraft, PolicyDraft, TierDraft
from ordercenter.rebates.enums import PayoutMethod, RebateBasis, RebatePeriod, RebateReward, TierMethod
from ordercenter.rebates.models import RebatePolicy, RebateSettlement
from ordercenter.rebates.policies import policy_create, policy_submit
from ordercenter.rebates.recalculate import recalculate
from ordercenter.rebates.settle import propose, submit

QUARTERLY = "Q-VOLUME"
MONTHLY = "M-STEPS"


@demo_step(70, _("Rebates"))
def rebates(_size: Size) -> Iterator[tuple[int, int]]:
    """Make the policies that are missing, count what was bought, and propose what is due of the month that ended."""
    seller = demo_organization("xinghe")
    actor = demo_actor("xinghe", "owner")
    start = datetime(timezone.now().year, 1, 1, tzinfo=ZoneInfo(seller.time_zone))
    drafts = (_quarterly(start), _monthly(start))
    for done, draft in enumerate(drafts):
        yield done, len(drafts) + 1
        known = RebatePolicy.objects.filter(organization=seller, code=draft.columns["code"])
        policy = known.first() or policy_submit(actor, policy_create(actor, draft).pk)
        recalculate(actor, policy.pk)
    _settle(actor, RebatePolicy.objects.get(organization=seller, code=MONTHLY))
    yield len(drafts) + 1, len(drafts) + 1


def _bands(*steps: tuple[int, str]) -> list[TierDraft]:
    uppers = [Decimal(lower) for lower, _value in steps[1:]]
    return [
        TierDraft(Decimal(lower), upper, RebateReward.PERCENT, Decimal(value))
        for (lower, value), upper in zip(steps, [*uppers, None], strict=True)
    ]


def _quarterly(start: datetime) -> PolicyDraft:
    columns = {
        "code": QUARTERLY,
        "name_zh": "季度销量返利",
        "name_en": "Quarterly volume rebate",
        "description": "达到更高一档，整季都按该档比例返利。The rate of the tier reached holds for the whole quarter.",
        "period": RebatePeriod.QUARTER,
        "basis": RebateBasis.ORDERED,
        "sequence": 10,
        "valid_from": start,
        "confirm_days": 7,
    }
    bands = _bands((0, "1"), (20_000, "2"), (60_000, "3"), (150_000, "4"))
    return PolicyDraft(columns, [LineDraft(bands, method=TierMethod.RETROSPECTIVE)])


def _monthly(start: datetime) -> PolicyDraft:
    columns = {
        "code": MONTHLY,
        "name_zh": "月度阶梯返利",
        "name_en": "Monthly step rebate",
        "period": RebatePeriod.MONTH,
        "basis": RebateBasis.SHIPPED,
        "sequence": 20,
        "payout": PayoutMethod.FUND_ACCOUNT,
        "valid_from": start,
        "confirm_days": 7,
    }
    return PolicyDraft(columns, [LineDraft(_bands((0, "0.5"), (5000, "1"), (15_000, "1.5")))])


def _settle(actor: Actor, policy: RebatePolicy) -> None:
    """The month before is with the partners; what there is stays as it is."""
    if RebateSettlement.objects.filter(policy=policy).exists():
        return
    first = timezone.localdate(timezone=ZoneInfo(policy.organization.time_zone)).replace(day=1)
    made = propose(actor, policy.pk, first - timedelta(days=1))
    submit(actor, [row.pk for row in made])
