"""Credit notes: what they may take off, and where the money goes."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.verify import run_checks
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit, credit_all
from ordercenter.invoicing.errors import InvoicingErrorCode as Code
from ordercenter.invoicing.models import CreditNote, Invoice
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundCause, FundKind
from ordercenter.ledger.kinds import AccountKind
from ordercenter.pricing.models import PricingSettings
from tests.locks import watched_locks
from tests.ordercenter.invoicing.desk import money
from tests.refusals import raises
from tests.statements import count_sql


@pytest.fixture
def blue(desk) -> Invoice:
    """Reconciliation §12.2: three at 33.33 without tax: net 99.99, tax 13.00."""
    PricingSettings.objects.update_or_create(organization=desk.seller, currency="CNY", defaults={"tax_included": False})
    desk.sells("ABC", "33.33")
    invoice = desk.invoice(desk.shipped(("ABC", 3)))
    assert money(invoice) == [("99.99", "13.00", "112.99")]
    return invoice


def pay(desk, invoice, amount):
    """The dealer paid so much, and it is cleared."""
    bank = AccountKey(desk.seller.pk, AccountKind.BANK, "CNY")
    draft = GrantDraft(desk.buyer.pk, FundKind.CASH, "CNY", D(amount), FundCause.PAYMENT, invoice.pk, bank)
    (grant,) = grant_all(desk.sales, [draft])
    clear_all(desk.sales, [ClearingDraft(desk.items(invoice)[0].pk, D(amount), grant.entry_id)])


def test_red_parts_of_the_whole_sum_to_blue(desk, blue):
    (line,) = desk.lines(blue)
    notes = [credit(desk.sales, CreditNoteDraft(blue.pk, "return", {line.pk: D(1)})) for _ in range(3)]
    assert money(*notes) == [("33.33", "4.33", "37.66"), ("33.33", "4.34", "37.67"), ("33.33", "4.33", "37.66")]
    assert [note.number for note in notes] == ["CN-000001", "CN-000002", "CN-000003"]
    blue.refresh_from_db()
    assert (blue.status, blue.credited_gross) == ("credited", blue.gross)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        credit(desk.sales, CreditNoteDraft(blue.pk, "allowance", amounts={line.pk: D("0.01")}))
    assert desk.items(blue)[0].open == 0
    assert desk.balance(AccountKind.RECEIVABLE) == desk.balance(AccountKind.REVENUE) == 0
    assert run_checks() == []


def test_more_than_was_invoiced_is_refused(desk, blue):
    (line,) = desk.lines(blue)
    with raises(Code.CREDIT_EXCEEDS, field="quantity", index=0):
        credit(desk.sales, CreditNoteDraft(blue.pk, "return", {line.pk: D(4)}))
    with raises(Code.CREDIT_EXCEEDS, field="amount", index=0):
        credit(desk.sales, CreditNoteDraft(blue.pk, "allowance", amounts={line.pk: D(113)}))
    with raises(Code.QUANTITY_INVALID, field="quantity", index=0):
        credit(desk.sales, CreditNoteDraft(blue.pk, "return", {line.pk: D(-1)}))
    with raises(CoreErrorCode.NOT_FOUND, field="line"):
        credit(desk.sales, CreditNoteDraft(blue.pk, "return", {line.pk + 1: D(1)}))
    with raises(CoreErrorCode.INVALID, field="reason"):
        credit(desk.sales, CreditNoteDraft(blue.pk, "because"))
    with raises(Code.DATE_FUTURE, field="on"):
        credit(desk.sales, CreditNoteDraft(blue.pk, "error", on=timezone.localdate() + timedelta(days=3)))
    with raises(CoreErrorCode.PERMISSION_DENIED):
        credit(desk.dealer, CreditNoteDraft(blue.pk, "error"))
    assert not CreditNote.objects.exists()


def test_an_allowance_takes_an_amount_and_the_rest_what_it_left(desk, blue):
    (line,) = desk.lines(blue)
    first = credit(desk.sales, CreditNoteDraft(blue.pk, "allowance", amounts={line.pk: D("11.30")}))
    assert money(first) == [("10.00", "1.30", "11.30")]
    rest = credit(desk.sales, CreditNoteDraft(blue.pk, "error"))
    assert money(rest) == [("89.99", "11.70", "101.69")]
    assert run_checks() == []


def test_what_exceeds_the_open_amount_goes_to_cash(desk, blue):
    pay(desk, blue, "100.00")
    note = credit(desk.sales, CreditNoteDraft(blue.pk, "error"))
    assert note.to_cash == D("100.00")
    assert desk.items(blue)[0].open == 0
    assert desk.balance(AccountKind.CASH) == D("-100.00")
    assert desk.balance(AccountKind.RECEIVABLE) == 0
    assert run_checks() == []


def test_the_same_request_makes_one_note(desk, blue):
    draft = CreditNoteDraft(blue.pk, "error", request_key="r-1")
    first, again = credit(desk.sales, draft), credit(desk.sales, draft)
    assert first.pk == again.pk
    assert CreditNote.objects.count() == 1


@pytest.mark.parametrize(("reason", "most"), [("return", 42), ("error", 48)])
def test_crediting_costs_the_same_for_one_and_for_many(desk, reason, most):
    desk.sells("ABC", "10")
    rows = [desk.invoice(desk.shipped(("ABC", 2))) for _ in range(5)]
    with count_sql() as one:
        credit_all(desk.sales, [CreditNoteDraft(rows[0].pk, reason)])
    with count_sql() as many:
        credit_all(desk.sales, [CreditNoteDraft(row.pk, reason) for row in rows[1:]])
    assert one.count == many.count <= most, many
    assert run_checks() == []


def test_locks_are_taken_in_the_one_order(desk, blue):
    pay(desk, blue, "50")
    with watched_locks():
        credit(desk.sales, CreditNoteDraft(blue.pk, "error"))
