"""Fund accounts as people know them, and the grants they consist of."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.instants import InstantField, WindowRow, window_check
from marketplace.core.postgresql.infinity import BEGINNING
from marketplace.core.rows import TradeRow
from ordercenter.ledger.funds.kinds import FundCause
from ordercenter.ledger.kinds import FUND_KINDS, AccountKind, FundKind
from ordercenter.ledger.models import LedgerAccount, LedgerEntry
from ordercenter.ledger.models.accounts import LedgerAccountQuerySet


class FundAccountQuerySet(LedgerAccountQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The seller's and those of one's own trade; of the ledger's accounts only the fund accounts."""
        return super().visible_filter(actor) & Q(kind__in=sorted(FUND_KINDS))


class FundAccount(LedgerAccount):
    """A ledger account that its buyer may use to pay. What it holds is `shown_balance`, what is free `available`."""

    objects = FundAccountQuerySet.as_manager()

    class Meta:
        proxy = True


class FundGrant(TradeRow, WindowRow):
    """One amount that came into a fund account. `source_kind` and `source_id` name the document, `number` prints it.

    `remaining` falls with uses, `reserved` is the part of it promised to orders. `restored_to` puts off the end for
    what came back; `usable_to` is the later one, `told_end` the one that the buyer was told of. `cost_kind`: the
    account that gets back what ends unused. `entry`: the credit on the account by which it came. `variant_ids`: it pays
    these alone; none: what its rule allows.
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="grants", db_index=False)
    kind = models.CharField(max_length=8, choices=FundKind)
    currency = CurrencyField()
    source_kind = models.CharField(max_length=32, choices=FundCause)
    source_id = models.BigIntegerField()
    seq = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=64, blank=True, default="")
    amount = AmountField()
    remaining = AmountField()
    reserved = AmountField(default=0)
    restored_to = InstantField(default=BEGINNING)
    usable_to = models.GeneratedField(
        expression=Greatest(F("valid_to"), F("restored_to")), output_field=InstantField(), db_persist=True
    )
    use_rule = models.ForeignKey(
        "funds.FundUseRule", models.PROTECT, null=True, blank=True, related_name="grants", db_index=False
    )
    told_end = models.DateTimeField(null=True, blank=True)
    variant_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    entry = models.ForeignKey(LedgerEntry, models.PROTECT, null=True, related_name="grants")
    cost_kind = models.CharField(max_length=16, choices=AccountKind)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "source_kind", "source_id", "seq"], name="fund_grant_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(reserved__gte=0)
                & Q(reserved__lte=F("remaining"))
                & Q(remaining__lte=F("amount")),
                name="fund_grant_within",
            ),
            window_check("fund_grant_window"),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(remaining__gt=0), name="fund_grant_live"),
            models.Index(fields=["usable_to"], condition=Q(remaining__gt=F("reserved")), name="fund_grant_ends"),
            models.Index(fields=["seller", "-id"], name="fund_grant_seller"),
            models.Index(fields=["partnership", "-id"], name="fund_grant_partner"),
            models.Index(fields=["source_kind", "source_id"], name="fund_grant_source"),
        ]

    @property
    def available(self) -> Decimal:
        """What is neither used nor promised; whether it may be used now, its window says."""
        return self.remaining - self.reserved
