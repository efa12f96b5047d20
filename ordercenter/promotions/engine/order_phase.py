"""The order phase: discounts of the whole document, spread over the lines they match (promotions §2, §4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from marketplace.core.money import spread
from ordercenter.promotions.engine.admit import BEATEN, BENEFIT, CAP, STOPPED, THRESHOLD, fits
from ordercenter.promotions.engine.choose import levels, standing, winner_over
from ordercenter.promotions.engine.combos import combination
from ordercenter.promotions.engine.entry import Entry, Run
from ordercenter.promotions.engine.hints import next_hint, order_hint
from ordercenter.promotions.engine.scale import PERCENT, VALUE, half_up
from ordercenter.promotions.engine.threshold import is_met, reached, times


def order_phase(run: Run, entries: Sequence[Entry]) -> None:
    """Take the discounts of ORDER rules off the lines."""
    contestants = [(benefit, entry) for entry in entries if (benefit := order_benefit(run, entry)) > 0]
    by_levels(run, contestants, _apply_level)


def by_levels(
    run: Run, contestants: Sequence[tuple[int, Entry]], apply: Callable[[Run, Sequence[Entry]], bool]
) -> None:
    """Let those that stay apply, level by level; `apply` says whether a rule with `stop` took something."""
    if not contestants:
        return
    stays = standing(contestants)
    for benefit, entry in contestants:
        entry.stood = entry in stays and len(stays) < len(contestants)
        if entry not in stays:
            run.fail(entry.rule, BEATEN, benefit=benefit, beaten_by=winner_over(entry, stays))
    stopped = False
    for level in levels(stays):
        if stopped:
            for entry in level:
                run.fail(entry.rule, STOPPED)
        else:
            stopped = apply(run, level)
    run.applied += [entry for entry in stays if entry.shares or entry.stood]


def order_benefit(run: Run, entry: Entry) -> int:
    """What a rule alone would take off now; 0 where it fails at steps 4 to 6."""
    sheet, rule = run.sheet, entry.rule
    value = reached(sheet, rule, entry.matched)
    if not is_met(run, entry, value):
        run.fail(rule, THRESHOLD, reached=value, needed=order_hint(run, entry, value))
        return 0
    next_hint(run, entry, value)
    amount, _basis, lines = order_discount(run, entry, sheet.running)
    running, floor = sheet.running, sheet.floor
    room = sum([running[i] - floor[i] for i in lines if running[i] > 0])
    entry.benefit = entry.capped(min(amount, room))
    if entry.benefit <= 0:
        run.fail(rule, BENEFIT)
        return 0
    if not fits(run, entry, entry.benefit):
        run.fail(rule, CAP, benefit=entry.benefit)
        return 0
    return entry.benefit


def order_discount(run: Run, entry: Entry, base: Sequence[int]) -> tuple[int, int, Sequence[int]]:
    """(Discount, what it is worked out on, the lines it falls on), on running amounts `base`; before any limit."""
    rule = entry.rule
    lines = entry.matched.indices
    if rule.components:
        return combination(run.sheet, rule, base)
    whole = sum([base[i] for i in lines])
    if rule.effect == "percent_off":
        return half_up(whole * rule.value, PERCENT), whole, lines
    if rule.effect == "amount_off":
        return minor(rule.value, rule.digits), whole, lines
    tier = entry.tier
    if tier is None:
        count = times(rule, reached(run.sheet, rule, entry.matched))
        return minor(rule.value, rule.digits) * count, whole, lines
    if tier.reward == "percent":
        return half_up(whole * (tier.value or 0), PERCENT), whole, lines
    return minor(tier.value or 0, rule.digits), whole, lines


def minor(value: int, digits: int) -> int:
    """An amount in ten-thousandths as minor units."""
    return half_up(value * 10**digits, VALUE)


def _apply_level(run: Run, level: Sequence[Entry]) -> bool:
    """All of one priority compute on the amounts at its start, and are taken off in the order of their ids."""
    sheet = run.sheet
    base = list(sheet.running)
    stopped = False
    for entry in level:
        amount, entry.basis, lines = order_discount(run, entry, base)
        amount = entry.capped(amount)
        weights = [base[i] for i in lines]
        taken = 0
        if amount > 0 and any(weights):
            for i, part in zip(lines, spread(amount, weights, [sheet.room(i) for i in lines]), strict=True):
                if part:
                    sheet.running[i] -= part
                    entry.take(i, part)
                    taken += part
        run.fail(entry.rule, 0 if taken else BENEFIT, amount=taken, benefit=entry.benefit)
        stopped = stopped or (entry.rule.stop and taken > 0)
    return stopped
