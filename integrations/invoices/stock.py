"""Goods behind the invoices: what must have lain there before, and the corrections of stock among the lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db import transaction

from integrations.invoices.models import InvoiceLine
from integrations.invoices.statements import rows_of
from marketplace.core.actor import Actor
from ordercenter.stock.entries import Adjustment, Paper, StockLine, adjust, receive_stock
from ordercenter.stock.models import StockBalance, Warehouse
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse

WAREHOUSE = "MAIN"
INTEGRATION = "invoices"

# What is to leave still, by order or by correction, less what lies there and is promised to nobody.
OPENING = """
WITH leaving AS (
    SELECT l.sku, CASE WHEN l.bucket = 'sale' THEN l.quantity ELSE greatest(-l.quantity, 0) END AS quantity,
           l.invoiced_at
    FROM invoices_invoiceline l
    LEFT JOIN orders_order o ON o.seller_id = l.organization_id AND o.integration = %(integration)s
        AND o.external_number = l.invoice_number
    WHERE l.organization_id = %(seller)s
      AND ((l.bucket = 'sale' AND o.id IS NULL) OR (l.bucket = 'adjustment' AND l.entry_id IS NULL))
)
SELECT v.id, sum(w.quantity) - coalesce(max(b.on_hand - b.allocated - b.reserved), 0), min(w.invoiced_at)
FROM leaving w
JOIN catalog_variant v ON v.organization_id = %(seller)s AND v.sku = w.sku
LEFT JOIN stock_stockbalance b ON b.variant_id = v.id AND b.organization_id = %(seller)s
    AND b.warehouse_id = %(warehouse)s AND b.batch = '' AND b.condition = 'sellable'
GROUP BY v.id
HAVING sum(w.quantity) > coalesce(max(b.on_hand - b.allocated - b.reserved), 0)
ORDER BY v.id
"""

# One document a day; of one article the corrections of a day are added up.
CORRECTIONS = """
SELECT date_trunc('day', l.invoiced_at, %(zone)s) AS day, v.id, sum(l.quantity), array_agg(l.id), max(l.invoiced_at)
FROM invoices_invoiceline l
JOIN catalog_variant v ON v.organization_id = l.organization_id AND v.sku = l.sku
WHERE l.organization_id = %(seller)s AND l.bucket = 'adjustment' AND l.entry_id IS NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""


def warehouse_of(actor: Actor) -> Warehouse:
    """The seller's warehouse, made where there is none."""
    found = Warehouse.objects.filter(organization=actor.organization_id, code=WAREHOUSE).first()
    return found or write_warehouse(actor, WarehouseDraft(WAREHOUSE, name_zh="主仓库", name_en="Main warehouse"))


def open_stock(actor: Actor, warehouse: Warehouse) -> int:
    """Receive what must have lain there for the lines not yet imported, the day before the first; counts articles."""
    values = {"seller": actor.organization_id, "warehouse": warehouse.pk, "integration": INTEGRATION}
    rows: list[tuple[int, Decimal, datetime]] = rows_of(OPENING, values)
    if rows:
        first = min(at for _variant, _quantity, at in rows)
        lines = [StockLine(variant, quantity) for variant, quantity, _at in rows]
        paper = Paper(reference="Opening stock", reason="Opening stock", at=first - timedelta(days=1))
        receive_stock(actor, warehouse, lines, paper)
    return len(rows)


def post_corrections(actor: Actor, warehouse: Warehouse, zone: str) -> int:
    """Post the corrections of stock, a document a day, each in a transaction; counts the documents."""
    rows = rows_of(CORRECTIONS, {"seller": actor.organization_id, "zone": zone})
    documents = 0
    for day, group in groupby(rows, key=itemgetter(0)):
        corrections = list(group)
        with transaction.atomic():
            balances = _balances(warehouse, [variant for _day, variant, *_rest in corrections])
            lines = [
                Adjustment(balances[variant], change=quantity)
                for _day, variant, quantity, *_rest in corrections
                if quantity
            ]
            reason = f"Invoices of {day:%Y-%m-%d}"
            entry = adjust(actor, lines, Paper(reason=reason, at=max(row[4] for row in corrections))) if lines else None
            ids = [pk for row in corrections for pk in row[3]]
            InvoiceLine.objects.filter(pk__in=ids).update(entry=entry)
        documents += 1
    return documents


def _balances(warehouse: Warehouse, variants: list[int]) -> dict[int, int]:
    """Balance ids by variant, made where goods were never stocked: something was found of them."""
    rows = StockBalance.objects.filter(warehouse=warehouse, batch="", condition="sellable", variant__in=variants)
    found = dict(rows.values_list("variant_id", "pk"))
    missing = [
        StockBalance(organization_id=warehouse.organization_id, warehouse=warehouse, variant_id=variant)
        for variant in variants
        if variant not in found
    ]
    StockBalance.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(rows.values_list("variant_id", "pk")) if missing else found
