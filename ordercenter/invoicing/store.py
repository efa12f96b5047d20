"""Writing invoices: one statement for each table, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from marketplace.core.arrays import numbers
from marketplace.core.columns import WRITERS
from ordercenter.orders.store import columns_of, rows_of, run

LOCK_PARTNERS = """
SELECT id FROM ledger_ledgeraccount WHERE partnership_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""


def take_ids(table: str, count: int) -> list[int]:
    """Ids for documents whose parts are written along with them."""
    return [row[0] for row in rows_of(f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)", [count])]


def insert(rows: Sequence[models.Model], with_key: bool = False) -> None:
    """Insert unsaved rows of one model as they are, in one statement; `with_key`: their ids are given."""
    if rows:
        names, statement = columns_of(type(rows[0]), with_key)
        statement.run([tuple(getattr(row, name) for name in names) for row in rows])


def update(rows: Sequence[models.Model], *names: str) -> None:
    """Write these columns of rows that are there, in one statement."""
    if not rows:
        return
    fields: list[Any] = [type(rows[0])._meta.get_field(name) for name in names]
    kinds = [str(field.db_type(connection)).partition("(")[0] for field in fields]
    kinds = [{"varchar": "text", "timestamp with time zone": "timestamptz"}.get(kind, kind) for kind in kinds]
    table = type(rows[0])._meta.db_table
    columns = [str(field.column) for field in fields]
    statement = f"""UPDATE {table} AS stored SET {", ".join(f"{name} = given.{name}" for name in columns)}
        FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in kinds)}) AS given(id, {", ".join(columns)})
        WHERE stored.id = given.id"""
    run(statement, [numbers(row.pk for row in rows), *(_array(rows, f, k) for f, k in zip(fields, kinds, strict=True))])


def _array(rows: Sequence[models.Model], field: Any, kind: str) -> str:
    return WRITERS[kind](getattr(row, field.attname) for row in rows)


def lock_partners(partnership_ids: Sequence[int]) -> None:
    """Lock all ledger accounts of partners, by id (level 2): an invoice moves what they owe, and uses their funds."""
    rows_of(LOCK_PARTNERS, [numbers(sorted(set(partnership_ids)))])


INVOICED = """
UPDATE orders_orderline AS line SET invoiced = line.invoiced + given.quantity
  FROM unnest(%s::bigint[], %s::numeric[]) AS given(id, quantity) WHERE line.id = given.id
"""


def move_invoiced(quantities: dict[int, Any]) -> None:
    """Raise what is invoiced of order lines, under the lock of their orders; one statement."""
    if quantities:
        run(INVOICED, [numbers(quantities), numbers(quantities.values())])
