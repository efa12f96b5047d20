"""What can happen to payments and bank statements, each with its line for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent, EventKind
from marketplace.core.money import round_money
from ordercenter.payments.models import BankLine, BankStatement, Chargeback, Payment, Refund

KINDS = (
    EventKind("payment.created", _("Payment created")),
    EventKind("payment.succeeded", _("Payment received")),
    EventKind("payment.failed", _("Payment failed")),
    EventKind("payment.cancelled", _("Payment cancelled")),
    EventKind("payment.refunded", _("Payment refunded")),
    EventKind("payment.refund_failed", _("Refund failed")),
    EventKind("payment.charged_back", _("Payment called back by the payer's bank")),
    EventKind("payment.chargeback_ended", _("Call-back of a payment decided")),
    EventKind("bank_statement.imported", _("Bank statement imported")),
    EventKind("bank_line.matched", _("Line of a bank statement matched")),
    EventKind("bank_line.ignored", _("Line of a bank statement ignored")),
    EventKind("bank_line.reopened", _("Line of a bank statement taken up again")),
)


def payment_event(kind: str, payment: Payment, refund: Refund | Chargeback | None = None) -> DomainEvent:
    """An event of a payment, for both sides; with what a refund or chargeback is about."""
    row = refund or payment
    facts = {
        "number": payment.number,
        "amount": str(round_money(row.amount, row.currency)),
        "currency": row.currency,
        "partnership": payment.partnership_id,
    }
    return DomainEvent(kind, "payment", payment.pk, (payment.seller_id, payment.buyer_id), facts)


def bank_event(
    kind: str, row: BankStatement | BankLine, changes: Changes | None = None, **facts: object
) -> DomainEvent:
    """An event of a statement or a line, for its organization alone."""
    aggregate = "bank_statement" if isinstance(row, BankStatement) else "bank_line"
    return DomainEvent(
        kind, aggregate, row.pk, (row.organization_id,), {"account": row.account} | facts, changes=changes or {}
    )
