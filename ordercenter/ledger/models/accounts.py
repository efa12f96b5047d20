"""Accounts, and the postings that move them (credit-and-ledger §2). Balances are sums of entries: debit +, credit −."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.rows import OwnedQuerySet, OwnedRow
from ordercenter.ledger.kinds import FUND_KINDS, SHARED_KINDS, TURNED_KINDS, AccountKind, LedgerEntryKind


def shared_filter(actor: Actor, path: str = "") -> Q:
    """Rows of one's own books, and of a partner's books those of the accounts shared with oneself.

    `path` leads to the account ("account__"); in a partner's view only what that partner shares with its seller shows.
    """
    shared = Q(**{f"{path}kind__in": sorted(SHARED_KINDS)})
    own = actor.organization_id
    if actor.on_behalf_of:
        return shared & Q(**{f"{path}organization": own, f"{path}partner": actor.on_behalf_of.pk})
    return Q(organization=own) | (shared & Q(**{f"{path}partner": own}))


class LedgerAccountQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The keeper of the books sees all of them; a partner its fund accounts and what it owes or is owed."""
        return shared_filter(actor)


class LedgerAccount(OwnedRow):
    """One (organization, partnership, kind, currency, sub). `partner`: the partnership's other side, who may read it.

    With a partnership `balance` and `reserved` run along under lock; without one they stay 0 and the balance is that of
    the last checkpoint plus the entries after it, so that no two documents queue on it (`accounts.balances_of`).
    """

    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, null=True, blank=True, related_name="+")
    partner = models.ForeignKey("parties.Organization", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=16, choices=AccountKind)
    currency = CurrencyField()
    sub = models.CharField(max_length=64, blank=True, default="")
    balance = AmountField(default=0)
    reserved = AmountField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = LedgerAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organization", "kind", "currency", "sub"],
                nulls_distinct=False,
                name="ledger_account_once",
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="ledger_account_reserved_positive"),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(FUND_KINDS)) | Q(balance__lte=-F("reserved")),
                name="ledger_account_fund_covered",
            ),
            models.CheckConstraint(
                condition=Q(partnership__isnull=False, partner__isnull=False)
                | Q(partnership=None, partner=None, balance=0, reserved=0),
                name="ledger_account_runs_with_partner",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(FUND_KINDS)) | Q(partnership__isnull=False),
                name="ledger_account_fund_is_someones",
            ),
        ]

    @property
    def shown_balance(self) -> Decimal:
        """The running balance as people read it: what the organization owes has its sign turned."""
        return -self.balance if self.kind in TURNED_KINDS else self.balance

    @property
    def available(self) -> Decimal:
        """Of a fund account: what is neither used nor promised."""
        return -self.balance - self.reserved


class LedgerPostingQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The keeper's; a partner sees those that moved an account shared with it."""
        theirs = LedgerEntry.objects.filter(shared_filter(actor, "account__"), posting=OuterRef("pk"))
        if actor.on_behalf_of:
            return Q(organization=actor.organization_id) & Q(Exists(theirs))
        return Q(organization=actor.organization_id) | Q(Exists(theirs))


class LedgerPosting(OwnedRow):
    """Entries that sum to 0 per currency, in the books of one organization; written once, undone by its reverse.

    `number`: that of the document behind it. `digest`: of the entries, so that posting again is known from a conflict.
    """

    source_kind = models.CharField(max_length=32)
    source_id = models.BigIntegerField()
    purpose = models.CharField(max_length=48)
    seq = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)
    value_date = models.DateField()
    posted_at = models.DateTimeField(db_default=Now())
    posted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    memo = models.CharField(max_length=255, blank=True, default="")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")

    objects = LedgerPostingQuerySet.as_manager()

    #: Of a posting that was just made, in the order of its draft's entries.
    entry_ids: list[int]
    open_item_ids: list[int | None]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "organization", "purpose", "seq"], name="ledger_posting_once"
            ),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="ledger_posting_newest")]


class LedgerEntryQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """As its account."""
        return shared_filter(actor, "account__")


class LedgerEntry(OwnedRow):
    """One signed amount on one account. `value_date` is its posting's, so that a statement of account is one range."""

    posting = models.ForeignKey(LedgerPosting, models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="entries", db_index=False)
    line = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=LedgerEntryKind)
    amount = AmountField()
    value_date = models.DateField()

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["posting", "line"], name="ledger_entry_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_moves"),
        ]
        indexes = [
            models.Index(fields=["account", "value_date", "id"], name="ledger_entry_statement"),
            models.Index(fields=["account", "id"], name="ledger_entry_account"),
        ]


class LedgerCheckpoint(OwnedRow):
    """The balance of an organization-wide account over all entries up to `entry_id`; later ones are added to it."""

    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="checkpoints", db_index=False)
    entry_id = models.BigIntegerField()
    balance = AmountField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "entry_id"], name="ledger_checkpoint_once")]
