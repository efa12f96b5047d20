"""Types of rebates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.core.models import PolicyStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    Date,
    DateTime,
    Decimal,
    Deferred,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.pricing.lists import stored_status_at
from ordercenter.rebates.compute.periods import LAST_DAY
from ordercenter.rebates.enums import (
    AccrualCause,
    BasisTax,
    PayoutMethod,
    RebateBasis,
    RebateFigureSource,
    RebateNewcomer,
    RebatePeriod,
    RebatePooling,
    RebateQualifier,
    RebateReward,
    RebateTakeBack,
    RewardOn,
    TierMethod,
)
from ordercenter.rebates.models import (
    RebateAccrual,
    RebatePolicy,
    RebatePosition,
)
from ordercenter.rebates.positions import PositionKey
from ordercenter.rebates.schema.loaders import (
    BeneficiariesOfPolicy,
    DeductsOfPolicy,
    FiguresOfPolicy,
    LinesOfPolicy,
    ProgressOf,
    ScopesOfPolicy,
    SourceNumbers,
    UseRuleNames,
)
from ordercenter.rebates.words import period_name, source_name, whom_name

VIEW = "rebates.view"
MANAGE = "rebates.manage"
PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
VARIANT = "marketplace.catalog.schema.VariantType"
UOM = "marketplace.catalog.schema.UnitOfMeasureType"
PROGRESS = "ordercenter.rebates.schema.outlook.RebateProgressType"


def last_day(end: date) -> date | None:
    """The last day of a period, as people name it; None where it has no end."""
    return None if end == LAST_DAY else end - timedelta(days=1)


def labelled(choices: Any, name: str) -> Field:
    """The label of a choice on an object that is no model."""

    def resolve(root: Any, _info: Any) -> str:
        return str(choices(getattr(root, name)).label)

    return Field(graphene.String, required=True, resolver=resolve, description=f"The label of `{name}`.")


class RebateTierType(graphene.ObjectType):
    """One band of a tier table: from `lower` on and below `upper`."""

    class Meta:
        name = "RebateTier"

    lower = Field(Decimal, required=True, description="Where it begins: money, units or percent.")
    upper = Field(Decimal, description="Where it ends; null: open.")
    reward = Field(enum_of(RebateReward), required=True, description="What it gives.")
    reward_label = labelled(RebateReward, "reward")
    value = Field(Decimal, required=True, description="Percent, money per unit, or money.")


class RebateLineType(graphene.ObjectType):
    """One tier table of a policy."""

    class Meta:
        name = "RebateLine"

    id = Field(graphene.ID, required=True, description="Its id.")
    position = Field(graphene.Int, required=True, description="Its place in the policy, from 1.")
    qualifier = Field(enum_of(RebateQualifier), required=True, description="What chooses the band.")
    qualifier_label = labelled(RebateQualifier, "qualifier")
    method = Field(enum_of(TierMethod), required=True, description="How bands pay.")
    method_label = labelled(TierMethod, "method")
    reward_on = Field(enum_of(RewardOn), required=True, description="On what a reached band pays.")
    reward_on_label = labelled(RewardOn, "reward_on")
    newcomer = Field(enum_of(RebateNewcomer), required=True, description="What a partner without a baseline gets.")
    newcomer_label = labelled(RebateNewcomer, "newcomer")
    uom = Field(UOM, description="The unit quantities are in; null: base units.")
    basis_cap = Field(Decimal, description="No more than so much counts.")
    tiers = listed(RebateTierType, "Its bands, lowest first.", size=5)

    def resolve_id(root: Any, _info: Any) -> str:
        return to_global_id("RebateLine", root.pk)

    def resolve_tiers(root: Any, _info: Any) -> Any:
        return sorted(root.tiers.all(), key=lambda tier: tier.lower)


class RebateBeneficiaryType(graphene.ObjectType):
    """A row of whom a policy is for."""

    class Meta:
        name = "RebateBeneficiary"

    partnership = Field(graphene.ID, description="One partner.")
    group = Field(graphene.ID, description="A group with all below it.")
    grade = Field(graphene.ID, description="A grade.")
    name = text("Whom it names, in the reader's language.")
    excludes = Field(graphene.Boolean, required=True, description="They are left out.")

    def resolve_partnership(root: Any, _info: Any) -> str | None:
        return to_global_id("Partnership", root.partnership_id) if root.partnership_id else None

    def resolve_group(root: Any, _info: Any) -> str | None:
        return to_global_id("PartnerGroup", root.group_id) if root.group_id else None

    def resolve_grade(root: Any, _info: Any) -> str | None:
        return to_global_id("PartnerGrade", root.grade_id) if root.grade_id else None

    def resolve_name(root: Any, _info: Any) -> str:
        return whom_name(root)


class RebateScopeType(graphene.ObjectType):
    """A row of the goods that count."""

    class Meta:
        name = "RebateScope"

    variant = Field(graphene.ID, description="One variant.")
    product = Field(graphene.ID, description="One product.")
    category = Field(graphene.ID, description="A category with all below it.")
    brand = Field(graphene.ID, description="A brand.")
    name = text("What it names, in the reader's language.")
    excludes = Field(graphene.Boolean, required=True, description="They do not count.")

    def resolve_variant(root: Any, _info: Any) -> str | None:
        return to_global_id("Variant", root.variant_id) if root.variant_id else None

    def resolve_product(root: Any, _info: Any) -> str | None:
        return to_global_id("Product", root.product_id) if root.product_id else None

    def resolve_category(root: Any, _info: Any) -> str | None:
        return to_global_id("Category", root.category_id) if root.category_id else None

    def resolve_brand(root: Any, _info: Any) -> str | None:
        return to_global_id("Brand", root.brand_id) if root.brand_id else None

    def resolve_name(root: Any, _info: Any) -> str:
        named = root.variant or root.product or root.category or root.brand
        if root.variant:
            return f"{root.variant.sku} {root.variant.product.name} {root.variant.name}".strip()
        return named.name if named else _("All goods")


class RebateFigureType(graphene.ObjectType):
    """A baseline or target of one partner in one period."""

    class Meta:
        name = "RebateFigure"

    partnership = Field(graphene.ID, required=True, description="Whose.")
    partner_name = text("Their name.")
    line = Field(graphene.Int, required=True, description="The place of the tier table.")
    period_from = Field(Date, required=True, description="First day of the period.")
    period_name = text("The period, as people name it.")
    value = Field(Decimal, required=True, description="The figure, in money or units.")
    source = Field(enum_of(RebateFigureSource), required=True, description="Where it comes from.")
    source_label = labelled(RebateFigureSource, "source")
    reason = text("Why it differs.")
    carve_out = Field(graphene.Boolean, required=True, description="Written after approval; it holds above the other.")

    def resolve_partnership(root: Any, _info: Any) -> str:
        return to_global_id("Partnership", root.partnership_id)

    def resolve_partner_name(root: Any, _info: Any) -> str:
        return root.partnership.downstream.shown_name

    def resolve_line(root: Any, _info: Any) -> int:
        return root.line.position

    def resolve_period_name(root: Any, _info: Any) -> str:
        return period_name(root.line.policy.period, root.period_from, root.period_to)


class RebatePolicyType(ModelType, model=RebatePolicy, name="RebatePolicy", permission=VIEW):
    """A promise of value back on what is bought over a period. Its version is frozen once it was approved."""

    organization = Related(OrganizationType, "organization", required=True, description="Who grants it.")
    code = text("Unique among its grantor's policies, together with the version.")
    version = Field(graphene.Int, required=True, description="Its version.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    description = text("What partners read about it.")
    currency = text("ISO 4217 code.")
    status = Field(enum_of(PolicyStatus), required=True, description="Where it stands now.")
    status_label = text("The label of `status` in the reader's language.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when it holds; null: for good.")
    period = Field(enum_of(RebatePeriod), required=True, description="How long a basis is summed.")
    period_label = label_field("period")
    basis = Field(enum_of(RebateBasis), required=True, description="The documents that count.")
    basis_label = label_field("basis")
    basis_tax = Field(enum_of(BasisTax), required=True, description="Amounts with or without tax.")
    basis_tax_label = label_field("basis_tax")
    after_promotions = Field(graphene.Boolean, required=True, description="Amounts count after promotions.")
    negative_basis = Field(graphene.Boolean, required=True, description="More returned than bought takes back.")
    sequence = Field(graphene.Int, required=True, permission=MANAGE, description="Its place among overlapping ones.")
    overlap_group = text("Of one group a source counts for the first policy only.", permission=MANAGE)
    pooling = Field(enum_of(RebatePooling), required=True, description="Each partner alone, or all together.")
    pooling_label = label_field("pooling")
    payout = Field(enum_of(PayoutMethod), required=True, description="How it is paid.")
    payout_label = label_field("payout")
    grant_days = Field(graphene.Int, required=True, description="Days for which a grant can be used; 0: for good.")
    use_rule = Field(graphene.ID, permission=MANAGE, description="The rule that alone uses what is granted.")
    use_rule_name = Field(graphene.String, permission=MANAGE, description="What it is called.")
    goods_variant = Related(VARIANT, "goods_variant", description="The goods that are given.")
    goods_per = Field(Quantity, description="For so many bought, pieces are given.")
    goods_count = Field(Quantity, description="So many are given for them.")
    min_payout = Field(Money, required=True, description="What is less is carried.")
    max_correction = Field(Decimal, required=True, permission=MANAGE, description="Largest correction, in percent.")
    take_back = Field(enum_of(RebateTakeBack), required=True, description="What becomes of a debt.")
    take_back_label = label_field("take_back")
    carry_days = Field(graphene.Int, required=True, description="Days a debt waits after the policy's end.")
    confirm_days = Field(graphene.Int, required=True, description="Days a partner has to answer a settlement.")
    approved_at = Field(DateTime, description="When it was put in effect first.")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")
    lines = listed(RebateLineType, "Its tier tables.", size=2)
    beneficiaries = listed(RebateBeneficiaryType, "Whom it is for; empty for partners.", size=5)
    scopes = listed(RebateScopeType, "Goods that count; empty: all.", size=5)
    deducts = listed(lambda: RebatePolicyType, "Earlier policies whose rebate lowers its basis.", size=2)
    baselines = listed(RebateFigureType, "Baselines of its partners.", size=50, permission=MANAGE)
    targets = listed(RebateFigureType, "Targets of its partners.", size=50, permission=MANAGE)

    def resolve_status(root: Any, _info: Any) -> PolicyStatus:
        return stored_status_at(root.status, root.valid_from, root.valid_to, timezone.now())

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(stored_status_at(root.status, root.valid_from, root.valid_to, timezone.now()).label)

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)

    def resolve_min_payout(root: Any, _info: Any) -> Amount:
        return Amount(root.min_payout, root.currency)

    def resolve_use_rule(root: Any, _info: Any) -> str | None:
        return to_global_id("FundUseRule", root.use_rule) if root.use_rule else None

    def resolve_use_rule_name(root: Any, info: Any) -> Any:
        return UseRuleNames.of(info).load(root.use_rule) if root.use_rule else None

    def resolve_lines(root: Any, info: Any) -> Deferred:
        return LinesOfPolicy.of(info).load(root.pk)

    def resolve_beneficiaries(root: Any, info: Any) -> Deferred:
        return BeneficiariesOfPolicy.of(info).load(root.pk)

    def resolve_scopes(root: Any, info: Any) -> Deferred:
        return ScopesOfPolicy.of(info).load(root.pk)

    def resolve_deducts(root: Any, info: Any) -> Deferred:
        return DeductsOfPolicy.of(info).load(root.pk)

    def resolve_baselines(root: Any, info: Any) -> Deferred:
        return FiguresOfPolicy.of(info, "baselines").load(root.pk)

    def resolve_targets(root: Any, info: Any) -> Deferred:
        return FiguresOfPolicy.of(info, "targets").load(root.pk)

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[RebatePolicy]:
        return RebatePolicy.objects.visible_to(actor).select_related("organization")


class RebatePositionType(ModelType, model=RebatePosition, name="RebatePosition", permission=VIEW):
    """What one partner has earned in one period of one tier table."""

    policy = Field(RebatePolicyType, required=True, description="The policy.")
    line = Field(graphene.Int, required=True, description="The place of the tier table.")
    partnership = Related(PARTNERSHIP, "partnership", description="The partnership.")
    partner_name = text("The other side's name.")
    buyer = Related(OrganizationType, "buyer", required=True, description="Who earns.")
    seller = Related(OrganizationType, "seller", required=True, description="Who grants.")
    period_from = Field(Date, required=True, description="First day of the period.")
    period_to = Field(Date, description="Last day of the period; null: open.")
    period_name = text("The period, as people name it.")
    basis_amount = Field(Money, required=True, description="The amount that counts so far.")
    basis_quantity = Field(Quantity, required=True, description="The quantity that counts so far.")
    accrued = Field(Money, required=True, description="What has been earned.")
    manual = Field(Money, required=True, description="Of that, what was added by hand or closed.")
    settled = Field(Money, required=True, description="Of that, what has been paid.")
    open = Field(Money, required=True, description="What has not been paid; below 0: paid too much.")
    progress = Field(PROGRESS, description="Where it stands in the tier table.")
    updated_at = Field(DateTime, required=True, description="When it last moved.")

    def resolve_policy(root: Any, _info: Any) -> RebatePolicy:
        return root.line.policy

    def resolve_line(root: Any, _info: Any) -> int:
        return root.line.position

    def resolve_partner_name(root: Any, info: Any) -> str:
        mine = info.context.actor.organization_id == root.seller_id and info.context.actor.on_behalf_of is None
        return (root.buyer if mine else root.seller).shown_name

    def resolve_period_to(root: Any, _info: Any) -> date | None:
        return last_day(root.period_to)

    def resolve_period_name(root: Any, _info: Any) -> str:
        return period_name(root.line.policy.period, root.period_from, root.period_to)

    def resolve_basis_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.basis_amount, root.line.policy.currency)

    def resolve_accrued(root: Any, _info: Any) -> Amount:
        return Amount(root.accrued, root.line.policy.currency)

    def resolve_manual(root: Any, _info: Any) -> Amount:
        return Amount(root.manual, root.line.policy.currency)

    def resolve_settled(root: Any, _info: Any) -> Amount:
        return Amount(root.settled, root.line.policy.currency)

    def resolve_open(root: Any, _info: Any) -> Amount:
        return Amount(root.open, root.line.policy.currency)

    def resolve_progress(root: Any, info: Any) -> Deferred:
        key = PositionKey(root.line_id, root.partnership_id, root.period_from, root.period_to)
        return ProgressOf.of(info).load(key)

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[RebatePosition]:
        rows = RebatePosition.objects.visible_to(actor)
        return rows.select_related("line__policy__organization", "buyer", "seller")


class RebateAccrualType(ModelType, model=RebateAccrual, name="RebateAccrual", permission=VIEW):
    """One step of a position: what a source added, and what that did to the rebate. Never changed itself."""

    position = Related(RebatePositionType, "position", fresh=True, required=True, description="The position.")
    seq = Field(graphene.Int, required=True, description="Its number in the position.")
    cause = Field(enum_of(AccrualCause), required=True, description="Why.")
    cause_label = label_field("cause")
    amount = Field(Money, required=True, description="So much more or, below 0, less.")
    basis_amount = Field(Money, required=True, description="What it added to the amount that counts.")
    basis_quantity = Field(Quantity, required=True, description="What it added to the quantity that counts.")
    occurred_on = Field(Date, required=True, description="The day of the source.")
    posted_at = Field(DateTime, required=True, description="When it was written.")
    source_kind = text("What document line it comes from.")
    source_label = text("The same in the reader's language.")
    order = Field(graphene.ID, description="The order behind it.")
    order_number = Field(graphene.String, description="The order's number.")
    reason = text("Why, in the words of who did it.")

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.position.line.policy.currency)

    def resolve_basis_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.basis_amount, root.position.line.policy.currency)

    def resolve_source_label(root: Any, _info: Any) -> str:
        return source_name(root.source_kind)

    def resolve_order(root: Any, _info: Any) -> str | None:
        return to_global_id("Order", root.order_id) if root.order_id else None

    def resolve_order_number(root: Any, info: Any) -> Any:
        return SourceNumbers.of(info).load(root.order_id) if root.order_id else None

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[RebateAccrual]:
        rows = RebateAccrual.objects.visible_to(actor)
        return rows.select_related("position__line__policy__organization", "position__buyer", "position__seller")
