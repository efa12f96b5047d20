"""Credit notes and funds: what comes back, and invoices that were wrong (credit-and-ledger §4, §6, §11.7)."""

from decimal import Decimal as D

import pytest

from marketplace.core.outbox import dispatch_all
from marketplace.core.verify import run_checks
from ordercenter.credit.accounts import AccountDraft, write_account
from ordercenter.credit.enums import CreditMode
from ordercenter.credit.models import CreditAccount, CreditSettings
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit, credit_all
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.credits import credits_of
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import CONTRA, FundCause, FundKind
from ordercenter.ledger.funds.models import FundGrant
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import OpenItem
from ordercenter.orders.models import Order, OrderLine
from tests.locks import watched_locks
from tests.ordercenter.invoicing.desk import Desk


@pytest.fixture
def funded(desk: Desk) -> Desk:
    """A dealer under credit control with 500 of cash and 90 of rebates; ten at 48 are ordered with both."""
    CreditSettings.objects.create(organization=desk.seller, controls=True)
    write_account(desk.sales, AccountDraft((desk.buyer.pk,), mode=CreditMode.UNLIMITED))
    for number, (kind, amount) in enumerate((("cash", 500), ("rebate", 90)), 1):
        fund = FundKind(kind)
        contra = AccountKey(desk.seller.pk, CONTRA[fund], "CNY")
        grant_all(desk.sales, [GrantDraft(desk.buyer.pk, fund, "CNY", D(amount), FundCause.TOP_UP, number, contra)])
    dispatch_all()
    desk.sells("ABC", "48", stock=50)
    return desk


def ordered(desk: Desk) -> tuple[Order, OrderLine]:
    order = desk.order(("ABC", 10), funds={"cash": D("100.01"), "rebate": D("33.33")})
    ship(desk.sales, ShipmentDraft(order.pk))
    return order, OrderLine.objects.get(order=order)


def pays(desk: Desk, invoice, amount: str) -> None:
    """Money that came in and cleared an invoice."""
    contra = AccountKey(desk.seller.pk, AccountKind.BANK, "CNY")
    where = (desk.buyer.pk, FundKind.CASH, "CNY", D(amount), FundCause.PAYMENT, invoice.pk, contra)
    (grant,) = grant_all(desk.sales, [GrantDraft(*where)])
    clear_all(desk.sales, [ClearingDraft(desk.items(invoice)[0].pk, D(amount), grant.entry_id)])
    dispatch_all()


def grants() -> list[tuple[D, D]]:
    return list(FundGrant.objects.order_by("pk").values_list("remaining", "reserved"))


def buckets(desk: Desk) -> dict[str, D]:
    row = CreditAccount.objects.get(members__partnership=desk.buyer)
    names = ("open_orders", "unbilled", "receivable", "unapplied")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def books_agree(desk: Desk) -> bool:
    """And no credit is left on RECEIVABLE that somebody could clear with a second time."""
    assert [one for one in credits_of(desk.sales, [desk.buyer.pk]) if one.account_kind == "receivable"] == []
    dispatch_all()
    assert run_checks() == []
    return True


def test_a_wholly_returned_order_leaves_every_fund_account_as_before(funded):
    """§11.7, part by part: what was paid with money is cash."""
    before = grants()
    order, _line = ordered(funded)
    invoice = funded.invoice(order)
    (part,) = funded.lines(invoice)
    owed = funded.items(invoice)[0].open
    for quantity in (3, 4, 3):
        credit(funded.sales, CreditNoteDraft(invoice.pk, "return", {part.pk: D(quantity)}))
    assert grants() == before and owed == D("446.67") - D("100.01")
    assert funded.balance(AccountKind.RECEIVABLE) == 0 and buckets(funded) == {"unapplied": 500}
    assert books_agree(funded)


def test_of_what_is_returned_funds_get_their_part_then_the_debt_falls_then_it_is_cash(funded):
    """Orders §8: the way it was paid."""
    order, _line = ordered(funded)
    invoice = funded.invoice(order)
    (part,) = funded.lines(invoice)
    pays(funded, invoice, "300.00")
    note = credit(funded.sales, CreditNoteDraft(invoice.pk, "return", {part.pk: D(5)}))
    # 223.34 with tax: 50.01 of cash had paid, 46.66 is owed, 126.67 had been paid with money.
    assert (note.gross, note.to_cash) == (D("223.34"), D("126.67"))
    assert funded.items(invoice)[0].open == 0
    remaining = [remaining for remaining, _reserved in grants()]
    assert remaining[:2] == [D("500") - D("50.00"), D("90") - D("16.66")]
    assert funded.balance(AccountKind.CASH) == -(D("450.00") + D("126.67"))
    assert OpenItem.objects.filter(document_kind="credit_note", open__gt=0).count() == 0
    assert books_agree(funded)


def test_an_allowance_gives_funds_nothing_and_they_get_no_more_than_is_left(funded):
    order, _line = ordered(funded)
    invoice = funded.invoice(order)
    (part,) = funded.lines(invoice)
    credit(funded.sales, CreditNoteDraft(invoice.pk, "allowance", amounts={part.pk: D("400.00")}))
    assert [reserved for _remaining, reserved in grants()] == [0, 0, 0]
    assert grants()[0][0] == D("399.99")
    note = credit(funded.sales, CreditNoteDraft(invoice.pk, "return"))
    assert (note.gross, note.to_cash) == (D("46.67"), 0)
    assert grants()[0][0] == D("446.66")
    assert books_agree(funded)


def test_a_wrong_invoice_is_undone_and_its_goods_are_invoiced_again(funded):
    order, line = ordered(funded)
    before, stood = grants(), buckets(funded)
    first = funded.invoice(order)
    (part,) = funded.lines(first)
    with watched_locks():
        credit(funded.sales, CreditNoteDraft(first.pk, "error", {part.pk: D(10)}))
    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.invoiced, order.billing_status, order.payment_status) == (0, "not_invoiced", "unpaid")
    assert (grants(), buckets(funded)) == (before, stood)
    assert books_agree(funded)
    second = funded.invoice(order)
    assert (second.gross, funded.items(second)[0].open) == (first.gross, D("346.66"))
    order.refresh_from_db()
    assert (order.billing_status, order.paid, order.credited) == ("invoiced", D("100.01"), 0)
    assert books_agree(funded)


def test_what_had_paid_a_wrong_invoice_is_cash_again(funded):
    order, _line = ordered(funded)
    first = funded.invoice(order)
    pays(funded, first, "346.66")
    order.refresh_from_db()
    assert order.payment_status == "paid"
    credit(funded.sales, CreditNoteDraft(first.pk, "error"))
    assert funded.balance(AccountKind.CASH) == -(500 + D("346.66"))
    second = funded.invoice(order)
    clear_all(funded.sales, [ClearingDraft(funded.items(second)[0].pk, D("346.66"))])
    dispatch_all()
    order.refresh_from_db()
    assert (order.payment_status, order.paid) == ("paid", D("446.67"))
    assert books_agree(funded)


def test_the_gap_of_a_wrong_invoice_is_filled_before_the_rest_is_invoiced(funded):
    order = funded.order(("ABC", 10), funds={"cash": D("100.01")})
    line = OrderLine.objects.get(order=order)
    ship(funded.sales, ShipmentDraft(order.pk, {line.pk: D(7)}))
    first = funded.invoice(order, lines={line.pk: D(3)})
    funded.invoice(order, lines={line.pk: D(2)})
    credit(funded.sales, CreditNoteDraft(first.pk, "error"))
    again, rest = funded.invoice(order), funded.invoice(order)
    assert [[(row.start, row.end) for row in funded.lines(one)] for one in (again, rest)] == [[(0, 3)], [(5, 7)]]
    ship(funded.sales, ShipmentDraft(order.pk))
    funded.invoice(order)
    order.refresh_from_db()
    assert (order.billing_status, grants()[0]) == ("invoiced", (D("399.99"), 0))
    assert books_agree(funded)


def test_a_part_of_a_wrong_invoice_is_lowered_and_stays_invoiced(funded):
    order, line = ordered(funded)
    invoice = funded.invoice(order)
    (part,) = funded.lines(invoice)
    credit(funded.sales, CreditNoteDraft(invoice.pk, "error", {part.pk: D(1)}))
    credit(funded.sales, CreditNoteDraft(invoice.pk, "error"))
    line.refresh_from_db()
    assert line.invoiced == 10 and books_agree(funded)


def test_several_notes_of_one_order_are_made_together(funded):
    order = funded.order(("ABC", 10), funds={"cash": D("100.01"), "rebate": D("33.33")})
    line = OrderLine.objects.get(order=order)
    ship(funded.sales, ShipmentDraft(order.pk))
    rows = [funded.invoice(order, lines={line.pk: D(quantity)}) for quantity in (3, 4, 3)]
    reasons = ("error", "return", "error")
    credit_all(funded.sales, [CreditNoteDraft(row.pk, why) for row, why in zip(rows, reasons, strict=True)])
    line.refresh_from_db()
    assert line.invoiced == 4 and books_agree(funded)
    assert [funded.invoice(order).gross, funded.invoice(order).gross] == [rows[0].gross, rows[2].gross]
    assert books_agree(funded)
