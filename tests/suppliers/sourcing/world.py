"""A buyer with three suppliers and an event, in a few words. Time passes by moving the event's dates back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from marketplace.catalog.models import UnitOfMeasure
from marketplace.core.actor import Actor
from marketplace.core.gate import clock
from suppliers.sourcing.drafts import ColumnDraft, EventDraft, LineDraft, LotDraft
from suppliers.sourcing.invite import invite
from suppliers.sourcing.life import DATES
from suppliers.sourcing.models import Participation, Round, SourcingEvent
from suppliers.sourcing.offers import OfferLine, QuoteContent, offer_of
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.submit import Sent, quote_submit
from suppliers.sourcing.taking_part import register
from suppliers.sourcing.write import event_create
from tests.factories import make_actor, make_organization, make_partnership


class Sourcing:
    """`world.event()` is published with three suppliers admitted; `world.quotes(0, event, 10, 7)` sends prices."""

    def __init__(self) -> None:
        self.buyer = make_organization("Yunqi Trading", "dealer")
        self.actor = make_actor(self.buyer, "dealer_owner")
        self.second = make_actor(self.buyer, "dealer_buyer")
        self.partnerships = [make_partnership(make_organization(name), self.buyer) for name in ("A", "B", "C")]
        self.sellers: list[Actor] = [make_actor(one.upstream, "seller_owner") for one in self.partnerships]
        self.uom = UnitOfMeasure.objects.get_or_create(code="PCS", defaults={"name_en": "Piece"})[0]

    def columns(self, **fields: Any) -> dict[str, Any]:
        now = clock()
        dates = {
            "ask_until": now + timedelta(days=4),
            "answer_until": now + timedelta(days=5),
            "open_at": now - timedelta(minutes=1),
            "close_at": now + timedelta(days=7),
            "opening_at": now + timedelta(days=7, hours=1),
        }
        return {"name_en": "Pans for spring", **dates, **fields}

    def line(self, quantity: Any = 100, **fields: Any) -> LineDraft:
        return LineDraft(Decimal(quantity), self.uom.pk, **({"text": "Pan"} | fields))

    def draft(
        self, lines: int | list[LineDraft] = 2, lots: list[LotDraft] | None = None, sheet: Any = None, **fields: Any
    ) -> EventDraft:
        rows = [self.line() for _ in range(lines)] if isinstance(lines, int) else lines
        return EventDraft(self.columns(**fields), lots, rows, sheet or [ColumnDraft("origin", label_en="Origin")])

    def created(self, *args: Any, suppliers: int = 3, **fields: Any) -> SourcingEvent:
        event = event_create(self.actor, self.draft(*args, **fields))
        invite(self.actor, event.pk, [one.upstream_id for one in self.partnerships[:suppliers]])
        return event

    def event(self, *args: Any, suppliers: int = 3, **fields: Any) -> SourcingEvent:
        event = event_publish(self.actor, self.created(*args, suppliers=suppliers, **fields).pk)
        for seller in self.sellers[:suppliers]:
            register(seller, event.pk)
        return event

    def part(self, who: int, event: SourcingEvent) -> Participation:
        return Participation.objects.get(event=event, seller=self.partnerships[who].upstream)

    def offer(self, *prices: Any, currency: str = "CNY", **values: Any) -> QuoteContent:
        lines = (OfferLine(n, None if one is None else Decimal(str(one)), **values) for n, one in enumerate(prices, 1))
        return offer_of(currency, lines)

    def quotes(self, who: int, event: SourcingEvent, *prices: Any, **values: Any) -> Sent:
        return quote_submit(self.sellers[who], self.part(who, event).pk, self.offer(*prices, **values))

    def pass_time(self, event: SourcingEvent, **time: Any) -> None:
        """So much of it passes for this event."""
        ago = timedelta(**time)
        SourcingEvent.objects.filter(pk=event.pk).update(**{name: F(name) - ago for name in DATES})
        Round.objects.filter(event=event).update(open_at=F("open_at") - ago, close_at=F("close_at") - ago)
        event.refresh_from_db()
