"""The freight phase: what is taken off the freight (promotions §2, FREIGHT level)."""

from __future__ import annotations

from collections.abc import Sequence

from ordercenter.promotions.engine.admit import BENEFIT, CAP, THRESHOLD, fits
from ordercenter.promotions.engine.entry import Entry, Run
from ordercenter.promotions.engine.hints import order_hint
from ordercenter.promotions.engine.order_phase import by_levels, minor
from ordercenter.promotions.engine.scale import PERCENT, half_up
from ordercenter.promotions.engine.threshold import is_met, reached
from ordercenter.promotions.terms import FREIGHT


def freight_phase(run: Run, entries: Sequence[Entry]) -> None:
    """Take FREIGHT rules off the freight, never below 0."""
    contestants = [(benefit, entry) for entry in entries if (benefit := _benefit(run, entry)) > 0]
    by_levels(run, contestants, _apply_level)


def _benefit(run: Run, entry: Entry) -> int:
    rule = entry.rule
    value = reached(run.sheet, rule, entry.matched)
    if not is_met(run, entry, value):
        run.fail(rule, THRESHOLD, reached=value, needed=order_hint(run, entry, value))
        return 0
    entry.benefit = entry.capped(min(_off(run, entry, run.situation.freight), run.situation.freight))
    if entry.benefit <= 0:
        run.fail(rule, BENEFIT)
        return 0
    if not fits(run, entry, entry.benefit):
        run.fail(rule, CAP, benefit=entry.benefit)
        return 0
    return entry.benefit


def _off(run: Run, entry: Entry, base: int) -> int:
    rule = entry.rule
    return minor(rule.value, rule.digits) if rule.reward == "amount" else half_up(base * rule.value, PERCENT)


def _apply_level(run: Run, level: Sequence[Entry]) -> bool:
    base = run.situation.freight - run.freight_off
    stopped = False
    for entry in level:
        left = run.situation.freight - run.freight_off
        amount = entry.capped(min(_off(run, entry, base), left))
        entry.basis = base
        if amount > 0:
            run.freight_off += amount
            entry.take(FREIGHT, amount)
        run.fail(entry.rule, 0 if amount > 0 else BENEFIT, amount=amount, benefit=entry.benefit)
        stopped = stopped or (entry.rule.stop and amount > 0)
    return stopped
