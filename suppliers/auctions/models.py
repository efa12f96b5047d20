"""The tables of auctions (auctions §1). A row that must not be changed any more cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.fields import CurrencyField, PriceField
from marketplace.core.rows import ProtectedQuerySet, TradeQuerySet, TradeRow
from suppliers.auctions.enums import AuctionFormat, AuctionStatus, BidKind, BidStatus, SeatStatus
from suppliers.sourcing.models import Lot, Participation, SourcingEvent


class FactorField(models.DecimalField):
    """A divisor or adder of a seat, numeric(12,6)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=12, decimal_places=6)
        super().__init__(*args, **kwargs)


class ValueField(models.DecimalField):
    """W as an integer in the auction's scale: compared, never shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=200, decimal_places=0)
        super().__init__(*args, **kwargs)


class AuctionQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The buyer's own; a supplier's once it has a seat and the auction is published."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        seats = AuctionSeat.objects.filter(seller=actor.organization_id).values("auction")
        return Q(buyer=actor.organization_id) | (Q(pk__in=seats) & ~Q(status=AuctionStatus.DRAFT))


class Auction(models.Model):
    """The live part of one lot.

    `status` is what somebody has written down; where it stands at an instant the instants decide (`state.Room`).
    `gate` is the document of its gate: its own key, or one for all lots that are extended together. `reserve_sealed`
    is nonce and amount, encrypted.
    """

    buyer = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    event = models.ForeignKey(SourcingEvent, models.PROTECT, related_name="auctions")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="auctions")
    number = models.CharField(max_length=32)
    format = models.CharField(max_length=12, choices=AuctionFormat)
    currency = CurrencyField()
    tick = PriceField()
    ceiling_price = PriceField(null=True)
    baseline_price = PriceField(null=True)
    rules = models.JSONField(default=dict)
    rules_hash = models.BinaryField(default=b"")
    status = models.CharField(max_length=20, choices=AuctionStatus, default=AuctionStatus.DRAFT)
    start_at = models.DateTimeField()
    close_at = models.DateTimeField()
    first_close_at = models.DateTimeField()
    hard_stop_at = models.DateTimeField()
    extensions = models.PositiveIntegerField(default=0)
    extensions_max = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seq = models.PositiveIntegerField(default=0)
    audit_n = models.PositiveIntegerField(default=0)
    audit_head = models.BinaryField(default=b"")
    last_adm_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True)
    reserve_sealed = models.TextField(blank=True, default="")
    reserve_commitment = models.BinaryField(default=b"")
    scale = ValueField(default=Decimal(10**6))
    gate = models.BigIntegerField(default=0)
    void_reason = models.CharField(max_length=500, blank=True, default="")
    void_asked_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = AuctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "lot"], name="auction_of_lot_once"),
            models.UniqueConstraint(fields=["buyer", "number"], name="auction_number_once"),
            models.CheckConstraint(
                condition=Q(close_at__lte=F("hard_stop_at"))
                & Q(extensions__lte=F("extensions_max"))
                & Q(start_at__lt=F("close_at")),
                name="auction_instants",
            ),
            models.CheckConstraint(
                condition=Q(tick__gt=0) & (Q(ceiling_price=None) | Q(ceiling_price__gt=0)), name="auction_prices"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AuctionStatus.values) & Q(format__in=AuctionFormat.values), name="auction_words"
            ),
        ]
        indexes = [
            models.Index(
                fields=["start_at"],
                condition=Q(status__in=["registering", "registration_closed", "preparing", "live", "paused"]),
                name="auction_running",
            )
        ]

    def __str__(self) -> str:
        return self.number


class SeatQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The buyer sees all seats, a supplier its own."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return Q(buyer=actor.organization_id) | Q(seller=actor.organization_id)


class AuctionSeat(TradeRow):
    """One in the live room, under a label that was drawn. Its best valid price stands here for the next judgement."""

    auction = models.ForeignKey(Auction, models.PROTECT, related_name="seats")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="seats")
    label = models.CharField(max_length=8)
    divisor = FactorField(default=Decimal(1))
    adder = FactorField(default=Decimal(0))
    ceiling = PriceField(null=True)
    start_price = PriceField(null=True)
    status = models.CharField(max_length=16, choices=SeatStatus, default=SeatStatus.ADMITTED)
    best_price = PriceField(null=True)
    best_value = ValueField(null=True)
    best_seq = models.PositiveIntegerField(null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["auction", "participation"], name="auction_seat_once"),
            models.UniqueConstraint(fields=["auction", "seller"], name="auction_seat_of_seller_once"),
            models.UniqueConstraint(fields=["auction", "label"], name="auction_seat_label_once"),
            models.CheckConstraint(condition=Q(divisor__gt=0) & Q(adder__gte=0), name="auction_seat_transform"),
            models.CheckConstraint(condition=Q(status__in=SeatStatus.values), name="auction_seat_status"),
        ]


class BidQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """A supplier's own; the buyer's all, sealed start prices only from the start on."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        opened = ~Q(kind=BidKind.START) | Q(auction__start_at__lte=Now())
        return Q(seller=actor.organization_id) | (Q(buyer=actor.organization_id) & opened)


class Bid(TradeRow):
    """One price act that was admitted. `level`: of an accept its level, of a turn's bid its round."""

    auction = models.ForeignKey(Auction, models.PROTECT, related_name="bids")
    seat = models.ForeignKey(AuctionSeat, models.PROTECT, related_name="bids")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=BidKind)
    price = PriceField()
    value = ValueField()
    level = models.PositiveIntegerField(null=True)
    client_id = models.UUIDField(null=True)
    t_recv = models.DateTimeField()
    t_adm = models.DateTimeField()
    place_after = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=BidStatus, default=BidStatus.VALID)
    made_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    invalid_reason = models.CharField(max_length=500, blank=True, default="")
    invalid_asked_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = BidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["auction", "seq"], name="bid_seq_once"),
            models.UniqueConstraint(fields=["auction", "seat", "client_id"], name="bid_client_id_once"),
            models.UniqueConstraint(
                fields=["auction", "seat", "level"], condition=Q(kind="accept"), name="bid_level_once"
            ),
            models.CheckConstraint(condition=Q(price__gt=0) & Q(seq__gte=1), name="bid_price"),
            models.CheckConstraint(
                condition=Q(kind__in=BidKind.values) & Q(status__in=BidStatus.values), name="bid_words"
            ),
        ]


class ProxyQuerySet(TradeQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The supplier's own: the buyer never learns of a limit."""
        return Q(pk__in=[]) if actor.on_behalf_of else Q(seller=actor.organization_id)


class ProxyBid(TradeRow):
    """A seat's limit, encrypted; erased a day after the end."""

    auction = models.ForeignKey(Auction, models.PROTECT, related_name="proxies", db_index=False)
    seat = models.ForeignKey(AuctionSeat, models.PROTECT, related_name="proxies", db_index=False)
    limit_sealed = models.TextField()
    registered_seq = models.PositiveIntegerField()

    objects = ProxyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["auction", "seat"], name="proxy_bid_one_live")]


class AuditQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The buyer's; suppliers are told the head of the chain, and their own bids."""
        return Q(pk__in=[]) if actor.on_behalf_of else Q(buyer=actor.organization_id)


class AuctionAudit(models.Model):
    """One row of the minutes: its canonical bytes, and their hash with all before. Append-only."""

    buyer = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    auction = models.ForeignKey(Auction, models.PROTECT, related_name="minutes", db_index=False)
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    body = models.BinaryField()
    hash = models.BinaryField()

    objects = AuditQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["auction", "n"], name="auction_audit_n_once")]
        indexes = [models.Index(fields=["auction", "n"], condition=Q(kind="MESSAGE"), name="auction_audit_messages")]
