"""What thresholds, minimums and full amounts are compared with (promotions §2)."""

from __future__ import annotations

from fractions import Fraction

from ordercenter.promotions.engine.entry import Entry, Run
from ordercenter.promotions.engine.rules import Rule, Tier
from ordercenter.promotions.engine.sheet import Matched, Sheet

Reached = int | Fraction


def reached(sheet: Sheet, rule: Rule, matched: Matched) -> Reached:
    """The threshold value over lines: list amounts, running amounts after the line phase, or quantities."""
    if rule.threshold_on == "list":
        return sheet.listed(matched)
    return sheet.net(matched) if rule.threshold_on == "net" else sheet.counted(matched, rule.uom)


def tier_of(rule: Rule, value: Reached) -> Tier | None:
    """The highest tier whose threshold is reached; lower ones add nothing."""
    best = None
    for tier in rule.tiers:
        if tier.threshold <= value:
            best = tier
    return best


def next_tier(rule: Rule, value: Reached) -> Tier | None:
    """The lowest tier that is not reached yet."""
    return next((tier for tier in rule.tiers if tier.threshold > value), None)


def times(rule: Rule, value: Reached) -> int:
    """How often a full amount is reached, at most so many times; 1 without `every`."""
    if not rule.every:
        return 1
    count = int(value // rule.every)
    return count if rule.max_times is None else min(count, rule.max_times)


def is_met(run: Run, entry: Entry, value: Reached) -> bool:
    """True where a rule for the whole order reaches its minimum, a tier, or a full amount (step 4)."""
    rule = entry.rule
    if value < rule.minimum:
        return False
    if rule.tiers:
        entry.tier = tier_of(rule, value)
        return entry.tier is not None
    return times(rule, value) > 0
