"""What can be asked about invoices."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Count, Q, Sum

from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    ConnectionField,
    DateRange,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    Money,
    RangeFilter,
    Sort,
    SortKey,
    enum_of,
)
from marketplace.parties.models import InvoiceKind
from marketplace.parties.schema.types import listed
from marketplace.parties.sides import TradeSide
from ordercenter.invoicing.enums import LIVE, CreditReason, InvoiceStatus
from ordercenter.invoicing.invoiceable import open_orders
from ordercenter.invoicing.models import Invoice
from ordercenter.invoicing.policy import settings_of
from ordercenter.invoicing.schema.types import VIEW, CreditNoteType, InvoiceType, InvoicingSettingsType
from ordercenter.ledger.models import OpenItem
from ordercenter.orders.schema.queries import OrderFilter, OrderSort, readable_ids
from ordercenter.orders.schema.types import OrderType

THE_ID = graphene.ID(required=True, description="Its id.")


class InvoiceFilter(FilterInput):
    """Narrows invoices."""

    status = ListFilter(enum_of(InvoiceStatus), lookup="status", description="In any of these states.")
    kind = ListFilter(enum_of(InvoiceKind), lookup="kind", description="Of any of these kinds.")
    side = Filter(enum_of(TradeSide), description="Those you issued, or those you received.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")
    partner = Filter(graphene.List(graphene.NonNull(graphene.ID)), description="With any of these organizations.")
    order = IdFilter("Order", lookup="parts__order", description="That charge for any of these orders.")
    issued_on = RangeFilter(DateRange, lookup="issued_on", description="Of these days.")
    due_on = RangeFilter(DateRange, lookup="due_on", description="Due on these days.")
    open = Filter(graphene.Boolean, description="Something of it is neither paid nor credited.")
    search = Filter(graphene.String, description="The start of its number or of an order's, or words of the partner.")

    @staticmethod
    def filter_side(queryset: Any, value: str, info: Any) -> Any:
        own = info.context.actor.organization_id
        return queryset.filter(**{"seller" if value == TradeSide.SELLER else "buyer": own})

    @staticmethod
    def filter_partner(queryset: Any, value: list[str], _info: Any) -> Any:
        keys = readable_ids(value, "Organization")
        return queryset.filter(Q(seller__in=keys) | Q(buyer__in=keys))

    @staticmethod
    def filter_open(queryset: Any, value: bool, _info: Any) -> Any:
        items = OpenItem.objects.filter(document_kind="invoice", open__gt=0).values("document_id")
        return queryset.filter(pk__in=items) if value else queryset.exclude(pk__in=items)

    @staticmethod
    def filter_search(queryset: Any, value: str, _info: Any) -> Any:
        for word in value.split():
            number = Q(number__istartswith=word) | Q(pk__in=_charging(word))
            partner = Q(seller__name__icontains=word) | Q(buyer__name__icontains=word)
            queryset = queryset.filter(number | partner)
        return queryset


def _charging(word: str) -> Any:
    """Invoices that charge for orders whose number begins so."""
    return Invoice.objects.filter(parts__order__number__istartswith=word).values("pk")


class InvoiceSort(Sort, default="-DRAWN"):
    """Keys that invoices are sorted by."""

    DRAWN = SortKey.of("id", description="In the order in which they were drawn.")
    NUMBER = SortKey.of("number", description="The number; drafts have none.")
    ISSUED_ON = SortKey.of("issued_on", description="The day on it.", nullable=True)
    DUE_ON = SortKey.of("due_on", description="When it is due.", nullable=True)
    GROSS = SortKey.of("gross", description="What it comes to.")


class CreditNoteFilter(FilterInput):
    """Narrows credit notes."""

    reason = ListFilter(enum_of(CreditReason), lookup="reason", description="For any of these reasons.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")
    invoice = IdFilter("Invoice", lookup="invoice", description="That lower any of these invoices.")
    issued_on = RangeFilter(DateRange, lookup="issued_on", description="Of these days.")
    search = Filter(graphene.String, description="The start of its number or the invoice's, or words of the partner.")

    @staticmethod
    def filter_search(queryset: Any, value: str, _info: Any) -> Any:
        for word in value.split():
            number = Q(number__istartswith=word) | Q(invoice__number__istartswith=word)
            partner = Q(seller__name__icontains=word) | Q(buyer__name__icontains=word)
            queryset = queryset.filter(number | partner)
        return queryset


class CreditNoteSort(Sort, default="-ISSUED"):
    """Keys that credit notes are sorted by."""

    ISSUED = SortKey.of("id", description="In the order in which they were issued.")
    ISSUED_ON = SortKey.of("issued_on", description="The day on it.")
    GROSS = SortKey.of("gross", description="What it takes off.")


class InvoiceStatusCountType(graphene.ObjectType):
    """How many invoices stand in a state."""

    class Meta:
        name = "InvoiceStatusCount"

    status = Field(enum_of(InvoiceStatus), required=True, description="The state.")
    count = Field(graphene.Int, required=True, description="How many.")
    sums = listed(Money, "What they come to, for every currency.")


class Queries:
    """What can be asked about invoices."""

    invoice = Field(InvoiceType, id=THE_ID, description="One invoice.")
    credit_note = Field(CreditNoteType, id=THE_ID, description="One credit note.")
    invoices = ConnectionField(
        InvoiceType,
        filter=InvoiceFilter,
        sort=InvoiceSort,
        permission=VIEW,
        description="Invoices you issued or received.",
    )
    credit_notes = ConnectionField(
        CreditNoteType,
        filter=CreditNoteFilter,
        sort=CreditNoteSort,
        permission=VIEW,
        description="Credit notes you issued or received.",
    )
    orders_to_invoice = ConnectionField(
        OrderType,
        filter=OrderFilter,
        sort=OrderSort,
        permission="invoices.manage",
        description="Orders you sell of which something may be invoiced and is on no invoice or draft.",
    )
    invoice_counts = listed(InvoiceStatusCountType, "How many invoices stand in which state.", permission=VIEW)
    invoicing_settings = Field(
        InvoicingSettingsType,
        required=True,
        permission="invoices.settings",
        description="How your organization invoices.",
    )

    def resolve_invoice(root: Any, info: Any, id: str) -> Any:
        return InvoiceType.by_id(info, id)

    def resolve_credit_note(root: Any, info: Any, id: str) -> Any:
        return CreditNoteType.by_id(info, id)

    def resolve_orders_to_invoice(root: Any, info: Any) -> Any:
        actor = info.context.actor
        return open_orders(actor, settings_of(actor.own_id).basis)

    def resolve_invoice_counts(root: Any, info: Any) -> Any:
        rows = Invoice.objects.visible_to(info.context.actor).order_by().values("status", "currency")
        found: dict[str, dict[str, Any]] = {}
        for row in rows.annotate(count=Count("pk"), sum=Sum("gross")):
            one = found.setdefault(row["status"], {"status": row["status"], "count": 0, "sums": []})
            one["count"] += row["count"]
            one["sums"].append(Amount(row["sum"], row["currency"]))
        return [found[status] for status in (InvoiceStatus.DRAFT, *LIVE) if status in found]

    def resolve_invoicing_settings(root: Any, info: Any) -> Any:
        return settings_of(info.context.actor.own_id)
