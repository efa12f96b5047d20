"""Promotions in the schema, and the lists of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import graphene
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from marketplace.core.instants import or_none
from marketplace.core.models import PolicyStatus
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    ConnectionField,
    Date,
    DateTime,
    DateTimeRange,
    Decimal,
    Field,
    FilterInput,
    ListFilter,
    ModelType,
    Money,
    Quantity,
    Related,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.graphql.filters import Filter
from marketplace.parties.schema.types import listed, text
from ordercenter.pricing.calendar import period_of
from ordercenter.pricing.lists import home_of
from ordercenter.promotions.configuration import configuration
from ordercenter.promotions.conflicts import conflicts_of
from ordercenter.promotions.describe import described
from ordercenter.promotions.enums import (
    GiftMode,
    MinimumOver,
    OnShort,
    PromotionEffect,
    PromotionLevel,
    RewardKind,
    Stacking,
    ThresholdOn,
)
from ordercenter.promotions.models import Promotion
from ordercenter.promotions.schema.caps import PromotionCapType
from ordercenter.promotions.schema.loaders import CapsOf, CouponsOf, PartsOf, UsageOf
from ordercenter.promotions.schema.parts import (
    GiftPoolType,
    GoodsScopeType,
    PromotionAudienceRowType,
    PromotionComponentType,
    PromotionFundingType,
    PromotionTierType,
)

VIEW = "promotions.view"
UNIT = "marketplace.catalog.schema.types.UnitOfMeasureType"
THE_ID = graphene.ID(required=True, description="Its id.")


def status_at(root: Promotion, at: datetime) -> PolicyStatus:
    """Its status read against its window; one whose place a later version took is over."""
    if root.status != PolicyStatus.EFFECTIVE:
        return PolicyStatus(root.status)
    if root.ended_at and root.ended_at <= at:
        return PolicyStatus.EXPIRED
    if at < root.valid_from:
        return PolicyStatus.SCHEDULED
    return PolicyStatus.EXPIRED if at >= root.valid_to else PolicyStatus.EFFECTIVE


def status_condition(statuses: list[PolicyStatus]) -> Q:
    """Rows whose status, read against window and end, is one of these now."""
    stored = Q(status=PolicyStatus.EFFECTIVE)
    lives = stored & (Q(ended_at=None) | Q(ended_at__gt=Now()))
    read = {
        PolicyStatus.SCHEDULED: lives & Q(valid_from__gt=Now()),
        PolicyStatus.EXPIRED: stored & (Q(valid_to__lte=Now()) | Q(ended_at__lte=Now())),
        PolicyStatus.EFFECTIVE: lives & Q(valid_from__lte=Now(), valid_to__gt=Now()),
    }
    wanted = Q(pk__in=[])
    for status in statuses:
        wanted |= read.get(status, Q(status=status))
    return wanted


class PromotionType(ModelType, model=Promotion, name="Promotion", permission=VIEW):
    """A rule of yours that lowers what an order costs, or adds gifts to it. One version; approved ones never change."""

    code = text("Unique among your promotions; its versions share it.")
    version = Field(graphene.Int, required=True, description="Counts up with each edit of an approved one.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    label = text("What buyers read, in the reader's language.")
    label_zh = text("What buyers read, in Chinese.")
    label_en = text("What buyers read, in English.")
    text_zh = text("Small print in Chinese.")
    text_en = text("Small print in English.")
    sentence = text("What it does, in one sentence.")
    effect = Field(enum_of(PromotionEffect), required=True, description="What it does.")
    effect_label = label_field("effect")
    level = Field(enum_of(PromotionLevel), required=True, description="What it is worked out on.")
    level_label = label_field("level")
    reward = Field(enum_of(RewardKind), required=True, description="What its value means.")
    value = Field(Decimal, description="Percent, amount or price.")
    buy_quantity = Field(Quantity, description="Buy X.")
    reward_quantity = Field(Quantity, description="Get Y.")
    every = Field(Decimal, description="For every full amount or quantity.")
    max_quantity = Field(Quantity, description="Most quantity of a line it counts.")
    max_sets = Field(graphene.Int, description="Most sets.")
    max_times = Field(graphene.Int, description="How often a full amount counts at most.")
    uom = Related(UNIT, "uom", description="The unit its quantities are in; null: the base unit.")
    status = Field(enum_of(PolicyStatus), required=True, description="Where it stands now.")
    status_label = text("The label of `status`.")
    currency = text("ISO 4217 code.")
    priority = Field(graphene.Int, required=True, description="1 comes first; equal ones work on the same amounts.")
    stacking = Field(enum_of(Stacking), required=True, description="How it stands beside others.")
    stacking_label = label_field("stacking")
    best_group = text("Of those of one group the best stays.")
    stop = Field(graphene.Boolean, required=True, description="After it no later one of its phase applies.")
    threshold_on = Field(enum_of(ThresholdOn), required=True, description="What thresholds are compared with.")
    threshold_on_label = label_field("threshold_on")
    minimum = Field(Decimal, required=True, description="From when on it holds.")
    minimum_over = Field(enum_of(MinimumOver), required=True, description="Over what the minimum is added up.")
    max_discount = Field(Decimal, description="Most it takes off one order.")
    coupon_required = Field(graphene.Boolean, required=True, description="Holds only with a coupon.")
    on_short = Field(enum_of(OnShort), required=True, description="What happens where a cap is short.")
    gift_mode = Field(enum_of(GiftMode), required=True, description="How the value of gifts stands on an order.")
    hint_percent = Field(graphene.Int, required=True, description="A gap of so many percent is told as a near miss.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when it holds; null: for good.")
    approved_at = Field(DateTime, description="Since when it never changes; null: a draft.")
    ended_at = Field(DateTime, description="When a later version took its place, or it was voided.")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")
    audience = listed(PromotionAudienceRowType, "For whom; none: for everyone.", size=5)
    scope = listed(GoodsScopeType, "Which goods; none: all.", size=5)
    tiers = listed(PromotionTierType, "Its tiers, lowest first.", size=5)
    components = listed(PromotionComponentType, "The parts of a combination.", size=5)
    pool = Field(GiftPoolType, description="Its gifts or add-ons.")
    funding = listed(PromotionFundingType, "Who bears its cost.", size=3)
    caps = listed(PromotionCapType, "How much of it there is; for all versions together.", size=3)
    applied_count = Field(graphene.Int, required=True, description="On how many orders this version stands.")
    applied_amount = Field(Money, required=True, description="What this version took off them.")
    coupon_count = Field(graphene.Int, required=True, description="How many coupons it has.")
    coupons_spent = Field(graphene.Int, required=True, description="How many of them are used up.")
    versions = listed(lambda: PromotionType, "Its versions, the latest first.", size=3)

    def resolve_status(root: Any, _info: Any) -> PolicyStatus:
        return status_at(root, timezone.now())

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(status_at(root, timezone.now()).label)

    def resolve_buy_quantity(root: Any, _info: Any) -> Any:
        return root.buy

    def resolve_reward_quantity(root: Any, _info: Any) -> Any:
        return root.get

    def resolve_sentence(root: Any, info: Any) -> Any:
        if root.configuration:
            return described(root.configuration)
        return PartsOf.of(info).load(root.pk).then(lambda row: described(configuration(row)))

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)

    def resolve_audience(root: Any, info: Any) -> Any:
        return _part(root, info, lambda row: _by_id(row.audience.all()))

    def resolve_scope(root: Any, info: Any) -> Any:
        return _part(root, info, lambda row: _by_id(row.scope.all()))

    def resolve_tiers(root: Any, info: Any) -> Any:
        return _part(root, info, _tiers)

    def resolve_components(root: Any, info: Any) -> Any:
        return _part(root, info, lambda row: sorted(row.components.all(), key=lambda one: one.position))

    def resolve_pool(root: Any, info: Any) -> Any:
        return _part(root, info, lambda row: next((one for one in row.pools.all() if one.tier_id is None), None))

    def resolve_funding(root: Any, info: Any) -> Any:
        return _part(root, info, lambda row: _by_id(row.funding.all()))

    def resolve_caps(root: Any, info: Any) -> Any:
        return CapsOf.of(info).load(root.root_key)

    def resolve_applied_count(root: Any, info: Any) -> Any:
        return UsageOf.of(info).load(root.pk).then(lambda usage: usage["orders"])

    def resolve_applied_amount(root: Any, info: Any) -> Any:
        return UsageOf.of(info).load(root.pk).then(lambda usage: Amount(usage["amount"], root.currency))

    def resolve_coupon_count(root: Any, info: Any) -> Any:
        return CouponsOf.of(info).load(root.root_key).then(lambda found: found["count"])

    def resolve_coupons_spent(root: Any, info: Any) -> Any:
        return CouponsOf.of(info).load(root.root_key).then(lambda found: found["spent"])

    def resolve_versions(root: Any, info: Any) -> Any:
        rows = Promotion.objects.visible_to(info.context.actor).filter(code=root.code)
        return list(rows.filter(organization=root.organization_id).order_by("-version")[:50])


def _part(root: Promotion, info: Any, pick: Any) -> Any:
    return PartsOf.of(info).load(root.pk).then(pick)


def _by_id(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: row.pk)


def _tiers(row: Promotion) -> list[Any]:
    tiers = sorted(row.tiers.all(), key=lambda tier: tier.threshold)
    for tier in tiers:
        tier.promotion = row
    return tiers


class PromotionConflictType(graphene.ObjectType):
    """A promotion in effect that may meet another."""

    class Meta:
        name = "PromotionConflict"

    promotion = Field(PromotionType, required=True, description="The other one.")
    together = Field(graphene.Boolean, required=True, description="Both may apply; else one keeps the other out.")
    first = Field(graphene.Boolean, required=True, description="It comes before this one.")


class PromotionSpanType(graphene.ObjectType):
    """A promotion within a period."""

    class Meta:
        name = "PromotionSpan"

    promotion = Field(PromotionType, required=True, description="The promotion.")
    begins = Field(DateTime, required=True, description="Where it begins within the period.")
    ends = Field(DateTime, required=True, description="Where it ends within the period.")


class PromotionCalendarType(graphene.ObjectType):
    """Which promotions are on when."""

    class Meta:
        name = "PromotionCalendar"

    begins = Field(DateTime, required=True, description="The beginning of the period.")
    ends = Field(DateTime, required=True, description="Its end.")
    spans = listed(PromotionSpanType, "Promotions with a part in it, by their beginning.", size=50)


class PromotionFilter(FilterInput):
    """Narrows promotions."""

    status = ListFilter(enum_of(PolicyStatus), description="In any of these states now.")
    effect = ListFilter(enum_of(PromotionEffect), lookup="effect", description="With any of these effects.")
    within = Filter(DateTimeRange, description="Whose window meets this time.")

    @staticmethod
    def filter_status(queryset: Any, value: list[PolicyStatus], info: Any) -> Any:
        return queryset.filter(status_condition(value))

    @staticmethod
    def filter_within(queryset: Any, value: Any, info: Any) -> Any:
        if value.get("gte"):
            queryset = queryset.filter(valid_to__gt=value["gte"])
        return queryset.filter(valid_from__lt=value["lte"]) if value.get("lte") else queryset


class PromotionSort(Sort, default="-UPDATED_AT"):
    """Keys that promotions are sorted by."""

    UPDATED_AT = SortKey.of("updated_at", description="When it was last changed.")
    CODE = SortKey.of("code", description="The code.")
    PRIORITY = SortKey.of("priority", description="Its priority.")
    VALID_FROM = SortKey.of("valid_from", description="When it begins.")
    VALID_TO = SortKey.of("valid_to", description="When it ends.")


class PromotionQueries:
    """Mounted by the package."""

    promotion = Field(PromotionType, id=THE_ID, permission=VIEW, description="One promotion of yours.")
    promotions = ConnectionField(
        PromotionType,
        search=graphene.String(description="Words of code, name or label."),
        latest=graphene.Boolean(description="Only the latest version of each; true unless told."),
        filter=PromotionFilter,
        sort=PromotionSort,
        permission=VIEW,
        description="Your promotions.",
    )
    promotion_calendar = Field(
        PromotionCalendarType,
        required=True,
        starts_on=Date(description="The first day in your zone; the first of this month unless told."),
        months=graphene.Int(description="How many months, 1 to 24; 3 unless told."),
        permission=VIEW,
        cost=10,
        description="Which promotions are on when: the latest version of each.",
    )
    promotion_conflicts = listed(
        PromotionConflictType,
        "Promotions in effect that overlap with one in window, audience, goods and phase.",
        id=THE_ID,
        permission=VIEW,
        size=10,
    )

    def resolve_promotion(root: Any, info: Any, id: str) -> Any:
        return PromotionType.by_id(info, id)

    def resolve_promotions(root: Any, info: Any, search: str = "", latest: bool = True) -> Any:
        rows = Promotion.objects.visible_to(info.context.actor)
        if latest:
            rows = rows.filter(_is_latest())
        for word in (search or "").split():
            texts = ("code", "name_zh", "name_en", "label_zh", "label_en")
            found = Q()
            for name in texts:
                found |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(found)
        return rows

    def resolve_promotion_calendar(root: Any, info: Any, starts_on: date | None = None, months: int = 3) -> Any:
        actor = info.context.actor
        begins, ends = period_of(home_of(actor).time_zone, starts_on, min(max(months or 3, 1), 24))
        rows = Promotion.objects.visible_to(actor).filter(_is_latest(), valid_from__lt=ends, valid_to__gt=begins)
        rows = rows.exclude(status=PolicyStatus.VOIDED).order_by("valid_from", "valid_to", "pk")[:200]
        spans = [{"promotion": r, "begins": max(r.valid_from, begins), "ends": min(r.valid_to, ends)} for r in rows]
        return {"begins": begins, "ends": ends, "spans": spans}

    def resolve_promotion_conflicts(root: Any, info: Any, id: str) -> Any:
        return conflicts_of(info.context.actor, from_global_id(id, PromotionType))


def _is_latest() -> Any:
    later = Promotion.objects.filter(
        organization=OuterRef("organization"), code=OuterRef("code"), version__gt=OuterRef("version")
    )
    return ~Exists(later)
