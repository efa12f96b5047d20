"""What can be promised for a day without breaking a promise made (docs/concepts/stock.md, Promising; stock §6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)

#: A day and a quantity in the base uom.
OnDay = tuple[date, Decimal]


@dataclass(frozen=True, slots=True)
class Step:
    """From this day on, until the next step, so much can be promised in all; never less than on the step before."""

    day: date
    quantity: Decimal


def promisable(
    today: date, last: date, available: Decimal, supply: Iterable[OnDay], demand: Iterable[OnDay]
) -> list[Step]:
    """The steps of what can be promised from `today` to `last`; the first one is today's.

    C(d) = available + supply up to d - demand up to d, and promisable(d) is the least C from d on, not below 0: what
    comes later is never promised twice. Supply before today is late and left out; demand before today counts today;
    what lies beyond `last` is not looked at.
    """
    changes = {today: ZERO}
    for day, quantity in supply:
        if today <= day <= last:
            changes[day] = changes.get(day, ZERO) + quantity
    for day, quantity in demand:
        if day <= last:
            changes[max(day, today)] = changes.get(max(day, today), ZERO) - quantity
    days = sorted(changes)
    cover, there = [], available
    for day in days:
        there += changes[day]
        cover.append(there)
    least = cover[-1]
    steps: list[Step] = []
    for day, there in zip(reversed(days), reversed(cover), strict=True):
        least = min(least, there)
        steps.append(Step(day, max(ZERO, least)))
    return _risen(reversed(steps))


def _risen(steps: Iterable[Step]) -> list[Step]:
    """Only the first step, and those that bring more than the one before."""
    kept: list[Step] = []
    for step in steps:
        if not kept or step.quantity > kept[-1].quantity:
            kept.append(step)
    return kept


def promise_whole(steps: Sequence[Step], quantity: Decimal) -> date | None:
    """The first day on which all of it can be promised; None where there is none in sight, never an invented one."""
    return next((step.day for step in steps if step.quantity >= quantity), None)


def promise_parts(steps: Sequence[Step], quantity: Decimal) -> tuple[list[OnDay], Decimal]:
    """What of it can be promised on which day, each as early as can be, and the rest that has no day."""
    parts: list[OnDay] = []
    promised = ZERO
    for step in steps:
        part = min(step.quantity, quantity) - promised
        if part > 0:
            parts.append((step.day, part))
            promised += part
    return parts, quantity - promised
