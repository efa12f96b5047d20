"""Writing shipments and receipts: one statement for each table."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from marketplace.core.columns import RowInsert
from ordercenter.fulfilment.models import Receipt, Shipment
from ordercenter.orders.store import columns_of, rows_of

SIDES = (("seller_id", "bigint"), ("buyer_id", "bigint"))

SHIPMENT_LINES = RowInsert(
    "fulfilment_shipmentline",
    (("shipment_id", "bigint"), *SIDES, ("order_line_id", "bigint"), ("quantity", "numeric")),
    (("received", "0"), ("differed", "0")),
)
PARCELS = RowInsert(
    "fulfilment_parcel",
    (("shipment_id", "bigint"), *SIDES, ("position", "integer"), ("waybill_number", "text")),
)
RECEIPT_LINES = RowInsert(
    "fulfilment_receiptline",
    (
        ("receipt_id", "bigint"),
        *SIDES,
        ("shipment_line_id", "bigint"),
        ("received", "numeric"),
        ("differed", "numeric"),
    ),
)


def take_ids(table: str, count: int) -> list[int]:
    """Ids for documents that stock is moved for before they are written."""
    statement = f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)"
    return [row[0] for row in rows_of(statement, [count])]


def insert_shipments(rows: Sequence[Shipment]) -> None:
    """Insert shipments whose ids are given."""
    _insert(rows)


def insert_receipts(rows: Sequence[Receipt]) -> None:
    """Insert receipts whose ids are given."""
    _insert(rows)


def _insert(rows: Sequence[models.Model]) -> None:
    if rows:
        names, statement = columns_of(type(rows[0]), with_key=True)
        statement.run([tuple(getattr(row, name) for name in names) for row in rows])
