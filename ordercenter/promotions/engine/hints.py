"""Near misses: what a buyer would still have to put in for the next reward (promotions §7)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from ordercenter.promotions.engine.entry import Entry, Run
from ordercenter.promotions.engine.rules import Rule, Tier
from ordercenter.promotions.engine.scale import PERCENT, VALUE, half_up, money, pieces
from ordercenter.promotions.engine.threshold import Reached, next_tier, times
from ordercenter.promotions.terms import Hint


def order_hint(run: Run, entry: Entry, value: Reached) -> int:
    """Note the hint of a rule that failed at its threshold; answers the threshold it needs."""
    rule = entry.rule
    needed = rule.minimum
    tier = rule.tiers[0] if rule.tiers else None
    if tier is not None:
        needed = max(needed, tier.threshold)
    elif rule.every:
        needed = max(needed, rule.every)
    _note(run, entry, value, needed, tier, False)
    return needed


def next_hint(run: Run, entry: Entry, value: Reached) -> None:
    """Note what the next tier, or the next full amount, would bring to a buyer who has reached one."""
    rule = entry.rule
    if rule.tiers:
        tier = next_tier(rule, value)
        if tier is not None:
            _note(run, entry, value, tier.threshold, tier, True)
    elif rule.every:
        count = times(rule, value)
        if rule.max_times is None or count < rule.max_times:
            _note(run, entry, value, rule.every * (count + 1), None, True)


def line_hint(run: Run, entry: Entry, value: Reached) -> None:
    """Note how far the nearest line is from the minimum of a rule on lines."""
    if value > 0:
        _note(run, entry, value, entry.rule.minimum, None, False)


def _note(run: Run, entry: Entry, value: Reached, needed: int, tier: Tier | None, is_next: bool) -> None:
    rule = entry.rule
    gap = needed - value
    if not run.situation.hints or gap <= 0 or gap * 100 > needed * rule.hint_percent:
        return
    show = pieces if rule.by_quantity else lambda units: money(units, rule.digits)
    reward, worth = (tier.reward, tier.value) if tier else (_reward(rule), rule.value)
    run.hints.append(
        Hint(
            rule.id,
            rule.label_zh,
            rule.label_en,
            rule.effect,
            rule.by_quantity,
            show(ceil(gap)),
            show(needed),
            rule.uom,
            reward,
            None if worth is None or reward == "gifts" else money(worth, 4),
            money(_benefit(run, entry, value, needed, reward, worth or 0, is_next), rule.digits),
            is_next,
            rule.currency,
        )
    )


def _reward(rule: Rule) -> str:
    if rule.gives:
        return "gifts"
    if rule.effect == "percent_off":
        return "percent"
    if rule.effect == "gift":
        return "gifts"
    if rule.effect in ("amount_off", "threshold_off"):
        return "amount"
    return rule.reward


def _benefit(run: Run, entry: Entry, value: Reached, needed: int, reward: str, worth: int, is_next: bool) -> int:
    """What the reward would take off once its threshold is just reached, in minor units; 0 where goods decide."""
    rule = entry.rule
    if reward == "gifts" or reward == "price":
        return 0
    if reward == "percent":
        base = Fraction(sum(run.sheet.running[i] for i in entry.matched.indices))
        if value:
            base = base * needed / value
        return half_up(base.numerator * worth, base.denominator * PERCENT)
    count = times(rule, needed) if rule.every else 1
    return half_up(worth * 10**rule.digits, VALUE) * count
