"""What of a grant is promised to an order, what each line of it gets, and what was spent.

Promises are kept by grant (`FundReservation`) and by line (`FundShare`): both sum to the same, and no product of the
two is needed, as uses of an account go through its grants in one order whatever the line.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.fields import AmountField
from marketplace.core.rows import TradeRow
from ordercenter.ledger.funds.kinds import FundCause, FundTreatment
from ordercenter.ledger.funds.models.grants import FundGrant
from ordercenter.ledger.kinds import FundKind
from ordercenter.ledger.models import LedgerAccount, LedgerPosting


class PromisedRow(TradeRow):
    """An amount of an order, what of it was used and freed so far, and what of the used came back."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=FundKind)
    treatment = models.CharField(max_length=16, choices=FundTreatment)
    amount = AmountField()
    used = AmountField(default=0)
    freed = AmountField(default=0)
    returned = AmountField(default=0)

    class Meta:
        abstract = True

    @property
    def open(self) -> Decimal:
        """What is still promised."""
        return self.amount - self.used - self.freed


def promised_check(name: str) -> models.CheckConstraint:
    """The constraint that no more was used and freed than promised, and no more came back than was used."""
    return models.CheckConstraint(
        condition=Q(amount__gt=0)
        & Q(used__gte=0)
        & Q(freed__gte=0)
        & Q(amount__gte=F("used") + F("freed"))
        & Q(returned__gte=0)
        & Q(returned__lte=F("used")),
        name=name,
    )


class FundReservation(PromisedRow):
    """A part of a grant promised to an order."""

    grant = models.ForeignKey(FundGrant, models.PROTECT, related_name="reservations")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [promised_check("fund_reservation_within")]


class FundShare(PromisedRow):
    """What an account pays of one line of an order. `rule`: the use rule that allowed it; None: no rule was written."""

    order_line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="+", db_index=False)
    rule = models.ForeignKey("funds.FundUseRule", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            promised_check("fund_share_within"),
            models.UniqueConstraint(
                fields=["order_line", "account", "treatment"],
                condition=Q(amount__gt=F("used") + F("freed")),
                name="fund_share_one_open",
            ),
        ]
        indexes = [models.Index(fields=["order_line"], name="fund_share_line")]


class FundUse(TradeRow):
    """An amount taken from a grant by one document; below 0 it came back. Append-only.

    `reservation` and `order` are empty for what no order took: transfers, adjustments, payouts, expiry.
    """

    grant = models.ForeignKey(FundGrant, models.PROTECT, related_name="uses", db_index=False)
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", db_index=False)
    reservation = models.ForeignKey(
        FundReservation, models.PROTECT, null=True, blank=True, related_name="uses", db_index=False
    )
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=FundKind)
    treatment = models.CharField(max_length=16, choices=FundTreatment, blank=True, default="")
    amount = AmountField()
    document_kind = models.CharField(max_length=32, choices=FundCause)
    document_id = models.BigIntegerField()
    seq = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=64, blank=True, default="")
    posting = models.ForeignKey(LedgerPosting, models.PROTECT, null=True, related_name="+", db_index=False)
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reservation", "grant", "document_kind", "document_id", "seq"],
                nulls_distinct=False,
                name="fund_use_once",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="fund_use_moves"),
        ]
        indexes = [
            models.Index(fields=["grant", "id"], name="fund_use_grant"),
            models.Index(fields=["account", "-id"], name="fund_use_account"),
            models.Index(fields=["seller", "-id"], name="fund_use_seller"),
            models.Index(fields=["buyer", "-id"], name="fund_use_buyer"),
            models.Index(fields=["document_kind", "document_id"], name="fund_use_document"),
        ]
