"""The line phase: decided line by line, in the order of the lines (promotions §2, LINE level; §4)."""

from __future__ import annotations

from collections.abc import Sequence

from ordercenter.promotions.engine.admit import BEATEN, BENEFIT, CAP, STOPPED, THRESHOLD, fits
from ordercenter.promotions.engine.choose import levels, standing, winner_over
from ordercenter.promotions.engine.entry import Entry, Run
from ordercenter.promotions.engine.hints import line_hint
from ordercenter.promotions.engine.rules import Rule
from ordercenter.promotions.engine.scale import PERCENT, QUANTITY, VALUE, half_up
from ordercenter.promotions.engine.threshold import Reached, reached

Claim = tuple[Entry, int]


def line_phase(run: Run, entries: Sequence[Entry]) -> None:
    """Work the LINE rules off every line they match, and keep what lines cost then."""
    claims: dict[int, list[Claim]] = {}
    for entry in entries:
        for index, amount in _claims(run, entry):
            claims.setdefault(index, []).append((entry, amount))
    for index in sorted(claims):
        _decide(run, index, claims[index])
    run.applied += [entry for entry in entries if entry.shares or entry.stood]
    run.sheet.close_line_phase()


def _claims(run: Run, entry: Entry) -> list[tuple[int, int]]:
    """What a rule alone would take off each line, before floors; nothing where it fails at steps 4 to 6."""
    sheet, rule = run.sheet, entry.rule
    lines = _above_minimum(run, entry)
    factors = sheet.factors(rule.uom)
    found: list[tuple[int, int]] = []
    whole, left = 0, entry.left
    for index in lines:
        factor = QUANTITY if factors is None else factors[index]
        amount = discount(rule, sheet.list[index], sheet.base[index], factor)
        benefit = min(amount, sheet.room(index))
        if left is not None:
            benefit = min(benefit, left - whole)
        if benefit > 0:
            found.append((index, amount))
            whole += benefit
    entry.benefit = whole
    if not lines:
        return []
    if not whole:
        run.fail(rule, BENEFIT)
        return []
    if not fits(run, entry, whole):
        run.fail(rule, CAP, benefit=whole)
        return []
    return found


def _above_minimum(run: Run, entry: Entry) -> Sequence[int]:
    """The matching lines that reach the minimum: each alone, with all of its SKU, or all matching ones together."""
    sheet, rule, matched = run.sheet, entry.rule, entry.matched
    if not rule.minimum:
        return matched.indices
    if rule.minimum_over == "matching":
        value = reached(sheet, rule, matched)
        passed: Sequence[int] = matched.indices if value >= rule.minimum else ()
        nearest: Reached = value
    else:
        values = _values(run, entry)
        passed = [index for index in matched.indices if values[index] >= rule.minimum]
        nearest = max((value for value in values.values() if value < rule.minimum), default=0)
    if not passed:
        run.fail(rule, THRESHOLD, reached=nearest, needed=rule.minimum)
        line_hint(run, entry, nearest)
    return passed


def _values(run: Run, entry: Entry) -> dict[int, Reached]:
    sheet, rule = run.sheet, entry.rule
    each = {index: reached(sheet, rule, sheet.lines_of(1 << index)) for index in entry.matched.indices}
    if rule.minimum_over == "line":
        return each
    sums: dict[int, Reached] = {}
    for index, value in each.items():
        variant = sheet.lines[index].scope.variant_id
        sums[variant] = sums.get(variant, 0) + value
    return {index: sums[sheet.lines[index].scope.variant_id] for index in each}


def _decide(run: Run, index: int, claims: Sequence[Claim]) -> None:
    """Of the rules that claim a line, let those that stay apply, level by level."""
    sheet = run.sheet
    room = sheet.room(index)
    contestants = [(benefit, entry) for entry, amount in claims if (benefit := entry.capped(min(amount, room))) > 0]
    if not contestants:
        return
    stays = standing(contestants)
    if run.situation.trace:
        _tell_beaten(run, index, contestants, stays)
    _note_standing(contestants, stays)
    if len(stays) == 1:
        _apply(run, index, stays[0], sheet.running[index])
        return
    stopped = False
    for level in levels(stays):
        if stopped:
            for entry in level:
                run.fail(entry.rule, STOPPED, slot=index)
            continue
        base = sheet.running[index]
        for entry in level:
            taken = _apply(run, index, entry, base)
            stopped = stopped or (entry.rule.stop and taken > 0)


def _note_standing(contestants: Sequence[tuple[int, Entry]], stays: Sequence[Entry]) -> None:
    """A winner that finds no room left must still be in the snapshot: it kept others out."""
    if len(contestants) > len(stays):
        for entry in stays:
            entry.stood = True


def _tell_beaten(run: Run, index: int, contestants: Sequence[tuple[int, Entry]], stays: Sequence[Entry]) -> None:
    for benefit, entry in contestants:
        if entry not in stays:
            run.fail(entry.rule, BEATEN, slot=index, benefit=benefit, beaten_by=winner_over(entry, stays))


def _apply(run: Run, index: int, entry: Entry, base: int) -> int:
    sheet, rule = run.sheet, entry.rule
    factors = sheet.factors(rule.uom)
    factor = QUANTITY if factors is None else factors[index]
    amount = discount(rule, base, sheet.base[index], factor)
    amount = entry.capped(min(amount, sheet.room(index)))
    if amount <= 0:
        return 0
    sheet.running[index] -= amount
    entry.basis += base
    free = sets_of(rule, sheet.base[index], factor) * rule.get * factor // QUANTITY if rule.effect == "gift" else 0
    entry.take(index, amount, free)
    if run.situation.trace:
        run.fail(rule, 0, slot=index, amount=amount)
    return amount


def discount(rule: Rule, base: int, counted: int, factor: int) -> int:
    """What a LINE rule takes off a line that costs `base`; `counted` base units in it, `factor` in the rule's uom."""
    return _EFFECTS[rule.effect](rule, base, counted, factor)


def _percent_off(rule: Rule, base: int, counted: int, factor: int) -> int:
    most = rule.max_quantity
    if most is None or counted * QUANTITY <= most * factor:
        return half_up(base * rule.value, PERCENT)
    return half_up(base * rule.value * most * factor, PERCENT * counted * QUANTITY)


def _amount_off(rule: Rule, base: int, counted: int, factor: int) -> int:
    value = rule.value * 10**rule.digits
    most = rule.max_quantity
    if most is None or counted * QUANTITY <= most * factor:
        return half_up(value * counted, VALUE * factor)
    return half_up(value * most, VALUE * QUANTITY)


def _fixed_price(rule: Rule, base: int, counted: int, factor: int) -> int:
    value = rule.value * 10**rule.digits
    most = rule.max_quantity
    if most is None or counted * QUANTITY <= most * factor:
        return half_up(base * VALUE * factor - value * counted, VALUE * factor)
    return half_up(base * most * factor * VALUE - value * most * counted, counted * QUANTITY * VALUE)


def _some_free(rule: Rule, base: int, counted: int, factor: int) -> int:
    sets = sets_of(rule, counted, factor)
    return half_up(base * sets * rule.get * factor * rule.value, counted * QUANTITY * PERCENT) if sets else 0


def sets_of(rule: Rule, counted: int, factor: int) -> int:
    """How many full sets of X + Y a quantity holds, at most `max_sets`."""
    sets = counted * QUANTITY // (factor * (rule.buy + rule.get))
    return sets if rule.max_sets is None else min(sets, rule.max_sets)


_EFFECTS = {
    "percent_off": _percent_off,
    "amount_off": _amount_off,
    "fixed_price": _fixed_price,
    "gift": _some_free,
}
