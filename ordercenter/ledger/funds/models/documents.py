"""Documents that move funds outside orders: each is posted once."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.rows import OwnedRow, TradeQuerySet, TradeRow
from ordercenter.ledger.funds.kinds import FundCause, FundDocumentStatus
from ordercenter.ledger.kinds import FundKind

#: What the buyer hears of: a draft is the seller's own.
TOLD = (FundDocumentStatus.POSTED, FundDocumentStatus.REVERSED)


def person() -> Any:
    """Who wrote it; empty for the program itself."""
    return models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)


class FundDocumentQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The seller's, and of its own trade what the buyer has been told."""
        told = Q(status__in=TOLD)
        if actor.on_behalf_of:
            return super().visible_filter(actor) & told
        return Q(seller=actor.organization_id) | (Q(buyer=actor.organization_id) & told)


class FundTopUp(TradeRow, WindowRow):
    """An amount that a seller puts into a buyer's fund account. `reference`: the payment or the promise behind it."""

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=FundKind)
    currency = CurrencyField()
    amount = AmountField()
    use_rule = models.ForeignKey(
        "funds.FundUseRule", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    variants = models.ManyToManyField("catalog.Variant", blank=True, related_name="+")
    reference = models.CharField(max_length=255, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=16, choices=FundDocumentStatus, default=FundDocumentStatus.DRAFT)
    created_by = person()
    created_at = models.DateTimeField(db_default=Now())
    posted_at = models.DateTimeField(null=True, blank=True)

    objects = FundDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="fund_top_up_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_top_up_positive"),
            window_check("fund_top_up_window"),
        ]
        indexes = [models.Index(fields=["seller", "-id"], name="fund_top_up_newest")]


class FundTransfer(OwnedRow):
    """Funds moved from one account of the organization's partners to another. Only the organization sees the document.

    Each side sees what left and what came in its own account.
    """

    number = models.CharField(max_length=64)
    source = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    source_kind = models.CharField(max_length=8, choices=FundKind)
    target = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    target_kind = models.CharField(max_length=8, choices=FundKind)
    currency = CurrencyField()
    amount = AmountField()
    note = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=16, choices=FundDocumentStatus, default=FundDocumentStatus.DRAFT)
    created_by = person()
    created_at = models.DateTimeField(db_default=Now())
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="fund_transfer_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_transfer_positive"),
            models.CheckConstraint(
                condition=~Q(source=F("target")) | ~Q(source_kind=F("target_kind")), name="fund_transfer_moves"
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="fund_transfer_newest")]


class FundAdjustment(TradeRow):
    """A fund account set right by hand, or money of it paid out: `amount` above 0 comes in, below 0 goes out."""

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    cause = models.CharField(max_length=32, choices=FundCause)
    kind = models.CharField(max_length=8, choices=FundKind)
    currency = CurrencyField()
    amount = AmountField()
    reason = models.CharField(max_length=500)
    created_by = person()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="fund_adjustment_number_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="fund_adjustment_moves"),
            models.CheckConstraint(
                condition=Q(cause=FundCause.ADJUSTMENT) | Q(cause=FundCause.REFUND, amount__lt=0),
                name="fund_adjustment_cause",
            ),
        ]
