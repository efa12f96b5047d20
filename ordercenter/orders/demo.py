"""Carts, saved lists and orders that await confirmation; those that went further are in ordercenter.fulfilment.demo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.assortments import orderable
from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Organization, Partnership
from marketplace.runtime.demo import Size, demo_step
from ordercenter.orders.carts import write_cart
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.entries import Wish, check_lines
from ordercenter.orders.models import Cart, Order, OrderSettings, SavedList
from ordercenter.orders.place import place, place_all
from ordercenter.orders.saved_lists import SavedListDraft, ShareDraft, share_saved_list, write_saved_list
from ordercenter.orders.terms import buying_terms
from ordercenter.orders.together import count_together

#: The references by which a second run knows what is there.
WAITING = (
    ("yunqi", "YQ-2026-118", 0, 5, "请尽量在周五前发货。"),
    ("jinli", "JL-0907", 9, 3, ""),
    ("harbour", "HW/4471", 4, 6, "Please pack by product."),
)
SELLER_TERMS = {"minimum_value": Decimal(200), "reopen_days": 30}
BATCH = 100


@demo_step(55, _("Carts and orders"))
def orders(size: Size) -> Iterator[tuple[int, int]]:
    """Make what is missing; an order is known by the buyer's reference."""
    seller = demo_organization("xinghe")
    settle(seller)
    for done, (code, reference, start, count, note) in enumerate(WAITING):
        yield done, len(WAITING) + 2
        demo_order(demo_actor(code, "buyer"), seller, reference, start, count, note=note)
    yield len(WAITING), len(WAITING) + 2
    _lists(demo_actor("yunqi", "buyer"), seller)
    yield len(WAITING) + 1, len(WAITING) + 2
    _resale()
    if size == "large":
        yield from _many(seller)
    count_together(Actor.system())
    yield len(WAITING) + 2, len(WAITING) + 2


@demo_step(85, _("An order that credit holds"))
def waiting_for_credit(size: Size) -> Iterator[tuple[int, int]]:
    """More than Jinli may still owe: its seller finds it in the hold queue."""
    yield 0, 1
    demo_order(demo_actor("jinli", "buyer"), demo_organization("xinghe"), "JL-0931", 20, 9)
    yield 1, 1


def settle(seller: Organization) -> None:
    """How the seller takes orders: by hand, and none too small."""
    OrderSettings.objects.get_or_create(organization=seller, defaults=SELLER_TERMS)


def demo_order(
    actor: Actor,
    seller: Organization,
    reference: str,
    start: int,
    count: int,
    note: str = "",
    days_ago: int = 0,
) -> Order:
    """The order of this reference; placed by its buyer where it is not there, or days ago by the seller's sales."""
    assert actor.organization is not None
    known = Order.objects.filter(seller=seller, buyer=actor.organization, buyer_reference=reference).first()
    if known:
        return known
    lines = demo_lines(actor, seller, start, count)
    draft = OrderDraft(
        seller_id=seller.pk,
        buyer_id=actor.organization.pk,
        lines=lines,
        buyer_reference=reference,
        note=note,
        requested_on=timezone.localdate() + timedelta(days=7 - days_ago),
    )
    if not days_ago:
        return place(actor, draft)
    return place(demo_actor(seller.code, "sales"), replace(draft, at=days_before(days_ago)))


def days_before(days: int, hours: int = 0) -> datetime:
    """An instant so many days ago."""
    return timezone.now() - timedelta(days=days, hours=-hours)


def demo_lines(actor: Actor, seller: Organization, start: int, count: int) -> list[DraftLine]:
    """Goods from this place of the catalogue on, in quantities that their rules allow."""
    terms = buying_terms(actor, seller.pk)
    rows = Variant.objects.filter(listings__organization=seller).order_by("sku").values_list("pk", flat=True)
    offered = orderable(seller.pk, terms.partnership_id, rows)
    chosen = [pk for pk in rows if pk in offered]
    chosen = (chosen[start:] + chosen[:start])[: 2 * count]
    wishes = [Wish(pk, Decimal(6 + 6 * (number % 4))) for number, pk in enumerate(chosen)]
    lines: list[DraftLine] = []
    for line in check_lines(actor, terms, wishes).lines:
        quantity = line.snapped or line.wish.quantity
        if line.goods and line.unit_price is not None and quantity and (line.code is None or line.snapped):
            lines.append(DraftLine(line.goods.variant_id, line.goods.uom_id, quantity))
    return lines[:count]


def _lists(actor: Actor, seller: Organization) -> None:
    """What a buyer keeps for the next time, and a cart that is being filled."""
    if not SavedList.objects.filter(organization=actor.organization).exists():
        for name, start, count in (("每周补货", 0, 8), ("开店陈列", 14, 12)):
            wishes = _wishes(demo_lines(actor, seller, start, count))
            row = write_saved_list(actor, SavedListDraft(seller_id=seller.pk, name=name, wishes=wishes))
            share_saved_list(actor, row.pk, [ShareDraft()])
    if not Cart.objects.filter(organization=actor.organization).exists():
        write_cart(actor, seller.pk, _wishes(demo_lines(actor, seller, 20, 4)), add=True)


def _wishes(lines: Sequence[DraftLine]) -> list[Wish]:
    return [Wish(line.variant_id, line.quantity, line.uom_id) for line in lines]


def _resale() -> None:
    """A dealer sells on to its own dealer, and confirms by itself."""
    dealer = demo_organization("yunqi")
    OrderSettings.objects.get_or_create(organization=dealer, defaults={"auto_confirm": True})
    actor = demo_actor("xixi")
    if demo_lines(actor, dealer, 0, 2):
        demo_order(actor, dealer, "XX-001", 0, 2)


def _many(seller: Organization) -> Iterator[tuple[int, int]]:
    """For each further dealer three orders of the past weeks, by the sales desk."""
    partnerships = list(Partnership.objects.filter(upstream=seller).exclude(orders__isnull=False).order_by("pk"))
    sales = demo_actor(seller.code, "sales")
    goods = demo_lines(demo_actor("jinli", "buyer"), seller, 0, 40)
    address = {"contact": "仓库", "phone": "", "country": "CN", "city": "上海", "street": "物流园 1 号"}
    for start in range(0, len(partnerships), BATCH):
        yield start, len(partnerships)
        drafts = [
            OrderDraft(
                seller_id=seller.pk,
                buyer_id=partnership.downstream_id,
                lines=goods[number % 20 : number % 20 + 5],
                address=address,
                at=days_before(2 + week * 7 + number % 5),
            )
            for number, partnership in enumerate(partnerships[start : start + BATCH])
            for week in range(3)
        ]
        place_all(sales, drafts)
