"""What a supplier offers, as a value: read from input, written as canonical JSON, and back (sourcing §1, §3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.canonical import price_text, quantity_text
from suppliers.sourcing.enums import Envelope
from suppliers.sourcing.models import QuoteColumn

RATE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class OfferTier:
    """The unit price of quantities q with above < q <= up_to."""

    above: Decimal
    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class OfferLine:
    """What is offered for the line at this position. `values`: the supplier's columns by code, as text."""

    line: int
    price: Decimal | None = None
    tax_rate: Decimal | None = None
    lead_days: int | None = None
    valid_until: date | None = None
    tiers: tuple[OfferTier, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """A blank line means: not quoted."""
        plain = (self.price, self.tax_rate, self.lead_days, self.valid_until)
        return all(one is None for one in plain) and not self.tiers and not any(map(str.strip, self.values.values()))

    def price_at(self, quantity: Decimal) -> Decimal | None:
        """The unit price of a quantity: that of its tier, else the plain one; None where nothing is offered."""
        for tier in self.tiers:
            if tier.above < quantity and (tier.up_to is None or quantity <= tier.up_to):
                return tier.price
        return self.price


@dataclass(frozen=True, slots=True)
class QuoteContent:
    """A whole quote: lines that are not blank, in the order of their positions."""

    currency: str
    lines: tuple[OfferLine, ...] = ()
    note: str = ""

    @property
    def by_line(self) -> dict[int, OfferLine]:
        """The lines by their position."""
        return {line.line: line for line in self.lines}


def offer_of(currency: str, lines: Iterable[OfferLine], note: str = "") -> QuoteContent:
    """An offer without its blank lines."""
    return QuoteContent(
        currency, tuple(sorted((one for one in lines if not one.blank), key=lambda one: one.line)), note
    )


def parts_of(
    offer: QuoteContent,
    head: Mapping[str, Any],
    lots: Mapping[int, int],
    columns: Sequence[QuoteColumn],
    two_envelopes: bool,
) -> dict[tuple[int, str], dict[str, Any]]:
    """By (lot, envelope), what is hashed, sealed and opened together: JSON in which money and quantities are texts.

    `head` is repeated in each part (event, round, supplier, version); `lots`: the lot of each line by position.
    With one envelope everything lies in the commercial one.
    """
    technical = {one.code for one in columns if two_envelopes and one.envelope == Envelope.TECHNICAL}
    parts: dict[tuple[int, str], dict[str, Any]] = {}
    for line in offer.lines:
        for envelope, content in _envelopes(line, technical, two_envelopes):
            part = parts.setdefault((lots[line.line], envelope), _part(offer, head, lots[line.line]))
            part["lines"].append(content)
    return parts


def _part(offer: QuoteContent, head: Mapping[str, Any], lot: int) -> dict[str, Any]:
    return {**head, "currency": offer.currency, "lot": lot, "note": offer.note, "lines": []}


def _envelopes(line: OfferLine, technical: set[str], two: bool) -> Iterable[tuple[str, dict[str, Any]]]:
    values = {code: text for code, text in sorted(line.values.items()) if text.strip()}
    commercial = line_json(line, {code: text for code, text in values.items() if code not in technical})
    yield Envelope.COMMERCIAL.value, commercial
    if two:
        own = {code: text for code, text in values.items() if code in technical}
        yield Envelope.TECHNICAL.value, {"line": line.line, **({"values": own} if own else {})}


def line_json(line: OfferLine, values: Mapping[str, str]) -> dict[str, Any]:
    """A line as JSON; what is not offered is left out."""
    found = {
        "line": line.line,
        "price": line.price is not None and price_text(line.price),
        "tax_rate": line.tax_rate is not None and f"{line.tax_rate.quantize(RATE):f}",
        "lead_days": line.lead_days is not None and str(line.lead_days),
        "valid_until": line.valid_until is not None and line.valid_until.isoformat(),
        "tiers": [_tier_json(tier) for tier in line.tiers],
        "values": dict(values),
    }
    return {name: value for name, value in found.items() if value not in (False, [], {})}


def _tier_json(tier: OfferTier) -> dict[str, Any]:
    up_to = None if tier.up_to is None else quantity_text(tier.up_to)
    return {"above": quantity_text(tier.above), "up_to": up_to, "price": price_text(tier.price)}


def offer_json(offer: QuoteContent) -> dict[str, Any]:
    """A whole offer as JSON, for drafts."""
    lines = [line_json(line, line.values) for line in offer.lines]
    return {"currency": offer.currency, "note": offer.note, "lines": lines}


def read_offer(parts: Iterable[Mapping[str, Any]]) -> QuoteContent:
    """The offer back from its parts, or from one whole JSON."""
    lines: dict[int, OfferLine] = {}
    currency = note = ""
    for part in parts:
        currency, note = part["currency"], part.get("note", "")
        for given in part["lines"]:
            lines[given["line"]] = _merged(lines.get(given["line"]), _read_line(given))
    return QuoteContent(currency, tuple(lines[position] for position in sorted(lines)), note)


def _read_line(given: Mapping[str, Any]) -> OfferLine:
    tiers = tuple(
        OfferTier(Decimal(one["above"]), one["up_to"] and Decimal(one["up_to"]), Decimal(one["price"]))
        for one in given.get("tiers", ())
    )
    return OfferLine(
        line=given["line"],
        price=Decimal(given["price"]) if "price" in given else None,
        tax_rate=Decimal(given["tax_rate"]) if "tax_rate" in given else None,
        lead_days=int(given["lead_days"]) if "lead_days" in given else None,
        valid_until=date.fromisoformat(given["valid_until"]) if "valid_until" in given else None,
        tiers=tiers,
        values=dict(given.get("values", {})),
    )


def _merged(one: OfferLine | None, other: OfferLine) -> OfferLine:
    """Two envelopes of a line: the values of both, and what only the commercial one tells."""
    if one is None:
        return other
    rich = other if other.price is not None or other.tiers else one
    return OfferLine(
        rich.line, rich.price, rich.tax_rate, rich.lead_days, rich.valid_until, rich.tiers,
        {**one.values, **other.values},
    )  # fmt: skip
