"""Whether a price may be bid, against the state it meets, and the highest one that may (auctions §2.4, §2.5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from suppliers.auctions.enums import MustBeat, StepKind, TiePolicy
from suppliers.auctions.errors import AuctionErrorCode, Refused
from suppliers.auctions.rules import Rules
from suppliers.auctions.value import LARGEST, Transform, rank_of, worth_of


@dataclass(frozen=True, slots=True)
class Position:
    """What one seat's price is judged against: its own best and the lead as values, and what the others hold."""

    transform: Transform
    scale: int
    ceiling: Decimal | None = None
    own: int | None = None
    lead: int | None = None
    leads: bool = False
    others: Collection[int] = ()

    def worth(self, value: int | None) -> Fraction | None:
        return None if value is None else worth_of(value, self.scale)


def ceiling_of(rules: Rules, position: Position) -> Decimal | None:
    """The lower of the auction's ceiling and the seat's own."""
    return min((one for one in (rules.ceiling, position.ceiling) if one is not None), default=None)


def reference(rules: Rules, position: Position) -> Fraction | None:
    """What the step is taken from; None for a first bid, which only the ceiling limits."""
    return position.worth(position.own if rules.must_beat is MustBeat.OWN else position.lead)


def limit(rules: Rules, position: Position) -> Fraction | None:
    """The highest W that beats what has to be beaten; None where only the ceiling limits."""
    beaten = reference(rules, position)
    if beaten is None:
        return None
    found = rules.step.below(beaten)
    lead = position.worth(position.lead)
    if rules.buffer is not None and lead is not None and not position.leads:
        found = min(found, lead - Fraction(rules.buffer))
    return found


def highest(rules: Rules, position: Position) -> Decimal | None:
    """Pmax: the highest price the seat may bid, but for ties with others; None: any. Below the tick there is none."""
    bounds = []
    ceiling = ceiling_of(rules, position)
    if ceiling is not None:
        bounds.append(ceiling // rules.tick * rules.tick)
    worth = limit(rules, position)
    if worth is not None:
        bounds.append(_highest_within(rules, position, worth))
    if position.own is not None:
        below_own = position.transform.at_most(worth_of(position.own, position.scale), rules.tick)
        own = position.transform.value(below_own, position.scale) if below_own > 0 else 0
        bounds.append(below_own - rules.tick if own >= position.own else below_own)
    return min(bounds) if bounds else None


def _highest_within(rules: Rules, position: Position, worth: Fraction) -> Decimal:
    """The highest price of at most W; where only multiples of the step count, the nearest of these."""
    if rules.step.kind is not StepKind.MULTIPLE:
        return position.transform.at_most(worth, rules.tick)
    beaten = reference(rules, position)
    assert beaten is not None
    steps = -((worth - beaten) // Fraction(rules.step.value))
    return Decimal(beaten.numerator) / beaten.denominator - steps * rules.step.value


def judge(rules: Rules, position: Position, price: Decimal, confirmed: bool = False) -> int:
    """The value of a price that may be bid. Raises Refused with the first thing in its way, and the seat's limit."""
    check_price(rules, position, price)
    value = position.transform.value(price, position.scale)
    worth = worth_of(value, position.scale)
    bound = limit(rules, position)
    if (position.own is not None and value >= position.own) or (bound is not None and worth > bound):
        _refuse_step(rules, position)
    beaten = reference(rules, position)
    if beaten is not None and not rules.step.fits(beaten, worth):
        _refuse_step(rules, position)
    _check_tie(rules, position, value)
    if not confirmed and beaten is not None and _is_large_drop(rules, beaten, worth):
        raise Refused(AuctionErrorCode.CONFIRM_LARGE_DROP)
    return value


def check_price(rules: Rules, position: Position, price: Decimal) -> None:
    """A price at all: on the tick, above nothing, not above a ceiling."""
    if not price.is_finite() or not 0 < price < LARGEST:
        raise Refused(AuctionErrorCode.PRICE_INVALID)
    if price % rules.tick:
        raise Refused(AuctionErrorCode.PRICE_TICK)
    ceiling = ceiling_of(rules, position)
    if ceiling is not None and price > ceiling:
        raise Refused(AuctionErrorCode.ABOVE_CEILING, ceiling // rules.tick * rules.tick)


def _refuse_step(rules: Rules, position: Position) -> None:
    bound = highest(rules, position)
    if bound is not None and bound < rules.tick:
        raise Refused(AuctionErrorCode.NO_LEGAL_BID)
    raise Refused(AuctionErrorCode.BID_STEP, bound)


def _is_large_drop(rules: Rules, beaten: Fraction, worth: Fraction) -> bool:
    return rules.jump_guard is not None and worth < beaten * (1 - Fraction(rules.jump_guard) / 100)


def _check_tie(rules: Rules, position: Position, value: int) -> None:
    if rules.ties is TiePolicy.ALLOWED or value not in position.others:
        return
    if rules.ties is TiePolicy.FORBIDDEN or rank_of(value, position.others) <= rules.tie_top:
        raise Refused(AuctionErrorCode.TIE_NOT_ALLOWED)
