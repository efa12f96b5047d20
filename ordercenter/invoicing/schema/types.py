"""Invoices and credit notes as the schema shows them."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.attachments.schema import attachments_of
from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType
from marketplace.core.actor import Actor
from marketplace.core.money import Money as Amount
from marketplace.core.money import TaxedMoney as Taxed
from marketplace.graphql import (
    Date,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    TaxedMoney,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.graphql.extending import extend
from marketplace.parties.models import InvoiceKind
from marketplace.parties.schema.types import OrganizationType, UserType, listed, text
from marketplace.parties.sides import TradeSide
from ordercenter.invoicing.enums import LIVE, CreditReason, InvoiceForm, InvoiceGrouping, InvoiceStatus, InvoicingBasis
from ordercenter.invoicing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceOrder
from ordercenter.invoicing.schema.loaders import (
    InvoicesOfOrder,
    LinesOfInvoice,
    LinesOfNote,
    NotesOfInvoice,
    OpenOfInvoice,
    PartsOfInvoice,
    ToInvoice,
)
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.schema.types import OrderType, side_of

VIEW = "invoices.view"
HERE = "ordercenter.invoicing.schema.types"
PARTNERSHIP = "marketplace.parties.schema.PartnershipType"


def percent(rate: Any) -> str:
    """A rate as people write it: 0.13 is 13."""
    return f"{(rate * 100).normalize():f}"


class InvoicePartyType(graphene.ObjectType):
    """What an invoice says of one of its sides, as it stood when it was issued."""

    class Meta:
        name = "InvoiceParty"

    title = text("The name.")
    tax_number = text("The number its tax office knows it by.")
    address = text("Registered address.")
    phone = text("Telephone number.")
    bank_name = text("The bank.")
    bank_account = text("The account number.")
    email = text("Where invoices are sent.")


class InvoiceLineType(ModelType, model=InvoiceLine, name="InvoiceLine", permission=VIEW):
    """A part of an order line on an invoice."""

    position = Field(graphene.Int, required=True, description="Its place on the invoice, from 1.")
    order = Related(OrderType, "order", description="The order.")
    order_id = Field(graphene.ID, required=True, description="The id of the order.")
    order_number = text("The number of the order.")
    kind = Field(enum_of(OrderLineKind), required=True, description="Goods, a gift or a charge.")
    kind_label = label_field("kind")
    sku = text("The code, as it was ordered; empty for a charge.")
    name = text("The name, as it was ordered, in the reader's language.")
    name_zh = text("The same in Chinese.")
    name_en = text("The same in English.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")
    quantity = Field(Quantity, required=True, description="How much of it is on this invoice.")
    unit_price = Field(Money, required=True, description="The price of one unit, as it was ordered.")
    tax_rate = Field(Decimal, required=True, description='Percent, such as "13".')
    tax_treatment = text("Why it is not taxed, as a code: exempt, reverse_charge, zero_rated; else empty.")
    total = Field(TaxedMoney, required=True, description="What it comes to.")
    credited_quantity = Field(Quantity, required=True, description="Credited so far.")
    creditable_quantity = Field(Quantity, required=True, description="What may still be credited of the quantity.")
    creditable = Field(Money, required=True, description="What may still be credited, with tax.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return InvoiceLine.objects.visible_to(actor).select_related("invoice", "order")

    def resolve_order_id(root: Any, _info: Any) -> str:
        return to_global_id("Order", root.order_id)

    def resolve_order_number(root: Any, _info: Any) -> str:
        return root.order.number

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.uom_id)

    def resolve_unit_price(root: Any, _info: Any) -> Amount:
        return Amount(root.unit_price, root.invoice.currency)

    def resolve_tax_rate(root: Any, _info: Any) -> str:
        return percent(root.tax_rate)

    def resolve_total(root: Any, _info: Any) -> Taxed:
        return Taxed.of(root.net, root.tax, root.gross, root.invoice.currency)

    def resolve_creditable_quantity(root: Any, _info: Any) -> Any:
        return root.quantity - root.credited_quantity

    def resolve_creditable(root: Any, _info: Any) -> Amount:
        return Amount(root.gross - root.credited_gross, root.invoice.currency)


class InvoiceOrderType(ModelType, model=InvoiceOrder, name="InvoiceOrder", permission=VIEW):
    """What an invoice charges for one order, and by when that is to be paid."""

    order = Related(OrderType, "order", description="The order.")
    order_number = text("Its number.")
    order_id = Field(graphene.ID, required=True, description="Its id.")
    total = Field(TaxedMoney, required=True, description="What the invoice charges for it.")
    due_on = Field(Date, description="The last day on which it is not overdue; null for a draft.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return InvoiceOrder.objects.visible_to(actor).select_related("invoice", "order")

    def resolve_order_number(root: Any, _info: Any) -> str:
        return root.order.number

    def resolve_order_id(root: Any, _info: Any) -> str:
        return to_global_id("Order", root.order_id)

    def resolve_total(root: Any, _info: Any) -> Taxed:
        return Taxed.of(root.net, root.tax, root.gross, root.invoice.currency)


class InvoiceType(ModelType, model=Invoice, name="Invoice", permission=VIEW):
    """A tax document from a seller to a buyer. A draft is the seller's own affair."""

    number = text("Given when it is issued; empty for a draft.")
    kind = Field(enum_of(InvoiceKind), required=True, description="Which tax document it is.")
    kind_label = label_field("kind")
    form = Field(enum_of(InvoiceForm), required=True, description="What carries it.")
    form_label = label_field("form")
    status = Field(enum_of(InvoiceStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    seller = Related(OrganizationType, "seller", required=True, description="Who issues it.")
    buyer = Related(OrganizationType, "buyer", required=True, description="Whom it charges.")
    partner = Field(OrganizationType, required=True, description="The other side, seen from you.")
    partnership = Related(PARTNERSHIP, "partnership", description="The trade it belongs to.")
    viewer_side = Field(enum_of(TradeSide), required=True, description="The side from which you see it.")
    currency = text("ISO 4217 code.")
    total = Field(TaxedMoney, required=True, description="What it comes to.")
    credited = Field(TaxedMoney, required=True, description="What its credit notes lower it by.")
    open = Field(Money, description="What is neither paid nor credited; null for a draft.")
    line_count = Field(graphene.Int, required=True, description="How many lines it has.")
    lines = listed(InvoiceLineType, "Its lines.", size=20)
    orders = listed(InvoiceOrderType, "What it charges by order.", size=3)
    credit_notes = listed(lambda: CreditNoteType, "What lowers it, the latest first.", size=2)
    seller_party = Field(InvoicePartyType, description="What it says of the seller; null for a draft.")
    buyer_party = Field(InvoicePartyType, description="What it says of the buyer; null for a draft.")
    note = text("What is printed on it.")
    reason = text("Why it was voided.")
    issued_on = Field(Date, description="The day on it; null for a draft.")
    due_on = Field(Date, description="The last day on which nothing of it is overdue; null for a draft.")
    issued_at = Field(DateTime, description="When it was issued.")
    issued_by = Related(UserType, "issued_by", description="Who issued it; null for the program.")
    drawn_at = Field(DateTime, required=True, description="When it was drawn.")
    is_draft = Field(graphene.Boolean, required=True, description="Nobody but its seller knows of it yet.")
    can_issue = Field(graphene.Boolean, required=True, description="You may issue it.")
    can_void = Field(graphene.Boolean, required=True, description="You may throw the draft away.")
    can_credit = Field(graphene.Boolean, required=True, description="You may lower it by a credit note.")
    attachments = attachments_of("invoice")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Invoice.objects.visible_to(actor).select_related("seller", "buyer")

    def resolve_partner(root: Any, info: Any) -> Any:
        return root.buyer if side_of(info.context.actor, root) == TradeSide.SELLER else root.seller

    def resolve_viewer_side(root: Any, info: Any) -> TradeSide:
        return side_of(info.context.actor, root)

    def resolve_open(root: Any, info: Any) -> Any:
        if root.status not in LIVE:
            return None
        return OpenOfInvoice.of(info).load(root.pk).then(lambda left: Amount(left, root.currency))

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfInvoice.of(info).load(root.pk)

    def resolve_orders(root: Any, info: Any) -> Any:
        return PartsOfInvoice.of(info).load(root.pk)

    def resolve_credit_notes(root: Any, info: Any) -> Any:
        return NotesOfInvoice.of(info).load(root.pk)

    def resolve_seller_party(root: Any, _info: Any) -> Any:
        return root.seller_profile or None

    def resolve_buyer_party(root: Any, _info: Any) -> Any:
        return root.buyer_profile or None

    def resolve_is_draft(root: Any, _info: Any) -> bool:
        return root.status == InvoiceStatus.DRAFT

    def resolve_can_issue(root: Any, info: Any) -> bool:
        return root.status == InvoiceStatus.DRAFT and sells(info.context.actor, root, "invoices.manage")

    def resolve_can_void(root: Any, info: Any) -> bool:
        return root.status == InvoiceStatus.DRAFT and sells(info.context.actor, root, "invoices.manage")

    def resolve_can_credit(root: Any, info: Any) -> bool:
        lowered = root.status in (InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_CREDITED)
        return lowered and root.gross > 0 and sells(info.context.actor, root, "invoices.credit")


def sells(actor: Actor, root: Any, permission: str) -> bool:
    """True for the seller's people with this permission, outside a partner's view."""
    return actor.on_behalf_of is None and actor.organization_id == root.seller_id and actor.may(permission)


class CreditNoteLineType(ModelType, model=CreditNoteLine, name="CreditNoteLine", permission=VIEW):
    """What a credit note takes off one line of its invoice."""

    position = Field(graphene.Int, required=True, description="Its place on the note, from 1.")
    invoice_line = Related(InvoiceLineType, "invoice_line", required=True, description="The line it lowers.")
    sku = text("The code of the goods; empty for a charge.")
    name = text("The name in the reader's language.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")
    quantity = Field(Quantity, required=True, description="How much of it; 0 for an amount alone.")
    tax_rate = Field(Decimal, required=True, description='Percent, such as "13".')
    total = Field(TaxedMoney, required=True, description="What it takes off.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return CreditNoteLine.objects.visible_to(actor).select_related("credit_note", "invoice_line__order")

    def resolve_sku(root: Any, _info: Any) -> str:
        return root.invoice_line.sku

    def resolve_name(root: Any, _info: Any) -> str:
        return root.invoice_line.name

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.invoice_line.uom_id)

    def resolve_tax_rate(root: Any, _info: Any) -> str:
        return percent(root.invoice_line.tax_rate)

    def resolve_total(root: Any, _info: Any) -> Taxed:
        return Taxed.of(root.net, root.tax, root.gross, root.credit_note.currency)


class CreditNoteType(ModelType, model=CreditNote, name="CreditNote", permission=VIEW):
    """A tax document that lowers an invoice; its amounts are what it takes off."""

    number = text("Its number.")
    invoice = Related(InvoiceType, "invoice", required=True, description="What it lowers.")
    invoice_number = text("The number of the invoice.")
    invoice_id = Field(graphene.ID, required=True, description="The id of the invoice.")
    seller = Related(OrganizationType, "seller", required=True, description="Who issued it.")
    buyer = Related(OrganizationType, "buyer", required=True, description="Whose debt it lowers.")
    partner = Field(OrganizationType, required=True, description="The other side, seen from you.")
    viewer_side = Field(enum_of(TradeSide), required=True, description="The side from which you see it.")
    reason = Field(enum_of(CreditReason), required=True, description="Why.")
    reason_label = label_field("reason")
    note = text("What is printed on it.")
    currency = text("ISO 4217 code.")
    total = Field(TaxedMoney, required=True, description="What it takes off.")
    to_cash = Field(Money, required=True, description="What of it had been paid and is the buyer's cash since.")
    lines = listed(CreditNoteLineType, "Its lines.", size=5)
    issued_on = Field(Date, required=True, description="The day on it.")
    issued_at = Field(DateTime, required=True, description="When it was issued.")
    issued_by = Related(UserType, "issued_by", description="Who issued it; null for the program.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return CreditNote.objects.visible_to(actor).select_related("invoice", "seller", "buyer")

    def resolve_invoice_number(root: Any, _info: Any) -> str:
        return root.invoice.number

    def resolve_invoice_id(root: Any, _info: Any) -> str:
        return to_global_id("Invoice", root.invoice_id)

    def resolve_partner(root: Any, info: Any) -> Any:
        return root.buyer if side_of(info.context.actor, root) == TradeSide.SELLER else root.seller

    def resolve_viewer_side(root: Any, info: Any) -> TradeSide:
        return side_of(info.context.actor, root)

    def resolve_to_cash(root: Any, _info: Any) -> Amount:
        return Amount(root.to_cash, root.currency)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfNote.of(info).load(root.pk)


class InvoicingSettingsType(graphene.ObjectType):
    """How your organization invoices."""

    class Meta:
        name = "InvoicingSettings"

    basis = Field(enum_of(InvoicingBasis), required=True, description="From when on goods are invoiced.")
    grouping = Field(enum_of(InvoiceGrouping), required=True, description="What goes on one invoice.")
    form = Field(enum_of(InvoiceForm), required=True, description="What carries new invoices.")
    draws_itself = Field(graphene.Boolean, required=True, description="Drafts appear as goods leave or arrive.")
    issues_itself = Field(graphene.Boolean, required=True, description="These drafts are issued at once.")
    invoice_prefix = text("What the numbers of invoices begin with.")
    credit_prefix = text("What the numbers of credit notes begin with.")


@extend(OrderType)
class OrderInvoices:
    """What is invoiced of an order."""

    invoices = Field(
        graphene.List(graphene.NonNull(InvoiceType)),
        size=2,
        description="Invoices that charge for it, the latest first. Null without the permission to see invoices.",
    )
    to_invoice = Field(
        TaxedMoney, description="What is on no invoice or draft yet and may be, to its seller; null where nothing is."
    )

    def resolve_invoices(root: Any, info: Any) -> Any:
        return InvoicesOfOrder.of(info).load(root.pk) if info.context.actor.may(VIEW) else None

    def resolve_to_invoice(root: Any, info: Any) -> Any:
        return ToInvoice.of(info).load(root.pk) if sells(info.context.actor, root, VIEW) else None
