"""A stored policy as a draft: to check it whole before it takes effect, and to make its next version."""

from __future__ import annotations

from ordercenter.rebates.drafts import LineDraft, PolicyDraft, ScopeDraft, TierDraft, WhomDraft
from ordercenter.rebates.enums import RebateNewcomer, RebateQualifier, RebateReward, RewardOn, TierMethod
from ordercenter.rebates.models import RebateLine, RebatePolicy


def draft_of(policy: RebatePolicy) -> PolicyDraft:
    """The lists of a policy as a draft."""
    return PolicyDraft(
        lines=[line_of(line) for line in policy.lines.order_by("position").prefetch_related("tiers")],
        beneficiaries=[
            WhomDraft(row.partnership_id, row.group_id, row.grade_id, row.excludes)
            for row in policy.beneficiaries.order_by("pk")
        ],
        scopes=[
            ScopeDraft(row.variant_id, row.product_id, row.category_id, row.brand_id, row.excludes)
            for row in policy.scopes.order_by("pk")
        ],
        deducts=[row.pk for row in policy.deducts.order_by("pk")],
    )


def line_of(line: RebateLine) -> LineDraft:
    """A stored tier table as a draft."""
    tiers = sorted(line.tiers.all(), key=lambda tier: tier.lower)
    return LineDraft(
        [TierDraft(tier.lower, tier.upper, RebateReward(tier.reward), tier.value) for tier in tiers],
        RebateQualifier(line.qualifier),
        TierMethod(line.method),
        RewardOn(line.reward_on),
        line.uom_id,
        line.basis_cap,
        RebateNewcomer(line.newcomer),
    )
