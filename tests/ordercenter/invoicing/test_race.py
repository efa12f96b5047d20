"""Two people invoice the same shipment, with real threads and connections; and what is left when one dies."""

import pytest
from django.db import IntegrityError

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.core.verify import run_checks
from ordercenter.invoicing import credit_note, draw, issue
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import InvoiceDraft, draw_all
from ordercenter.invoicing.issue import issue_all
from ordercenter.invoicing.models import CreditNote, Invoice, InvoiceLine
from ordercenter.ledger.kinds import AccountKind
from tests.ordercenter.invoicing.desk import Desk
from tests.threads import at_once, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def drawn_at_once(monkeypatch, locked: bool) -> tuple[list[str], list[Invoice]]:
    """Two draw drafts of one shipment of 5: how each came off, and the drafts there are."""
    desk = Desk()
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    read = draw.lines_of

    def slowly(*args):
        found = read(*args)
        until_somebody_waits(0.5)
        return found

    monkeypatch.setattr(draw, "lines_of", slowly)
    if not locked:
        monkeypatch.setattr(draw, "lock_orders", lambda ids: None)

    def act(_number: int) -> str:
        try:
            draw_all(desk.sales, [InvoiceDraft([order.pk])])
        except (DomainError, DomainErrors) as refused:
            return str(getattr(refused, "errors", [refused])[0].code)
        return "drawn"

    return at_once(2, act), list(Invoice.objects.all())


def test_two_who_draw_the_same_goods_draw_them_once(monkeypatch):
    done, invoices = drawn_at_once(monkeypatch, locked=True)
    assert sorted(done) == ["NOTHING_TO_INVOICE", "drawn"]
    assert len(invoices) == 1
    assert run_checks() == []


def test_the_twin_without_the_lock_draws_them_twice(monkeypatch):
    done, _invoices = drawn_at_once(monkeypatch, locked=False)
    assert done == ["drawn", "drawn"]
    assert sum(line.quantity for line in InvoiceLine.objects.all()) == 10, "of 5 that left"


def test_eight_who_issue_and_credit_one_invoice_do_it_once():
    desk = Desk()
    desk.sells("ABC", "10")
    draft = desk.draw(desk.shipped(("ABC", 5)))
    numbers = at_once(8, lambda _n: issue_all(desk.sales, [draft.pk])[0].number)
    assert set(numbers) == {"INV-000001"}
    assert desk.balance(AccountKind.RECEIVABLE) == draft.gross

    def take_off(_number: int) -> str:
        try:
            return credit(desk.sales, CreditNoteDraft(draft.pk, "error")).number
        except (DomainError, DomainErrors, IntegrityError) as refused:
            return str(getattr(refused, "errors", [refused])[0].code)

    assert sorted(at_once(8, take_off)) == ["CN-000001", *["INVALID_TRANSITION"] * 7]
    assert CreditNote.objects.count() == 1
    assert run_checks() == []


class Killed(BaseException):
    """The process is gone."""


STEPS = ("post_invoices", "use_funds", "credit_invoiced", "move_invoiced", "recompute", "append", "record_all")


@pytest.mark.parametrize("step", STEPS)
def test_whoever_dies_while_issuing_leaves_nothing_behind(monkeypatch, step):
    desk = Desk()
    desk.sells("ABC", "10")
    draft = desk.draw(desk.shipped(("ABC", 5)))

    def dies(*_args, **_named):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(issue, step, dies)
        with pytest.raises(Killed):
            issue_all(desk.sales, [draft.pk])
    assert desk.balance(AccountKind.RECEIVABLE) == 0
    assert run_checks() == []
    assert issue_all(desk.sales, [draft.pk])[0].number == "INV-000001", "no number is lost"
    assert run_checks() == []


@pytest.mark.parametrize("step", ["post", "follow_credit", "_count", "append", "record_all"])
def test_whoever_dies_while_crediting_leaves_nothing_behind(monkeypatch, step):
    desk = Desk()
    desk.sells("ABC", "10")
    invoice = desk.invoice(desk.shipped(("ABC", 5)))

    def dies(*_args, **_named):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(credit_note, step, dies)
        with pytest.raises(Killed):
            credit(desk.sales, CreditNoteDraft(invoice.pk, "error"))
    assert run_checks() == []
    assert credit(desk.sales, CreditNoteDraft(invoice.pk, "error")).number == "CN-000001"
    assert run_checks() == []
