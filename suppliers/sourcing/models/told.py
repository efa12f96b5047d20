"""What is told to all: answers, changes, notices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.names import NamedRow
from marketplace.core.rows import ProtectedQuerySet, TradeRow
from suppliers.sourcing.enums import ClarificationStatus, NoticeKind, NoticeStatus
from suppliers.sourcing.models.events import BuyerRow, PartOfEventQuerySet, SourcingEvent, event_visible
from suppliers.sourcing.models.participations import Participation, sides


class ClarificationQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The asker sees its own questions, the buyer all, everybody else what is published."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        published = Q(status=ClarificationStatus.PUBLISHED) & event_visible(actor, "event__")
        return sides(actor, Q(), Q()) | published


class Clarification(TradeRow):
    """A question and its answer. `pseudonym` stands for the asker everywhere, to the buyer as well."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="clarifications")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="clarifications")
    pseudonym = models.CharField(max_length=8)
    question = models.TextField()
    answer = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=ClarificationStatus, default=ClarificationStatus.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = ClarificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ClarificationStatus.ASKED) | ~Q(answer=""), name="clarification_answered"
            ),
            models.CheckConstraint(
                condition=~Q(status=ClarificationStatus.PUBLISHED) | Q(published_at__isnull=False),
                name="clarification_published",
            ),
        ]
        indexes = [models.Index(fields=["event", "status"], name="clarification_of_event")]


class Addendum(BuyerRow):
    """A change after publishing; `diff` is {field: [before, after]}. It makes `event_version` of its event."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="addenda")
    event_version = models.PositiveIntegerField()
    text = models.TextField()
    diff = models.JSONField(default=dict)
    material = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = PartOfEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "event_version"], name="addendum_version_once")]


class NoticeQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """What is published is for everybody; the rest for its writer."""
        own = Q(pk__in=[]) if actor.on_behalf_of else Q(buyer=actor.organization_id)
        return own | Q(status=NoticeStatus.PUBLISHED)


class Notice(BuyerRow, NamedRow):
    """What is told on the public page of an open event."""

    event = models.ForeignKey(SourcingEvent, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    text = models.TextField(blank=True, default="")
    status = models.CharField(max_length=20, choices=NoticeStatus, default=NoticeStatus.DRAFT)
    published_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()
