"""Queries of payments."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q, QuerySet

from marketplace.core.errors import DomainError
from marketplace.graphql import (
    ConnectionField,
    DateRange,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    RangeFilter,
    Sort,
    SortKey,
    enum_of,
)
from marketplace.graphql import from_global_id as pk_of
from ordercenter.ledger.funds.schema.common import PARTNERSHIP
from ordercenter.ledger.funds.schema.queries import named
from ordercenter.payments.enums import BankLineStatus, PaymentProvider, PaymentStatus
from ordercenter.payments.offers import offer_of, sellers_paid_online
from ordercenter.payments.online import PERMISSION as PAY
from ordercenter.payments.online import Due, StartDraft
from ordercenter.payments.schema.types import (
    BANK,
    VIEW,
    BankLineType,
    BankStatementType,
    PaymentOfferType,
    PaymentType,
)


class PaymentFilter(FilterInput):
    """Narrows payments."""

    status = ListFilter(enum_of(PaymentStatus), lookup="status", description="In any of these states.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")
    provider = ListFilter(enum_of(PaymentProvider), lookup="provider", description="Through one of these.")
    charged_back = Filter(graphene.Boolean, description="True: those that the payer's bank has called back.")
    value_date = RangeFilter(DateRange, lookup="value_date", description="Counted from these days.")
    search = Filter(graphene.String, description="Number, reference, or words of the buyer's name or code.")

    @staticmethod
    def filter_charged_back(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        found = rows.filter(chargebacks__isnull=False)
        return rows.filter(pk__in=found.values("pk")) if value else rows.filter(chargebacks__isnull=True)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        words = value.strip()
        found = Q(number__icontains=words) | Q(reference__icontains=words) | Q(provider_reference__icontains=words)
        return rows.filter(found | named(words)) if words else rows


class PaymentSort(Sort, default="-CREATED"):
    """Keys that payments are sorted by."""

    CREATED = SortKey.of("id", description="The order in which they were written down.")
    AMOUNT = SortKey.of("amount", description="How much.")


class BankLineFilter(FilterInput):
    """Narrows lines of bank statements."""

    status = ListFilter(enum_of(BankLineStatus), lookup="status", description="In any of these states.")
    incoming = Filter(graphene.Boolean, description="True: what came in; false: what went out.")
    booked_on = RangeFilter(DateRange, lookup="booked_on", description="On these days.")
    search = Filter(graphene.String, description="Payer, text or reference.")

    @staticmethod
    def filter_incoming(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        return rows.filter(amount__gt=0) if value else rows.filter(amount__lt=0)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        words = value.strip()
        found = Q(payer__icontains=words) | Q(text__icontains=words) | Q(bank_reference__icontains=words)
        return rows.filter(found) if words else rows


class BankLineSort(Sort, default="-BOOKED_ON"):
    """Keys that lines of bank statements are sorted by."""

    BOOKED_ON = SortKey.of("booked_on", description="The day.")
    AMOUNT = SortKey.of("amount", description="How much.")


class Queries:
    """What can be read of payments."""

    payments = ConnectionField(
        PaymentType,
        filter=PaymentFilter,
        sort=PaymentSort,
        selling=graphene.Boolean(description="True: what you get; false: what you pay; both unless told."),
        permission=VIEW,
        description="Payments of your trades.",
    )
    payment = Field(
        PaymentType,
        id=graphene.ID(required=True, description="Its id."),
        permission=VIEW,
        description="One payment of your trades.",
    )
    payment_offer = Field(
        PaymentOfferType,
        order=graphene.ID(description="For this order."),
        invoice=graphene.ID(description="For this invoice."),
        description="What you could pay online now; null where you cannot, or nothing is left.",
    )
    payment_sellers = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(PARTNERSHIP))),
        permission=PAY,
        size=20,
        description="Your trades in which you can pay online.",
    )
    bank_statements = ConnectionField(BankStatementType, permission=BANK, description="Files of your accounts.")
    bank_lines = ConnectionField(
        BankLineType,
        filter=BankLineFilter,
        sort=BankLineSort,
        permission=BANK,
        description="Bookings of your accounts.",
    )
    bank_line = Field(
        BankLineType,
        id=graphene.ID(required=True, description="Its id."),
        permission=BANK,
        description="One booking of your accounts.",
    )

    def resolve_payments(root: Any, info: Any, selling: bool | None = None) -> QuerySet[Any]:
        actor = info.context.actor
        rows = PaymentType.visible(actor)
        if selling is None:
            return rows
        return rows.filter(seller=actor.own_id) if selling else rows.exclude(seller=actor.own_id)

    def resolve_payment(root: Any, info: Any, id: str) -> Any:
        return PaymentType.by_id(info, id)

    def resolve_payment_offer(root: Any, info: Any, order: str | None = None, invoice: str | None = None) -> Due | None:
        try:
            draft = StartDraft(
                order_id=pk_of(order, "Order", "order") if order else None,
                invoice_id=pk_of(invoice, "Invoice", "invoice") if invoice else None,
            )
        except DomainError:
            return None  # an id of nothing has nothing to pay
        return offer_of(info.context.actor, draft)

    def resolve_payment_sellers(root: Any, info: Any) -> list[Any]:
        return sellers_paid_online(info.context.actor)

    def resolve_bank_statements(root: Any, info: Any) -> QuerySet[Any]:
        return BankStatementType.visible(info.context.actor)

    def resolve_bank_lines(root: Any, info: Any) -> QuerySet[Any]:
        return BankLineType.visible(info.context.actor)

    def resolve_bank_line(root: Any, info: Any, id: str) -> Any:
        return BankLineType.by_id(info, id)
