"""Who takes part, in which round, with which quote."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.rows import ProtectedQuerySet, TradeQuerySet, TradeRow
from suppliers.sourcing.enums import ParticipationStatus, SurrogateStatus
from suppliers.sourcing.models.events import (
    ANSWER,
    INSIDE,
    VIEW,
    BuyerRow,
    BuyersQuerySet,
    PartOfEventQuerySet,
    SourcingEvent,
)


def sides(actor: Actor, of_buyer: Q, of_seller: Q) -> Q:
    """Rows of a buyer's people who may see events, and of a supplier's who may see invitations; each on a condition."""
    none = Q(pk__in=[])
    buys = Q(buyer=actor.organization_id) & of_buyer if actor.may(VIEW) else none
    return buys | (Q(seller=actor.organization_id) & of_seller if actor.may(ANSWER) else none)


class ParticipationQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The buyer sees who takes part, a supplier itself once the event is published."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return sides(actor, Q(), ~Q(event__status__in=INSIDE))


class Participation(TradeRow):
    """One supplier in one event. `code` is how others know it where names are not told; given in random order.

    `event_version_seen`: the version whose addenda it has acknowledged. `terms_hash`: the rules it accepted, by hash.
    `line_values`: what the buyer tells this supplier alone, {line's position: {column's code: value}}.
    """

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="participations")
    partnership = models.ForeignKey("parties.Partnership", models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=16)
    status = models.CharField(max_length=16, choices=ParticipationStatus, default=ParticipationStatus.INVITED)
    event_version_seen = models.PositiveIntegerField(default=0)
    terms_hash = models.CharField(max_length=64, blank=True, default="")
    terms_accepted_at = models.DateTimeField(null=True)
    line_values = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    declined_from = models.CharField(max_length=16, blank=True, default="")
    invited_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "seller"], name="participation_once"),
            models.UniqueConstraint(fields=["event", "code"], name="participation_code_once"),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="participation_two_sides"),
            models.CheckConstraint(condition=Q(status__in=ParticipationStatus.values), name="participation_status"),
        ]
        indexes = [models.Index(fields=["seller", "status"], name="participation_of_seller")]

    def __str__(self) -> str:
        return self.code


class EventInvitation(BuyerRow):
    """An invitation by e-mail to somebody who is no partner yet: its link holds a token that works once.

    Here is only the token's digest; the program makes the token anew from `nonce` and its secret key.
    """

    event = models.ForeignKey(SourcingEvent, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=128, blank=True, default="")
    language = models.CharField(max_length=16)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    participation = models.ForeignKey(Participation, models.PROTECT, null=True, related_name="+")

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], name="event_invitation_once"),
            models.CheckConstraint(
                condition=Q(used_at=None, participation=None) | Q(used_at__isnull=False, participation__isnull=False),
                name="event_invitation_used",
            ),
        ]


class Round(BuyerRow):
    """One pass of quoting. `roots`: what is published at close, by envelope, in hexadecimal; `last_seq`: arrivals."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="rounds")
    no = models.PositiveSmallIntegerField()
    open_at = models.DateTimeField()
    close_at = models.DateTimeField()
    improving_only = models.BooleanField(default=False)
    participants = models.ManyToManyField(Participation, related_name="rounds", blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    roots = models.JSONField(default=dict)

    objects = PartOfEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "no"], name="round_no_once"),
            models.CheckConstraint(condition=Q(open_at__lt=F("close_at")), name="round_dates"),
            models.CheckConstraint(condition=Q(no__range=(1, 20)), name="round_no"),
        ]


class RoundQuoteQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """That a supplier has a quote at all is told to the buyer only when the quote is."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return sides(actor, Q(quote__disclosed_at__isnull=False), Q())


class RoundQuote(TradeRow):
    """Which quote a participation gave in a round."""

    participation = models.ForeignKey(Participation, models.PROTECT, related_name="round_quotes")
    round = models.ForeignKey(Round, models.PROTECT, related_name="round_quotes")
    quote = models.OneToOneField("quotes.Quote", models.PROTECT, related_name="round_quote")

    objects = RoundQuoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participation", "round"], name="round_quote_once")]


class SurrogateEntry(BuyerRow):
    """A quote that the buyer enters for a supplier from its written original, once a second person has approved it.

    `content` is the quote as it would be sent; `original` the attached file.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="surrogates")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="surrogates")
    original = models.ForeignKey("attachments.Attachment", models.PROTECT, related_name="+")
    content = models.JSONField()
    status = models.CharField(max_length=20, choices=SurrogateStatus, default=SurrogateStatus.PENDING_APPROVAL)
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("entered_by")), name="surrogate_second_person"
            ),
        ]
