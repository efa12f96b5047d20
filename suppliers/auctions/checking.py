"""What rules may not be published with: paths of what does not hold together (auctions §2, §3, §5, §10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from suppliers.auctions.enums import (
    LEVELLED,
    OPEN_BIDDING,
    AuctionFormat,
    LeadShown,
    MustBeat,
    RankShown,
    StepKind,
    TiePolicy,
)
from suppliers.auctions.rules import Rules
from suppliers.auctions.value import MILLION, NONE, ONE, PLAIN, Transform

NOTHING = timedelta(0)


def problems(rules: Rules, transforms: Iterable[Transform]) -> Iterator[str]:
    """Paths into the rules, all of them."""
    known = list(transforms)
    if rules.tick <= 0 or rules.tick.as_tuple().exponent < -4:  # type: ignore[operator]
        yield "tick"
        return
    yield from _instants(rules)
    yield from _prices(rules)
    if rules.format in LEVELLED:
        yield from _levels(rules)
    elif rules.format is AuctionFormat.TURN_BASED:
        yield from _turns(rules)
    elif rules.format is AuctionFormat.SEALED:
        yield "format"  # one sealed price is asked for as a sealed quote
    if rules.format in (*OPEN_BIDDING, AuctionFormat.TURN_BASED):
        yield from rules.step.problems()
        yield from _multiples(rules, known)
    if rules.format in OPEN_BIDDING:
        yield from _open_bidding(rules)
    if any(not _sound(transform) for transform in known):
        yield "seats"


def _instants(rules: Rules) -> Iterator[str]:
    if rules.close_at <= rules.start_at:
        yield "close_at"
    if rules.hard_stop_at < rules.close_at:
        yield "hard_stop_at"


def _prices(rules: Rules) -> Iterator[str]:
    if rules.ceiling is not None and rules.ceiling < rules.tick:
        yield "ceiling"
    if rules.buffer is not None and rules.buffer <= 0:
        yield "buffer"
    if rules.jump_guard is not None and not 0 < rules.jump_guard < 100:
        yield "jump_guard"
    if not 1 <= rules.winners <= 99:
        yield "winners"
    if rules.tie_top < 1:
        yield "tie_top"
    if not 1 <= rules.rate <= 100:
        yield "rate"


def _levels(rules: Rules) -> Iterator[str]:
    levels = rules.levels
    if levels is None or not levels.countable or levels.move % rules.tick:
        yield "levels"
        return
    rising = rules.format is AuctionFormat.DUTCH
    if levels.first <= 0 or levels.last <= 0 or (levels.last <= levels.first) == rising or levels.last == levels.first:
        yield "levels.last"
    if levels.first % rules.tick or levels.last % rules.tick:
        yield "levels.first"
    if rules.format is AuctionFormat.JAPANESE and rules.survivors < 0:
        yield "survivors"
    if rules.format is AuctionFormat.JAPANESE and rules.winners != 1:
        yield "winners"


def _turns(rules: Rules) -> Iterator[str]:
    times = rules.turns
    if times.turn <= NOTHING or min(times.first_pause, times.pause, times.announcement) < NOTHING:
        yield "turns"
    if rules.must_beat is not MustBeat.OWN or rules.buffer is not None:
        yield "must_beat"


def _multiples(rules: Rules, known: list[Transform]) -> Iterator[str]:
    if rules.step.kind is StepKind.MULTIPLE and (
        rules.step.value % rules.tick or any(transform != PLAIN for transform in known)
    ):
        yield "bid_step.kind"


def _open_bidding(rules: Rules) -> Iterator[str]:
    extension = rules.extension
    if extension.trigger_place < 1 or extension.most < 0 or min(extension.window, extension.extend_by) < NOTHING:
        yield "extension"
    # Where a step is taken from the lead, the highest price one may bid tells the lead's.
    tells_lead = rules.must_beat is MustBeat.LEAD or rules.buffer is not None
    hides_lead = rules.format is AuctionFormat.RANK or rules.shown.lead is LeadShown.AFTER_FIRST_BID
    if tells_lead and hides_lead:
        yield "must_beat"
    # That a price is taken already tells a rival's price to somebody who may not even know the own rank.
    if rules.shown.rank is not RankShown.ALWAYS and rules.ties is not TiePolicy.ALLOWED:
        yield "ties"


def _sound(transform: Transform) -> bool:
    divisor, adder = transform.divisor, transform.adder
    if not (0 < divisor < MILLION and 0 <= adder < MILLION):
        return False
    return not (divisor * MILLION) % ONE and (adder * MILLION) % ONE == NONE
