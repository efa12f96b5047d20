"""Document numbers: unique per organization and type, in order, without gaps."""

from collections.abc import Iterator, Sequence

from django.db import connection

from marketplace.core.arrays import numbers, texts
from marketplace.core.models import NumberSeries

#: Series are locked in the order of their organizations: two calls that number for the same ones never wait crosswise.
TAKE = """
INSERT INTO core_numberseries AS series (organization_id, kind, prefix, width, last)
SELECT wanted.organization_id, %(kind)s, wanted.prefix, 6, wanted.count
  FROM unnest(%(organizations)s::bigint[], %(prefixes)s::text[], %(counts)s::bigint[])
       AS wanted(organization_id, prefix, count)
 ORDER BY wanted.organization_id
ON CONFLICT (organization_id, kind) DO UPDATE SET last = series.last + EXCLUDED.last
RETURNING organization_id, prefix, width, last
"""

#: A series that has given no number yet begins with it, too.
RENAME = """
INSERT INTO core_numberseries (organization_id, kind, prefix, width, last) VALUES (%s, %s, %s, 6, 0)
ON CONFLICT (organization_id, kind) DO UPDATE SET prefix = EXCLUDED.prefix
"""


def next_numbers(organization_id: int, kind: str, prefix: str, count: int = 1) -> list[str]:
    """Take the next `count` numbers of one organization's series, e.g. SO-000042; see `numbers_for`."""
    return numbers_for(kind, [(organization_id, prefix)] * count)


def numbers_for(kind: str, askers: Sequence[tuple[int, str]]) -> list[str]:
    """Take a number for each (organization, prefix of its new series), in their order, whosever they are.

    One statement for any number of organizations; row locks until commit (lock level 7). Call it last in a transaction:
    everybody who numbers the same type for one of these organizations waits behind it.
    """
    prefixes: dict[int, str] = {}
    counts: dict[int, int] = {}
    for organization_id, prefix in askers:
        prefixes.setdefault(organization_id, prefix)
        counts[organization_id] = counts.get(organization_id, 0) + 1
    if not counts:
        return []
    values = {
        "kind": kind,
        "organizations": numbers(counts),
        "prefixes": texts(prefixes.values()),
        "counts": numbers(counts.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        taken = {pk: _printed(prefix, width, last, counts[pk]) for pk, prefix, width, last in cursor.fetchall()}
    return [next(taken[organization_id]) for organization_id, _prefix in askers]


def rename_series(organization_id: int, kind: str, prefix: str) -> None:
    """Let the numbers of a series begin differently from now on; the count goes on (lock level 7)."""
    with connection.cursor() as cursor:
        cursor.execute(RENAME, [organization_id, kind, prefix])


def prefixes_of(organization_id: int, kinds: Sequence[str]) -> dict[str, str]:
    """What numbers of these types begin with, as far as an organization has numbered or settled it."""
    rows = NumberSeries.objects.filter(organization=organization_id, kind__in=kinds)
    return dict(rows.values_list("kind", "prefix"))


def _printed(prefix: str, width: int, last: int, count: int) -> Iterator[str]:
    """The last `count` numbers as they are printed: prefix, dash, zero-padded value."""
    return (f"{prefix}-{value:0{width}d}" for value in range(last - count + 1, last + 1))
