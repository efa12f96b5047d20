"""Sourcing of the demo enterprise: a store asks suppliers; one event takes quotes, one is opened, one is public."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import UnitOfMeasure
from marketplace.core.actor import Actor
from marketplace.core.gate import clock
from marketplace.parties.demo import PASSWORD, demo_actor, demo_organization
from marketplace.parties.members import MemberDraft, create_member
from marketplace.parties.models import Membership, Organization, Partnership, Role, User
from marketplace.parties.onboarding import OrganizationDraft, onboard_organization
from marketplace.parties.partnerships import PartnerDraft, create_partnership
from marketplace.runtime.demo import SignIn, Size, demo_step, sign_ins
from suppliers.sourcing.addenda import AddendumDraft, publish_addendum
from suppliers.sourcing.clarify import answer, ask
from suppliers.sourcing.closing import close
from suppliers.sourcing.drafts import ColumnDraft, EventDraft, LineDraft, LotDraft
from suppliers.sourcing.enums import ColumnKind, Confidentiality, SourcingKind, SourcingReach
from suppliers.sourcing.invite import invite
from suppliers.sourcing.models import Participation, SourcingEvent
from suppliers.sourcing.offers import OfferLine, OfferTier, offer_of
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.submit import quote_submit
from suppliers.sourcing.taking_part import acknowledge, register
from suppliers.sourcing.write import event_create

SUPPLIERS = (
    ("shunda", "宁波顺达五金 Shunda Hardware", "马晓东", "U-301"),
    ("hengyuan", "佛山恒源瓷业 Hengyuan Ceramics", "冯丽华", "U-302"),
)
KITCHEN = "2027 春季厨房用品"
STORAGE = "收纳用品年度询价"
PACKING = "年度包装物料招标"
GOODS = (
    ("不锈钢汤锅 24 厘米 Stockpot, stainless, 24 cm", 800, "86.00"),
    ("不粘煎锅 28 厘米 Frying pan, non-stick, 28 cm", 1200, "64.50"),
    ("陶瓷餐具 16 件套 Dinner set, ceramic, 16 pieces", 500, "138.00"),
    ("玻璃保鲜盒 3 件套 Glass boxes, set of 3", 1500, "29.90"),
)
BOXES = (("布艺收纳箱 66 升 Storage box, fabric, 66 l", 2000, "23.50"), ("真空压缩袋 Vacuum bags", 5000, "4.80"))
CARTONS = (("五层瓦楞纸箱 Carton, five layers", 20000, "3.10"), ("气泡膜 50 米 Bubble wrap, 50 m", 600, "18.00"))


@demo_step(90, _("Sourcing events"))
def sourcing(_size: Size) -> Iterator[tuple[int, int]]:
    """Make the suppliers and the events that are missing."""
    buyer = demo_organization("yunqi")
    sellers = [demo_organization("xinghe"), *(_supplier(buyer, *one) for one in SUPPLIERS)]
    yield 0, 3
    if not SourcingEvent.objects.filter(buyer=buyer, name_zh=STORAGE).exists():
        short = _opened(sellers)
        yield 1, 3
        _running(sellers)
        _public()
        yield 2, 3
        time.sleep(max(0.0, (short.close_at - clock()).total_seconds()))
        close(short.pk)
    yield 3, 3


@sign_ins
def accounts() -> list[SignIn]:
    """Who answers as a supplier."""
    found = Membership.objects.filter(user__email__in=[f"owner@{code}.example" for code, *_rest in SUPPLIERS])
    rows = found.select_related("user", "organization").order_by("pk")
    return [SignIn(str(_("Supplier")), row.organization.name, row.user.email, PASSWORD) for row in rows]


def _supplier(buyer: Organization, code: str, name: str, owner: str, number: str) -> Organization:
    organization = Organization.objects.filter(code=code).first()
    if organization is None:
        organization = onboard_organization(Actor.system(), OrganizationDraft(name, code), "seller")
        role = Role.objects.get(organization=organization, preset="seller_owner")
        draft = MemberDraft(f"owner@{code}.example", owner, [role.pk], language="zh-hans")
        seat = create_member(Actor.system(organization), draft)
        User.objects.filter(pk=seat.user_id).update(password=make_password(PASSWORD))
    if not Partnership.objects.filter(upstream=organization, downstream=buyer).exists():
        create_partnership(Actor.system(organization), PartnerDraft(number, organization_id=buyer.pk))
    return organization


def _lines(goods: Sequence[tuple[str, int, str]]) -> list[LineDraft]:
    uom = UnitOfMeasure.objects.get(code="PCS").pk
    return [
        LineDraft(Decimal(count), uom, text=text, baseline_price=Decimal(price), plant="杭州云栖仓库")
        for text, count, price in goods
    ]


def _event(goods: Sequence[tuple[str, int, str]], hours: Mapping[str, float], **columns: Any) -> SourcingEvent:
    """A draft of the buyer's purchaser; `hours` from now for each date."""
    now = clock()
    dates = {name: now + timedelta(hours=count) for name, count in hours.items()}
    sheet = [
        ColumnDraft("origin", "产地", "Origin", mandatory=True),
        ColumnDraft("moq", "起订量", "Minimum order", ColumnKind.NUMBER, validation={"min": "1"}),
    ]
    draft = EventDraft({"currency": "CNY", **dates, **columns}, [LotDraft(1)], _lines(goods), sheet)
    return event_create(demo_actor("yunqi", "buyer"), draft)


def _publish(event: SourcingEvent, sellers: Sequence[Organization]) -> None:
    purchaser = demo_actor("yunqi", "buyer")
    if sellers:
        invite(purchaser, event.pk, [one.pk for one in sellers])
    event_publish(purchaser, event.pk)


def _quote(code: str, event: SourcingEvent, prices: Sequence[str], days: int, origin: str) -> None:
    """A supplier takes part and sends its prices, the first with tiers."""
    actor = demo_actor(code)
    part = Participation.objects.get(event=event, seller=actor.organization)
    lines = [
        OfferLine(n, Decimal(price), Decimal(13), days, values={"origin": origin, "moq": "100"})
        for n, price in enumerate(prices, 1)
    ]
    first = Decimal(prices[0])
    tiers = (
        OfferTier(Decimal(0), Decimal(500), first + 2),
        OfferTier(Decimal(500), None, first),
    )
    lines[0] = OfferLine(1, None, Decimal(13), days, tiers=tiers, values=lines[0].values)
    quote_submit(actor, part.pk, offer_of("CNY", lines))


def _opened(sellers: Sequence[Organization]) -> SourcingEvent:
    """Open quotes, all three in; it closes a few seconds from now."""
    hours = {"ask_until": 0.0, "answer_until": 0.0, "open_at": -1, "close_at": 5 / 3600, "opening_at": 5 / 3600}
    event = _event(
        BOXES,
        hours,
        name_zh=STORAGE,
        name_en="Storage goods for a year",
        confidentiality=Confidentiality.OPEN,
        rules={"min_open_hours": 0},
    )
    _publish(event, sellers)
    quotes = {"xinghe": ("21.80", "4.65"), "shunda": ("22.40", "4.30"), "hengyuan": ("20.90", "4.95")}
    for days, (code, prices) in enumerate(quotes.items(), 12):
        register(demo_actor(code), event.pk)
        _quote(code, event, prices, days, "浙江")
    return event


def _running(sellers: Sequence[Organization]) -> None:
    """Hidden quotes: one is in, one supplier has asked, one has not answered."""
    hours = {"ask_until": 96, "answer_until": 120, "open_at": -1, "close_at": 168, "opening_at": 169}
    event = _event(
        GOODS,
        hours,
        name_zh=KITCHEN,
        name_en="Kitchen goods for spring 2027",
        description="供应全国 46 家门店。For 46 stores in all provinces; deliveries in four lots from March on.",
        estimate=Decimal(260_000),
        rounds_max=2,
        min_quotes=2,
    )
    _publish(event, sellers)
    shunda = demo_actor("shunda")
    part = register(shunda, event.pk)
    register(demo_actor("xinghe"), event.pk)
    question = ask(shunda, part.pk, "汤锅需要复合底吗？Does the stockpot need a sandwich base?")
    buyer = demo_actor("yunqi", "buyer")
    answer(buyer, event.pk, [(question.pk, "需要，三层复合底。Yes, three layers.")])
    publish_addendum(buyer, event.pk, AddendumDraft("包装须含中英文标签。Boxes carry labels in Chinese and English."))
    acknowledge(shunda, part.pk, 2)
    _quote("shunda", event, ("79.90", "61.20", "142.00", "27.50"), 25, "宁波")


def _public() -> None:
    """Open to all: its notice is read without signing in."""
    hours = {
        "register_until": 240,
        "ask_until": 168,
        "answer_until": 216,
        "open_at": -1,
        "close_at": 336,
        "opening_at": 337,
    }
    event = _event(
        CARTONS,
        hours,
        name_zh=PACKING,
        name_en="Packaging for a year",
        description="按周送货至杭州仓库。Delivered every week to the warehouse in Hangzhou.",
        kind=SourcingKind.TENDER,
        reach=SourcingReach.OPEN,
        rules={"admit_potential": True},
    )
    _publish(event, ())
