"""Stock for the benchmark: two warehouses, and in each of them enough of every good that no order runs short."""

from __future__ import annotations

from django.db import connection, transaction

from marketplace.core.clock import database_now
from marketplace.parties.models import Organization
from ordercenter.stock.models import StockEntry, StockEntryKind, Warehouse, WarehouseKind

BALANCES = """
INSERT INTO stock_stockbalance
    (organization_id, warehouse_id, variant_id, batch, condition, on_hand, allocated, reserved)
SELECT %(seller)s, %(warehouse)s, variant.id, '', 'sellable', 100000, 0, 0
FROM catalog_variant AS variant WHERE variant.organization_id = %(seller)s
"""

# Every balance is the sum of its moves, here too: `entrepot verify` holds on a benchmark's database.
MOVES = """
INSERT INTO stock_stockmove (organization_id, balance_id, quantity, kind, document_kind, document_id, document_number,
    line, seq, reason, occurred_at)
SELECT organization_id, id, on_hand, 'receipt', 'stock_entry', %(entry)s, %(number)s, variant_id, 0, '', now()
FROM stock_stockbalance WHERE warehouse_id = %(warehouse)s
"""


def seed_stock(seller: Organization) -> None:
    """Opening stock of every variant of the seller, posted as goods in."""
    with transaction.atomic(), connection.cursor() as cursor:
        Warehouse.objects.create(
            organization=seller, code="TRANSIT", name_en="In transit", kind=WarehouseKind.TRANSIT, allocates=False
        )
        for number, name in enumerate(("North", "South"), start=1):
            place = Warehouse.objects.create(organization=seller, code=name.upper(), name_en=name, priority=number)
            entry = StockEntry.objects.create(
                organization=seller, kind=StockEntryKind.RECEIPT, number=f"BENCH-{number}", occurred_at=database_now()
            )
            values = {"seller": seller.pk, "warehouse": place.pk, "entry": entry.pk, "number": entry.number}
            cursor.execute(BALANCES, values)
            cursor.execute(MOVES, values)
