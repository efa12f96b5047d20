"""The comparison sheet: every counted and opened quote beside the others, line by line (sourcing §5.3, §5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.money import exponent
from ordercenter.quotes.models import Quote
from suppliers.sourcing.counting import counted
from suppliers.sourcing.enums import SourcingEventStatus
from suppliers.sourcing.models import Disqualification, Participation, Round, SourcingEvent
from suppliers.sourcing.scoring import LowFlag, low_flags, tie_hash

#: From these on prices may be read at all.
READABLE = (
    SourcingEventStatus.OPENED,
    SourcingEventStatus.COMPARING,
    SourcingEventStatus.AWARDED,
    SourcingEventStatus.COMPLETED,
)

CELLS = """
WITH quoted AS (
         SELECT * FROM unnest(%(versions)s::bigint[], %(participations)s::bigint[], %(rates)s::numeric[])
             AS q(version, participation, rate)),
     priced AS (
         SELECT e.position, q.participation, l.id AS quote_line, l.lead_days, l.tax_rate,
                l.price * q.rate AS price, round(e.quantity * l.price * q.rate, %(exponent)s::int) AS amount
           FROM quoted q
           JOIN quotes_quoteline l ON l.version_id = q.version AND l.alternative_of_id IS NULL AND l.price IS NOT NULL
           JOIN sourcing_eventline e ON e.id = l.source_line AND e.event_id = %(event)s)
SELECT position, participation, quote_line, price, amount, lead_days,
       rank() OVER (PARTITION BY position ORDER BY amount)
  FROM priced
 ORDER BY position, amount, participation
"""

LINES = """
SELECT e.id, e.position, e.quantity, e.baseline_price, e.ceiling, coalesce(v.sku, ''),
       CASE WHEN e.text <> '' THEN e.text ELSE coalesce(v.sku, '') END, u.code, past.price
  FROM sourcing_eventline e
  JOIN catalog_unitofmeasure u ON u.id = e.uom_id
  LEFT JOIN catalog_variant v ON v.id = e.variant_id
  LEFT JOIN LATERAL (
       SELECT a.price
         FROM sourcing_awardline a
         JOIN sourcing_award d ON d.id = a.award_id AND d.approved_at IS NOT NULL
         JOIN sourcing_eventline o ON o.id = a.line_id
         JOIN sourcing_sourcingevent s ON s.id = o.event_id AND s.currency = %(currency)s
        WHERE o.variant_id = e.variant_id AND o.uom_id = e.uom_id
          AND a.buyer_id = e.buyer_id AND o.event_id <> e.event_id
        ORDER BY d.approved_at DESC, a.price LIMIT 1) past ON true
 WHERE e.event_id = %(event)s
 ORDER BY e.position
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One supplier's price for a line, in the event's currency; `rank` 1 is the lowest amount."""

    participation_id: int
    quote_line_id: int
    price: Decimal
    amount: Decimal
    lead_days: int | None
    rank: int


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line with its prices, cheapest first. `last_price`: of the newest earlier award of the same goods."""

    line_id: int
    position: int
    quantity: Decimal
    baseline: Decimal | None
    ceiling: Decimal | None
    sku: str
    text: str
    uom: str
    last_price: Decimal | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A supplier's whole quote. `rank` only among those who quoted every line; flags are shown, not decided.

    `proposed`: somebody wants it disqualified, and a second person has not agreed yet.
    """

    participation_id: int
    code: str
    name: str
    quote_id: int
    version_id: int
    currency: str
    rate: Decimal
    total: Decimal
    quoted: int
    rank: int | None
    flags: tuple[LowFlag, ...]
    proposed: Disqualification | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it. `best_total` is what every line at its lowest price comes to."""

    event: SourcingEvent
    columns: tuple[SheetColumn, ...]
    lines: tuple[SheetLine, ...]
    best_total: Decimal
    baseline_total: Decimal | None


def comparison(actor: Actor, event_id: int) -> Sheet:
    """The sheet of the last round; as many statements for 2,000 lines as for one.

    Raises NOT_FOUND, and INVALID_TRANSITION before the quotes are opened.
    """
    actor.require("sourcing.view")
    event = SourcingEvent.objects.visible_to(actor).filter(buyer=actor.organization_id, pk=event_id).first()
    if event is None:
        raise not_found("event")
    if event.status not in READABLE:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("The quotes have not been opened yet."), "event")
    return sheet_of(event)


def sheet_of(event: SourcingEvent) -> Sheet:
    """The sheet of an event whose quotes were opened."""
    round_ = event.rounds.filter(closed_at__isnull=False).order_by("-no").first()
    rows = counted(event.pk, round_.no) if round_ else {}
    quotes = Quote.objects.filter(pk__in=[one.quote_id for one in rows.values()], disclosed_at__isnull=False).in_bulk()
    rates = {quote.currency: _rate(event, quote.currency) for quote in quotes.values()}
    standing = {pk: one for pk, one in rows.items() if one.quote_id in quotes}
    cells = _cells(
        event,
        {one.version_id: (pk, rates[quotes[one.quote_id].currency]) for pk, one in standing.items()},
    )
    lines = _lines(event, cells)
    people = Participation.objects.select_related("seller", "disqualification").in_bulk(standing)
    totals = _totals(lines)
    ranks, flags = _ranks(round_, people, totals, len(lines))
    columns = [
        SheetColumn(
            pk,
            people[pk].code,
            people[pk].seller.name,
            one.quote_id,
            one.version_id,
            quotes[one.quote_id].currency,
            rates[quotes[one.quote_id].currency],
            *totals.get(pk, (Decimal(0), 0)),
            ranks.get(pk),
            flags.get(pk, ()),
            getattr(people[pk], "disqualification", None),
        )
        for pk, one in standing.items()
    ]
    columns.sort(key=lambda one: (one.rank is None, one.rank or 0, -one.quoted, one.code))
    return Sheet(event, tuple(columns), tuple(lines), _best(lines), _baseline(lines))


def _rate(event: SourcingEvent, currency: str) -> Decimal:
    return Decimal(1) if currency == event.currency else Decimal(str(event.rates[currency]))


def _cells(event: SourcingEvent, versions: Mapping[int, tuple[int, Decimal]]) -> dict[int, list[Cell]]:
    values: dict[str, Any] = {
        "event": event.pk,
        "exponent": exponent(event.currency),
        "versions": list(versions),
        "participations": [participation for participation, _ in versions.values()],
        "rates": [rate for _, rate in versions.values()],
    }
    found: dict[int, list[Cell]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CELLS, values)
        for position, *values_of_cell in cursor.fetchall():
            found.setdefault(position, []).append(Cell(*values_of_cell))
    return found


def _lines(event: SourcingEvent, cells: Mapping[int, Sequence[Cell]]) -> list[SheetLine]:
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"event": event.pk, "currency": event.currency})
        rows: list[Any] = cursor.fetchall()
    return [SheetLine(*(*row, tuple(cells.get(row[1], ())))) for row in rows]


def _totals(lines: Sequence[SheetLine]) -> dict[int, tuple[Decimal, int]]:
    totals: dict[int, tuple[Decimal, int]] = {}
    for line in lines:
        for cell in line.cells:
            amount, count = totals.get(cell.participation_id, (Decimal(0), 0))
            totals[cell.participation_id] = (amount + cell.amount, count + 1)
    return totals


def _ranks(
    round_: Round | None, people: Mapping[int, Participation], totals: Mapping[int, tuple[Decimal, int]], lines: int
) -> tuple[dict[int, int], dict[int, tuple[LowFlag, ...]]]:
    """Ranks and flags of those who quoted every line; a tie goes by a hash that nobody chose."""
    whole = {pk: amount for pk, (amount, count) in totals.items() if count == lines}
    published = bytes.fromhex((round_.roots.get("commercial") or "") if round_ else "")
    order = sorted(whole, key=lambda pk: (whole[pk], tie_hash(published, people[pk].code)))
    flags = low_flags([whole[pk] for pk in order])
    return {pk: place for place, pk in enumerate(order, 1)}, dict(zip(order, flags, strict=True))


def _best(lines: Sequence[SheetLine]) -> Decimal:
    return sum((line.cells[0].amount for line in lines if line.cells), Decimal(0))


def _baseline(lines: Sequence[SheetLine]) -> Decimal | None:
    known = [line.quantity * line.baseline for line in lines if line.baseline is not None]
    return sum(known, Decimal(0)) if known else None
