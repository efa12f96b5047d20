"""What is wrong with a promotion as entered, all of it at once (promotions §2, §9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.money import EXPONENTS, exponent
from ordercenter.promotions.drafts import ComponentDraft, PoolDraft, PromotionDraft, TierDraft
from ordercenter.promotions.enums import PromotionEffect as Effect
from ordercenter.promotions.enums import PromotionLevel as Level
from ordercenter.promotions.enums import RewardKind, ThresholdOn
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.models import Promotion

TIERS, COMPONENTS, POOL_ITEMS, ROWS = 20, 20, 50, 200
LARGEST = Decimal(10) ** 12

#: By effect: the levels it may stand on.
LEVELS = {
    Effect.PERCENT_OFF: (Level.LINE, Level.ORDER),
    Effect.AMOUNT_OFF: (Level.LINE, Level.ORDER),
    Effect.THRESHOLD_OFF: (Level.ORDER,),
    Effect.GIFT: (Level.LINE, Level.ORDER),
    Effect.FIXED_PRICE: (Level.LINE, Level.ORDER),
    Effect.ADD_ON: (Level.ORDER,),
    Effect.FREE_FREIGHT: (Level.FREIGHT,),
}

#: By (effect, level): what its value may mean, the usual one first.
REWARDS = {
    (Effect.PERCENT_OFF, Level.LINE): (RewardKind.PERCENT,),
    (Effect.PERCENT_OFF, Level.ORDER): (RewardKind.PERCENT,),
    (Effect.AMOUNT_OFF, Level.LINE): (RewardKind.AMOUNT,),
    (Effect.AMOUNT_OFF, Level.ORDER): (RewardKind.AMOUNT,),
    (Effect.THRESHOLD_OFF, Level.ORDER): (RewardKind.AMOUNT,),
    (Effect.GIFT, Level.LINE): (RewardKind.PERCENT,),
    (Effect.GIFT, Level.ORDER): (RewardKind.GIFTS,),
    (Effect.FIXED_PRICE, Level.LINE): (RewardKind.PRICE,),
    (Effect.FIXED_PRICE, Level.ORDER): (RewardKind.PRICE, RewardKind.PERCENT, RewardKind.AMOUNT),
    (Effect.ADD_ON, Level.ORDER): (RewardKind.GIFTS,),
    (Effect.FREE_FREIGHT, Level.FREIGHT): (RewardKind.PERCENT, RewardKind.AMOUNT),
}


def settle(promotion: Promotion, given: set[str]) -> None:
    """Fill in what follows from the effect where it was not said: the level, what the value means, free gifts."""
    levels = LEVELS[Effect(promotion.effect)]
    if "level" not in given and promotion.level not in levels:
        promotion.level = levels[0]
    rewards = REWARDS.get((Effect(promotion.effect), Level(promotion.level)), ())
    if rewards and promotion.reward not in rewards and ("reward" not in given or len(rewards) == 1):
        promotion.reward = rewards[0]
    if promotion.value is None and promotion.effect in (Effect.GIFT, Effect.FREE_FREIGHT):
        promotion.value = Decimal(100) if promotion.reward == RewardKind.PERCENT else None


def problems(promotion: Promotion, draft: PromotionDraft) -> Iterator[DomainError]:
    """Everything that is wrong with a promotion whose columns are the new ones and whose parts are the draft's."""
    yield from _head_problems(promotion)
    if promotion.level not in LEVELS[Effect(promotion.effect)]:
        yield _error(Code.EFFECT_MISMATCH, "level")
        return
    if promotion.reward not in REWARDS[Effect(promotion.effect), Level(promotion.level)]:
        yield _error(Code.EFFECT_MISMATCH, "reward")
    if promotion.level == Level.LINE and promotion.threshold_on == ThresholdOn.NET:
        yield _error(Code.THRESHOLD_INVALID, "threshold_on")
    yield from _number_problems(promotion)
    yield from _value_problems(promotion, bool(draft.tiers))
    yield from _tier_problems(promotion, draft.tiers or ())
    yield from _component_problems(promotion, draft.components)
    yield from _pool_problems(promotion, draft)
    for name, rows in (("audience", draft.audience), ("scope", draft.scope)):
        if len(rows or ()) > ROWS:
            yield _error(Code.LIMIT_REACHED, name)


def _error(code: Code, field: str, index: int | None = None) -> DomainError:
    return DomainError(code, code.label, field, index)


def _head_problems(promotion: Promotion) -> Iterator[DomainError]:
    if not promotion.code.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("A promotion needs a code."), "code")
    if not (promotion.name_zh or promotion.name_en):
        yield DomainError(CoreErrorCode.REQUIRED, _("A promotion needs a name."), "name")
    if len(promotion.currency) != 3 or (promotion.currency not in EXPONENTS and not promotion.currency.isupper()):
        yield DomainError(CoreErrorCode.INVALID, _("A currency is a code of three letters."), "currency")
    if promotion.valid_from >= promotion.valid_to:
        yield _error(Code.WINDOW_EMPTY, "valid_to")
    if not 1 <= promotion.priority <= 9999:
        yield DomainError(CoreErrorCode.INVALID, _("A priority is a number from 1 to 9999."), "priority")
    if not 0 <= promotion.hint_percent <= 100:
        yield _error(Code.VALUE_INVALID, "hint_percent")
    for name, limit in (("code", 64), ("name_zh", 255), ("name_en", 255), ("label_zh", 120), ("label_en", 120)):
        if len(getattr(promotion, name)) > limit:
            text = _("This text is longer than %(limit)s characters.") % {"limit": limit}
            yield DomainError(CoreErrorCode.INVALID, text, name)


def _number_problems(promotion: Promotion) -> Iterator[DomainError]:
    """Amounts have the currency's decimals, quantities six; nothing is negative or out of its column."""
    decimals = exponent(promotion.currency)
    threshold = 6 if promotion.threshold_on == ThresholdOn.QUANTITY else decimals
    limits = {"minimum": min(threshold, 4), "every": min(threshold, 4), "max_discount": decimals, "max_quantity": 6}
    for name, places in limits.items():
        number = getattr(promotion, name)
        if number is not None and not _fits(number, places):
            yield _error(Code.VALUE_INVALID, name)
    for name in ("every", "max_quantity", "max_sets", "max_times"):
        number = getattr(promotion, name)
        if number is not None and number <= 0:
            yield _error(Code.VALUE_INVALID, name)


def _fits(number: Any, places: int) -> bool:
    number = Decimal(number)
    return number.is_finite() and 0 <= number < LARGEST and number == round(number, places)


def _value_problems(promotion: Promotion, tiered: bool) -> Iterator[DomainError]:
    effect, level = promotion.effect, promotion.level
    with_value = not (promotion.reward == RewardKind.GIFTS or (effect == Effect.THRESHOLD_OFF and tiered))
    if with_value:
        yield from _worth_problems(promotion.value, promotion.reward, "value", None)
    both = (promotion.buy, promotion.get)
    if effect == Effect.GIFT and level == Level.LINE:
        for name, number in zip(("buy", "get"), both, strict=True):
            if number is None or number < 1 or not _fits(number, 6):
                yield _error(Code.VALUE_INVALID, name)
    elif any(number is not None for number in both):
        yield _error(Code.EFFECT_MISMATCH, "buy")
    if promotion.every is not None and (tiered or effect not in (Effect.THRESHOLD_OFF, Effect.GIFT, Effect.ADD_ON)):
        yield _error(Code.EFFECT_MISMATCH, "every")
    if effect == Effect.THRESHOLD_OFF and not tiered and not promotion.every and not promotion.minimum:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say from which amount on it holds."), "minimum")


def _worth_problems(value: Decimal | None, reward: str, field: str, index: int | None) -> Iterator[DomainError]:
    if value is None:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say how much."), field, index)
    elif not _fits(value, 4) or (reward == RewardKind.PERCENT and value > 100):
        yield _error(Code.VALUE_INVALID, field, index)


def _tier_problems(promotion: Promotion, tiers: Sequence[TierDraft]) -> Iterator[DomainError]:
    if not tiers:
        return
    gifts = promotion.effect == Effect.GIFT and promotion.level == Level.ORDER
    if not gifts and promotion.effect != Effect.THRESHOLD_OFF:
        yield _error(Code.EFFECT_MISMATCH, "tiers")
        return
    if len(tiers) > TIERS:
        yield _error(Code.LIMIT_REACHED, "tiers")
    seen: set[Decimal] = set()
    for index, tier in enumerate(tiers):
        if not _fits(tier.threshold, 4):
            yield _error(Code.VALUE_INVALID, "tiers", index)
        elif tier.threshold in seen:
            yield _error(Code.TIER_DUPLICATE, "tiers", index)
        seen.add(tier.threshold)
        if (tier.reward == RewardKind.GIFTS) is not gifts or tier.reward == RewardKind.PRICE:
            yield _error(Code.EFFECT_MISMATCH, "tiers", index)
        elif gifts:
            yield from _items_problems(tier.pool, "tiers", index, priced=False)
        else:
            yield from _worth_problems(tier.value, tier.reward, "tiers", index)


def _component_problems(promotion: Promotion, components: Sequence[ComponentDraft] | None) -> Iterator[DomainError]:
    wanted = promotion.effect == Effect.FIXED_PRICE and promotion.level == Level.ORDER
    if not wanted:
        if components:
            yield _error(Code.EFFECT_MISMATCH, "components")
        return
    if not components:
        yield _error(Code.COMPONENT_EMPTY, "components")
    if len(components or ()) > COMPONENTS:
        yield _error(Code.LIMIT_REACHED, "components")
    for index, component in enumerate(components or ()):
        if component.scope is None or component.quantity <= 0 or not _fits(component.quantity, 6):
            yield _error(Code.COMPONENT_EMPTY, "components", index)


def _pool_problems(promotion: Promotion, draft: PromotionDraft) -> Iterator[DomainError]:
    add_on = promotion.effect == Effect.ADD_ON
    gifts = promotion.effect == Effect.GIFT and promotion.level == Level.ORDER
    if not add_on and not gifts:
        if draft.pool is not None:
            yield _error(Code.EFFECT_MISMATCH, "pool")
    elif add_on or not draft.tiers:
        yield from _items_problems(draft.pool, "pool", None, priced=add_on)
    elif draft.pool is not None:
        yield _error(Code.EFFECT_MISMATCH, "pool")


def _items_problems(pool: PoolDraft | None, field: str, index: int | None, priced: bool) -> Iterator[DomainError]:
    if pool is None or not pool.items:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say which gifts there are."), field, index)
        return
    if len(pool.items) > POOL_ITEMS:
        yield _error(Code.LIMIT_REACHED, field, index)
    if pool.choose < 1:
        yield _error(Code.VALUE_INVALID, field, index)
    kinds = [(item.variant_id, item.uom_id) for item in pool.items]
    for place, item in enumerate(pool.items):
        at = place if index is None else index
        if kinds[place] in kinds[:place]:
            yield DomainError(CoreErrorCode.DUPLICATE, _("This gift stands in the pool already."), field, at)
        if item.quantity <= 0 or not _fits(item.quantity, 6):
            yield _error(Code.VALUE_INVALID, field, at)
        if (item.price is None) is priced or (item.price is not None and not _fits(item.price, 4)):
            yield _error(Code.VALUE_INVALID if priced else Code.EFFECT_MISMATCH, field, at)
