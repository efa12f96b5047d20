"""Payments, refunds and bank statements in the schema."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BatchLoader,
    Date,
    DateTime,
    Deferred,
    Field,
    ModelType,
    Money,
    Related,
    enum_of,
    grouped,
    label_field,
    to_global_id,
)
from marketplace.parties.models import Partnership, PaymentMethod
from ordercenter.ledger.funds.schema.common import ORGANIZATION, PARTNERSHIP, listed, money_of, text
from ordercenter.ledger.models import OpenItem
from ordercenter.ledger.schema.items import OpenItemType
from ordercenter.orders.models import Order
from ordercenter.payments.arrive import is_here
from ordercenter.payments.banking.match import Suggestion, suggest
from ordercenter.payments.enums import (
    BankFormat,
    BankLineStatus,
    ChargebackStatus,
    PaymentProvider,
    PaymentStatus,
    RefundStatus,
)
from ordercenter.payments.models import BankLine, BankStatement, Chargeback, Payment, PaymentTarget, Refund
from ordercenter.payments.online import PERMISSION as PAY
from ordercenter.payments.online import UNDER_WAY, Due

VIEW = "payments.view"
BANK = "payments.bank"


class RefundsOf(BatchLoader):
    """The refunds of payments that the reader sees, newest first."""

    def batch(self, keys: list[int]) -> list[list[Refund]]:
        found: dict[int, list[Refund]] = {key: [] for key in keys}
        for row in Refund.objects.visible_to(self.actor).filter(payment__in=keys).order_by("-pk"):
            found[row.payment_id].append(row)
        return [found[key] for key in keys]


class PaidFor(BatchLoader):
    """The numbers of what payments are meant for: the order, or the documents of their open items."""

    def batch(self, keys: list[Payment]) -> list[list[str]]:
        wanted = {row.order_id for row in keys if row.order_id is not None}
        orders = Order.objects.visible_to(self.actor).filter(pk__in=wanted)
        numbers = dict(orders.values_list("pk", "number"))
        found: dict[int, list[str]] = {row.pk: [numbers[row.order_id]] for row in keys if row.order_id in numbers}
        targets = PaymentTarget.objects.filter(payment__in=[row.pk for row in keys]).order_by("position")
        for payment, number in targets.values_list("payment_id", "open_item__number"):
            found.setdefault(payment, []).append(number)
        return [list(dict.fromkeys(found.get(row.pk, []))) for row in keys]


class ChargebacksOf(BatchLoader):
    """The call-backs of payments that the reader sees, newest first."""

    def batch(self, keys: list[int]) -> list[list[Chargeback]]:
        rows = Chargeback.objects.visible_to(self.actor).filter(payment__in=keys).order_by("-pk")
        return grouped(rows, by="payment_id", keys=keys)


class SuggestionOf(BatchLoader):
    """Whose money lines of a statement seem to be."""

    def batch(self, keys: list[BankLine]) -> list[Suggestion | None]:
        found = suggest(self.actor, keys)
        return [found.get(line.pk) for line in keys]


class ItemsById(BatchLoader):
    """Open items the reader sees."""

    def batch(self, keys: list[int]) -> list[OpenItem | None]:
        found = {row.pk: row for row in OpenItemType.visible(self.actor).filter(pk__in=keys)}
        return [found.get(key) for key in keys]


class PartnershipById(BatchLoader):
    """Partnerships the reader sees."""

    def batch(self, keys: list[int]) -> list[Partnership | None]:
        rows = Partnership.objects.visible_to(self.actor).filter(pk__in=keys)
        found = {row.pk: row for row in rows.select_related("upstream", "downstream")}
        return [found.get(key) for key in keys]


class RefundType(ModelType, model=Refund, name="Refund", permission=VIEW):
    """Money of a payment that goes back."""

    number = text("Its number.")
    amount = money_of("amount", "How much.")
    status = Field(enum_of(RefundStatus), required=True, description="How far it has come.")
    status_label = label_field("status")
    reason = text("Why.")
    failure = text("Why it failed; empty where it did not.")
    charged = money_of("charged", "What of it could not be taken from prepaid cash, and is owed again.")
    created_at = Field(DateTime, required=True, description="When it was written.")


class ChargebackType(ModelType, model=Chargeback, name="Chargeback", permission=VIEW):
    """A payment that the payer's bank calls back; the payment provider decides."""

    amount = money_of("amount", "How much is called back.")
    taken = money_of("taken", "What of it has gone from the books; a mere enquiry takes nothing.")
    charged = money_of("charged", "What could not be taken from prepaid cash, and is owed again.")
    status = Field(enum_of(ChargebackStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    reason = text("Why, in the provider's word.")
    opened_at = Field(DateTime, required=True, description="When it was heard of.")
    ended_at = Field(DateTime, description="When it was decided.")


class PaymentType(ModelType, model=Payment, name="Payment", permission=VIEW):
    """One amount on its way from a buyer to its seller: money in to the one, money out to the other."""

    number = text("Its number.")
    seller = Related(ORGANIZATION, "seller", required=True, description="Who gets it.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Who pays it.")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="The trade it belongs to.")
    provider = Field(enum_of(PaymentProvider), required=True, description="Through whom it comes.")
    provider_label = label_field("provider")
    method = Field(enum_of(PaymentMethod), required=True, description="How it is paid.")
    method_label = label_field("method")
    amount = money_of("amount", "All of it.")
    refunded = money_of("refunded", "What of it went back.")
    charged_back = money_of("charged_back", "What of it the payer's bank has called back.")
    status = Field(enum_of(PaymentStatus), required=True, description="How far it has come.")
    status_label = label_field("status")
    reference = text("What the payer wrote.")
    provider_reference = text("What the bank or the provider calls it.")
    value_date = Field(Date, description="The day the bank counts it from.")
    note = text("A note of who wrote it down.")
    failure = text("Why it failed; empty where it did not.")
    created_at = Field(DateTime, required=True, description="When it was written down.")
    arrived_at = Field(DateTime, description="When it came; null where it has not.")
    paid_for = listed(graphene.String, "Numbers of what it is meant for; none: what is due first.", size=2)
    refunds = listed(RefundType, "What of it goes back, newest first.", size=3)
    chargebacks = listed(ChargebackType, "How often it was called back, newest first.", size=2)
    can_refund = Field(graphene.Boolean, required=True, description="You may send something of it back.")
    can_pay = Field(graphene.Boolean, required=True, description="You may pay it now, online.")
    can_cancel = Field(graphene.Boolean, required=True, description="You may give it up: it has not been paid.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Payment.objects.visible_to(actor).select_related("seller", "buyer", "partnership")

    def resolve_refunds(root: Payment, info: Any) -> Deferred:
        return RefundsOf.of(info).load(root.pk)

    def resolve_paid_for(root: Payment, info: Any) -> Deferred:
        return PaidFor.of(info).load(root)

    def resolve_chargebacks(root: Payment, info: Any) -> Deferred:
        return ChargebacksOf.of(info).load(root.pk)

    def resolve_can_refund(root: Payment, info: Any) -> bool:
        actor = info.context.actor
        left = is_here(root) and root.refunded + root.charged_back < root.amount
        return left and actor.own_id == root.seller_id and actor.may("payments.manage")

    def resolve_can_pay(root: Payment, info: Any) -> bool:
        actor = info.context.actor
        return _is_under_way(root) and actor.own_id == root.buyer_id and actor.may(PAY)

    def resolve_can_cancel(root: Payment, info: Any) -> bool:
        actor = info.context.actor
        needed = PAY if actor.own_id == root.buyer_id else "payments.manage"
        return _is_under_way(root) and actor.may(needed)


def _is_under_way(payment: Payment) -> bool:
    return payment.method == PaymentMethod.ONLINE and payment.status in UNDER_WAY


class PaymentOfferType(graphene.ObjectType):
    """What you could pay a seller online now."""

    class Meta:
        name = "PaymentOffer"

    provider = Field(enum_of(PaymentProvider), required=True, description="Through whom.")
    partnership = Field(PARTNERSHIP, required=True, description="The trade it belongs to.")
    amount = Field(Money, required=True, description="What is left to pay.")

    def resolve_partnership(root: Due, _info: Any) -> Partnership:
        return root.partnership

    def resolve_amount(root: Due, _info: Any) -> money.Money:
        return money.Money(root.amount, root.currency)


class BankSuggestionType(graphene.ObjectType):
    """Whose money a line of a statement seems to be, and for what."""

    class Meta:
        name = "BankSuggestion"

    partnership = Field(PARTNERSHIP, description="Whose.")
    open_items = listed(OpenItemType, "For what; none: the oldest first.", size=3)
    certainty = Field(graphene.Int, required=True, description="Of 100.")

    def resolve_partnership(root: Suggestion, info: Any) -> Deferred:
        return PartnershipById.of(info).load(root.partnership_id)

    def resolve_open_items(root: Suggestion, info: Any) -> Deferred:
        loader = ItemsById.of(info)
        found = Deferred.all(loader.load(pk) for pk in root.open_items)
        return found.then(lambda items: [item for item in items if item is not None])


class BankLineType(ModelType, model=BankLine, name="BankLine", permission=BANK):
    """A booking of your account, as the bank tells it."""

    account = text("Which account.")
    booked_on = Field(Date, required=True, description="The day.")
    amount = money_of("amount", "Above 0 it came in, below 0 it went out.")
    payer = text("The other side's name.")
    payer_account = text("The other side's account.")
    text = text("What the payer wrote.")
    bank_reference = Field(graphene.String, required=True, description="What the bank calls it.")
    status = Field(enum_of(BankLineStatus), required=True, description="What became of it.")
    status_label = label_field("status")
    payment = Related(PaymentType, "payment", description="The payment that was made of it.")
    reason = Field(graphene.String, required=True, description="Why it was laid aside.")
    suggestion = Field(BankSuggestionType, description="Whose it seems to be; null where nothing is known.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return BankLine.objects.visible_to(actor).select_related("statement")

    def resolve_suggestion(root: BankLine, info: Any) -> Deferred:
        return SuggestionOf.of(info).load(root)


class BankStatementType(ModelType, model=BankStatement, name="BankStatement", permission=BANK):
    """A file of one of your accounts."""

    account = text("Which account.")
    format = Field(enum_of(BankFormat), required=True, description="What it was written in.")
    file_name = text("What the file was called.")
    since = Field(Date, description="Its first booking.")
    until = Field(Date, description="Its last booking.")
    opening = Field(Money, description="The balance before; null where the file does not tell.")
    closing = Field(Money, description="The balance after; null where the file does not tell.")
    imported_at = Field(DateTime, required=True, description="When it was taken in.")

    def resolve_opening(root: BankStatement, _info: Any) -> money.Money | None:
        return None if root.opening is None else money.Money(root.opening, root.currency)

    def resolve_closing(root: BankStatement, _info: Any) -> money.Money | None:
        return None if root.closing is None else money.Money(root.closing, root.currency)


def payment_id(payment: Payment) -> str:
    """The id of a payment in the schema."""
    return to_global_id("Payment", payment.pk)
