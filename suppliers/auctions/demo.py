"""Auctions of the demo enterprise: one prepared for the day after tomorrow, one fought over yesterday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import UnitOfMeasure
from marketplace.core.errors import DomainError
from marketplace.core.gate import clock
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Organization
from marketplace.runtime.demo import Size, demo_step
from suppliers.auctions import engine
from suppliers.auctions.admission import end_minutes
from suppliers.auctions.engine import Act
from suppliers.auctions.enums import AuctionFormat, AuctionStatus, MustBeat, StepKind, TiePolicy
from suppliers.auctions.extension import Extension
from suppliers.auctions.models import Auction, AuctionSeat
from suppliers.auctions.prepare import AuctionDraft, admit_seat, create, freeze, publish
from suppliers.auctions.rules import Rules, Shown
from suppliers.auctions.steps import Step
from suppliers.auctions.store import save
from suppliers.sourcing.drafts import EventDraft, LineDraft, LotDraft
from suppliers.sourcing.enums import SourcingKind
from suppliers.sourcing.invite import invite
from suppliers.sourcing.models import Lot, Participation, SourcingEvent
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.taking_part import register
from suppliers.sourcing.write import event_create

STRETCH = "缠绕膜年度竞价"
PALLETS = "木托盘年度竞价"
SUPPLIERS = ("xinghe", "shunda", "hengyuan")
#: Of the auction that is over: seconds after the start, who, at which price.
FOUGHT = (
    (42, "shunda", "86.00"),
    (95, "hengyuan", "85.00"),
    (131, "xinghe", "83.50"),
    (188, "shunda", "82.00"),
    (260, "hengyuan", "80.50"),
    (371, "xinghe", "79.00"),
    (455, "shunda", "78.20"),
    (520, "hengyuan", "77.00"),
    (588, "shunda", "76.40"),
    (640, "hengyuan", "75.80"),
)
LENGTH = timedelta(minutes=10)


@demo_step(92, _("Auctions"))
def auctions(_size: Size) -> Iterator[tuple[int, int]]:
    """Make the events and auctions that are missing; the suppliers are those of sourcing."""
    yield 0, 2
    buyer = demo_organization("yunqi")
    if not SourcingEvent.objects.filter(buyer=buyer, name_zh=STRETCH).exists():
        _prepared()
        yield 1, 2
        _fought()
    yield 2, 2


def _prepared() -> None:
    start = (clock() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    auction = _auction(STRETCH, "Stretch film for a year", "缠绕膜 50 厘米 Stretch film, 50 cm", "24.00", start)
    publish(demo_actor("yunqi", "buyer"), auction.pk)


def _fought() -> None:
    """Yesterday's: the same acts through the same engine, with the instants of then."""
    start = (clock() - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    auction = _auction(PALLETS, "Pallets for a year", "木托盘 1200×1000 Pallet, wood", "90.00", start)
    seats = {seat.seller.code: seat.pk for seat in AuctionSeat.objects.filter(auction=auction).select_related("seller")}
    with transaction.atomic():
        held = freeze(demo_actor("yunqi", "buyer"), auction)
        for seconds, code, price in FOUGHT:
            received = start + timedelta(seconds=seconds, milliseconds=137 * seconds % 1000)
            act = Act(seats[code], received, received + timedelta(milliseconds=4))
            for bid in engine.bid(held.room, act, Decimal(price)):
                held.minutes.bid(held.room, bid)
        engine.finish(held.room, held.room.close_at)
        end_minutes(held)
        save(held)
    Auction.objects.filter(pk=auction.pk, status=AuctionStatus.ENDED).update(alive_at=held.room.close_at)


def _auction(name_zh: str, name_en: str, text: str, baseline: str, start: datetime) -> Auction:
    actor = demo_actor("yunqi", "buyer")
    lot = _lot(name_zh, name_en, text, baseline)
    auction = create(actor, AuctionDraft(lot.pk, _rules(start, Decimal(baseline)), Decimal(baseline)))
    for participation in Participation.objects.filter(event=lot.event).order_by("pk"):
        admit_seat(actor, auction.pk, participation.pk)
    return auction


def _rules(start: datetime, ceiling: Decimal) -> Rules:
    minutes = timedelta(minutes=2)
    return Rules(
        format=AuctionFormat.ENGLISH,
        currency="CNY",
        tick=Decimal("0.10"),
        step=Step(StepKind.ABSOLUTE, Decimal("0.50")),
        start_at=start,
        close_at=start + LENGTH,
        hard_stop_at=start + 3 * LENGTH,
        ceiling=ceiling,
        must_beat=MustBeat.LEAD,
        ties=TiePolicy.FORBIDDEN,
        jump_guard=Decimal(20),
        extension=Extension(1, minutes, minutes, most=5),
        shown=Shown(ranks=True, seats=True),
    )


def _lot(name_zh: str, name_en: str, text: str, baseline: str) -> Lot:
    now = clock()
    hours = {"ask_until": 24, "answer_until": 36, "open_at": -1, "close_at": 48, "opening_at": 48}
    dates = {name: now + timedelta(hours=count) for name, count in hours.items()}
    header = {"currency": "CNY", "kind": SourcingKind.AUCTION, "name_zh": name_zh, "name_en": name_en}
    uom = UnitOfMeasure.objects.get(code="PCS").pk
    line = LineDraft(Decimal(3000), uom, text=text, baseline_price=Decimal(baseline), plant="杭州云栖仓库")
    lot = LotDraft(1, name_zh, name_en)
    event = event_create(demo_actor("yunqi", "buyer"), EventDraft(header | dates, [lot], [line], []))
    actor = demo_actor("yunqi", "buyer")
    sellers = list(Organization.objects.filter(code__in=SUPPLIERS))
    invite(actor, event.pk, [one.pk for one in sellers])
    event_publish(actor, event.pk)
    for code in SUPPLIERS:
        try:
            register(demo_actor(code), event.pk)
        except DomainError:
            continue  # a supplier that may not take part has no seat
    return event.lots.get()
