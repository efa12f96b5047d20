"""How far a buyer may owe, and where what it owes stands (credit-and-ledger §3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.instants import InstantRange, WindowRow, window_check
from marketplace.core.models import ControlMode, DocumentStatus
from marketplace.core.rows import OwnedQuerySet, OwnedRow
from marketplace.parties.audience import AudienceRow, audience_check
from ordercenter.credit.enums import (
    BUCKETS,
    Checkpoint,
    CreditAccountStatus,
    CreditLimitKind,
    CreditMode,
    CreditRuleKind,
    ExposureBucket,
    SuspensionCause,
)

NOTHING = Decimal(0)


class CreditSettings(OwnedRow):
    """Whether a seller controls credit, and what a new account starts with."""

    organization = models.OneToOneField("parties.Organization", models.PROTECT, related_name="+")
    controls = models.BooleanField(default=False)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    count_unapplied = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "credit settings"


class CreditAccountQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The creditor's, and those that a buyer is a member of while its seller controls credit.

        In a partner's view, the partner's with the viewer.
        """
        buyer = actor.on_behalf_of.pk if actor.on_behalf_of else actor.organization_id
        mine = Q(pk__in=CreditMember.objects.filter(partnership__downstream=buyer).values("account"))
        mine &= Q(organization__in=CreditSettings.objects.filter(controls=True).values("organization"))
        if actor.on_behalf_of:
            return mine & Q(organization=actor.organization_id)
        return mine | Q(organization=actor.organization_id)


class CreditAccount(OwnedRow):
    """What a buyer, or several of a group together, may owe `organization`; each bucket is the sum of its movements."""

    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=255, blank=True, default="")
    currency = CurrencyField()
    mode = models.CharField(max_length=16, choices=CreditMode, default=CreditMode.PREPAID)
    status = models.CharField(max_length=16, choices=CreditAccountStatus, default=CreditAccountStatus.ACTIVE)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    count_unapplied = models.BooleanField(default=True)
    payment_days = models.PositiveSmallIntegerField(null=True, blank=True)
    suspended_by = models.CharField(max_length=16, choices=SuspensionCause, blank=True, default=SuspensionCause.NONE)
    reason = models.CharField(max_length=255, blank=True, default="")
    held = AmountField(default=NOTHING)
    later = AmountField(default=NOTHING)
    open_orders = AmountField(default=NOTHING)
    unbilled = AmountField(default=NOTHING)
    receivable = AmountField(default=NOTHING)
    unapplied = AmountField(default=NOTHING)
    created_at = models.DateTimeField(db_default=Now())

    objects = CreditAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(**{f"{bucket.value}__gte": 0}), name=f"credit_{bucket.value}_positive")
            for bucket in BUCKETS
        ]
        indexes = [models.Index(fields=["organization", "currency"], name="credit_account_of_seller")]

    @property
    def exposure(self) -> Decimal:
        """What is owed and promised so far (§1)."""
        owed = self.open_orders + self.unbilled + self.receivable
        return owed - self.unapplied if self.count_unapplied else owed

    def __str__(self) -> str:
        return self.name or f"{self.pk}"


class CreditMemberQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The creditor's; a buyer sees itself, and not with whom it shares a limit."""
        if actor.on_behalf_of:
            return Q(organization=actor.organization_id, partnership__downstream=actor.on_behalf_of.pk)
        return Q(organization=actor.organization_id) | Q(partnership__downstream=actor.organization_id)


class CreditMember(OwnedRow):
    """A partner that buys under an account; under one in each currency."""

    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(CreditAccount, models.CASCADE, related_name="members")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+", db_index=False)
    currency = CurrencyField()

    objects = CreditMemberQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "currency"], name="credit_member_once")]


class OfAccountQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Who sees the account sees its limits."""
        return Q(account__in=CreditAccount.objects.visible_to(actor))


class CreditRequestQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The creditor's once submitted, the asker's from the first draft."""
        if actor.on_behalf_of:
            return Q(organization=actor.organization_id, partnership__downstream=actor.on_behalf_of.pk) & ~Q(
                status=DocumentStatus.DRAFT, asked_by_buyer=True
            )
        own = Q(organization=actor.organization_id) & ~Q(status=DocumentStatus.DRAFT, asked_by_buyer=True)
        return own | Q(partnership__downstream=actor.organization_id, asked_by_buyer=True)


class CreditRequest(OwnedRow, WindowRow):
    """Asks for a limit. What the creditor's own people submit holds at once; what a buyer asks for, they decide."""

    account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="requests")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, related_name="+")
    asked_by_buyer = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, choices=CreditLimitKind, default=CreditLimitKind.STANDING)
    amount = AmountField()
    reason = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=20, choices=DocumentStatus, default=DocumentStatus.DRAFT)
    answer = models.CharField(max_length=500, blank=True, default="")
    made_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = CreditRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_request_amount"),
            window_check("credit_request_window"),
        ]
        indexes = [models.Index(fields=["organization", "status"], name="credit_request_waiting")]


class CreditLimit(OwnedRow, WindowRow):
    """An amount for a time. Of the standing ones one holds at an instant; temporary ones in force are added to it."""

    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(CreditAccount, models.CASCADE, related_name="limits")
    kind = models.CharField(max_length=16, choices=CreditLimitKind, default=CreditLimitKind.STANDING)
    amount = AmountField()
    reason = models.CharField(max_length=500, blank=True, default="")
    request = models.ForeignKey(CreditRequest, models.PROTECT, null=True, blank=True, related_name="limits")
    made_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_limit_amount"),
            window_check("credit_limit_window"),
            ExclusionConstraint(
                name="credit_limit_one_standing",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (InstantRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="standing"),
            ),
        ]


class CreditMovementQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The creditor's; a buyer sees those of its own documents."""
        if actor.on_behalf_of:
            return Q(organization=actor.organization_id, partnership__downstream=actor.on_behalf_of.pk)
        return Q(organization=actor.organization_id) | Q(partnership__downstream=actor.organization_id)


def reference(to: str, **options: Any) -> models.ForeignKey:
    """A column of a table that grows with every line of every document: without an index that another covers."""
    return models.ForeignKey(to, models.PROTECT, related_name="+", db_index=False, **options)


class CreditMovement(OwnedRow):
    """Value that went from a bucket to another because of a document. Append-only.

    `due_on`: of what went to LATER, the day on which it comes back by itself.
    """

    organization = reference("parties.Organization")
    account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="movements", db_index=False)
    partnership = reference("parties.Partnership")
    order = reference("orders.Order", null=True)
    line = reference("orders.OrderLine", null=True)
    document_kind = models.CharField(max_length=24)
    document_id = models.BigIntegerField()
    cause = models.CharField(max_length=24)
    seq = models.IntegerField(default=1)
    source = models.CharField(max_length=16, choices=ExposureBucket)
    target = models.CharField(max_length=16, choices=ExposureBucket)
    amount = AmountField()
    due_on = models.DateField(null=True)
    made_by = reference("parties.User", null=True)
    at = models.DateTimeField(db_default=Now())

    objects = CreditMovementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "order", "line", "document_kind", "document_id", "cause", "seq"],
                nulls_distinct=False,
                name="credit_movement_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_movement_amount"),
            models.CheckConstraint(
                condition=~Q(source=F("target")) & ~Q(source="past_due") & ~Q(target="past_due"),
                name="credit_movement_buckets",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="credit_movement_of_account"),
            models.Index(fields=["order"], name="credit_movement_of_order"),
            models.Index(fields=["partnership", "-id"], name="credit_movement_of_partner"),
            models.Index(fields=["due_on"], condition=Q(target="later"), name="credit_movement_later"),
        ]


class CreditRule(OwnedRow, AudienceRow):
    """What stops or marks an order of an audience at some checkpoints. Of each kind the most specific one counts."""

    kind = models.CharField(max_length=20, choices=CreditRuleKind)
    currency = CurrencyField(blank=True, default="")
    threshold = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    mode = models.CharField(max_length=20, choices=ControlMode, default=ControlMode.REQUIRE_APPROVAL)
    checkpoints = ArrayField(models.CharField(max_length=8, choices=Checkpoint))
    grace_days = models.PositiveSmallIntegerField(default=0)
    tolerance = models.DecimalField(max_digits=7, decimal_places=2, default=NOTHING)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            audience_check("credit_rule_audience"),
            models.UniqueConstraint(
                fields=["organization", "kind", "currency", "partnership", "group", "grade"],
                nulls_distinct=False,
                name="credit_rule_once",
                violation_error_message=_("There is such a rule already."),
            ),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="credit_rule_tolerance"),
            models.CheckConstraint(condition=~Q(checkpoints=[]), name="credit_rule_somewhere"),
        ]
