"""Orders of the demo enterprise on every stage of their way, made by the functions that people use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Organization
from marketplace.runtime.demo import Size, demo_step
from ordercenter.fulfilment import demo_papers  # noqa: F401 - a step of its own
from ordercenter.fulfilment.models import Shipment
from ordercenter.fulfilment.receive import Count, ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.cancel import cancel, decline
from ordercenter.orders.close import close
from ordercenter.orders.confirm import confirm_all
from ordercenter.orders.demo import days_before, demo_order, settle
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Journey:
    """An order of the demo: whose, from which goods on, how many lines, placed how long ago, and what became of it."""

    buyer: str
    reference: str
    start: int
    count: int
    days_ago: int
    then: Callable[[Order, int], None]


def confirmed(order: Order, days_ago: int) -> None:
    """Confirmed the day after."""
    confirm_all(demo_actor("xinghe", "sales"), [order.pk], _day(days_ago, 1))


def shipped(order: Order, days_ago: int) -> None:
    """Everything that is promised has left."""
    confirmed(order, days_ago)
    _ship(order, days_ago)


def shipped_in_part(order: Order, days_ago: int) -> None:
    """Half of the first line has left."""
    confirmed(order, days_ago)
    line = OrderLine.objects.filter(order=order, allocated__gt=1).order_by("position").first()
    if line:
        _ship(order, days_ago, {line.pk: Decimal(int(line.allocated / 2))})


def completed(order: Order, days_ago: int) -> None:
    """All of it has arrived."""
    shipped(order, days_ago)
    for shipment in Shipment.objects.filter(order=order).order_by("pk"):
        receive(_receiver(order), ReceiptDraft(shipment.pk, at=_day(days_ago, 4)))


def received_short(order: Order, days_ago: int) -> None:
    """One piece of the first line did not arrive, and the rest has not been counted yet."""
    shipped(order, days_ago)
    shipment = Shipment.objects.filter(order=order).order_by("pk").first()
    line = shipment.lines.order_by("order_line__position").first() if shipment else None
    if shipment and line and line.quantity > 1:
        counts = {line.pk: Count(line.quantity - 1, Decimal(1))}
        receive(_receiver(order), ReceiptDraft(shipment.pk, counts, "一件外箱破损", _day(days_ago, 4)))


def closed(order: Order, days_ago: int) -> None:
    """The rest was dropped."""
    shipped_in_part(order, days_ago)
    close(demo_actor("xinghe", "sales"), order.pk, "换季停产，余量不再供货", _day(days_ago, 5))


def declined(order: Order, days_ago: int) -> None:
    """The seller said no."""
    decline(demo_actor("xinghe", "sales"), order.pk, "超出本月配额", _day(days_ago, 1))


def cancelled(order: Order, days_ago: int) -> None:
    """The buyer changed its mind in time."""
    cancel(_receiver(order), order.pk, "Ordered twice by mistake")


JOURNEYS = (
    Journey("yunqi", "YQ-2026-090", 2, 6, 38, completed),
    Journey("yunqi", "YQ-2026-101", 8, 4, 24, completed),
    Journey("jinli", "JL-0871", 5, 5, 30, completed),
    Journey("harbour", "HW/4402", 11, 3, 27, completed),
    Journey("jinli", "JL-0892", 16, 4, 12, received_short),
    Journey("yunqi", "YQ-2026-109", 22, 5, 6, shipped),
    Journey("harbour", "HW/4460", 18, 4, 4, shipped_in_part),
    Journey("yunqi", "YQ-2026-114", 26, 6, 2, confirmed),
    Journey("jinli", "JL-0880", 30, 4, 15, closed),
    Journey("jinli", "JL-0899", 34, 3, 9, declined),
    Journey("harbour", "HW/4455", 38, 2, 8, cancelled),
)


@demo_step(50, _("Deliveries"))
def deliveries(_size: Size) -> Iterator[tuple[int, int]]:
    """Take each order as far as its journey goes; one that is there stays as it is."""
    seller = demo_organization("xinghe")
    settle(seller)
    for done, journey in enumerate(JOURNEYS):
        yield done, len(JOURNEYS)
        _travel(journey, seller)
    yield len(JOURNEYS), len(JOURNEYS)


def _travel(journey: Journey, seller: Organization) -> None:
    buyer = demo_actor(journey.buyer, "buyer")
    known = Order.objects.filter(seller=seller, buyer=buyer.organization, buyer_reference=journey.reference)
    if known.exclude(status=OrderStatus.PLACED).exists():
        return
    order = demo_order(buyer, seller, journey.reference, journey.start, journey.count, days_ago=journey.days_ago)
    journey.then(order, journey.days_ago)


def _day(days_ago: int, later: int) -> datetime:
    """So many days later, but not in the future."""
    return min(timezone.now(), days_before(days_ago - later, 2))


def _receiver(order: Order) -> Actor:
    return demo_actor(order.buyer.code, "buyer")


def _ship(order: Order, days_ago: int, lines: dict[int, Decimal] | None = None) -> None:
    if lines is None and not OrderLine.objects.filter(order=order, allocated__gt=0).exists():
        return
    number = f"SF{1_000_000 + order.pk * 7919 % 9_000_000}"
    ship(demo_actor("xinghe", "warehouse"), ShipmentDraft(order.pk, lines, "顺丰速运", (number,), at=_day(days_ago, 2)))
