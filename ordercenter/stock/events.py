"""Domain events of how an organization keeps its stock; those of stock itself are recorded with its entries."""

from __future__ import annotations

from typing import Any

from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent
from ordercenter.stock.models import SafetyStock, StockSettings, StockVisibility, SupplyPlan, Warehouse

AGGREGATES = {
    Warehouse: "warehouse",
    StockSettings: "stock_settings",
    SafetyStock: "safety_stock",
    StockVisibility: "stock_visibility",
    SupplyPlan: "supply_plan",
}


Kept = Warehouse | StockSettings | SafetyStock | StockVisibility | SupplyPlan


def stock_event(kind: str, row: Kept, changes: Changes, **payload: Any) -> DomainEvent:
    """An event of a row that only its owner hears of."""
    return DomainEvent(kind, AGGREGATES[type(row)], row.pk, (row.organization_id,), payload, changes=changes)
