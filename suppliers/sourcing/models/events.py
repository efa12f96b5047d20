"""What is asked: the event, its lots and lines, the columns of the quote sheet."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.actor import Actor
from marketplace.core.fields import AmountField, CurrencyField, PriceField, QuantityField
from marketplace.core.names import NamedRow
from marketplace.core.rows import ProtectedQuerySet
from suppliers.sourcing.enums import (
    ColumnFilledBy,
    ColumnKind,
    Confidentiality,
    Envelope,
    LotAwardMode,
    PriceBasis,
    SourcingEventStatus,
    SourcingKind,
    SourcingReach,
)

#: What one's people need to see events of their own, and those of others.
VIEW = "sourcing.view"
ANSWER = "quotes.view"
#: What nobody outside the buyer's organization knows of.
INSIDE = (SourcingEventStatus.DRAFT, SourcingEventStatus.PENDING_APPROVAL, SourcingEventStatus.REJECTED)


def event_visible(actor: Actor, prefix: str = "") -> Q:
    """The condition that a row's event, at `prefix`, is the actor's own, or published and open to it.

    A published event is for its participants; an open one for everybody who is signed in and may see invitations.
    """
    if actor.on_behalf_of:
        return Q(pk__in=[])
    from suppliers.sourcing.models.participations import Participation

    own = Q(**{f"{prefix}buyer": actor.organization_id}) if actor.may(VIEW) else Q(pk__in=[])
    if not actor.may(ANSWER):
        return own
    joined = Participation.objects.filter(seller=actor.organization_id).values("event")
    joins = Q(**{f"{prefix}pk__in": joined}) | Q(**{f"{prefix}reach": SourcingReach.OPEN})
    return own | joins & ~Q(**{f"{prefix}status__in": INSIDE})


class EventQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        return event_visible(actor)


class PartOfEventQuerySet(ProtectedQuerySet):
    """Rows that whoever sees their event sees."""

    def visible_filter(self, actor: Actor) -> Q:
        return event_visible(actor, "event__")


class BuyersQuerySet(ProtectedQuerySet):
    """Rows for the buyer alone."""

    def visible_filter(self, actor: Actor) -> Q:
        return Q(pk__in=[]) if actor.on_behalf_of or not actor.may(VIEW) else Q(buyer=actor.organization_id)


class BuyerRow(models.Model):
    """A row of the organization that asks."""

    buyer = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class SourcingEvent(BuyerRow, NamedRow):
    """One call to suppliers, from question to award.

    The dates are those of the round that runs. `rules` and `rates` are frozen when it is published, and `rules_hash`
    is the SHA-256 of both; `secret` makes the pseudonyms of those who ask. `rates`: units of the event's currency for
    one of another, as texts, by code.
    """

    number = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=SourcingKind, default=SourcingKind.RFQ)
    reach = models.CharField(max_length=12, choices=SourcingReach, default=SourcingReach.INVITED)
    confidentiality = models.CharField(max_length=8, choices=Confidentiality, default=Confidentiality.HIDDEN)
    two_envelopes = models.BooleanField(default=False)
    description = models.TextField(blank=True, default="")
    currency = CurrencyField()
    rates = models.JSONField(default=dict)
    price_basis = models.CharField(max_length=8, choices=PriceBasis, default=PriceBasis.NET)
    register_until = models.DateTimeField(null=True, blank=True)
    ask_until = models.DateTimeField()
    answer_until = models.DateTimeField()
    open_at = models.DateTimeField()
    close_at = models.DateTimeField()
    opening_at = models.DateTimeField()
    rounds_max = models.PositiveSmallIntegerField(default=1)
    min_quotes = models.PositiveSmallIntegerField(default=1)
    estimate = AmountField(null=True, blank=True)
    event_version = models.PositiveIntegerField(default=1)
    rules = models.JSONField(default=dict)
    rules_hash = models.CharField(max_length=64, blank=True, default="")
    secret = models.BinaryField()
    status = models.CharField(max_length=20, choices=SourcingEventStatus, default=SourcingEventStatus.DRAFT)
    status_reason = models.CharField(max_length=500, blank=True, default="")
    paused_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    submitted_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["buyer", "number"], name="sourcing_event_number_once"),
            models.CheckConstraint(
                condition=Q(open_at__lt=F("close_at"))
                & Q(close_at__lte=F("opening_at"))
                & Q(ask_until__lte=F("answer_until"))
                & Q(answer_until__lte=F("close_at")),
                name="sourcing_event_dates",
            ),
            models.CheckConstraint(condition=Q(rounds_max__range=(1, 20)), name="sourcing_event_rounds"),
            models.CheckConstraint(condition=Q(event_version__gte=1), name="sourcing_event_version"),
            models.CheckConstraint(condition=Q(kind__in=SourcingKind.values), name="sourcing_event_kind"),
            models.CheckConstraint(condition=Q(reach__in=SourcingReach.values), name="sourcing_event_reach"),
            models.CheckConstraint(
                condition=Q(confidentiality__in=Confidentiality.values), name="sourcing_event_confidentiality"
            ),
            models.CheckConstraint(condition=Q(status__in=SourcingEventStatus.values), name="sourcing_event_status"),
        ]
        indexes = [
            models.Index(fields=["buyer", "status"], name="sourcing_event_of_buyer"),
            models.Index(fields=["status", "close_at"], name="sourcing_event_closing"),
        ]

    def __str__(self) -> str:
        return self.number


class Lot(BuyerRow, NamedRow):
    """Lines that are awarded together. `ceiling`: the most that all of its lines may come to."""

    event = models.ForeignKey(SourcingEvent, models.CASCADE, related_name="lots")
    position = models.PositiveIntegerField()
    ceiling = AmountField(null=True, blank=True)
    award_mode = models.CharField(max_length=8, choices=LotAwardMode, default=LotAwardMode.PER_LINE)
    max_winners = models.PositiveSmallIntegerField(default=1)

    objects = PartOfEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "position"], name="lot_position_once"),
            models.CheckConstraint(condition=Q(max_winners__gte=1) & Q(position__gte=1), name="lot_counts"),
            models.CheckConstraint(condition=Q(ceiling=None) | Q(ceiling__gt=0), name="lot_ceiling"),
            models.CheckConstraint(condition=Q(award_mode__in=LotAwardMode.values), name="lot_award_mode"),
        ]


class EventLine(BuyerRow):
    """One need: a variant or a text. `baseline_price` is the buyer's own; `values` are the buyer's columns by code."""

    event = models.ForeignKey(SourcingEvent, models.CASCADE, related_name="lines")
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey("catalog.Variant", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=500, blank=True, default="")
    specification = models.TextField(blank=True, default="")
    quantity = QuantityField()
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, related_name="+")
    need_date = models.DateField(null=True, blank=True)
    plant = models.CharField(max_length=255, blank=True, default="")
    baseline_price = PriceField(null=True, blank=True)
    ceiling = PriceField(null=True, blank=True)
    values = models.JSONField(default=dict)

    objects = PartOfEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "position"], name="event_line_position_once"),
            models.CheckConstraint(condition=Q(variant__isnull=False) | ~Q(text=""), name="event_line_what"),
            models.CheckConstraint(condition=Q(quantity__gt=0) & Q(position__gte=1), name="event_line_quantity"),
            models.CheckConstraint(
                condition=(Q(ceiling=None) | Q(ceiling__gt=0)) & (Q(baseline_price=None) | Q(baseline_price__gt=0)),
                name="event_line_prices",
            ),
        ]


class EventLineSource(BuyerRow):
    """Which need a line was made from: `source_kind` and the key of that line there."""

    event_line = models.ForeignKey(EventLine, models.CASCADE, related_name="sources")
    source_kind = models.CharField(max_length=24)
    source_line = models.BigIntegerField()
    quantity = QuantityField()

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_line", "source_kind", "source_line"], name="event_line_source_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="event_line_source_quantity"),
        ]


class QuoteColumn(BuyerRow):
    """A column of the quote sheet beside price, tax, lead days and validity.

    `validation`: {"min", "max"} for numbers and money as texts and for dates, {"regex"} for texts, {"choices"}.
    """

    event = models.ForeignKey(SourcingEvent, models.CASCADE, related_name="columns")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=32)
    label_zh = models.CharField(max_length=64, blank=True, default="")
    label_en = models.CharField(max_length=64, blank=True, default="")
    type = models.CharField(max_length=8, choices=ColumnKind, default=ColumnKind.TEXT)
    filled_by = models.CharField(max_length=20, choices=ColumnFilledBy, default=ColumnFilledBy.SUPPLIER)
    mandatory = models.BooleanField(default=False)
    visible = models.BooleanField(default=True)
    envelope = models.CharField(max_length=12, choices=Envelope, default=Envelope.COMMERCIAL)
    validation = models.JSONField(default=dict)

    class ColumnQuerySet(ProtectedQuerySet):
        def visible_filter(self, actor: Actor) -> Q:
            """What is not `visible` is the buyer's alone."""
            return event_visible(actor, "event__") & (Q(visible=True) | Q(buyer=actor.organization_id))

    objects = ColumnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "code"], name="quote_column_code_once"),
            models.UniqueConstraint(fields=["event", "position"], name="quote_column_position_once"),
            models.CheckConstraint(condition=~Q(label_zh="", label_en=""), name="quote_column_label"),
            models.CheckConstraint(
                condition=Q(type__in=ColumnKind.values)
                & Q(filled_by__in=ColumnFilledBy.values)
                & Q(envelope__in=Envelope.values),
                name="quote_column_words",
            ),
        ]
