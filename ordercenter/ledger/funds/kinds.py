"""The words of fund accounts: how a rule uses them, where a document of funds stands, and what moved a grant."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ordercenter.ledger.kinds import AccountKind, FundKind

__all__ = [
    "CONTRA",
    "MONEY",
    "ORDER",
    "FundCause",
    "FundDocumentStatus",
    "FundKind",
    "FundMode",
    "FundTreatment",
]


class FundMode(models.TextChoices):
    """Whether a fund is used by itself, when it is asked for, or not at all."""

    AUTO = "auto", _("Automatic use")
    MANUAL = "manual", _("Manual use")
    OFF = "off", _("No use")


class FundTreatment(models.TextChoices):
    """A price reduction lowers what the goods cost, before tax; a payment pays what is owed, with tax."""

    PAYMENT = "payment", _("As payment")
    PRICE_REDUCTION = "price_reduction", _("Price reduction")


class FundDocumentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")


class FundCause(models.TextChoices):
    """The document that a grant came from, or that a use went to: its `source_kind` or `document_kind`."""

    TOP_UP = "fund_top_up", _("Fund top-up")
    TRANSFER = "fund_transfer", _("Fund transfer")
    ADJUSTMENT = "fund_adjustment", _("Balance adjustment")
    REFUND = "fund_refund", _("Paid out")
    INTEREST = "fund_interest", _("Interest")
    EXPIRY = "fund_expiry", _("Expired")
    TAKE_BACK = "fund_take_back", _("Taken back")
    CLEARING = "clearing", _("Clearing")
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    REBATE_SETTLEMENT = "rebate_settlement", _("Rebate settlement")
    PAYMENT = "payment", _("Payment")


#: In which order funds are used where rules do not say: what is worth least to its owner first.
ORDER = (FundKind.EXPENSE, FundKind.GOODS, FundKind.REBATE, FundKind.CASH)
#: Money that was paid in; it does not end, and may be paid out.
MONEY = (FundKind.CASH, FundKind.DEPOSIT)
#: Where the other side of a top-up stands, and where what ends unused goes back to.
CONTRA = {
    FundKind.CASH: AccountKind.BANK,
    FundKind.DEPOSIT: AccountKind.BANK,
    FundKind.REBATE: AccountKind.REBATE_COST,
    FundKind.GOODS: AccountKind.REBATE_COST,
    FundKind.EXPENSE: AccountKind.EXPENSE_COST,
}
