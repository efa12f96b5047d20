"""Drawing and issuing invoices."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.core.verify import run_checks
from marketplace.parties.models import TaxProfile
from ordercenter.fulfilment.models import Shipment
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.draw import DrawRequest, InvoiceDraft, draw_all, draw_open, edit, void
from ordercenter.invoicing.enums import InvoiceStatus
from ordercenter.invoicing.errors import InvoicingErrorCode as Code
from ordercenter.invoicing.issue import draw_and_issue, issue, issue_all
from ordercenter.invoicing.models import Invoice, InvoiceLine
from ordercenter.invoicing.policy import update_settings
from ordercenter.ledger.kinds import AccountKind
from ordercenter.orders.models import Order, OrderEvent, OrderLine
from tests.factories import make_actor
from tests.locks import watched_locks
from tests.ordercenter.invoicing.desk import money
from tests.refusals import raises
from tests.statements import count_sql


def test_what_left_is_invoiced_and_owed(desk):
    desk.sells("ABC", "19.99")
    order = desk.shipped(("ABC", 3))
    invoice = desk.invoice(order)
    assert money(invoice) == money(order)
    assert (invoice.number, invoice.status) == ("INV-000001", InvoiceStatus.ISSUED)
    (item,) = desk.items(invoice)
    assert (item.amount, item.order_id, item.number) == (order.gross, order.pk, invoice.number)
    assert item.due_on == invoice.issued_on + timedelta(days=order.payment_days) == invoice.due_on
    assert desk.balance(AccountKind.RECEIVABLE) == order.gross
    assert desk.balance(AccountKind.REVENUE) == -order.net
    assert desk.balance(AccountKind.TAX) == -order.tax
    order.refresh_from_db()
    assert order.billing_status == "invoiced"
    assert OrderLine.objects.get(order=order).invoiced == 3
    told = OrderEvent.objects.get(order=order, kind="order.invoiced")
    assert told.data["number"] == invoice.number
    event = OutboxEvent.objects.get(kind="invoice.issued")
    assert event.organizations == [desk.seller.pk, desk.buyer.downstream_id]
    assert run_checks() == []


def test_parts_of_a_line_sum_to_it(desk):
    """Orders §14.2: gross 100.00, tax 11.50, quantity 7, in parts of 3, 3 and 1."""
    desk.sells("ABC", "14.2857")
    order = desk.shipped(("ABC", 7), upto={"ABC": 3})
    line = OrderLine.objects.get(order=order)
    first = desk.invoice(order)
    ship(desk.sales, ShipmentDraft(order.pk, {line.pk: D(3)}))
    second = desk.invoice(order)
    order.refresh_from_db()
    assert order.billing_status == "partially_invoiced"
    ship(desk.sales, ShipmentDraft(order.pk))
    third = desk.invoice(order)
    assert money(first, second, third) == [
        ("37.93", "4.93", "42.86"),
        ("37.92", "4.93", "42.85"),
        ("12.65", "1.64", "14.29"),
    ]
    order.refresh_from_db()
    assert (order.gross, order.billing_status) == (100, "invoiced")
    assert run_checks() == []


def test_drafts_may_be_issued_in_any_order(desk):
    desk.sells("ABC", "14.2857")
    order = desk.shipped(("ABC", 7), upto={"ABC": 3})
    first = desk.draw(order)
    ship(desk.sales, ShipmentDraft(order.pk))
    second = desk.draw(order)
    issue(desk.sales, second.pk)
    issue(desk.sales, first.pk)
    parts = InvoiceLine.objects.order_by("start").values_list("start", "end", "invoice")
    assert list(parts) == [(0, 4, second.pk), (4, 7, first.pk)]
    assert sum(row.gross for row in Invoice.objects.all()) == 100
    assert run_checks() == []


def test_nothing_is_invoiced_before_its_time(desk):
    desk.sells("ABC", "10", 5)
    order = desk.order(("ABC", 5))
    with raises(Code.NOTHING_TO_INVOICE):
        desk.draw(order)
    ship(desk.sales, ShipmentDraft(order.pk))
    desk.rules.basis = "received"
    desk.rules.save()
    with raises(Code.NOTHING_TO_INVOICE):
        desk.open()
    desk.received(order)
    assert len(desk.open()) == 1
    with raises(Code.NOTHING_TO_INVOICE):
        desk.open()


def test_an_order_may_be_invoiced_before_it_ships(desk):
    desk.rules.basis = "ordered"
    desk.rules.save()
    desk.sells("ABC", "10", 5)
    order = desk.order(("ABC", 5))
    invoice = desk.invoice(order)
    assert invoice.gross == order.gross
    ship(desk.sales, ShipmentDraft(order.pk))
    with raises(Code.NOTHING_TO_INVOICE):
        desk.draw(order)
    assert run_checks() == []


def test_orders_of_a_partner_go_on_one_invoice(desk):
    desk.sells("ABC", "10")
    desk.sells("DEF", "7")
    first, second = desk.shipped(("ABC", 3), ("DEF", 2)), desk.shipped(("DEF", 4))
    (invoice,) = desk.open(grouping="partner")
    assert invoice.gross == first.gross + second.gross
    issue(desk.sales, invoice.pk)
    assert [(item.order_id, item.amount) for item in desk.items(invoice)] == [
        (first.pk, first.gross),
        (second.pk, second.gross),
    ]
    assert {order.billing_status for order in Order.objects.all()} == {"invoiced"}
    assert run_checks() == []


def test_a_period_takes_what_left_in_it(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5), upto={"ABC": 2})
    Shipment.objects.filter(order=order).update(shipped_at=timezone.now() - timedelta(days=40))
    ship(desk.sales, ShipmentDraft(order.pk))
    through = timezone.localdate() - timedelta(days=30)
    (invoice,) = desk.open(through=through)
    assert [line.quantity for line in desk.lines(invoice)] == [2]
    with raises(Code.NOTHING_TO_INVOICE):
        desk.open(through=through)
    (rest,) = desk.open()
    assert [line.quantity for line in desk.lines(rest)] == [3]


def test_a_chosen_quantity_is_invoiced(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    line = OrderLine.objects.get(order=order)
    desk.draw(order, lines={line.pk: D(2)})
    with raises(Code.EXCEEDS_INVOICEABLE, field="quantity", index=0):
        desk.draw(order, lines={line.pk: D(4)})
    with raises(Code.QUANTITY_INVALID, field="quantity", index=0):
        desk.draw(order, lines={line.pk: D(0)})
    with raises(CoreErrorCode.NOT_FOUND, field="order_line"):
        desk.draw(order, lines={line.pk + 1: D(1)})
    assert desk.lines(desk.draw(order, lines={line.pk: D(3)}))[0].start == 2


def test_a_draft_that_is_thrown_away_frees_what_it_took(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    draft = desk.draw(order)
    with raises(Code.REASON_REQUIRED, field="reason"):
        void(desk.sales, draft.pk, " ")
    void(desk.sales, draft.pk, "Wrong month")
    again = desk.invoice(order)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        void(desk.sales, again.pk, "Too late")
    with raises(CoreErrorCode.INVALID_TRANSITION):
        issue(desk.sales, draft.pk)
    assert again.number == "INV-000001"
    assert run_checks() == []


def test_issuing_twice_changes_nothing(desk):
    desk.sells("ABC", "10")
    invoice = desk.invoice(desk.shipped(("ABC", 5)))
    (again,) = issue_all(desk.sales, [invoice.pk])
    assert (again.number, desk.balance(AccountKind.RECEIVABLE)) == (invoice.number, invoice.gross)
    assert OutboxEvent.objects.filter(kind="invoice.issued").count() == 1


def test_the_database_keeps_a_unit_from_two_invoices(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    line = desk.lines(desk.invoice(order))[0]
    other = desk.invoice(desk.shipped(("ABC", 5)))
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.filter(invoice=other).update(order_line=line.order_line_id)


def test_a_special_invoice_names_both_tax_numbers(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    TaxProfile.objects.create(
        organization=desk.buyer.downstream,
        title="杭州云栖百货有限公司",
        tax_number="91330100",
        invoice_kind="vat_special",
    )
    draft = desk.draw(order)
    assert draft.kind == "vat_special"
    with raises(Code.TAX_DATA_MISSING, field="kind"):
        issue(desk.sales, draft.pk)
    TaxProfile.objects.create(organization=desk.seller, title="星河家居有限公司", tax_number="91310000")
    invoice = issue(desk.sales, draft.pk)
    assert invoice.buyer_profile["title"] == "杭州云栖百货有限公司"
    assert invoice.seller_profile["tax_number"] == "91310000"


def test_numbers_follow_the_days(desk):
    desk.sells("ABC", "10")
    today = timezone.localdate()
    draft = desk.draw(desk.shipped(("ABC", 1)))
    with raises(Code.DATE_FUTURE, field="on"):
        issue(desk.sales, draft.pk, today + timedelta(days=3))
    issue(desk.sales, draft.pk, today - timedelta(days=2))
    later = desk.draw(desk.shipped(("ABC", 1)))
    with raises(Code.DATE_BACK, field="on"):
        issue(desk.sales, later.pk, today - timedelta(days=3))


def test_orders_that_do_not_go_together_are_refused(desk):
    desk.sells("ABC", "10")
    partnership, dealer = desk.dealer_of("Jinli")
    first = desk.shipped(("ABC", 1))
    desk.stock("ABC", 1)
    draft = desk.draft(("ABC", 1))
    from dataclasses import replace

    from ordercenter.orders.place import place

    second = place(dealer, replace(draft, buyer_id=partnership.downstream_id))
    ship(desk.sales, ShipmentDraft(second.pk))
    with raises(Code.ORDERS_DIFFER):
        desk.draw(first, second)
    stranger = make_actor(desk.buyer.downstream, "dealer_owner")
    with raises(CoreErrorCode.PERMISSION_DENIED):
        draw_open(stranger, DrawRequest())
    assert [row.gross for row in desk.open(grouping="partner")] == [first.gross, second.gross]


def test_a_draft_is_the_sellers_own(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    draft = desk.draw(order)
    assert not Invoice.objects.visible_to(desk.dealer).exists()
    edit(desk.sales, draft.pk, note="March")
    issue(desk.sales, draft.pk)
    assert Invoice.objects.visible_to(desk.dealer).get().note == "March"
    assert InvoiceLine.objects.visible_to(desk.dealer).count() == 1
    with raises(CoreErrorCode.INVALID_TRANSITION):
        edit(desk.sales, draft.pk, note="April")


def test_drafts_appear_by_themselves_where_that_is_settled(desk):
    from marketplace.core.outbox import dispatch_once

    update_settings(desk.sales, {"draws_itself": True, "issues_itself": True})
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5), upto={"ABC": 2})
    while dispatch_once(100):
        pass
    ship(desk.sales, ShipmentDraft(order.pk))
    while dispatch_once(100):
        pass
    assert [row.status for row in Invoice.objects.order_by("pk")] == ["issued", "issued"]
    order.refresh_from_db()
    assert order.billing_status == "invoiced"


def test_drawing_and_issuing_cost_the_same_for_one_and_for_many(desk):
    for sku in ("A", "B", "C"):
        desk.sells(sku, "10")
    orders = [desk.shipped(("A", 1), ("B", 2), ("C", 3)) for _ in range(6)]
    desk.invoice(orders[0])
    with count_sql() as one:
        drawn = draw_all(desk.sales, [InvoiceDraft([orders[1].pk])])
    with count_sql() as many:
        more = draw_all(desk.sales, [InvoiceDraft([order.pk]) for order in orders[2:]])
    assert one.count == many.count <= 10, many
    with count_sql() as one:
        issue_all(desk.sales, [row.pk for row in drawn])
    with count_sql() as many:
        issue_all(desk.sales, [row.pk for row in more])
    assert one.count == many.count <= 36, many
    assert run_checks() == []


def test_locks_are_taken_in_the_one_order(desk):
    desk.sells("ABC", "10")
    draft = desk.draw(desk.shipped(("ABC", 5)))
    with watched_locks() as watched:
        issue(desk.sales, draft.pk)
    assert watched


def test_what_is_drawn_and_issued_at_once_takes_its_locks_in_the_one_order(desk):
    desk.sells("ABC", "10")
    desk.shipped(("ABC", 5))
    with watched_locks():
        (invoice,) = draw_and_issue(desk.sales, DrawRequest())
    assert invoice.number == "INV-000001"
    assert run_checks() == []
