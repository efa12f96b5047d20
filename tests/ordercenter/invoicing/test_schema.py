"""Invoices by the API: who sees what, and what it costs."""

from marketplace.graphql import to_global_id
from ordercenter.invoicing.models import Invoice
from tests.factories import make_actor, make_stranger
from tests.ordercenter.orders.ask import ask
from tests.statements import count_sql

LIST = """{ invoices(first: 50) { totalCount edges { node { id number statusLabel partner { name }
  total { net { amount } tax { amount } gross { amount } } open { amount } issuedOn dueOn canIssue canVoid canCredit
  lines { sku name uom { code } quantity unitPrice { amount } taxRate total { gross { amount } } creditable { amount } }
  orders { orderNumber dueOn total { gross { amount } } } creditNotes { number }
  sellerParty { title } buyerParty { title } } } } }"""
DRAW = """mutation($input: InvoicesDrawInput!) { invoicesDraw(input: $input) {
  count invoices { id number status } errors { code field } } }"""
CREDIT = """mutation($input: CreditNoteIssueInput!) { creditNoteIssue(input: $input) {
  creditNote { number reasonLabel total { gross { amount } } toCash { amount } lines { quantity sku } }
  invoice { status open { amount } } errors { code field index } } }"""


def gid(row) -> str:
    return to_global_id(type(row).__name__, row.pk)


def numbers(actor, text=LIST):
    return [edge["node"]["number"] for edge in ask(actor, text)["invoices"]["edges"]]


def test_the_whole_journey(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    finance = make_actor(desk.seller, "seller_finance")
    waiting = ask(finance, "{ ordersToInvoice { edges { node { number toInvoice { gross { amount } } } } } }")
    (found,) = waiting["ordersToInvoice"]["edges"]
    assert found["node"] == {"number": order.number, "toInvoice": {"gross": {"amount": "50.00"}}}
    drawn = ask(finance, DRAW, input={"orders": [gid(order)]})["invoicesDraw"]
    assert drawn["errors"] == []
    assert numbers(desk.dealer) == []
    pk = drawn["invoices"][0]["id"]
    issued = ask(finance, "mutation($id: ID!) { invoiceIssue(id: $id) { invoice { number } errors { code } } }", id=pk)
    assert issued["invoiceIssue"] == {"invoice": {"number": "INV-000001"}, "errors": []}
    assert numbers(desk.dealer) == numbers(finance) == ["INV-000001"]
    line = gid(desk.lines(Invoice.objects.get())[0])
    made = ask(finance, CREDIT, input={"invoice": pk, "reason": "RETURN", "lines": [{"line": line, "quantity": "2"}]})[
        "creditNoteIssue"
    ]
    assert made["creditNote"]["total"]["gross"]["amount"] == "20.00"
    assert made["invoice"] == {"status": "PARTIALLY_CREDITED", "open": {"amount": "30.00"}}
    none = ask(finance, CREDIT, input={"invoice": pk, "reason": "RETURN", "lines": [{"line": line}]})
    assert [error["code"] for error in none["creditNoteIssue"]["errors"]] == ["QUANTITY_INVALID"]
    seen = ask(
        desk.dealer,
        "query($id: ID!) { order(id: $id) { invoices { number } toInvoice { gross { amount } } } }",
        id=gid(order),
    )
    assert seen["order"] == {"invoices": [{"number": "INV-000001"}], "toInvoice": None}


def test_a_stranger_sees_nothing_and_a_clerk_issues_nothing(desk):
    desk.sells("ABC", "10")
    invoice = desk.invoice(desk.shipped(("ABC", 5)))
    draft = desk.draw(desk.shipped(("ABC", 1)))
    stranger = make_stranger()
    assert numbers(stranger) == []
    assert ask(stranger, "query($id: ID!) { invoice(id: $id) { number } }", id=gid(invoice)) == {"invoice": None}
    assert ask(desk.dealer, "query($id: ID!) { invoice(id: $id) { number } }", id=gid(draft)) == {"invoice": None}
    refused = ask(stranger, "mutation($id: ID!) { invoiceIssue(id: $id) { errors { code } } }", id=gid(draft))[
        "invoiceIssue"
    ]
    assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]


def test_a_page_of_invoices_costs_the_same_whatever_is_on_it(desk):
    desk.sells("ABC", "10")
    desk.sells("DEF", "10")
    desk.invoice(desk.shipped(("ABC", 5)))
    with count_sql() as one:
        ask(desk.sales, LIST)
    for _ in range(4):
        desk.invoice(desk.shipped(("ABC", 5), ("DEF", 2)), desk.shipped(("DEF", 2)))
    with count_sql() as many:
        ask(desk.sales, LIST)
    assert one.count == many.count <= 12, many
    with count_sql() as waiting:
        ask(desk.sales, "{ ordersToInvoice { totalCount edges { node { number toInvoice { gross { amount } } } } } }")
    assert waiting.count <= 4, waiting


def test_the_orders_story_leads_to_its_invoice(desk):
    desk.sells("ABC", "10")
    order = desk.shipped(("ABC", 5))
    invoice = desk.invoice(order)
    story = ask(
        desk.dealer,
        "query($id: ID!) { order(id: $id) { timeline(last: 1) {"
        " edges { node { documentNumber document { id } } } } } }",
        id=gid(order),
    )
    (step,) = story["order"]["timeline"]["edges"]
    assert step["node"] == {"documentNumber": invoice.number, "document": {"id": gid(invoice)}}
