"""What can be done with invoices."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Date, Decimal, Field, Quantity, enum_of, from_global_id, ids_of
from marketplace.parties.models import InvoiceKind
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import MANAGE, DrawRequest, InvoiceDraft, draw_all, draw_open, edit, void
from ordercenter.invoicing.enums import CreditReason, InvoiceForm, InvoiceGrouping, InvoicingBasis
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.issue import draw_and_issue, issue_all
from ordercenter.invoicing.models import Invoice, InvoicingSettings
from ordercenter.invoicing.policy import FIELDS, update_settings
from ordercenter.invoicing.schema.types import CreditNoteType, InvoiceType, InvoicingSettingsType

THE_ID = graphene.ID(required=True, description="The invoice.")
INVOICES = graphene.List(graphene.NonNull(InvoiceType))


def ids(description: str, required: bool = False) -> graphene.List:
    """A list of ids."""
    return graphene.List(graphene.NonNull(graphene.ID), required=required, description=description)


def read_again(actor: Actor, rows: list[Invoice]) -> list[Invoice]:
    """Rows as the schema shows them, in their order."""
    found = {row.pk: row for row in InvoiceType.visible(actor).filter(pk__in=[row.pk for row in rows])}
    return [found[row.pk] for row in rows]


class InvoiceDrawLineInput(graphene.InputObjectType):
    """How much of an order line to invoice."""

    order_line = graphene.ID(required=True, description="The line of the order.")
    quantity = Quantity(required=True, description="How much, in the line's unit.")


class InvoicesDrawInput(graphene.InputObjectType):
    """What to draw invoices from; with neither orders nor partners, from everything that is to be invoiced."""

    orders = ids("From these orders.")
    partnerships = ids("From the orders of these partners.")
    through = Date(description="Only what left or arrived up to this day.")
    grouping = graphene.InputField(enum_of(InvoiceGrouping), description="As settled unless told.")
    issue = graphene.Boolean(description="Issue them at once.")


class InvoicesDraw(BaseMutation, permission=MANAGE, codes=InvoicingErrorCode, atomic=False):
    """Draw drafts of everything that is to be invoiced, by order or by partner; 500 orders at most at once."""

    class Arguments:
        input = InvoicesDrawInput(required=True, description="From what.")

    invoices = Field(INVOICES, size=25, description="The invoices.")
    count = Field(graphene.Int, description="How many.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        orders, partners = input.get("orders"), input.get("partnerships")
        request = DrawRequest(
            None if orders is None else ids_of(orders, "Order", "orders"),
            None if partners is None else ids_of(partners, "Partnership", "partnerships"),
            input.get("through"),
            input.get("grouping"),
        )
        rows = draw_and_issue(actor, request) if input.get("issue") else draw_open(actor, request)
        return cls(invoices=read_again(actor, rows), count=len(rows))


class InvoiceDrawInput(graphene.InputObjectType):
    """One invoice to be, over one order or several of one buyer and currency."""

    orders = ids("The orders.", required=True)
    lines = graphene.List(
        graphene.NonNull(InvoiceDrawLineInput),
        description="How much of which line; all that is to be invoiced unless told.",
    )
    kind = graphene.InputField(enum_of(InvoiceKind), description="As the buyer's tax profile asks unless told.")
    note = graphene.String(description="What is printed on it.")


class InvoiceDraw(BaseMutation, permission=MANAGE, codes=InvoicingErrorCode, atomic=False):
    """Draw one invoice from orders, or from chosen quantities of their lines."""

    class Arguments:
        input = InvoiceDrawInput(required=True, description="From what.")

    invoice = Field(InvoiceType, description="The draft.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        lines = input.get("lines")
        quantities = None
        if lines is not None:
            keys = ids_of([line["order_line"] for line in lines], "OrderLine", "lines")
            quantities = dict(zip(keys, (line["quantity"] for line in lines), strict=True))
        draft = InvoiceDraft(
            ids_of(input["orders"], "Order", "orders"),
            quantities,
            kind=input.get("kind"),
            note=input.get("note") or "",
        )
        return cls(invoice=read_again(actor, draw_all(actor, [draft]))[0])


class InvoicesIssue(BaseMutation, permission=MANAGE, codes=InvoicingErrorCode, atomic=False):
    """Issue drafts, all of them or, refused, none: their buyers owe them from now on. 500 at most."""

    class Arguments:
        ids = ids("The drafts.", required=True)
        on = Date(description="The day on them; today unless told.")

    invoices = Field(INVOICES, size=25, description="The invoices.")
    count = Field(graphene.Int, description="How many.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], on: Any = None) -> Self:
        rows = issue_all(actor, ids_of(ids, "Invoice", "ids"), on)
        return cls(invoices=read_again(actor, rows), count=len(rows))


class InvoiceIssue(BaseMutation, permission=MANAGE, codes=InvoicingErrorCode, atomic=False):
    """Issue a draft: its buyer owes it from now on."""

    class Arguments:
        id = THE_ID
        on = Date(description="The day on it; today unless told.")

    invoice = Field(InvoiceType, description="The invoice.")

    @classmethod
    def perform(cls, actor: Actor, id: str, on: Any = None) -> Self:
        return cls(invoice=read_again(actor, issue_all(actor, [from_global_id(id, "Invoice")], on))[0])


class InvoiceUpdate(BaseMutation, permission=MANAGE, codes=InvoicingErrorCode, atomic=False):
    """Change the kind or the note of a draft."""

    class Arguments:
        id = THE_ID
        kind = graphene.Argument(enum_of(InvoiceKind), description="Which tax document it is to be.")
        note = graphene.String(description="What is printed on it.")

    invoice = Field(InvoiceType, description="The draft.")

    @classmethod
    def perform(cls, actor: Actor, id: str, kind: Any = None, note: str | None = None) -> Self:
        return cls(invoice=read_again(actor, [edit(actor, from_global_id(id, "Invoice"), kind, note)])[0])


class InvoiceVoid(BaseMutation, permission=MANAGE, codes=InvoicingErrorCode, atomic=False):
    """Throw a draft away: what it took may be drawn anew."""

    class Arguments:
        id = THE_ID
        reason = graphene.String(required=True, description="Why.")

    invoice = Field(InvoiceType, description="The draft, voided.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(invoice=read_again(actor, [void(actor, from_global_id(id, "Invoice"), reason)])[0])


class CreditNoteLineInput(graphene.InputObjectType):
    """What to take off one line of the invoice: a quantity, or an amount with tax."""

    line = graphene.ID(required=True, description="The line of the invoice.")
    quantity = Quantity(description="How much of it.")
    amount = Decimal(description="An amount with tax instead.")


class CreditNoteIssueInput(graphene.InputObjectType):
    """What to take off an invoice."""

    invoice = graphene.ID(required=True, description="The invoice.")
    reason = graphene.InputField(enum_of(CreditReason), required=True, description="Why.")
    lines = graphene.List(
        graphene.NonNull(CreditNoteLineInput),
        description="What of which line; a line with neither is passed over. Everything that is left unless told.",
    )
    note = graphene.String(description="What is printed on it.")
    on = Date(description="The day on it; today unless told.")
    request_key = graphene.String(description="Your own key: the same key makes one note.")


class CreditNoteIssue(BaseMutation, permission="invoices.credit", codes=InvoicingErrorCode, atomic=False):
    """Lower an issued invoice. What exceeds its open amount becomes cash of the buyer."""

    class Arguments:
        input = CreditNoteIssueInput(required=True, description="What to take off.")

    credit_note = Field(CreditNoteType, description="The credit note.")
    invoice = Field(InvoiceType, description="The invoice.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        invoice_id = from_global_id(input["invoice"], "Invoice", "invoice")
        quantities, amounts = _asked(input.get("lines"))
        if input.get("lines") is not None and not quantities and not amounts:
            # Lines were named and nothing of them: everything would be the opposite of it.
            quantities = dict.fromkeys(
                ids_of([one["line"] for one in input["lines"]], "InvoiceLine", "lines"), Number(0)
            )
        draft = CreditNoteDraft(
            invoice_id,
            input["reason"],
            quantities,
            amounts,
            input.get("note") or "",
            input.get("on"),
            input.get("request_key") or "",
        )
        note = credit(actor, draft)
        shown = CreditNoteType.visible(actor).get(pk=note.pk)
        return cls(credit_note=shown, invoice=InvoiceType.visible(actor).get(pk=invoice_id))


def _asked(lines: Any) -> tuple[dict[int, Number], dict[int, Number]]:
    """Quantities and amounts by invoice line; lines with neither, or with 0, are left out."""
    quantities: dict[int, Number] = {}
    amounts: dict[int, Number] = {}
    for index, line in enumerate(lines or ()):
        key = from_global_id(line["line"], "InvoiceLine", "lines", index)
        if line.get("quantity"):
            quantities[key] = line["quantity"]
        if line.get("amount"):
            amounts[key] = line["amount"]
    return quantities, amounts


class InvoicingSettingsInput(graphene.InputObjectType):
    """What is to be different; what is left out stays."""

    basis = graphene.InputField(enum_of(InvoicingBasis), description="From when on goods are invoiced.")
    grouping = graphene.InputField(enum_of(InvoiceGrouping), description="What goes on one invoice.")
    form = graphene.InputField(enum_of(InvoiceForm), description="What carries new invoices.")
    draws_itself = graphene.Boolean(description="Drafts appear as goods leave or arrive.")
    issues_itself = graphene.Boolean(description="These drafts are issued at once.")
    invoice_prefix = graphene.String(description="1 to 8 capital letters or digits.")
    credit_prefix = graphene.String(description="1 to 8 capital letters or digits.")


class InvoicingSettingsUpdate(BaseMutation, permission="invoices.settings", codes=InvoicingErrorCode, atomic=False):
    """Change how your organization invoices, from now on."""

    class Arguments:
        input = InvoicingSettingsInput(required=True, description="What is to be different.")

    invoicing_settings = Field(InvoicingSettingsType, description="The settings as they are now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        row: InvoicingSettings = update_settings(actor, {name: input.get(name) for name in FIELDS})
        return cls(invoicing_settings=row)


class Mutations:
    """What can be done with invoices."""

    invoices_draw = InvoicesDraw.Field()
    invoice_draw = InvoiceDraw.Field()
    invoices_issue = InvoicesIssue.Field()
    invoice_issue = InvoiceIssue.Field()
    invoice_update = InvoiceUpdate.Field()
    invoice_void = InvoiceVoid.Field()
    credit_note_issue = CreditNoteIssue.Field()
    invoicing_settings_update = InvoicingSettingsUpdate.Field()
