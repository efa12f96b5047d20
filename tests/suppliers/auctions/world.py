"""A buyer, its suppliers and an auction of theirs in the database."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.gate import clock
from suppliers.auctions import admission, prepare
from suppliers.auctions.admission import Admitted, Try
from suppliers.auctions.enums import AuctionFormat
from suppliers.auctions.models import Auction, AuctionSeat
from suppliers.auctions.replay import prove
from suppliers.auctions.rules import Rules
from suppliers.sourcing.enums import ParticipationStatus, SourcingEventStatus, SourcingKind
from suppliers.sourcing.models import Lot, Participation, SourcingEvent
from tests.factories import make_actor, make_organization, make_partnership
from tests.suppliers.auctions.rooms import rules

SOON = timedelta(milliseconds=150)


class World:
    """`suppliers[n]` are actors; `live(...)` publishes an auction with all of them in it and waits for its start."""

    def __init__(self, suppliers: int = 3) -> None:
        self.buyer_organization = make_organization("Harbour Buying", "dealer", "seller")
        self.buyer = make_actor(self.buyer_organization)
        self.second = make_actor(self.buyer_organization)
        self.suppliers: list[Actor] = []
        self.participations: list[Participation] = []
        self.event = self.make_event()
        self.lot = Lot.objects.create(event=self.event, buyer=self.buyer_organization, position=1, name_en="Steel")
        for number in range(suppliers):
            self.add_supplier(f"Supplier {number}")

    def make_event(self) -> SourcingEvent:
        now = clock()
        later = [now + timedelta(days=days) for days in (1, 2, 3, 4, 5)]
        names = ("open_at", "ask_until", "answer_until", "close_at", "opening_at")
        return SourcingEvent.objects.create(
            buyer=self.buyer_organization,
            number=f"EV-{SourcingEvent.objects.count() + 1:06}",
            kind=SourcingKind.AUCTION,
            currency="CNY",
            status=SourcingEventStatus.PUBLISHED,
            secret=b"secret",
            name_en="Steel",
            **dict(zip(names, later, strict=True)),
        )

    def add_supplier(self, name: str) -> None:
        organization = make_organization(name, "seller")
        partnership = make_partnership(organization, self.buyer_organization)
        self.participations.append(
            Participation.objects.create(
                event=self.event,
                partnership=partnership,
                seller=organization,
                buyer=self.buyer_organization,
                code=f"P{len(self.participations) + 1}",
                status=ParticipationStatus.ADMITTED,
            )
        )
        self.suppliers.append(make_actor(organization))

    def draft(self, **given: Any) -> Auction:
        """A draft with a seat for each supplier."""
        auction = prepare.create(self.buyer, prepare.AuctionDraft(self.lot.pk, self.rules(**given), Decimal(1200)))
        for participation in self.participations:
            prepare.admit_seat(self.buyer, auction.pk, participation.pk)
        return auction

    def rules(self, **given: Any) -> Rules:
        start = clock() + timedelta(hours=1)
        instants = {
            "start_at": start,
            "close_at": start + timedelta(minutes=10),
            "hard_stop_at": start + timedelta(hours=2),
            "outage_tolerance": timedelta(seconds=50),  # nothing follows the clocks here, and machines are slow
        }
        return rules(**(instants | given))

    def live(self, **given: Any) -> Auction:
        """An auction that has just started."""
        auction = self.published(**given)
        while clock() < auction.start_at:
            time.sleep(0.01)
        return auction

    def published(self, soon: timedelta = SOON, length: timedelta = timedelta(minutes=10), **given: Any) -> Auction:
        """An auction that starts soon; a little later where the machine is too slow for that."""
        auction = self.draft(**given)
        known = Rules.from_json(auction.rules)
        for tries in range(6):
            start = clock() + soon * 3**tries
            close = start + length if known.format in (AuctionFormat.ENGLISH, AuctionFormat.RANK) else start
            moved = replace(known, start_at=start, close_at=close, hard_stop_at=start + timedelta(hours=2))
            prepare.set_rules(self.buyer, auction.pk, prepare.AuctionDraft(self.lot.pk, moved, Decimal(1200)))
            try:
                return prepare.publish(self.buyer, auction.pk)
            except DomainError as error:
                if error.field != "start_at":
                    raise
        raise AssertionError("the machine is too slow")

    def bid(self, number: int, auction: Auction, price: Any, client_id: UUID | None = None, **more: Any) -> Admitted:
        return admission.place_bid(self.suppliers[number], Try(auction.pk, client_id), Decimal(price), **more)

    def accept(self, number: int, auction: Auction, level: int) -> Admitted:
        return admission.accept_level(self.suppliers[number], Try(auction.pk), level)

    def seat(self, number: int, auction: Auction) -> AuctionSeat:
        return AuctionSeat.objects.get(auction=auction, seller=self.suppliers[number].organization)

    def assert_proven(self, auction: Auction) -> None:
        """The chain verifies, and the minutes replayed are the state that is stored."""
        auction.refresh_from_db()
        proof = prove(self.buyer, auction)
        assert proof.holds, proof


def shift(auction: Auction, by: timedelta) -> datetime:
    """Let time have passed: all instants of an auction lie so much earlier. The minutes know nothing of it."""
    auction.refresh_from_db()
    for name in ("start_at", "close_at", "first_close_at", "hard_stop_at"):
        setattr(auction, name, getattr(auction, name) - by)
    auction.save(update_fields=["start_at", "close_at", "first_close_at", "hard_stop_at"])
    return auction.close_at
