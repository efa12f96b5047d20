"""Sourcing recomputed from what it is made of (sourcing §11)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db import connection

from marketplace.core.verify import Difference, check
from suppliers.sourcing.merkle import root
from suppliers.sourcing.models import OpenedPart, Round, SealedEntry
from suppliers.sourcing.sealing import commitment
from suppliers.sourcing.signing import signed_by

LATE = """
SELECT e.number || ' ' || q.number || ' v' || v.no, r.close_at, v.received_at
  FROM quotes_quoteversion v JOIN quotes_quote q ON q.id = v.quote_id
  JOIN sourcing_roundquote l ON l.quote_id = q.id JOIN sourcing_round r ON r.id = l.round_id
  JOIN sourcing_sourcingevent e ON e.id = r.event_id
 WHERE v.received_at >= r.close_at
"""

SEQ = """
SELECT e.number || ' round ' || r.no, r.last_seq, count(v.id), coalesce(max(v.seq), 0)
  FROM sourcing_round r JOIN sourcing_sourcingevent e ON e.id = r.event_id
  LEFT JOIN sourcing_roundquote l ON l.round_id = r.id
  LEFT JOIN quotes_quoteversion v ON v.quote_id = l.quote_id
 GROUP BY e.number, r.id HAVING r.last_seq <> count(v.id) OR r.last_seq <> coalesce(max(v.seq), 0)
"""

HIDDEN = """
SELECT e.number || ' ' || q.number, e.opening_at, q.disclosed_at
  FROM quotes_quote q JOIN sourcing_roundquote l ON l.quote_id = q.id JOIN sourcing_round r ON r.id = l.round_id
  JOIN sourcing_sourcingevent e ON e.id = r.event_id
 WHERE e.confidentiality <> 'open' AND q.disclosed_at < r.close_at
"""

AWARDED = """
SELECT e.number, l.position, l.quantity, sum(a.quantity)
  FROM sourcing_awardline a
  JOIN sourcing_award d ON d.id = a.award_id AND d.status NOT IN ('rejected', 'cancelled')
  JOIN sourcing_eventline l ON l.id = a.line_id
  JOIN sourcing_sourcingevent e ON e.id = l.event_id
 GROUP BY e.number, l.position, l.quantity
HAVING sum(a.quantity) > l.quantity
 ORDER BY e.number, l.position
"""


@check("sourcing: no quote is late")
def late() -> Iterator[Difference]:
    """Every version came in before the deadline of its round."""
    with connection.cursor() as cursor:
        cursor.execute(LATE)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, f"before {expected}", found)


@check("sourcing: arrivals have no gap")
def arrivals() -> Iterator[Difference]:
    """The counter of a round is the number of its versions, and the last place given."""
    with connection.cursor() as cursor:
        cursor.execute(SEQ)
        for subject, counter, count, last in cursor.fetchall():
            yield Difference(subject, counter, (count, last))


@check("sourcing: nothing is disclosed before its close")
def disclosed() -> Iterator[Difference]:
    """A hidden or sealed quote was given to the buyer only after its round had closed."""
    with connection.cursor() as cursor:
        cursor.execute(HIDDEN)
        for subject, expected, found in cursor.fetchall():
            yield Difference(subject, f"after {expected}", found)


@check("sourcing: roots")
def roots() -> Iterator[Difference]:
    """The published root of each envelope is the root of its entries, and each entry bears its signature."""
    rounds = {row.pk: row for row in Round.objects.exclude(closed_at=None).select_related("event")}
    rows = SealedEntry.objects.filter(round__in=rounds).order_by("round", "envelope", "seq")
    for (round_id, envelope), entries in groupby(rows.iterator(), key=lambda row: (row.round_id, row.envelope)):
        known = rounds[round_id]
        name = f"{known.event.number} / {known.no} / {envelope}"
        found = list(entries)
        made = root([bytes(row.entry) for row in found]).hex()
        if made != known.roots.get(envelope):
            yield Difference(f"{name} / root", known.roots.get(envelope), made)
        for row in found:
            if not signed_by(bytes(row.signing_key), bytes(row.signature), bytes(row.entry)):
                yield Difference(f"{name} / {row.seq} / signature", "valid", "invalid")


@check("sourcing: opened parts")
def opened() -> Iterator[Difference]:
    """What an opening found is what had been committed to."""
    for row in OpenedPart.objects.select_related("entry").iterator():
        made = commitment(bytes(row.nonce), bytes(row.part)).hex()
        if made != row.entry.commitment:
            yield Difference(f"entry {row.entry_id}", row.entry.commitment, made)


@check("sourcing: awarded quantities")
def awarded() -> Iterator[Difference]:
    """No more of a line is awarded than was asked for."""
    with connection.cursor() as cursor:
        cursor.execute(AWARDED)
        for number, position, asked, given in cursor.fetchall():
            yield Difference(f"{number} / {position}", asked, given)
