"""What is wrong with a quote: every problem at once, by line and column (sourcing §3.5, §10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.money import round_money
from suppliers.sourcing.drafts import LARGEST, day_of, decimal_of
from suppliers.sourcing.enums import ColumnFilledBy, ColumnKind, LotAwardMode, SourcingKind
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.models import EventLine, Lot, QuoteColumn, SourcingEvent
from suppliers.sourcing.offers import OfferLine, OfferTier, QuoteContent

Problem = tuple[str, Any, str]
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a quote answers: the event with its lots, lines and columns, each read once."""

    event: SourcingEvent
    lots: Sequence[Lot]
    lines: Mapping[int, EventLine]
    columns: Sequence[QuoteColumn]

    @classmethod
    def of(cls, event: SourcingEvent) -> Asked:
        """Three statements."""
        lines = event.lines.select_related("lot", "uom", "variant").order_by("position")
        return cls(
            event,
            list(event.lots.order_by("position")),
            {line.position: line for line in lines},
            list(event.columns.order_by("position")),
        )

    @property
    def lot_of(self) -> dict[int, int]:
        """The position of each line's lot, by the line's position."""
        return {position: line.lot.position for position, line in self.lines.items()}

    @property
    def filled(self) -> dict[str, QuoteColumn]:
        """The columns that suppliers fill, by code."""
        return {one.code: one for one in self.columns if one.filled_by == ColumnFilledBy.SUPPLIER}

    def rate(self, currency: str) -> Decimal | None:
        """Units of the event's currency for one of another; None where it was not frozen."""
        if currency == self.event.currency:
            return Decimal(1)
        frozen = self.event.rates.get(currency)
        return None if frozen is None else Decimal(str(frozen))


def offer_problems(asked: Asked, offer: QuoteContent, earlier: QuoteContent | None = None) -> Iterator[DomainError]:
    """What keeps a quote from being sent. `earlier`: the same supplier's of the round before, which it must improve.

    The field of an error is `lines.<column>`, its index the line's position less one.
    """
    rate = asked.rate(offer.currency)
    if rate is None:
        text = _("Prices in %(currency)s cannot be compared here.") % {"currency": offer.currency}
        yield DomainError(Code.RATE_MISSING, text, "currency")
        return
    if not offer.lines:
        yield DomainError(Code.LOT_INCOMPLETE, _("Nothing is quoted yet."), "lines")
    for line in offer.lines:
        wanted = asked.lines.get(line.line)
        if wanted is None:
            yield DomainError(CoreErrorCode.NOT_FOUND, _("There is no such line."), "lines.line", line.line - 1)
            continue
        for column, code, text in line_problems(asked, wanted, line, rate):
            yield DomainError(code, text, f"lines.{column}", line.line - 1)
    yield from _lot_problems(asked, offer, rate)
    if earlier is not None:
        yield from _improving_problems(asked, offer, earlier)


def line_problems(asked: Asked, wanted: EventLine, line: OfferLine, rate: Decimal) -> Iterator[Problem]:
    """(column, code, text) of what is wrong within one line."""
    price = line.price_at(wanted.quantity)
    if price is None and asked.event.kind != SourcingKind.RFI:
        yield "price", Code.PRICE_INVALID, _("Enter a price.")
    for column, value in [("price", line.price), *(("tiers", tier.price) for tier in line.tiers)]:
        if value is not None:
            yield from _price_problems(column, value, wanted, rate)
    yield from tier_problems(line.tiers)
    if line.tax_rate is not None and not 0 <= line.tax_rate < 100:
        yield "tax_rate", Code.VALUE_INVALID, _("A tax rate is from 0 to 100.")
    if line.lead_days is not None and not 0 <= line.lead_days <= 3650:
        yield "lead_days", Code.VALUE_INVALID, _("From 0 to 3650 days.")
    filled = asked.filled
    for code, text in line.values.items():
        known = filled.get(code)
        problem = _("There is no such column.") if known is None else value_problem(known, text)
        if problem:
            yield code, Code.VALUE_INVALID, problem
    for code, one in filled.items():
        if one.mandatory and not line.values.get(code, "").strip():
            yield code, Code.VALUE_INVALID, _("Enter a value.")


def _price_problems(column: str, price: Decimal, wanted: EventLine, rate: Decimal) -> Iterator[Problem]:
    if not 0 < price < LARGEST:
        yield column, Code.PRICE_INVALID, _("The price must be above zero.")
    elif price != price.quantize(Decimal("0.0001")):
        yield column, Code.PRICE_PRECISION, _("A price has at most four decimals.")
    elif wanted.ceiling is not None and price * rate > wanted.ceiling:
        yield column, Code.ABOVE_CEILING, _("Above the ceiling price of this line.")


def tier_problems(tiers: Sequence[OfferTier]) -> Iterator[Problem]:
    """TIER_SHAPE unless the tiers begin at 0, follow one another without hole or overlap, and the last is open."""
    if not tiers:
        return
    expected: Decimal | None = Decimal(0)
    for tier in tiers:
        if expected is None or tier.above != expected or (tier.up_to is not None and tier.up_to <= tier.above):
            yield "tiers", Code.TIER_SHAPE, _("Tiers must begin at 0 and follow one another without a hole.")
            return
        expected = tier.up_to
    if expected is not None:
        yield "tiers", Code.TIER_SHAPE, _("The last tier must be open.")


def value_problem(column: QuoteColumn, text: str) -> str:
    """What is wrong with a value of a column; empty where nothing is. A blank value is not wrong."""
    text = text.strip()
    if not text:
        return ""
    if len(text) > LONGEST:
        return _("The text is too long.")
    rule = column.validation
    if column.type == ColumnKind.CHOICE:
        return "" if text in map(str, rule.get("choices") or ()) else _("Choose one of the values offered.")
    if column.type == ColumnKind.TEXT:
        pattern = rule.get("regex")
        return (
            "" if not pattern or re.fullmatch(str(pattern), text[:LONGEST]) else _("It does not have the form asked.")
        )
    return _bound_problem(column, text, rule)


def _bound_problem(column: QuoteColumn, text: str, rule: Mapping[str, Any]) -> str:
    read: Any = day_of if column.type == ColumnKind.DATE else decimal_of
    value = read(text)
    if value is None:
        return _("Enter a day.") if column.type == ColumnKind.DATE else _("Enter a number.")
    if column.type == ColumnKind.MONEY and value != value.quantize(Decimal("0.0001")):
        return _("A price has at most four decimals.")
    least, most = (read(str(rule[name])) if rule.get(name) not in (None, "") else None for name in ("min", "max"))
    if least is not None and value < least:
        return _("Not below %(bound)s.") % {"bound": rule["min"]}
    if most is not None and value > most:
        return _("Not above %(bound)s.") % {"bound": rule["max"]}
    return ""


def amount_of(wanted: EventLine, line: OfferLine, rate: Decimal, currency: str) -> Decimal:
    """R(quantity x price x rate) in the event's currency, at the tier of the whole quantity."""
    return round_money(wanted.quantity * (line.price_at(wanted.quantity) or Decimal(0)) * rate, currency)


def _lot_problems(asked: Asked, offer: QuoteContent, rate: Decimal) -> Iterator[DomainError]:
    given = offer.by_line
    for lot in asked.lots:
        wanted = [line for line in asked.lines.values() if line.lot_id == lot.pk]
        missing = [line for line in wanted if line.position not in given]
        if lot.award_mode == LotAwardMode.WHOLE and missing and len(missing) < len(wanted):
            for line in missing:
                text = _("Lot %(lot)s is awarded whole: quote every line of it.") % {"lot": lot.position}
                yield DomainError(Code.LOT_INCOMPLETE, text, "lines.price", line.position - 1)
        amounts = (
            amount_of(line, given[line.position], rate, asked.event.currency)
            for line in wanted
            if line.position in given
        )
        if lot.ceiling is not None and sum(amounts) > lot.ceiling:
            text = _("Lot %(lot)s comes to more than its ceiling.") % {"lot": lot.position}
            yield DomainError(Code.ABOVE_CEILING, text, "lots", lot.position - 1)


def _improving_problems(asked: Asked, offer: QuoteContent, earlier: QuoteContent) -> Iterator[DomainError]:
    """A line price may not exceed the same supplier's of the round before; both in the event's currency."""
    now, before = asked.rate(offer.currency) or Decimal(1), asked.rate(earlier.currency) or Decimal(1)
    known = earlier.by_line
    for line in offer.lines:
        wanted, old = asked.lines.get(line.line), known.get(line.line)
        if wanted is None or old is None:
            continue
        price, was = line.price_at(wanted.quantity), old.price_at(wanted.quantity)
        if price is not None and was is not None and price * now > was * before:
            text = _("Not above your own price of the round before.")
            yield DomainError(Code.NOT_IMPROVING, text, "lines.price", line.line - 1)
