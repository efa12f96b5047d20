"""A shop that invoices, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ordercenter.fulfilment.models import Shipment
from ordercenter.fulfilment.receive import ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.draw import DrawRequest, InvoiceDraft, draw_all, draw_open
from ordercenter.invoicing.issue import issue_all
from ordercenter.invoicing.models import Invoice, InvoiceLine, InvoicingSettings
from ordercenter.ledger.accounts import AccountKey, balances_of
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import LedgerAccount, OpenItem
from ordercenter.orders.models import Order, OrderLine
from tests.ordercenter.orders.shop import Shop

D = Decimal


class Desk(Shop):
    """`desk.shipped(("ABC", 10))` is an order that left; `desk.invoice(order)` issues what is to be invoiced of it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(auto_confirm=True)
        self.rules = InvoicingSettings.objects.create(organization=self.seller, **settings)

    def shipped(self, *lines: Any, upto: Mapping[str, Any] | None = None, **fields: Any) -> Order:
        """An order of which everything left, or these quantities by SKU."""
        for sku, quantity, *_rest in lines:
            self.stock(sku, quantity)
        order = self.order(*lines, **fields)
        parts = None
        if upto is not None:
            rows = OrderLine.objects.filter(order=order)
            parts = {line.pk: D(upto[line.sku]) for line in rows if D(upto.get(line.sku, 0))}
        ship(self.sales, ShipmentDraft(order.pk, parts))
        order.refresh_from_db()
        return order

    def received(self, order: Order) -> None:
        for shipment in Shipment.objects.filter(order=order):
            receive(self.dealer, ReceiptDraft(shipment.pk))

    def draw(self, *orders: Order, **fields: Any) -> Invoice:
        return draw_all(self.sales, [InvoiceDraft([order.pk for order in orders], **fields)])[0]

    def open(self, **fields: Any) -> list[Invoice]:
        return draw_open(self.sales, DrawRequest(**fields))

    def invoice(self, *orders: Order, **fields: Any) -> Invoice:
        made = self.draw(*orders, **fields)
        return issue_all(self.sales, [made.pk])[0]

    def lines(self, invoice: Invoice) -> list[InvoiceLine]:
        return list(InvoiceLine.objects.filter(invoice=invoice).order_by("position"))

    def balance(self, kind: AccountKind) -> Decimal:
        """What stands on an account of the dealer, or of the seller alone; debit +."""
        shared = kind in (AccountKind.RECEIVABLE, AccountKind.CASH, AccountKind.REBATE)
        key = AccountKey(self.seller.pk, kind, "CNY", self.buyer.pk if shared else None)
        rows = LedgerAccount.objects.filter(
            organization=key.organization_id, kind=key.kind, currency="CNY", partnership=key.partnership_id
        )
        return sum(balances_of([row.pk for row in rows]).values(), D(0))

    def items(self, invoice: Invoice) -> list[OpenItem]:
        return list(OpenItem.objects.filter(document_kind="invoice", document_id=invoice.pk).order_by("order"))


def money(*rows: Any) -> list[tuple[str, str, str]]:
    """Net, tax and gross as they are written."""
    return [(f"{row.net:.2f}", f"{row.tax:.2f}", f"{row.gross:.2f}") for row in rows]
