"""A seller's offers, version by version. What was sent is never overwritten (docs/concepts/sourcing.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from marketplace.core.actor import Actor
from marketplace.core.fields import CurrencyField, PriceField, QuantityField
from marketplace.core.rows import TradeQuerySet, TradeRow
from ordercenter.quotes.enums import QuotePurpose, QuoteStatus, VersionKind

#: What a seller's people need to see their quotes, and a buyer's to read those that were disclosed.
SEND = "quotes.view"
READ = "sourcing.view"


class QuoteQuerySet(TradeQuerySet):
    """Offers: the seller sees its own, the buyer those that were disclosed to it, and nobody else any."""

    #: From the row to its quote, with `__`.
    quote = ""

    def visible_filter(self, actor: Actor) -> Q:
        """The buyer's part rests on `disclosed_at`, whatever the page or the role: that is what hides a quote."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        none = Q(pk__in=[])
        own = Q(seller=actor.organization_id) if actor.may(SEND) else none
        disclosed = (
            Q(buyer=actor.organization_id, **{f"{self.quote}disclosed_at__isnull": False}) & self.not_superseded()
        )
        return own | (disclosed if actor.may(READ) else none)

    def not_superseded(self) -> Q:
        """What of a disclosed quote the buyer reads; everything, unless a subclass says less."""
        return Q()


class PartOfQuoteQuerySet(QuoteQuerySet):
    """Rows that belong to a quote."""

    quote = "quote__"


class PartOfVersionQuerySet(QuoteQuerySet):
    """Rows that are the content of a version: the buyer reads that of the last one sent, and of none before it."""

    quote = "version__quote__"

    def not_superseded(self) -> Q:
        version = self.quote.removesuffix("quote__")
        later = QuoteVersion.objects.filter(
            quote=OuterRef(f"{version}quote"), kind=VersionKind.SUBMIT, no__gt=OuterRef(f"{version}no")
        )
        return ~Q(Exists(later))


class Quote(TradeRow):
    """One seller's offer to one buyer. `disclosed_at`: from when the buyer may read it; null, not at all.

    `draft` is what the seller has not sent yet, encrypted by the application; nobody but the seller is given it.
    """

    number = models.CharField(max_length=32)
    purpose = models.CharField(max_length=12, choices=QuotePurpose, default=QuotePurpose.SOURCING)
    currency = CurrencyField()
    status = models.CharField(max_length=16, choices=QuoteStatus, default=QuoteStatus.DRAFT)
    draft = models.BinaryField(null=True)
    draft_saved_at = models.DateTimeField(null=True)
    disclosed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="quote_number_once"),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="quote_two_sides"),
            models.CheckConstraint(condition=Q(status__in=QuoteStatus.values), name="quote_status"),
        ]
        indexes = [models.Index(fields=["buyer", "status"], name="quote_of_buyer")]

    def __str__(self) -> str:
        return self.number


class QuoteVersion(TradeRow):
    """One thing a seller did with its quote, never changed. A CONFIRM or WITHDRAW names the SUBMIT it is `of`.

    `received_at` is the database's clock after the gate was passed; `seq` the order of arrival in its round.
    """

    quote = models.ForeignKey(Quote, models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=VersionKind, default=VersionKind.SUBMIT)
    of = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    event_version = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    seq = models.PositiveIntegerField()
    surrogate = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True, default="")
    sent_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = PartOfQuoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote", "no"], name="quote_version_no_once"),
            models.CheckConstraint(condition=Q(no__gte=1) & Q(seq__gte=1), name="quote_version_counts"),
            models.CheckConstraint(
                condition=Q(kind=VersionKind.SUBMIT, of=None)
                | Q(kind__in=(VersionKind.CONFIRM, VersionKind.WITHDRAW), of__isnull=False),
                name="quote_version_of",
            ),
            models.CheckConstraint(
                condition=Q(surrogate=False) | Q(approved_by__isnull=False) & ~Q(approved_by=F("sent_by")),
                name="quote_version_second_person",
            ),
        ]


class QuotePayload(TradeRow):
    """The content of a version, by lot and envelope: plain canonical bytes, or what only an opening can read.

    `nonce` is kept only where the plain bytes are. The row goes when its retention is over; the version stays.
    """

    version = models.ForeignKey(QuoteVersion, models.PROTECT, related_name="payloads")
    envelope = models.CharField(max_length=12)
    lot = models.PositiveIntegerField(default=1)
    content = models.BinaryField()
    nonce = models.BinaryField(null=True)
    commitment = models.CharField(max_length=64, blank=True, default="")
    sealed = models.BooleanField(default=False)

    objects = PartOfVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "envelope", "lot"], name="quote_payload_once"),
            models.CheckConstraint(condition=Q(sealed=False) | Q(nonce=None), name="quote_payload_sealed"),
        ]


class QuoteLine(TradeRow):
    """What is offered for one line: `source_line` is the line's key in the event that asked, `position` its place.

    Written when the content may be read: at submit for open and hidden quotes, at the opening for sealed ones.
    """

    version = models.ForeignKey(QuoteVersion, models.PROTECT, related_name="lines")
    source_line = models.BigIntegerField(null=True)
    position = models.PositiveIntegerField()
    variant = models.ForeignKey("catalog.Variant", models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=500, blank=True, default="")
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, null=True, related_name="+")
    quantity = QuantityField()
    price = PriceField(null=True)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    lead_days = models.PositiveIntegerField(null=True)
    valid_until = models.DateField(null=True)
    alternative_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="alternatives")
    values = models.JSONField(default=dict)

    objects = PartOfVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "source_line"], condition=Q(alternative_of=None), name="quote_line_once"
            ),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gt=0), name="quote_line_price"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity"),
            models.CheckConstraint(
                condition=Q(tax_rate=None) | Q(tax_rate__gte=0, tax_rate__lt=100), name="quote_line_tax_rate"
            ),
        ]
        indexes = [models.Index(fields=["source_line"], name="quote_line_of_source")]


class QuoteTier(TradeRow):
    """The unit price of a quantity q with above < q <= up_to; no `up_to`: any more."""

    line = models.ForeignKey(QuoteLine, models.PROTECT, related_name="tiers")
    above = QuantityField()
    up_to = QuantityField(null=True)
    price = PriceField()

    class TierQuerySet(PartOfVersionQuerySet):
        quote = "line__version__quote__"

    objects = TierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "above"], name="quote_tier_once"),
            models.CheckConstraint(condition=Q(up_to=None) | Q(up_to__gt=F("above")), name="quote_tier_width"),
            models.CheckConstraint(condition=Q(above__gte=0) & Q(price__gt=0), name="quote_tier_values"),
        ]
