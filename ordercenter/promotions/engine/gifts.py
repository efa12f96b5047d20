"""Gifts and add-ons: awards that an order earns, and the lines that chosen ones become (promotions §2, §4)."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.money import spread
from ordercenter.promotions.engine.admit import BENEFIT, CAP, THRESHOLD
from ordercenter.promotions.engine.entry import CapLeft, Entry, GiftFacts, Run
from ordercenter.promotions.engine.hints import next_hint, order_hint
from ordercenter.promotions.engine.order_phase import by_levels
from ordercenter.promotions.engine.rules import PoolItem, PoolRule, Rule
from ordercenter.promotions.engine.scale import QUANTITY, VALUE, half_up, money, pieces, quantity, scaled
from ordercenter.promotions.engine.threshold import is_met, reached, times
from ordercenter.promotions.terms import Award, Gift, GiftKey, GiftLine

UNKNOWN = GiftFacts(0, QUANTITY)


def gift_phase(run: Run, entries: Sequence[Entry]) -> None:
    """Award gifts and add-ons, and take the discount of what was chosen off the new lines."""
    awarded = [entry for entry in entries if _award(run, entry)]
    contestants = []
    for entry in awarded:
        value = gift_value(run, entry)
        if entry.rule.effect == "gift" or value > 0:
            contestants.append((value, entry))
        else:
            run.fail(entry.rule, BENEFIT)
            _offer(run, entry)
    by_levels(run, contestants, _apply_level)


def _award(run: Run, entry: Entry) -> bool:
    """Work out how many awards an order earns, and what is left of each gift; False where it fails at step 4 or 5."""
    rule = entry.rule
    value = reached(run.sheet, rule, entry.matched)
    if not is_met(run, entry, value):
        run.fail(rule, THRESHOLD, reached=value, needed=order_hint(run, entry, value))
        return False
    next_hint(run, entry, value)
    pool = entry.tier.pool if entry.tier and entry.tier.pool else rule.pool
    if pool is None:
        run.fail(rule, BENEFIT)
        return False
    entry.basis = int(value)
    count = times(rule, value)
    gifts = _gifts(run, rule, pool, count)
    keys = tuple(run.sheet.keys[i] for i in entry.matched.indices)
    entry.award = Award(
        rule.id, rule.label_zh, rule.label_en, rule.effect == "add_on", pool.choose * count, pool.on_short,
        gifts, keys,
    )  # fmt: skip
    if not gifts:
        run.fail(rule, CAP)
        return False
    _choose(run, entry.award, pool, count)
    return True


def _gifts(run: Run, rule: Rule, pool: PoolRule, count: int) -> list[Gift]:
    cap = None if run.situation.met else run.situation.caps.get(rule.root)
    whole = len(pool.items) <= pool.choose and rule.on_short == "skip" and rule.effect == "gift"
    least = count if whole and cap else 1
    found = []
    for item in pool.items:
        facts = run.situation.gift_facts.get((item.variant_id, item.uom_id), UNKNOWN)
        room = _room(item, facts, cap, pool.on_short)
        if room is not None and room < least:
            continue
        found.append(
            Gift(
                item.id,
                item.variant_id,
                item.uom_id,
                pieces(facts.factor),
                pieces(item.quantity),
                money(facts.price, 4),
                None if item.price is None else money(item.price, 4),
                room=room,
            )
        )
    return found


def _room(item: PoolItem, facts: GiftFacts, cap: CapLeft | None, on_short: str) -> int | None:
    """How many awards of a gift there still are, by its cap and, unless it may be owed, by its stock."""
    limits = []
    if cap and (left := cap.pieces.get((item.variant_id, item.uom_id))) is not None:
        limits.append(left // item.quantity)
    if on_short != "backorder" and facts.stock is not None:
        limits.append(facts.stock * QUANTITY // (item.quantity * facts.factor))
    return min(limits) if limits else None


def _choose(run: Run, award: Award, pool: PoolRule, count: int) -> None:
    """Give what the buyer chose, as far as it is offered; of a pool that leaves no choice, all of it.

    Where the pool says so, the first of it that are there are given, the next in place of one that ran out.
    """
    wanted = {c.item_id: c for c in run.situation.gifts if c.promotion_id == award.promotion_id and c.count > 0}
    offered = {gift.item_id: gift for gift in award.gifts}
    award.automatic = not award.add_on and len(pool.items) <= pool.choose
    if not award.add_on and not wanted and (award.automatic or pool.on_short == "next"):
        for gift in award.gifts:
            gift.count = min(count if gift.room is None else min(count, gift.room), award.open)
        return
    known = {item.id for item in pool.items}
    for item_id, choice in wanted.items():
        if item_id not in offered:
            run.wrong_choices.append(("GIFT_EXHAUSTED" if item_id in known else "GIFT_NOT_OFFERED", choice))
            continue
        gift = offered[item_id]
        if award.open < choice.count:
            run.wrong_choices.append(("GIFT_TOO_MANY", choice))
        if gift.room is not None and gift.room < choice.count:
            run.wrong_choices.append(("GIFT_EXHAUSTED", choice))
        gift.count = min(choice.count, award.open, choice.count if gift.room is None else gift.room)


def gift_value(run: Run, entry: Entry) -> int:
    """The benefit: list amount of the gifts chosen, or of the dearest ones; of add-ons what chosen ones save."""
    award = entry.award
    assert award is not None
    worth = [(_worth(run, gift, award.add_on), gift) for gift in award.gifts]
    if award.chosen or award.add_on:
        return sum(value * gift.count for value, gift in worth)
    dearest = sorted((value for value, _ in worth), reverse=True)
    return sum(dearest[: award.choose]) if dearest else 0


def _worth(run: Run, gift: Gift, add_on: bool) -> int:
    """What one award of a gift saves, in minor units."""
    listed, paid = _amounts(run, gift, 1)
    return max(0, listed - paid) if add_on else listed


def _amounts(run: Run, gift: Gift, count: int) -> tuple[int, int]:
    """(List amount, what is paid) for so many awards: R(price x quantity), in minor units."""
    counted = quantity(gift.quantity * count) * 10**run.sheet.digits
    paid = gift.price or 0
    return half_up(scaled(gift.unit_price, 4) * counted, _UNIT), half_up(scaled(paid, 4) * counted, _UNIT)


_UNIT = VALUE * QUANTITY


def _offer(run: Run, entry: Entry) -> None:
    if entry.award is not None:
        run.awards.append(entry.award)


def _apply_level(run: Run, level: Sequence[Entry]) -> bool:
    base = list(run.sheet.running)
    stopped = False
    for entry in level:
        _offer(run, entry)
        award = entry.award
        assert award is not None
        lines = [(gift, _line(run, award, gift)) for gift in award.gifts if gift.count]
        for gift, line in lines:
            run.gift_lines.append(line)
            listed, paid = _amounts(run, gift, gift.count)
            if entry.rule.gift_mode != "spread" or award.add_on:
                free = 0 if award.add_on else int(line.quantity * QUANTITY * line.factor)
                entry.take(line.key, entry.capped(max(0, listed - paid)), free)
        if lines and entry.rule.gift_mode == "spread" and not award.add_on:
            _spread(run, entry, base, lines)
        entry.stood = entry.stood or bool(lines)
        run.fail(entry.rule, 0, amount=entry.amount, benefit=gift_value(run, entry))
        stopped = stopped or (entry.rule.stop and entry.amount > 0)
    return stopped


def _line(run: Run, award: Award, gift: Gift) -> GiftLine:
    listed, _ = _amounts(run, gift, gift.count)
    return GiftLine(
        GiftKey(award.promotion_id, gift.item_id),
        gift.variant_id,
        gift.uom_id,
        gift.factor,
        gift.quantity * gift.count,
        gift.unit_price,
        money(listed, run.sheet.digits),
        award.add_on,
        award.on_short,
        award.triggers,
    )


def _spread(run: Run, entry: Entry, base: Sequence[int], lines: Sequence[tuple[Gift, GiftLine]]) -> None:
    """The value of the gifts, spread over what earned them and the gifts themselves: a gift then carries a price."""
    sheet, triggers = run.sheet, entry.matched.indices
    listed = [_amounts(run, gift, gift.count)[0] for gift, _ in lines]
    weights = [base[i] for i in triggers] + listed
    total = entry.capped(sum(listed))
    if total <= 0:
        return
    parts = spread(total, weights, [sheet.room(i) for i in triggers] + listed)
    for i, part in zip(triggers, parts, strict=False):
        if part:
            sheet.running[i] -= part
            entry.take(i, part)
    for (_, line), part in zip(lines, parts[len(triggers) :], strict=True):
        entry.take(line.key, part, int(line.quantity * QUANTITY * line.factor))
