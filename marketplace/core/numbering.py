"""Document numbers: unique per organization and type, in order, without gaps."""

from collections.abc import Sequence

from django.db import connection

TAKE = """
INSERT INTO core_numberseries AS series (organization_id, kind, prefix, width, last)
VALUES (%(organization)s, %(kind)s, %(prefix)s, 6, %(count)s)
ON CONFLICT (organization_id, kind) DO UPDATE SET last = series.last + EXCLUDED.last
RETURNING prefix, width, last
"""


def next_numbers(organization_id: int, kind: str, prefix: str, count: int = 1) -> list[str]:
    """Take the next `count` numbers of a series, e.g. SO-000042; one statement, row lock until commit (lock level 7).

    Call it last in a transaction: everybody who numbers the same type for the same organization waits behind it.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"organization": organization_id, "kind": kind, "prefix": prefix, "count": count})
        kept_prefix, width, last = cursor.fetchone()
    return format_numbers(kept_prefix, width, range(last - count + 1, last + 1))


def format_numbers(prefix: str, width: int, values: Sequence[int]) -> list[str]:
    """Numbers as they are printed: prefix, dash, zero-padded value."""
    return [f"{prefix}-{value:0{width}d}" for value in values]
