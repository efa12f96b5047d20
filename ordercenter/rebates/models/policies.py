"""What is promised: a policy, whom and what it is for, and its tier tables."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.scope import ProductScopeRow, scope_check
from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField, QuantityField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.models import PolicyStatus
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedQuerySet, OwnedRow
from marketplace.parties.audience import AudienceRow, audience_check
from ordercenter.rebates.enums import (
    BasisTax,
    PayoutMethod,
    RebateBasis,
    RebateMeasure,
    RebateNewcomer,
    RebatePeriod,
    RebatePooling,
    RebateQualifier,
    RebateReward,
    RebateTakeBack,
    RewardOn,
    TierMethod,
)

RELATIVE = (RebateQualifier.GROWTH, RebateQualifier.ACHIEVEMENT)


class PolicyQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The grantor's own; a partner sees those under which it has a position."""
        partner = actor.on_behalf_of.pk if actor.on_behalf_of else actor.organization_id
        mine = Q(lines__positions__buyer=partner)
        if actor.on_behalf_of:
            return Q(pk__in=RebatePolicy.objects.filter(mine, organization=actor.organization_id).values("pk"))
        return super().visible_filter(actor) | Q(pk__in=RebatePolicy.objects.filter(mine).values("pk"))


class RebatePolicy(OwnedRow, NamedRow, WindowRow):
    """A promise of value back; `organization` is the grantor. Frozen once approved: a change is a new version.

    `max_correction`: percent by which a settlement may be corrected by hand. `goods_variant`: a rebate in goods by
    quantity gives `goods_count` of it for each `goods_per` bought.
    """

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    currency = CurrencyField()
    status = models.CharField(max_length=20, choices=PolicyStatus, default=PolicyStatus.DRAFT)
    period = models.CharField(max_length=12, choices=RebatePeriod, default=RebatePeriod.QUARTER)
    basis = models.CharField(max_length=12, choices=RebateBasis, default=RebateBasis.INVOICED)
    basis_tax = models.CharField(max_length=8, choices=BasisTax, default=BasisTax.NET)
    after_promotions = models.BooleanField(default=True)
    negative_basis = models.BooleanField(default=False)
    sequence = models.PositiveSmallIntegerField(default=100)
    overlap_group = models.CharField(max_length=64, blank=True, default="")
    deducts = models.ManyToManyField("self", symmetrical=False, related_name="deducted_by", blank=True)
    pooling = models.CharField(max_length=12, choices=RebatePooling, default=RebatePooling.EACH)
    payout = models.CharField(max_length=16, choices=PayoutMethod, default=PayoutMethod.FUND_ACCOUNT)
    grant_days = models.PositiveSmallIntegerField(default=365)
    use_rule = models.BigIntegerField(null=True, blank=True)
    goods_variant = models.ForeignKey("catalog.Variant", models.PROTECT, null=True, blank=True, related_name="+")
    goods_per = QuantityField(null=True, blank=True)
    goods_count = QuantityField(null=True, blank=True)
    min_payout = AmountField(default=Decimal(0))
    max_correction = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(20))
    take_back = models.CharField(max_length=8, choices=RebateTakeBack, default=RebateTakeBack.CARRY)
    carry_days = models.PositiveSmallIntegerField(default=90)
    confirm_days = models.PositiveSmallIntegerField(default=7)
    description = models.TextField(blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "rebate policies"
        constraints = [
            models.UniqueConstraint(fields=["organization", "code", "version"], name="rebate_policy_version_once"),
            window_check("rebate_policy_window"),
            models.CheckConstraint(condition=Q(sequence__gte=1, sequence__lte=999), name="rebate_policy_sequence"),
            models.CheckConstraint(condition=Q(min_payout__gte=0, max_correction__gte=0), name="rebate_policy_limits"),
            models.CheckConstraint(
                condition=Q(goods_variant=None, goods_per=None, goods_count=None)
                | Q(payout=PayoutMethod.GOODS, goods_variant__isnull=False, goods_per__gt=0, goods_count__gt=0),
                name="rebate_policy_goods",
            ),
        ]
        indexes = [models.Index(fields=["organization", "status"], name="rebate_policy_live")]

    def __str__(self) -> str:
        return self.code


class RebateBeneficiary(OwnedRow, AudienceRow):
    """Whom a policy is for, or is not: an excluding row beats every including one."""

    policy = models.ForeignKey(RebatePolicy, models.CASCADE, related_name="beneficiaries")
    excludes = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "rebate beneficiaries"
        constraints = [
            audience_check("rebate_beneficiary_audience"),
            models.UniqueConstraint(
                fields=["policy", "partnership", "group", "grade"],
                nulls_distinct=False,
                name="rebate_beneficiary_once",
            ),
        ]


class RebateScope(OwnedRow, ProductScopeRow):
    """Which goods count, or do not: an excluding row beats every including one."""

    policy = models.ForeignKey(RebatePolicy, models.CASCADE, related_name="scopes")
    excludes = models.BooleanField(default=False)

    class Meta:
        constraints = [
            scope_check("rebate_scope_goods"),
            models.UniqueConstraint(
                fields=["policy", "variant", "product", "category", "brand"],
                nulls_distinct=False,
                name="rebate_scope_once",
            ),
        ]


class RebateLine(OwnedRow):
    """One tier table of a policy. `measure`: what its bands pay on, as their rewards say."""

    policy = models.ForeignKey(RebatePolicy, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    qualifier = models.CharField(max_length=12, choices=RebateQualifier, default=RebateQualifier.AMOUNT)
    method = models.CharField(max_length=16, choices=TierMethod, default=TierMethod.INCREMENTAL)
    measure = models.CharField(max_length=8, choices=RebateMeasure, default=RebateMeasure.AMOUNT)
    reward_on = models.CharField(max_length=16, choices=RewardOn, default=RewardOn.ALL)
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+")
    basis_cap = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    newcomer = models.CharField(max_length=12, choices=RebateNewcomer, default=RebateNewcomer.NONE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="rebate_line_position_once"),
            models.CheckConstraint(
                condition=Q(method=TierMethod.RETROSPECTIVE)
                | (~Q(qualifier__in=RELATIVE) & Q(qualifier=F("measure"), reward_on=RewardOn.ALL)),
                name="rebate_line_method",
            ),
            models.CheckConstraint(condition=Q(basis_cap=None) | Q(basis_cap__gt=0), name="rebate_line_cap"),
        ]


class NumRange(Func):
    """PostgreSQL's numrange, end excluded; NULL is open."""

    function = "numrange"
    output_field = DecimalRangeField()


class RebateTier(OwnedRow):
    """One band [lower, upper) of a tier table; no upper: open. Two bands of a line cannot overlap."""

    line = models.ForeignKey(RebateLine, models.CASCADE, related_name="tiers")
    lower = models.DecimalField(max_digits=24, decimal_places=6)
    upper = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    reward = models.CharField(max_length=8, choices=RebateReward, default=RebateReward.PERCENT)
    value = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(upper=None) | Q(upper__gt=F("lower")), name="rebate_tier_width"),
            models.CheckConstraint(condition=Q(value__gte=0), name="rebate_tier_value"),
            ExclusionConstraint(
                name="rebate_tier_overlap",
                expressions=[("line", RangeOperators.EQUAL), (NumRange("lower", "upper"), RangeOperators.OVERLAPS)],
                violation_error_message=_("Two bands overlap."),
            ),
        ]
