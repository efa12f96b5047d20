"""Which fund may pay which lines, up to what share; and what a seller has settled for all of its fund accounts."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from marketplace.catalog.scope import ProductScopeRow, scope_check
from marketplace.core.fields import AmountField, CurrencyField
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow
from marketplace.parties.audience import AudienceRow, audience_check
from ordercenter.ledger.funds.kinds import ORDER, FundMode, FundTreatment
from ordercenter.ledger.kinds import FundKind

USABLE = [(kind.value, kind.label) for kind in ORDER]


class FundUseRule(OwnedRow, AudienceRow, NamedRow):
    """How buyers of an audience may use a kind of fund. Of each kind the rules of the narrowest audience hold.

    A grant that names a rule is used by that rule alone, whoever its audience is. `currency` '': documents in any.
    """

    kind = models.CharField(max_length=8, choices=USABLE)
    priority = models.PositiveSmallIntegerField(default=100)
    mode = models.CharField(max_length=8, choices=FundMode, default=FundMode.AUTO)
    treatment = models.CharField(max_length=16, choices=FundTreatment, default=FundTreatment.PAYMENT)
    max_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    min_order = AmountField(default=0)
    currency = CurrencyField(blank=True, default="")
    with_promotions = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            audience_check("fund_use_rule_audience"),
            models.CheckConstraint(condition=~Q(kind=FundKind.DEPOSIT), name="fund_use_rule_no_deposit"),
            models.CheckConstraint(
                condition=Q(max_percent__gt=0) & Q(max_percent__lte=100), name="fund_use_rule_percent"
            ),
            models.CheckConstraint(condition=Q(min_order__gte=0), name="fund_use_rule_min_order"),
        ]
        indexes = [models.Index(fields=["organization", "kind"], name="fund_use_rule_kind")]


class FundUseRuleScope(OwnedRow, ProductScopeRow):
    """Goods that a rule is about; no row: all of them. An excluded row beats an included one."""

    rule = models.ForeignKey(FundUseRule, models.CASCADE, related_name="scopes")
    excludes = models.BooleanField(default=False)

    class Meta:
        constraints = [scope_check("fund_use_rule_scope_one")]


class FundSettings(OwnedRow):
    """For all fund accounts at one seller.

    `restore_days`: for how long what comes back to a grant that has ended may be used. `notice_days`: how long before
    the end of a grant its buyer is told; 0: not at all. `interest_percent`: what prepaid cash earns in a year; None:
    nothing.
    """

    restore_days = models.PositiveSmallIntegerField(default=30)
    notice_days = models.PositiveSmallIntegerField(default=14, db_default=14)
    interest_percent = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="fund_settings_once"),
            models.CheckConstraint(
                condition=Q(interest_percent=None) | (Q(interest_percent__gt=0) & Q(interest_percent__lte=36)),
                name="fund_settings_interest",
            ),
        ]
