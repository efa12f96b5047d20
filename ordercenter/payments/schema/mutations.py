"""Mutations of payments: parse, call one function, answer."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Date, Decimal, Field, Upload, ids_of
from marketplace.graphql import from_global_id as pk_of
from ordercenter.payments.banking.imports import LARGEST_FILE, BankFile, bank_statement_import
from ordercenter.payments.banking.match import Match, bank_lines_ignore, bank_lines_match, bank_lines_reopen
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.online import PERMISSION as PAY
from ordercenter.payments.online import StartDraft, payment_cancel, payment_check, payment_open, payment_start
from ordercenter.payments.record import PaymentDraft, payment_record
from ordercenter.payments.refunds import RefundDraft, payment_refund
from ordercenter.payments.schema.types import BANK, VIEW, BankLineType, BankStatementType, PaymentType, RefundType

MANAGE = "payments.manage"


def ids(description: str) -> Any:
    """A list of ids that has to be given."""
    return graphene.List(graphene.NonNull(graphene.ID), required=True, description=description)


class PaymentRecordInput(graphene.InputObjectType):
    """Money of a buyer that has come by bank."""

    partnership = graphene.ID(required=True, description="Whose it is.")
    amount = Decimal(required=True, description="How much.")
    currency = graphene.String(description="The partnership's unless told.")
    reference = graphene.String(description="What the payer wrote.")
    bank_reference = graphene.String(description="What the bank calls it.")
    value_date = Date(description="The day the bank counts it from; today unless told.")
    open_items = graphene.List(graphene.NonNull(graphene.ID), description="What it is for; the oldest unless told.")
    note = graphene.String(description="A note.")

    def to_draft(self) -> PaymentDraft:
        return PaymentDraft(
            pk_of(self["partnership"], "Partnership", "partnership"),
            self["amount"],
            self.get("currency") or "",
            self.get("reference") or "",
            self.get("bank_reference") or "",
            self.get("value_date"),
            tuple(ids_of(self.get("open_items") or [], "OpenItem", "open_items")),
            note=self.get("note") or "",
        )


class PaymentRecord(BaseMutation, permission=MANAGE, codes=PaymentErrorCode, atomic=False):
    """Write down money that has come: it is posted, and clears what it is for."""

    class Arguments:
        input = PaymentRecordInput(required=True, description="The payment.")

    payment = Field(PaymentType, description="The payment.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(payment=payment_record(actor, input.to_draft()))


class PaymentStartInput(graphene.InputObjectType):
    """What you want to pay online: an order, an invoice, open items, or so much into your prepaid cash."""

    order = graphene.ID(description="For this order.")
    invoice = graphene.ID(description="For this invoice.")
    open_items = graphene.List(graphene.NonNull(graphene.ID), description="For what is owed by these.")
    partnership = graphene.ID(description="Into the prepaid cash with this seller.")
    amount = Decimal(description="How much; all that is left unless told.")

    def to_draft(self) -> StartDraft:
        def key(name: str, type_name: str) -> int | None:
            return pk_of(self[name], type_name, name) if self.get(name) else None

        return StartDraft(
            key("partnership", "Partnership"),
            key("order", "Order"),
            key("invoice", "Invoice"),
            tuple(ids_of(self.get("open_items") or [], "OpenItem", "open_items")),
            self.get("amount"),
        )


class PaymentStart(BaseMutation, permission=PAY, codes=PaymentErrorCode, atomic=False):
    """Begin to pay a seller online. Nothing is charged yet; the same begun twice is one payment."""

    class Arguments:
        input = PaymentStartInput(required=True, description="What you want to pay.")

    payment = Field(PaymentType, description="The payment.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(payment=payment_start(actor, input.to_draft()))


class PaymentOpen(BaseMutation, permission=PAY, codes=PaymentErrorCode, atomic=False, replayable=False):
    """Ask the seller's payment provider for the payment, once: the answer lets this payer pay it in a browser.

    Card data goes from the browser to the provider alone.
    """

    class Arguments:
        payment = graphene.ID(required=True, description="The payment.")

    client_secret = Field(graphene.String, description="For the provider's script: pays this payment, nothing else.")
    public_key = Field(graphene.String, description="For the provider's script: whose account it is.")

    @classmethod
    def perform(cls, actor: Actor, payment: str) -> Self:
        opened = payment_open(actor, pk_of(payment, "Payment", "payment"))
        return cls(client_secret=opened.client_secret, public_key=opened.public_key)


class PaymentCheck(BaseMutation, permission=VIEW, codes=PaymentErrorCode, atomic=False, replayable=False):
    """Ask the payment provider how far a payment has come, where its message is late."""

    class Arguments:
        payment = graphene.ID(required=True, description="The payment.")

    payment = Field(PaymentType, description="The payment as it is.")

    @classmethod
    def perform(cls, actor: Actor, payment: str) -> Self:
        return cls(payment=payment_check(actor, pk_of(payment, "Payment", "payment")))


class PaymentCancel(BaseMutation, codes=PaymentErrorCode, atomic=False, replayable=False):
    """Give up a payment that has not come. The buyer needs `payments.pay`, the seller `payments.manage`."""

    class Arguments:
        payment = graphene.ID(required=True, description="The payment.")

    payment = Field(PaymentType, description="The payment.")

    @classmethod
    def perform(cls, actor: Actor, payment: str) -> Self:
        return cls(payment=payment_cancel(actor, pk_of(payment, "Payment", "payment")))


class PaymentRefund(BaseMutation, permission=MANAGE, codes=PaymentErrorCode, atomic=False):
    """Send back something of a payment that is free, the way it came: what it has cleared has to be undone first."""

    class Arguments:
        payment = graphene.ID(required=True, description="The payment.")
        amount = Decimal(required=True, description="How much of it.")
        reason = graphene.String(required=True, description="Why.")
        order = graphene.ID(description="The order whose price it gives back; the one it was paid for unless told.")

    refund = Field(RefundType, description="The refund.")

    @classmethod
    def perform(cls, actor: Actor, payment: str, amount: Any, reason: str, order: str | None = None) -> Self:
        where = pk_of(order, "Order", "order") if order else None
        draft = RefundDraft(pk_of(payment, "Payment", "payment"), amount, reason, order_id=where)
        return cls(refund=payment_refund(actor, draft))


class BankStatementImport(BaseMutation, permission=BANK, codes=PaymentErrorCode, atomic=False):
    """Take in a bank's file (CSV, XLSX, camt.053, MT940). Every booking is kept once, whatever files it stands in."""

    class Arguments:
        file = Upload(required=True, description="The file.")
        account = graphene.String(description="Which account it is of, where the file does not tell.")
        currency = graphene.String(description="Its currency, where the file does not tell.")

    statements = Field(graphene.List(graphene.NonNull(BankStatementType)), description="What was kept.")
    new = Field(graphene.Int, description="How many bookings are new.")
    known = Field(graphene.Int, description="How many were there already.")

    @classmethod
    def perform(cls, actor: Actor, file: Any, account: str = "", currency: str = "") -> Self:
        content = file.read(LARGEST_FILE + 1)
        found = bank_statement_import(actor, BankFile(file.name or "", content, account or "", currency or ""))
        return cls(statements=found.statements, new=found.new, known=found.known)


class BankMatchInput(graphene.InputObjectType):
    """A line is this partner's money."""

    line = graphene.ID(required=True, description="The line.")
    partnership = graphene.ID(required=True, description="Whose money it is.")
    open_items = graphene.List(graphene.NonNull(graphene.ID), description="What it is for; the oldest unless told.")

    def to_match(self, index: int) -> Match:
        return Match(
            pk_of(self["line"], "BankLine", "ids", index),
            pk_of(self["partnership"], "Partnership", "partnership", index),
            tuple(ids_of(self.get("open_items") or [], "OpenItem", "open_items")),
        )


class BankLinesMatch(BaseMutation, permission=BANK, codes=PaymentErrorCode, atomic=False):
    """Make payments of lines, all or none."""

    class Arguments:
        matches = graphene.List(graphene.NonNull(BankMatchInput), required=True, description="Whose each line is.")

    lines = Field(graphene.List(graphene.NonNull(BankLineType)), description="The lines.")

    @classmethod
    def perform(cls, actor: Actor, matches: list[Any]) -> Self:
        return cls(lines=bank_lines_match(actor, [match.to_match(n) for n, match in enumerate(matches)]))


class BankLinesIgnore(BaseMutation, permission=BANK, codes=PaymentErrorCode, atomic=False):
    """Lay lines aside that are nobody's payment, such as fees."""

    class Arguments:
        ids = ids("The lines.")
        reason = graphene.String(required=True, description="Why.")

    lines = Field(graphene.List(graphene.NonNull(BankLineType)), description="The lines.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str], reason: str) -> Self:
        return cls(lines=bank_lines_ignore(actor, ids_of(ids, "BankLine", "ids"), reason))


class BankLinesReopen(BaseMutation, permission=BANK, codes=PaymentErrorCode, atomic=False):
    """Take up again what was laid aside."""

    class Arguments:
        ids = ids("The lines.")

    lines = Field(graphene.List(graphene.NonNull(BankLineType)), description="The lines.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Self:
        return cls(lines=bank_lines_reopen(actor, ids_of(ids, "BankLine", "ids")))


class Mutations:
    """What can be done with payments."""

    payment_record = PaymentRecord.Field()
    payment_refund = PaymentRefund.Field()
    payment_start = PaymentStart.Field()
    payment_open = PaymentOpen.Field()
    payment_check = PaymentCheck.Field()
    payment_cancel = PaymentCancel.Field()
    bank_statement_import = BankStatementImport.Field()
    bank_lines_match = BankLinesMatch.Field()
    bank_lines_ignore = BankLinesIgnore.Field()
    bank_lines_reopen = BankLinesReopen.Field()
