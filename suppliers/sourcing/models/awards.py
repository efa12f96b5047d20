"""Comparing and awarding: who is out, what was calculated, what was decided (docs/concepts/sourcing-award.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, PriceField, QuantityField
from marketplace.core.rows import ProtectedQuerySet, TradeRow
from suppliers.sourcing.award_enums import (
    AwardLetterStatus,
    AwardStatus,
    LetterKind,
    RuleKind,
    ScenarioKind,
    ScenarioStatus,
)
from suppliers.sourcing.models.events import BuyerRow, BuyersQuerySet, EventLine, SourcingEvent
from suppliers.sourcing.models.participations import Participation


class Disqualification(BuyerRow):
    """A quote that breaks the rules: proposed by one person with a reason and evidence, agreed to by another."""

    participation = models.OneToOneField(Participation, models.PROTECT, related_name="disqualification")
    reason = models.CharField(max_length=500)
    evidence = models.TextField(blank=True, default="")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="disqualification_second_person"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="disqualification_reason"),
        ]


class AwardScenario(BuyerRow):
    """One way to divide an event's lines, calculated or made by hand. `answer` is what the solver said, checked."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=ScenarioKind)
    status = models.CharField(max_length=12, choices=ScenarioStatus, default=ScenarioStatus.QUEUED)
    total = AmountField(null=True)
    gap = models.DecimalField(max_digits=12, decimal_places=8, null=True)
    lowest_total = AmountField(null=True)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    solved_at = models.DateTimeField(null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ScenarioKind.values), name="award_scenario_kind"),
            models.CheckConstraint(condition=Q(status__in=ScenarioStatus.values), name="award_scenario_status"),
        ]
        indexes = [models.Index(fields=["event", "id"], name="award_scenario_of_event")]


class AwardRule(BuyerRow):
    """One rule of a scenario as data; participations by code and lines by position, none named: all.

    `cost` is what it costs to keep it, once solved; `lacking` how far it would have to give way where nothing fits.
    """

    scenario = models.ForeignKey(AwardScenario, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=20, choices=RuleKind)
    suppliers = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    of_lot = models.BooleanField(default=False)
    cost = AmountField(null=True)
    lacking = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "position"], name="award_rule_position_once"),
            models.CheckConstraint(condition=Q(form__in=RuleKind.values), name="award_rule_form"),
        ]


class Award(BuyerRow):
    """The decision on an event. `baseline`, `awarded` and `saving` are frozen when it is approved."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="awards")
    scenario = models.ForeignKey(AwardScenario, models.PROTECT, related_name="awards")
    status = models.CharField(max_length=20, choices=AwardStatus, default=AwardStatus.DRAFT)
    reason = models.CharField(max_length=500, blank=True, default="")
    baseline = AmountField(null=True)
    awarded = AmountField(null=True)
    saving = AmountField(null=True)
    standstill_until = models.DateTimeField(null=True)
    answer_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    letters_at = models.DateTimeField(null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=~Q(status__in=(AwardStatus.REJECTED, AwardStatus.CANCELLED)),
                name="award_one_in_force",
            ),
            models.CheckConstraint(condition=Q(status__in=AwardStatus.values), name="award_status"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")), name="award_second_person"
            ),
        ]


class AwardLineQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """A winner sees its own lines from the moment the letters went out, and nobody else's."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return Q(buyer=actor.organization_id) | Q(seller=actor.organization_id, award__letters_at__isnull=False)


class AwardLine(TradeRow):
    """So much of a line to one supplier, at the price of the tier this quantity reaches; event's currency."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="lines")
    line = models.ForeignKey(EventLine, models.PROTECT, related_name="award_lines")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="award_lines")
    quote_line = models.ForeignKey("quotes.QuoteLine", models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=9, decimal_places=8)
    quantity = QuantityField()
    price = PriceField()
    amount = AmountField()

    objects = AwardLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "line", "participation"], name="award_line_once"),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1, quantity__gt=0, price__gt=0), name="award_line_values"
            ),
        ]


class AwardLetterQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        own = Q(seller=actor.organization_id) | Q(buyer=actor.organization_id)
        return Q(pk__in=[]) if actor.on_behalf_of else own


class AwardLetter(TradeRow):
    """Tells one supplier the result; all of an award leave in one transaction."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="letters")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=8, choices=LetterKind)
    status = models.CharField(max_length=12, choices=AwardLetterStatus, default=AwardLetterStatus.SENT)
    rank = models.PositiveSmallIntegerField(null=True)
    amount = AmountField(null=True)
    winning_total = AmountField(null=True)
    sent_at = models.DateTimeField()
    answer_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    objects = AwardLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "participation"], name="award_letter_once"),
            models.CheckConstraint(
                condition=Q(kind=LetterKind.AWARD) | Q(status=AwardLetterStatus.SENT), name="award_letter_regret"
            ),
        ]
