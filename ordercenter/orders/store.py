"""Writing orders and their lines: one statement for each table, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from marketplace.core.columns import RowInsert
from ordercenter.orders.models import Order, OrderCancellation

LINES = RowInsert(
    "orders_orderline",
    (
        ("id", "bigint"),
        ("order_id", "bigint"),
        ("seller_id", "bigint"),
        ("buyer_id", "bigint"),
        ("position", "integer"),
        ("kind", "text"),
        ("variant_id", "bigint"),
        ("sku", "text"),
        ("name_zh", "text"),
        ("name_en", "text"),
        ("uom_id", "bigint"),
        ("quantity", "numeric"),
        ("factor", "numeric"),
        ("base_quantity", "numeric"),
        ("unit_price", "numeric"),
        ("list_price", "numeric"),
        ("floor_price", "numeric"),
        ("snapshot", "jsonb"),
        ("tax_rate", "numeric"),
        ("list_amount", "numeric"),
        ("discount", "numeric"),
        ("reduction", "numeric"),
        ("net", "numeric"),
        ("tax", "numeric"),
        ("gross", "numeric"),
        ("funded", "numeric"),
        ("gift_of_id", "bigint"),
        ("requested_on", "date"),
        ("cancelled", "numeric"),
        ("allocated", "numeric"),
    ),
    (
        ("shipped", "0"),
        ("received", "0"),
        ("differed", "0"),
        ("stocked", "0"),
        ("returned", "0"),
        ("invoiced", "0"),
    ),
)

TYPES = {
    "varchar": "text",
    "numeric": "numeric",
    "timestamp with time zone": "timestamptz",
    "smallint": "integer",
}


@cache
def columns_of(model: type[models.Model], with_key: bool) -> tuple[list[str], RowInsert]:
    """The attributes and the statement that insert whole rows of a model; without key, the database gives the id."""
    fields = [field for field in model._meta.concrete_fields if with_key or not field.primary_key]
    columns = [(field.column or field.attname, _type(field)) for field in fields]
    return [field.attname for field in fields], RowInsert(model._meta.db_table, columns)


def _type(field: models.Field) -> str:
    kind = (field.db_type(connection) or "text").partition("(")[0]
    return TYPES.get(kind, kind)


def insert_all(rows: Sequence[Order] | Sequence[OrderCancellation]) -> None:
    """Insert unsaved rows of one model as they are, in one statement."""
    if rows:
        names, statement = columns_of(type(rows[0]), isinstance(rows[0], Order))
        statement.run([tuple(getattr(row, name) for name in names) for row in rows])


def take_line_ids(count: int) -> list[int]:
    """Ids for lines that are about to be written."""
    return [pk for (pk,) in rows_of("SELECT nextval('orders_orderline_id_seq') FROM generate_series(1, %s)", [count])]


def rows_of(statement: str, parameters: Any) -> list[tuple[Any, ...]]:
    """Run one statement and fetch what it answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def run(statement: str, parameters: Any) -> None:
    """Run one statement that answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
