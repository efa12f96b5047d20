"""What proxies bid after an act: at most two bids, each legal when admitted (auctions §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from suppliers.auctions.rules import Rules
from suppliers.auctions.value import PLAIN, Transform


@dataclass(frozen=True, slots=True)
class Proxy:
    """A seat's lowest price, on the tick, and the seq that stood when it was set."""

    seat: int
    limit: Decimal
    registered_seq: int
    transform: Transform = PLAIN
    ceiling: Decimal | None = None

    @property
    def worth(self) -> Fraction:
        return self.transform.worth(self.limit)


@dataclass(frozen=True, slots=True)
class Lead:
    """The price that is to be beaten, as W, and whose it is."""

    worth: Fraction
    seat: int


def answers(rules: Rules, lead: Lead | None, proxies: Sequence[Proxy]) -> list[tuple[int, Decimal]]:
    """(seat, price) of the bids that follow. The lower limit always wins; of equal limits the earlier."""
    if not proxies:
        return []
    first, *others = sorted(proxies, key=lambda one: (one.worth, one.registered_seq))
    leading = lead is not None and lead.seat == first.seat
    if lead is not None and not leading and not _may(rules, lead, first):
        return []
    second = min(
        (one for one in others if _may(rules, lead, one)), key=lambda one: (one.worth, one.registered_seq), default=None
    )
    if second is not None:
        return _outbid(rules, lead, first, second)
    if leading:
        return []
    if lead is None:
        return _open(rules, first)
    return [(first.seat, _at_most(rules, first, _beaten(rules, lead.worth)))]


def _outbid(rules: Rules, lead: Lead | None, first: Proxy, second: Proxy) -> list[tuple[int, Decimal]]:
    """Two limits meet: the higher is bid out, and the lower goes one step below it, or to its own end."""
    target = _beaten(rules, second.worth)
    if target >= first.worth:
        return [(second.seat, second.limit), (first.seat, _at_most(rules, first, target))]
    if lead is not None and not _may(rules, lead, first):
        return []
    return [(first.seat, first.limit)]


def _open(rules: Rules, first: Proxy) -> list[tuple[int, Decimal]]:
    """Nobody has bid: at the ceiling; without one, proxies wait for somebody to begin."""
    ceiling = _ceiling(rules, first)
    return [] if ceiling is None else [(first.seat, ceiling)]


def _may(rules: Rules, lead: Lead | None, proxy: Proxy) -> bool:
    """Its limit could be bid now; whoever leads only has to go one step below itself."""
    if lead is None:
        return True
    bound = rules.step.below(lead.worth) if lead.seat == proxy.seat else _beaten(rules, lead.worth)
    return proxy.worth <= bound


def _beaten(rules: Rules, worth: Fraction) -> Fraction:
    """W that takes the lead from another who holds `worth`."""
    bound = rules.step.below(worth)
    return bound if rules.buffer is None else min(bound, worth - Fraction(rules.buffer))


def _at_most(rules: Rules, proxy: Proxy, worth: Fraction) -> Decimal:
    price = proxy.transform.at_most(worth, rules.tick)
    ceiling = _ceiling(rules, proxy)
    return price if ceiling is None else min(price, ceiling)


def _ceiling(rules: Rules, proxy: Proxy) -> Decimal | None:
    bound = min((one for one in (rules.ceiling, proxy.ceiling) if one is not None), default=None)
    return None if bound is None else bound // rules.tick * rules.tick
