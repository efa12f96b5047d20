"""Which rules come into question, steps 1 to 5 (promotions §3). What fails there neither excludes nor stops others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ordercenter.promotions.engine.entry import Entry, Run, holds
from ordercenter.promotions.engine.rules import Rule

AUDIENCE, SCOPE, COUPON, THRESHOLD, CAP, BENEFIT, BEATEN, STOPPED = range(1, 9)


def admitted(run: Run, rules: Iterable[Rule]) -> Iterator[Entry]:
    """Rules for this buyer that match a line, whose coupon is there and of whose uses something is left.

    Thresholds follow, phase by phase: they need to know what lines cost by then. A cap on amounts becomes the entry's
    limit where a part may be granted; where it may not, `fits` asks it when the benefit is known.
    """
    for rule in rules:
        if rule.currency != run.sheet.currency or not _is_for(run, rule):
            run.fail(rule, AUDIENCE)
        elif not (matched := run.sheet.matching(rule)).indices:
            run.fail(rule, SCOPE)
        elif rule.coupon_required and not _has_coupon(run, rule):
            run.fail(rule, COUPON)
        elif _used_up(run, rule):
            run.fail(rule, CAP)
        else:
            yield Entry(rule, matched, _limit(run, rule))


def _is_for(run: Run, rule: Rule) -> bool:
    buyer = run.situation.buyer
    known = run.situation.met or rule.root in run.situation.kept
    return known or buyer is None or holds(rule.audience, buyer)


def _has_coupon(run: Run, rule: Rule) -> bool:
    situation = run.situation
    return situation.met or rule.root in situation.coupons or rule.root in situation.kept


def _used_up(run: Run, rule: Rule) -> bool:
    cap = None if run.situation.met else run.situation.caps.get(rule.root)
    return cap is not None and ((cap.uses is not None and cap.uses < 1) or (cap.amount is not None and cap.amount <= 0))


def _limit(run: Run, rule: Rule) -> int | None:
    limits = [rule.max_discount, rule.granted]
    if not run.situation.met and rule.on_short == "partial" and (cap := run.situation.caps.get(rule.root)):
        limits.append(cap.amount)
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def fits(run: Run, entry: Entry, benefit: int) -> bool:
    """True where the cap on amounts holds the whole benefit, or a part may be granted (step 5)."""
    if run.situation.met or entry.rule.on_short == "partial":
        return True
    cap = run.situation.caps.get(entry.rule.root)
    return cap is None or cap.amount is None or benefit <= cap.amount
