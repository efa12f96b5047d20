"""One line of a cart, wished for several days: so many lines of the order, at the price of the whole (orders §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors, not_found, raise_all
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.drafts import DraftLine

MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line, for this day; None: as soon as possible, or the day of the order."""

    quantity: Decimal
    requested_on: date | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """The lines to order; of each, the place of its line in the cart."""

    lines: list[DraftLine]
    places: list[int]

    @contextmanager
    def as_in_the_cart(self) -> Iterator[None]:
        """Refusals of lines come out with the place that their line has in the cart."""
        try:
            yield
        except DomainErrors as refused:
            raise DomainErrors(
                error if error.index is None else replace(error, index=self.places[error.index])
                for error in refused.errors
            ) from refused


def split_lines(keys: Sequence[int], lines: Sequence[DraftLine], parts: Mapping[int, Sequence[Part]]) -> Split:
    """Split lines into their parts, each a line of its own; `keys` are the lines' ids, in their order.

    The parts of a line must come to its quantity. Raises NOT_FOUND for a line that is not there, INVALID with the index
    of each line whose parts are wrong.
    """
    known = set(keys)
    raise_all(not_found("parts", place) for place, key in enumerate(parts) if key not in known)
    raise_all(
        problem
        for place, (key, line) in enumerate(zip(keys, lines, strict=True))
        for problem in _problems(place, line, parts.get(key, ()))
    )
    split = Split([], [])
    for place, (key, line) in enumerate(zip(keys, lines, strict=True)):
        first = len(split.lines)
        wished = parts.get(key) or [Part(line.quantity)]
        for number, part in enumerate(wished):
            whole = line.quantity if len(wished) > 1 else None
            part_of = first if number else None
            quantity, day = part.quantity, part.requested_on
            split.lines.append(replace(line, quantity=quantity, requested_on=day, whole=whole, part_of=part_of))
            split.places.append(place)
    return split


def _problems(place: int, line: DraftLine, parts: Sequence[Part]) -> Iterator[DomainError]:
    if len(parts) > MOST_PARTS:
        text = _("At most %(limit)s days for one line.") % {"limit": MOST_PARTS}
        yield DomainError(CoreErrorCode.INVALID, text, "parts", place)
    elif any(not part.quantity.is_finite() or part.quantity <= 0 for part in parts):
        yield DomainError(CoreErrorCode.INVALID, _("Each day needs a quantity above 0."), "parts", place)
    elif parts and sum((part.quantity for part in parts), ZERO) != line.quantity:
        text = _("The days come to %(sum)s, the line is %(whole)s.")
        total = sum((part.quantity for part in parts), ZERO)
        values = {"sum": f"{total.normalize():f}", "whole": f"{line.quantity.normalize():f}"}
        yield DomainError(CoreErrorCode.INVALID, text % values, "parts", place)
