"""Sourcing recomputed from what it is made of (sourcing §11)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.core.verify import Difference, check

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
