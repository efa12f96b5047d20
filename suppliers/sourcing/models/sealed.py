"""What keeps a sealed quote shut, what it came in as, and how it was opened (docs/concepts/sourcing-sealed.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.core.actor import Actor
from marketplace.core.rows import ProtectedQuerySet, TradeRow
from suppliers.sourcing.enums import Envelope
from suppliers.sourcing.models.events import BuyerRow, BuyersQuerySet, SourcingEvent
from suppliers.sourcing.models.participations import Participation, Round


class OpenerKey(BuyerRow):
    """A person's key pair for opening quotes; the private half only under the passphrase that nobody but it knows.

    `passes`, `kibibytes`, `lanes`: the cost of Argon2id. `failures` counts wrong passphrases since the last right one.
    """

    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    public = models.BinaryField()
    wrapped = models.BinaryField()
    passes = models.PositiveSmallIntegerField()
    kibibytes = models.PositiveIntegerField()
    lanes = models.PositiveSmallIntegerField()
    outside_purchasing = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    proved_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "user"], condition=Q(retired_at=None), name="opener_key_one_in_use"
            ),
        ]


class EventOpener(BuyerRow):
    """An opener appointed for an event, with the key it had then."""

    event = models.ForeignKey(SourcingEvent, models.CASCADE, related_name="openers")
    key = models.ForeignKey(OpenerKey, models.PROTECT, related_name="appointments")

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="event_opener_once")]


class EnvelopeKey(BuyerRow):
    """The public key quotes of an envelope are encrypted to. Its private half exists only as shares."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="envelope_keys")
    envelope = models.CharField(max_length=12, choices=Envelope)
    public = models.BinaryField()
    needed = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "envelope"], name="envelope_key_once"),
            models.CheckConstraint(
                condition=Q(needed__gte=2) & Q(needed__lte=F("count")) & Q(count__lte=7), name="envelope_key_quorum"
            ),
            models.CheckConstraint(condition=Q(envelope__in=Envelope.values), name="envelope_key_envelope"),
        ]


class EnvelopeShare(BuyerRow):
    """One opener's share of an envelope's private key, encrypted to that opener; null once it was erased."""

    key = models.ForeignKey(EnvelopeKey, models.PROTECT, related_name="shares")
    opener = models.ForeignKey(OpenerKey, models.PROTECT, related_name="shares")
    wrapped = models.BinaryField(null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "opener"], name="envelope_share_once")]


class SealedEntryQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """A supplier sees its own; the buyer all of them, once the envelope was opened: their number is a secret."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        opened = models.Exists(
            Opening.objects.filter(round=models.OuterRef("round"), envelope=models.OuterRef("envelope")).exclude(
                opened_at=None
            )
        )
        return Q(seller=actor.organization_id) | Q(buyer=actor.organization_id) & Q(opened)


class SealedEntry(TradeRow):
    """One thing that came in for an envelope: `entry` are the very bytes that are signed and stand in the tree."""

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="sealed_entries")
    round = models.ForeignKey(Round, models.PROTECT, related_name="sealed_entries")
    envelope = models.CharField(max_length=12, choices=Envelope)
    lot = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="sealed_entries")
    version = models.ForeignKey("quotes.QuoteVersion", models.PROTECT, related_name="sealed_entries")
    commitment = models.CharField(max_length=64)
    entry = models.BinaryField()
    signature = models.BinaryField()
    signing_key = models.BinaryField()

    objects = SealedEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "envelope", "seq"], name="sealed_entry_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="sealed_entry_seq"),
        ]


class OpeningQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        return Q(pk__in=[]) if actor.on_behalf_of else Q(buyer=actor.organization_id)


class Opening(BuyerRow):
    """One session in which openers meet: over at `expires_at`, or when the quorum is there. `minutes` are the record.

    `salt` is part of the key under which given shares are parked; the rest of it is in no database.
    """

    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="openings")
    round = models.ForeignKey(Round, models.PROTECT, related_name="openings")
    envelope = models.CharField(max_length=12, choices=Envelope)
    salt = models.BinaryField()
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    minutes = models.JSONField(default=dict)
    minutes_hash = models.CharField(max_length=64, blank=True, default="")

    objects = OpeningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "envelope"], condition=~Q(opened_at=None), name="opening_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="opening_time"),
        ]


class OpeningShare(BuyerRow):
    """That an opener gave its share in a session, and when it signed the minutes; the share itself is not here."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="shares")
    opener = models.ForeignKey(OpenerKey, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opening", "opener"], name="opening_share_once")]


class OpenedPart(TradeRow):
    """A part as the opening found it: nonce and plain bytes, which prove what was committed to."""

    entry = models.OneToOneField(SealedEntry, models.PROTECT, related_name="opened")
    opening = models.ForeignKey(Opening, models.PROTECT, related_name="parts")
    nonce = models.BinaryField()
    part = models.BinaryField()


class TechnicalDecision(BuyerRow):
    """Who passes the technical envelope; the commercial one is opened for those only, after a second person agreed."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="technical_decision")
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")), name="technical_second_person"
            ),
        ]


class TechnicalResult(BuyerRow):
    """One participation's technical result."""

    decision = models.ForeignKey(TechnicalDecision, models.CASCADE, related_name="results")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+")
    passed = models.BooleanField()
    score = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    objects = BuyersQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "participation"], name="technical_result_once"),
            models.CheckConstraint(condition=Q(passed=True) | ~Q(reason=""), name="technical_result_reason"),
        ]
