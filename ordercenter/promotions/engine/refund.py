"""What goods that come back are worth: promotions they no longer earn are taken into account (promotions §6)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from marketplace.core.money import exponent, part_value, round_money, spread
from ordercenter.promotions.engine.entry import GiftFacts, Run, Situation
from ordercenter.promotions.engine.rules import Rule
from ordercenter.promotions.engine.run import run_rules
from ordercenter.promotions.engine.scale import money, quantity, scaled
from ordercenter.promotions.engine.sheet import Packs, Sheet
from ordercenter.promotions.terms import BasketLine, GiftChoice, GiftKey

ZERO = Decimal(0)


@dataclass(slots=True)
class PaidLine:
    """A line of an order as it was placed: `line` with its full quantity, `amount` after promotions.

    `returned`: what came back before, `refunded`: what was paid back for it. A gift or add-on line has its GiftKey as
    key, and `awards`: how many awards its quantity is.
    """

    line: BasketLine
    amount: Decimal
    returned: Decimal = ZERO
    refunded: Decimal = ZERO
    awards: int = 1

    @property
    def is_gift(self) -> bool:
        """It came with a promotion."""
        return isinstance(self.line.key, GiftKey)


@dataclass(slots=True)
class Refund:
    """What one return pays, in all and by line; `kept_value`: what the goods that stay cost now (V)."""

    total: Decimal
    by_line: dict[Hashable, Decimal] = field(default_factory=dict)
    kept_value: Decimal = ZERO
    refunded: Decimal = ZERO


def refund(
    lines: Sequence[PaidLine],
    rules: Sequence[Rule],
    returning: Mapping[Hashable, Decimal],
    currency: str,
    keep_benefit: bool = False,
    packs: Packs | None = None,
    max_line_discount: Decimal = Decimal(100),
) -> Refund:
    """What returning quantities pays back, spread over all returned lines.

    T(n) = max(T(n-1), min(S, max(0, Paid - V(k)))); this return pays T(n) - T(n-1). `keep_benefit`, the seller's fault:
    the part value of what comes back is paid, where that is more. `rules` are those of the order's snapshots.
    """
    digits = exponent(currency)
    before = sum((one.refunded for one in lines), ZERO)
    worth = [_part(one, returning.get(one.line.key, ZERO), currency) for one in lines]
    value = kept_value(lines, rules, returning, currency, packs, max_line_discount)
    paid = sum((one.amount for one in lines), ZERO)
    total = max(ZERO, min(sum(worth, ZERO), max(ZERO, paid - value)) - before)
    room = [max(ZERO, whole - one.refunded) for whole, one in zip(worth, lines, strict=True)]
    now = [_part_now(one, returning.get(one.line.key, ZERO), currency) for one in lines]
    pays = [min(part, left) for part, left in zip(now, room, strict=True)]
    if keep_benefit and sum(pays, ZERO) >= total:
        total = sum(pays, ZERO)
    else:
        units = [scaled(left, digits) for left in room]
        parts = spread(scaled(total, digits), units, units) if total else [0] * len(lines)
        pays = [money(part, digits) for part in parts]
    by_line = {one.line.key: part for one, part in zip(lines, pays, strict=True) if part}
    return Refund(total, by_line, value, before + total)


def _part(one: PaidLine, now: Decimal, currency: str) -> Decimal:
    """Part value of all that came back of a line, this return included."""
    return part_value(one.amount, one.line.quantity, ZERO, one.returned + now, currency)


def _part_now(one: PaidLine, now: Decimal, currency: str) -> Decimal:
    return part_value(one.amount, one.line.quantity, one.returned, one.returned + now, currency)


def kept_value(
    lines: Sequence[PaidLine],
    rules: Sequence[Rule],
    returning: Mapping[Hashable, Decimal],
    currency: str,
    packs: Packs | None = None,
    max_line_discount: Decimal = Decimal(100),
) -> Decimal:
    """V: what the goods that stay cost with the same rules, and gifts that stay though nothing earns them any more."""
    digits = exponent(currency)
    kept = [(one, one.line.quantity - one.returned - returning.get(one.line.key, ZERO)) for one in lines]
    goods = [_cut(one.line, left, currency) for one, left in kept if left > 0 and not one.is_gift]
    gifts = [(one, left) for one, left in kept if left > 0 and one.is_gift]
    if not goods and not gifts:
        return ZERO
    run = run_rules(Sheet(goods, currency, packs, max_line_discount), rules, _situation(gifts))
    total = sum(run.sheet.running)
    granted = {line.key: line for line in run.gift_lines}
    for one, left in gifts:
        earned = granted.get(one.line.key)  # type: ignore[call-overload]
        listed = scaled(round_money(one.line.unit_price * left, currency), digits)
        if earned is None:
            total += listed
            continue
        off = sum(entry.shares.get(one.line.key, 0) for entry in run.applied)
        total += max(0, listed - off)
    return money(total, digits)


def _cut(line: BasketLine, left: Decimal, currency: str) -> BasketLine:
    listed = round_money(line.unit_price * left, currency)
    return replace(line, quantity=left, base_quantity=left * line.factor, list_amount=listed)


def _situation(gifts: Sequence[tuple[PaidLine, Decimal]]) -> Situation:
    """Windows, caps and coupons count as met; the gifts that stay are those chosen."""
    choices, facts = [], {}
    for one, left in gifts:
        key = one.line.key
        assert isinstance(key, GiftKey)
        each = one.line.quantity / one.awards
        choices.append(
            GiftChoice(key.promotion_id, key.item_id, int(left // each) if left % each == 0 else int(left // each) + 1)
        )
        facts[one.line.scope.variant_id, one.line.uom_id] = GiftFacts(
            scaled(one.line.unit_price, 4), quantity(one.line.factor)
        )
    return Situation(gifts=choices, gift_facts=facts, met=True)


def replayed(
    lines: Sequence[PaidLine],
    rules: Sequence[Rule],
    currency: str,
    packs: Packs | None = None,
    max_line_discount: Decimal = Decimal(100),
) -> Run:
    """The run of an order's own snapshots on what was ordered."""
    goods = [one.line for one in lines if not one.is_gift]
    gifts = [(one, one.line.quantity) for one in lines if one.is_gift]
    return run_rules(Sheet(goods, currency, packs, max_line_discount), rules, _situation(gifts))
