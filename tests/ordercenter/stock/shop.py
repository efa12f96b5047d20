"""A seller with goods and places, and order lines that want stock; no rule of orders is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from django.db import connection

from marketplace.catalog.models import Pack, Product, UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.core.verify import run_checks
from marketplace.parties.models import Organization, Partnership
from ordercenter.orders.models import Cart, Order, OrderLine
from ordercenter.stock.entries import Paper, StockLine, receive_stock
from ordercenter.stock.models import Allocation, StockBalance, Warehouse
from ordercenter.stock.terms import Demand, DocumentRef, ReceiveLine, ShipLine
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse
from tests.factories import make_organization, make_partnership

_numbers = count(1)
D = Decimal


@dataclass
class Shop:
    """One seller, one dealer, and what a test puts into the warehouses. Numbers may be plain ints."""

    seller: Organization
    partnership: Partnership
    uom: UnitOfMeasure
    actor: Actor
    variants: dict[str, Variant] = field(default_factory=dict)
    warehouses: dict[str, Warehouse] = field(default_factory=dict)

    def warehouse(self, code: str, priority: int = 100, **fields: object) -> Warehouse:
        draft = WarehouseDraft(code, name_en=code, priority=priority, **fields)
        self.warehouses[code] = write_warehouse(self.actor, draft)
        return self.warehouses[code]

    def variant(self, sku: str) -> Variant:
        if sku not in self.variants:
            product = Product.objects.create(organization=self.seller, slug=sku.lower(), name_en=sku)
            made = Variant.objects.create(organization=self.seller, product=product, sku=sku)
            Pack.objects.create(
                organization=self.seller, variant=made, uom=self.uom, factor=1, is_base=True, is_default=True
            )
            self.variants[sku] = made
        return self.variants[sku]

    def put(self, warehouse: str, **quantities: int) -> None:
        """Goods into a warehouse: `put("W1", A=7)`."""
        lines = [StockLine(self.variant(sku).pk, D(quantity)) for sku, quantity in quantities.items()]
        receive_stock(self.actor, self.warehouses[warehouse], lines, Paper())

    def order(self, *lines: tuple[str, int], policy: str = "", placed: int = 0) -> list[Demand]:
        """A released order and its demands, first line first."""
        return self.orders([lines], policy, placed)

    def orders(self, baskets: Sequence[Sequence[tuple[str, int]]], policy: str = "", placed: int = 0) -> list[Demand]:
        """Released orders and all their demands, in a few statements for any number."""
        at = datetime(2026, 1, 1 + placed, tzinfo=UTC)
        sides = {"seller": self.seller, "buyer": self.partnership.downstream}
        orders = Order.objects.bulk_create(
            Order(
                **sides,
                number=f"SO-{next(_numbers):06}",
                partnership=self.partnership,
                currency="CNY",
                tax_included=True,
                priced_at=at,
                payment_method="on_account",
                payment_days=30,
                short_policy=policy or "partial",
                status="confirmed",
                line_count=len(basket),
                **dict.fromkeys(("list_amount", "net", "tax", "gross"), 0),
                placed_at=at,
            )
            for basket in baskets
        )
        rows = OrderLine.objects.bulk_create(
            OrderLine(
                **sides,
                order=order,
                position=position,
                variant=self.variant(sku),
                sku=sku,
                uom=self.uom,
                quantity=quantity,
                base_quantity=quantity,
                unit_price=0,
                list_price=0,
                tax_rate=0,
                **dict.fromkeys(("list_amount", "net", "tax", "gross"), 0),
            )
            for order, basket in zip(orders, baskets, strict=True)
            for position, (sku, quantity) in enumerate(basket, 1)
        )
        return [Demand(row.pk, row.variant_id, D(row.quantity), row.position, row.order_id, policy, at) for row in rows]

    def cart(self) -> Cart:
        return Cart.objects.create(organization=self.partnership.downstream, seller=self.seller)

    def shipping(self, shipment: int, *parts: tuple[Demand, int]) -> list[ShipLine]:
        """Lines of a shipment of so much of these demands."""
        return [
            ShipLine(DocumentRef("shipment", shipment, f"SH-{shipment}"), line, d.order_line_id, d.variant_id, D(n))
            for line, (d, n) in enumerate(parts, 1)
        ]

    def receiving(self, receipt: int, *parts: tuple[str, int]) -> list[ReceiveLine]:
        """Lines of a receipt of so much of these SKUs by the dealer."""
        document = DocumentRef("receipt", receipt, f"RC-{receipt}")
        buyer = self.partnership.downstream_id
        return [
            ReceiveLine(document, line, self.seller.pk, buyer, self.variant(sku).pk, D(n))
            for line, (sku, n) in enumerate(parts, 1)
        ]

    def balance(self, warehouse: str, sku: str, condition: str = "sellable") -> StockBalance:
        place = self.warehouses.get(warehouse) or Warehouse.objects.get(organization=self.seller, code=warehouse)
        return StockBalance.objects.get(warehouse=place, variant=self.variant(sku), condition=condition)

    def promised(self, demand: Demand) -> dict[str, int]:
        """What a line holds, by warehouse."""
        rows = Allocation.objects.filter(order_line=demand.order_line_id).select_related("balance__warehouse")
        return {row.balance.warehouse.code: int(row.open) for row in rows if row.open}

    def network(self) -> Decimal:
        """All goods of everybody, wherever they are."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(on_hand), 0) FROM stock_stockbalance")
            return cursor.fetchone()[0]


def make_shop(name: str = "Xinghe Home") -> Shop:
    """An empty shop with one dealer."""
    seller = make_organization(name, "seller")
    uom, _made = UnitOfMeasure.objects.get_or_create(code="PCS", defaults={"name_en": "piece", "exponent": 0})
    return Shop(seller, make_partnership(seller, f"Dealer of {name}"), uom, Actor.system(seller))


def differences() -> list[str]:
    """What `entrepot verify` finds in the stock room."""
    return [f"{d.subject}: {d.expected} != {d.found}" for d in run_checks() if d.check.startswith("stock")]
