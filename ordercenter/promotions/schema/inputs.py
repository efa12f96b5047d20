"""From input objects to drafts: left out is unchanged, a null number is taken away, ids become keys."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.catalog.scope import ProductScope
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.graphql import DateTime, Decimal, Quantity, enum_of, from_global_id
from ordercenter.promotions.drafts import (
    AudienceRowDraft,
    ComponentDraft,
    FundingDraft,
    PoolDraft,
    PoolItemDraft,
    PromotionDraft,
    ScopeRowDraft,
    TierDraft,
)
from ordercenter.promotions.enums import (
    GiftMode,
    GiftShort,
    MinimumOver,
    OnShort,
    PromotionEffect,
    PromotionLevel,
    RewardKind,
    Stacking,
    ThresholdOn,
)

Input = Mapping[str, Any]
KINDS = {"variant": "Variant", "product": "Product", "category": "Category", "brand": "Brand"}


class PromotionAudienceInput(graphene.InputObjectType):
    """One of the five, or none for everyone."""

    excludes = graphene.InputField(graphene.Boolean, description="Leaves these out.")
    partnership = graphene.InputField(graphene.ID, description="One partner.")
    group = graphene.InputField(graphene.ID, description="A group with all below it.")
    grade = graphene.InputField(graphene.ID, description="A grade.")
    channel = graphene.InputField(graphene.String, description="An order channel, as `dealer`.")


class PromotionScopeInput(graphene.InputObjectType):
    """One of the four, or none for all goods."""

    excludes = graphene.InputField(graphene.Boolean, description="Leaves these out.")
    variant = graphene.InputField(graphene.ID, description="One SKU.")
    product = graphene.InputField(graphene.ID, description="A product with all its SKUs.")
    category = graphene.InputField(graphene.ID, description="A category with all below it.")
    brand = graphene.InputField(graphene.ID, description="A brand.")


class GiftInput(graphene.InputObjectType):
    """A gift of a pool. `threshold`, or `tier` where tiers are given: of which tier; left out, of the promotion."""

    variant = graphene.InputField(graphene.ID, required=True, description="The SKU.")
    uom = graphene.InputField(graphene.ID, required=True, description="The unit.")
    quantity = graphene.InputField(Quantity, description="How much one award is; 1 unless told.")
    price = graphene.InputField(Decimal, description="What one unit of an add-on costs.")
    tier = graphene.InputField(graphene.Int, description="The place of its tier, counted from 0.")
    threshold = graphene.InputField(Decimal, description="The tier that begins there, made of the gifts that name it.")


class PromotionTierInput(graphene.InputObjectType):
    """From a threshold on, a reward."""

    threshold = graphene.InputField(Decimal, required=True, description="Money, or a quantity.")
    reward = graphene.InputField(enum_of(RewardKind), required=True, description="What the value means.")
    value = graphene.InputField(Decimal, description="Percent or amount.")


class PromotionComponentInput(graphene.InputObjectType):
    """A part of a combination: a quantity of goods."""

    quantity = graphene.InputField(Quantity, required=True, description="How much makes one set.")
    variant = graphene.InputField(graphene.ID, description="One SKU.")
    product = graphene.InputField(graphene.ID, description="A product.")
    category = graphene.InputField(graphene.ID, description="A category.")
    brand = graphene.InputField(graphene.ID, description="A brand.")


class PromotionFundingInput(graphene.InputObjectType):
    """Who bears what percent."""

    organization = graphene.InputField(graphene.ID, required=True, description="Who.")
    share = graphene.InputField(Decimal, required=True, description="Percent.")


def _rows(type_: Any, description: str) -> graphene.InputField:
    return graphene.InputField(graphene.List(graphene.NonNull(type_)), description=description)


class PromotionInput(graphene.InputObjectType):
    """A promotion. What is left out stays as it is; lists replace what is there."""

    code = graphene.InputField(graphene.String, description="Unique among your promotions.")
    name_zh = graphene.InputField(graphene.String, description="The name in Chinese.")
    name_en = graphene.InputField(graphene.String, description="The name in English.")
    label_zh = graphene.InputField(graphene.String, description="What buyers read in Chinese.")
    label_en = graphene.InputField(graphene.String, description="What buyers read in English.")
    text_zh = graphene.InputField(graphene.String, description="Small print in Chinese.")
    text_en = graphene.InputField(graphene.String, description="Small print in English.")
    effect = graphene.InputField(enum_of(PromotionEffect), description="What it does.")
    level = graphene.InputField(enum_of(PromotionLevel), description="What it is worked out on.")
    reward = graphene.InputField(enum_of(RewardKind), description="What the value means.")
    value = graphene.InputField(Decimal, description="Percent, amount or price.")
    buy_quantity = graphene.InputField(Quantity, description="Buy X.")
    reward_quantity = graphene.InputField(Quantity, description="Get Y.")
    every = graphene.InputField(Decimal, description="For every full amount or quantity.")
    max_quantity = graphene.InputField(Quantity, description="Most quantity of a line it counts.")
    max_sets = graphene.InputField(graphene.Int, description="Most sets.")
    max_times = graphene.InputField(graphene.Int, description="How often a full amount counts at most.")
    uom = graphene.InputField(graphene.ID, description="The unit of its quantities; null: the base unit.")
    currency = graphene.InputField(graphene.String, description="ISO 4217 code; your own unless told.")
    priority = graphene.InputField(graphene.Int, description="1 to 9999; 1 comes first.")
    stacking = graphene.InputField(enum_of(Stacking), description="How it stands beside others.")
    best_group = graphene.InputField(graphene.String, description="Of those of one group the best stays.")
    stop = graphene.InputField(graphene.Boolean, description="After it no later one applies.")
    threshold_on = graphene.InputField(enum_of(ThresholdOn), description="What thresholds are compared with.")
    minimum = graphene.InputField(Decimal, description="From when on it holds.")
    minimum_over = graphene.InputField(enum_of(MinimumOver), description="Over what the minimum is added up.")
    max_discount = graphene.InputField(Decimal, description="Most it takes off one order.")
    coupon_required = graphene.InputField(graphene.Boolean, description="Holds only with a coupon.")
    on_short = graphene.InputField(enum_of(OnShort), description="What happens where a cap is short.")
    gift_mode = graphene.InputField(enum_of(GiftMode), description="How the value of gifts stands on an order.")
    hint_percent = graphene.InputField(graphene.Int, description="A gap of so many percent is told.")
    valid_from = graphene.InputField(DateTime, description="From when; null: always.")
    valid_to = graphene.InputField(DateTime, description="Until when; null: for good.")
    audience = _rows(PromotionAudienceInput, "For whom; none: for everyone.")
    scope = _rows(PromotionScopeInput, "Which goods; none: all.")
    tiers = _rows(PromotionTierInput, "Its tiers.")
    components = _rows(PromotionComponentInput, "The parts of a combination.")
    gifts = _rows(GiftInput, "The gifts or add-ons of its pool, or of the pools of its tiers.")
    choose = graphene.InputField(graphene.Int, description="How many gifts may be chosen for each award.")
    gift_short = graphene.InputField(enum_of(GiftShort), description="What happens where a gift is short of stock.")
    funding = _rows(PromotionFundingInput, "Who bears the cost; you alone unless told.")


_SAME = (
    "code", "effect", "level", "reward", "max_sets", "max_times", "currency", "priority", "stacking", "best_group",
    "stop", "threshold_on", "minimum_over", "coupon_required", "on_short", "gift_mode", "hint_percent", "name_zh",
    "name_en", "label_zh", "label_en", "text_zh", "text_en", "minimum",
)  # fmt: skip
#: What a draft calls the quantities that graphene cannot call so: its inputs have a method `get`.
QUANTITIES = {"buy": "buy_quantity", "get": "reward_quantity"}
_CLEARED = ("value", "every", "max_quantity", "max_sets", "max_times", "max_discount")


def promotion_draft(input: Input) -> PromotionDraft:
    """A promotion as entered."""
    values = {name: _stripped(input[name]) for name in _SAME if input.get(name) is not None}
    values |= {name: input[name] for name in _CLEARED if name in input}
    values |= {name: input[name] or end for name, end in _WINDOW.items() if name in input}
    values |= {name: input[given] for name, given in QUANTITIES.items() if given in input}
    if "uom" in input:
        values["uom_id"] = from_global_id(input["uom"], "UnitOfMeasure", "uom") if input["uom"] else None
    gifts = input.get("gifts")
    pools = _pools(input, gifts) if gifts is not None else {}
    tiers = _each(input, "tiers", lambda row, index: _tier(row, pools.get(index)))
    if tiers is None and gifts is not None:
        tiers, pools = _by_threshold(pools)
    return PromotionDraft(
        values,
        _each(input, "audience", _audience),
        _each(input, "scope", _scope),
        tiers,
        _each(input, "components", _component),
        pools.get(None),
        gifts is not None,
        _each(input, "funding", funding_draft),
    )


_WINDOW = {"valid_from": BEGINNING, "valid_to": FOREVER}


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _each(input: Input, name: str, read: Any) -> list[Any] | None:
    rows = input.get(name)
    return None if rows is None else [read(row, index) for index, row in enumerate(rows)]


def _audience(row: Input, index: int) -> AudienceRowDraft:
    kinds = {"partnership": "Partnership", "group": "PartnerGroup", "grade": "PartnerGrade"}
    keys = {
        f"{name}_id": from_global_id(row[name], kind, "audience", index)
        for name, kind in kinds.items()
        if row.get(name)
    }
    return AudienceRowDraft(bool(row.get("excludes")), channel=row.get("channel") or "", **keys)


def _keys(row: Input, field: str, index: int) -> dict[str, int]:
    return {
        f"{name}_id": from_global_id(row[name], kind, field, index) for name, kind in KINDS.items() if row.get(name)
    }


def _scope(row: Input, index: int) -> ScopeRowDraft:
    return ScopeRowDraft(ProductScope(**_keys(row, "scope", index)), bool(row.get("excludes")))


def _component(row: Input, index: int) -> ComponentDraft:
    keys = _keys(row, "components", index)
    return ComponentDraft(row["quantity"], ProductScope(**keys) if keys else None)


def _tier(row: Input, pool: PoolDraft | None) -> TierDraft:
    return TierDraft(row["threshold"], row["reward"], row.get("value"), pool)


#: Pools by the place of their tier, or by where it begins; None: of the promotion itself.
Pools = dict[int | Number | None, PoolDraft]


def _by_threshold(pools: Pools) -> tuple[list[TierDraft], Pools]:
    """Tiers of the gifts that say from where on they are given; beside them, the others are given from 0 on."""
    if not set(pools) - {None}:
        return [], pools
    tiers = {Number(0) if key is None else Number(key): pool for key, pool in pools.items()}
    return [TierDraft(key, RewardKind.GIFTS, None, tiers[key]) for key in sorted(tiers)], {}


def _pools(input: Input, gifts: list[Input]) -> Pools:
    """The gifts by their tier."""
    found: dict[int | Number | None, list[PoolItemDraft]] = {}
    for index, gift in enumerate(gifts):
        item = PoolItemDraft(
            from_global_id(gift["variant"], "Variant", "gifts", index),
            from_global_id(gift["uom"], "UnitOfMeasure", "gifts", index),
            **{name: gift[name] for name in ("quantity", "price") if gift.get(name) is not None},
        )
        place = gift.get("tier")
        found.setdefault(gift.get("threshold") if place is None else place, []).append(item)
    choose, short = input.get("choose"), input.get("gift_short")
    return {
        tier: PoolDraft(items, 1 if choose is None else choose, GiftShort.BACKORDER if short is None else short)
        for tier, items in found.items()
    }


def funding_draft(row: Input, index: int) -> FundingDraft:
    """A bearer as entered."""
    return FundingDraft(from_global_id(row["organization"], "Organization", "funding", index), row["share"])
