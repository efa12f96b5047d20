"""Types of settlements and simulations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.models import JobStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    Date,
    DateTime,
    Deferred,
    Field,
    Json,
    ModelType,
    Money,
    Quantity,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.rebates.enums import (
    PayoutMethod,
    RebateSettlementStatus,
)
from ordercenter.rebates.models import (
    RebateSettlement,
    RebateSimulation,
)
from ordercenter.rebates.schema.loaders import (
    LinesOfSettlement,
)
from ordercenter.rebates.schema.types import MANAGE, VIEW, RebatePolicyType, last_day
from ordercenter.rebates.words import period_name


class RebateSettlementLineType(graphene.ObjectType):
    """What a settlement takes of one position."""

    class Meta:
        name = "RebateSettlementLine"

    position = Field(graphene.ID, required=True, description="The position.")
    period_name = text("Its period.")
    line = Field(graphene.Int, required=True, description="The place of the tier table.")
    accrued = Field(Money, required=True, description="What had been earned when it was proposed.")
    settled_before = Field(Money, required=True, description="What had been paid.")
    amount = Field(Money, required=True, description="The difference.")

    def resolve_position(root: Any, _info: Any) -> str:
        return to_global_id("RebatePosition", root.position_id)

    def resolve_period_name(root: Any, _info: Any) -> str:
        at = root.position
        return period_name(at.line.policy.period, at.period_from, at.period_to)

    def resolve_line(root: Any, _info: Any) -> int:
        return root.position.line.position

    def resolve_accrued(root: Any, _info: Any) -> Amount:
        return Amount(root.accrued, root.position.line.policy.currency)

    def resolve_settled_before(root: Any, _info: Any) -> Amount:
        return Amount(root.settled_before, root.position.line.policy.currency)

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.position.line.policy.currency)


class RebateSettlementType(ModelType, model=RebateSettlement, name="RebateSettlement", permission=VIEW):
    """What a partner is paid for a period, earlier rests included; below 0 it takes back."""

    number = text("The grantor's number.")
    policy = Related(RebatePolicyType, "policy", required=True, description="The policy.")
    policy_name = text("The policy's name in the reader's language.")
    seller = Related(OrganizationType, "seller", required=True, description="Who grants.")
    buyer = Related(OrganizationType, "buyer", required=True, description="Who is paid.")
    partner_name = text("The other side's name.")
    period_from = Field(Date, required=True, description="First day of the period.")
    period_to = Field(Date, description="Last day of the period; null: open.")
    period_name = text("The period, as people name it.")
    takes_back = Field(graphene.Boolean, required=True, description="It takes back what was paid too much.")
    amount = Field(Money, required=True, description="The sum of its lines.")
    correction = Field(Money, required=True, description="What was changed by hand.")
    correction_reason = text("Why.")
    total = Field(Money, required=True, description="What is paid.")
    payout = Field(enum_of(PayoutMethod), required=True, description="How it is paid.")
    payout_label = label_field("payout")
    goods_quantity = Field(Quantity, description="Pieces given.")
    status = Field(enum_of(RebateSettlementStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    confirm_by = Field(DateTime, description="Silence until then is consent.")
    confirmed_at = Field(DateTime, description="When the partner agreed, or its days were over.")
    by_silence = Field(graphene.Boolean, required=True, description="The partner did not answer in time.")
    dispute_reason = text("What the partner says is not right.")
    created_at = Field(DateTime, required=True, description="When it was proposed.")
    posted_at = Field(DateTime, description="When it was paid.")
    reversed_at = Field(DateTime, description="When it was taken back.")
    reverse_reason = text("Why it was taken back.")
    lines = listed(RebateSettlementLineType, "What it settles.", size=4)
    can_answer = Field(graphene.Boolean, required=True, description="You may confirm or dispute it now.")
    can_post = Field(graphene.Boolean, required=True, description="It may be posted now.")

    def resolve_policy_name(root: Any, _info: Any) -> str:
        return root.policy.name

    def resolve_partner_name(root: Any, info: Any) -> str:
        mine = info.context.actor.organization_id == root.seller_id and info.context.actor.on_behalf_of is None
        return (root.buyer if mine else root.seller).shown_name

    def resolve_period_to(root: Any, _info: Any) -> date | None:
        return last_day(root.period_to)

    def resolve_period_name(root: Any, _info: Any) -> str:
        return period_name(root.policy.period, root.period_from, root.period_to)

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.currency)

    def resolve_correction(root: Any, _info: Any) -> Amount:
        return Amount(root.correction, root.currency)

    def resolve_total(root: Any, _info: Any) -> Amount:
        return Amount(root.amount + root.correction, root.currency)

    def resolve_lines(root: Any, info: Any) -> Deferred:
        return LinesOfSettlement.of(info).load(root.pk)

    def resolve_can_answer(root: Any, info: Any) -> bool:
        actor = info.context.actor
        waits = root.status in (RebateSettlementStatus.APPROVED, RebateSettlementStatus.DISPUTED)
        mine = root.buyer_id == actor.organization_id and actor.may("rebates.confirm") and not actor.is_read_only
        return mine and waits and root.confirmed_at is None

    def resolve_can_post(root: Any, info: Any) -> bool:
        mine = root.seller_id == info.context.actor.organization_id and info.context.actor.may("rebates.settle")
        answered = root.confirmed_at or (root.confirm_by and root.confirm_by <= timezone.now())
        return bool(mine and root.status == RebateSettlementStatus.APPROVED and answered)

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[RebateSettlement]:
        rows = RebateSettlement.objects.visible_to(actor)
        return rows.select_related("policy__organization", "seller", "buyer")


class RebateSimulationType(ModelType, model=RebateSimulation, name="RebateSimulation", permission=MANAGE):
    """What a policy would have given on days of the past; nothing is accrued by it."""

    policy = Related(RebatePolicyType, "policy", required=True, description="The policy.")
    period_from = Field(Date, required=True, description="First day.")
    period_to = Field(Date, required=True, description="Last day.")
    status = Field(enum_of(JobStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    total = Field(Money, required=True, description="What it would have given in all.")
    partner_count = Field(graphene.Int, required=True, description="Partners that would have got something.")
    result = Field(Json, required=True, description="[{name, period, amount, quantity, band, value}], largest first.")
    created_at = Field(DateTime, required=True, description="When it was started.")

    def resolve_period_to(root: Any, _info: Any) -> date:
        return root.period_to - timedelta(days=1)

    def resolve_total(root: Any, _info: Any) -> Amount:
        return Amount(root.total, root.policy.currency)

    def resolve_partner_count(root: Any, _info: Any) -> int:
        return len({row["partnership"] for row in root.result if float(row["value"])})

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[RebateSimulation]:
        return RebateSimulation.objects.visible_to(actor).select_related("policy__organization")
