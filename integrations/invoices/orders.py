"""Dealer sales become orders through the functions everybody's orders go through: placed, shipped, received."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from integrations.invoices.buckets import InvoiceBucket, RejectReason
from integrations.invoices.countries import country_code
from integrations.invoices.delivery import Deliverer, Due, deliver_rest
from integrations.invoices.models import InvoiceLine
from integrations.invoices.statements import refresh_statistics
from integrations.invoices.stock import INTEGRATION
from integrations.invoices.trade import UOM
from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.parties.models import Organization, Partnership, ShortPolicy
from ordercenter.fulfilment.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.enums import EntryMode
from ordercenter.orders.models import Order, OrderEvent, OrderLine
from ordercenter.orders.place import place_all
from ordercenter.orders.prepare import PlacingRefused
from ordercenter.stock.models import Allocation, StockBalance, StockMove

CHUNK_LINES = 2500
#: Until PostgreSQL has looked at the tables it plans as if they were empty, which many lines would pay dearly for.
FIRST_LINES = 250
FILLED = (
    Order,
    OrderLine,
    OrderEvent,
    Shipment,
    ShipmentLine,
    Receipt,
    ReceiptLine,
    Allocation,
    StockBalance,
    StockMove,
)


@dataclass(slots=True)
class Sale:
    """One invoice's lines to a dealer: (article, quantity, price) each, at the instant of the first."""

    number: str
    customer: str
    country: str
    at: datetime
    lines: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """Who and what the lines name, by the names they use."""

    seller: Organization
    buyers: dict[str, int]
    variants: dict[str, int]
    uom_id: int

    @classmethod
    def of(cls, seller: Organization) -> Known:
        """Read once for the whole import: as large as the seller's trade, not as its history."""
        return cls(
            seller,
            dict(Partnership.objects.filter(upstream=seller).values_list("code", "downstream_id")),
            dict(Variant.objects.filter(organization=seller).values_list("sku", "pk")),
            UnitOfMeasure.objects.get(code=UOM).pk,
        )


def import_orders(seller: Organization, tell: Callable[[int], None]) -> int:
    """Make orders of all sales that have none, a few thousand lines in each transaction; counts the orders.

    A chunk is placed together or not at all, and shipped and received right after, beside the next chunk. After a crash
    the next run delivers what had only been placed or shipped and goes on where this one stopped. `tell(lines)` after
    each chunk.
    """
    known, made = Known.of(seller), 0
    deliver_rest(seller)
    with Deliverer() as deliverer:
        for chunk in chunks(sales_of(seller)):
            missing = without_order(seller, chunk)
            if missing:
                first, made = not made, made + _import(known, missing, deliverer)
                if first:
                    deliverer.wait()
                    refresh_statistics(FILLED)
            tell(sum(len(sale.lines) for sale in chunk))
    return made


def sales_of(seller: Organization) -> Iterator[Sale]:
    """The sales in the order of their invoice numbers, streamed from the table of lines."""
    columns = ("invoice_number", "customer", "country", "invoiced_at", "sku", "quantity", "unit_price")
    rows = InvoiceLine.objects.filter(organization=seller, bucket=InvoiceBucket.SALE)
    ordered = rows.order_by("invoice_number", "position").values_list(*columns)
    for number, lines in groupby(ordered.iterator(chunk_size=2000), key=lambda row: row[0]):
        found = list(lines)
        _number, customer, country, *_rest = found[0]
        at = min(row[3] for row in found)
        yield Sale(number, customer, country, at, [(sku, quantity, price) for *_head, sku, quantity, price in found])


def chunks(sales: Iterator[Sale]) -> Iterator[list[Sale]]:
    """Whole invoices, CHUNK_LINES lines or a little more at a time, and FIRST_LINES the first time."""
    chunk: list[Sale] = []
    lines, enough = 0, min(FIRST_LINES, CHUNK_LINES)
    for sale in sales:
        chunk.append(sale)
        lines += len(sale.lines)
        if lines >= enough:
            yield chunk
            chunk, lines, enough = [], 0, CHUNK_LINES
    if chunk:
        yield chunk


def without_order(seller: Organization, chunk: Sequence[Sale]) -> list[Sale]:
    """The sales of a chunk that no order stands for yet."""
    numbers = [sale.number for sale in chunk]
    there = Order.objects.filter(seller=seller, integration=INTEGRATION, external_number__in=numbers)
    done = set(there.values_list("external_number", flat=True))
    return [sale for sale in chunk if sale.number not in done]


def _import(known: Known, sales: Sequence[Sale], deliverer: Deliverer) -> int:
    """One chunk; sales that are refused are kept as rejected lines with the reason, and the others go on."""
    try:
        placed = _place(known, sales)
    except PlacingRefused as refused:
        _reject(known.seller, {sales[index].number: errors for index, errors in refused.by_draft.items()})
        kept = [sale for index, sale in enumerate(sales) if index not in refused.by_draft]
        return _import(known, kept, deliverer) if kept else 0
    deliverer.deliver(placed)
    return len(sales)


def _place(known: Known, sales: Sequence[Sale]) -> list[Due]:
    """Placed, confirmed and promised, all at the instant of the invoice."""
    orders = place_all(Actor.system(), [_draft(known, sale) for sale in sales])
    return [(order.pk, sale.at) for order, sale in zip(orders, sales, strict=True)]


def _draft(known: Known, sale: Sale) -> OrderDraft:
    address: dict[str, Any] = {"contact": f"Customer {sale.customer}", "country": country_code(sale.country)}
    return OrderDraft(
        seller_id=known.seller.pk,
        buyer_id=known.buyers[sale.customer],
        lines=[
            DraftLine(known.variants[sku], known.uom_id, quantity, agreed_price=price)
            for sku, quantity, price in sale.lines
        ],
        address=address,
        entry_mode=EntryMode.IMPORT,
        short_policy=ShortPolicy.COMPLETE_ORDER,
        integration=INTEGRATION,
        external_number=sale.number,
        confirm=True,
        at=sale.at,
    )


def _reject(seller: Organization, refused: dict[str, list[Any]]) -> None:
    for number, errors in refused.items():
        lines = InvoiceLine.objects.filter(organization=seller, invoice_number=number, bucket=InvoiceBucket.SALE)
        detail = "; ".join(dict.fromkeys(str(error.message) for error in errors))
        lines.update(bucket=InvoiceBucket.REJECTED, reason=RejectReason.REFUSED, detail=detail)
