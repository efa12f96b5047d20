"""Invoices and money received as sources; a return counts against the period of what it undoes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import InvoiceDraft, draw_all
from ordercenter.invoicing.enums import CreditReason
from ordercenter.invoicing.issue import issue_all
from ordercenter.invoicing.models import Invoice
from ordercenter.ledger.accounts import AccountKey, AccountKind
from ordercenter.ledger.clearing import ClearingDraft, clear_all, unclear
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.models import OpenItem
from ordercenter.orders.confirm import confirm
from ordercenter.rebates.recalculate import recalculate
from tests.ordercenter.rebates.world import RebateShop


def invoiced(shop: RebateShop, quantity: int = 10) -> Invoice:
    if "ABC" not in shop.goods:
        shop.sells("ABC", price="11.30", stock=1000)
    order = shop.order(("ABC", quantity))
    confirm(shop.sales, order.pk)
    ship(shop.sales, ShipmentDraft(order.pk))
    drawn = draw_all(shop.sales, [InvoiceDraft([order.pk])])[0]
    return issue_all(shop.sales, [drawn.pk])[0]


def test_an_invoice_counts_and_its_credit_note_counts_against_it(shop):
    policy = shop.policy((0, 10), basis="invoiced")
    invoice = invoiced(shop)
    dispatch_all()
    assert shop.position(policy).basis_amount == invoice.net
    line = invoice.lines.get()
    credit(shop.sales, CreditNoteDraft(invoice.pk, CreditReason.values[0], {line.pk: Decimal(4)}))
    dispatch_all()
    line.refresh_from_db()
    position = shop.position(policy)
    assert (position.basis_amount, position.basis_quantity) == (invoice.net - line.credited_net, 6)
    assert [cause for cause, _amount in shop.steps()] == ["VOLUME", "RETURN"]
    again = shop.policy((0, 10), basis="invoiced")
    recalculate(shop.books, again.pk)
    assert shop.position(again).accrued == position.accrued
    assert run_checks() == []


@pytest.fixture
def cash(shop) -> int:
    """An entry on the dealer's CASH account, larger than any invoice of these tests."""
    bank = AccountKey(shop.seller.pk, AccountKind.BANK, "CNY")
    draft = GrantDraft(shop.buyer.pk, FundKind.CASH, "CNY", Decimal(5000), "test", 1, bank)
    return grant_all(shop.sales, [draft])[0].entry_id


def test_an_invoice_counts_once_it_is_wholly_paid_and_no_longer_when_that_is_undone(shop, cash):
    policy = shop.policy((0, 10), basis="paid")
    invoice = invoiced(shop)
    item = OpenItem.objects.get(document_kind="invoice", document_id=invoice.pk)
    clear_all(shop.sales, [ClearingDraft(item.pk, Decimal(1), cash)])
    dispatch_all()
    assert shop.steps() == []
    last = clear_all(shop.sales, [ClearingDraft(item.pk, invoice.gross - 1, cash)])[0]
    dispatch_all()
    assert shop.position(policy).basis_amount == invoice.net
    unclear(shop.sales, last.pk)
    dispatch_all()
    assert (shop.position(policy).basis_amount, shop.position(policy).accrued) == (0, 0)
    assert run_checks() == []
