"""What makes an order stand out among others: why somebody should look at it, told by its rows and never stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, TextChoices
from django.db.models.functions import Coalesce, Now, TruncDate
from django.db.models.lookups import LessThan
from django.utils.translation import gettext_lazy as _

from marketplace.conversations.read import unread
from marketplace.core.actor import Actor
from ordercenter.orders.enums import FINAL, OrderFulfilmentStatus, OrderStatus, OrderWait
from ordercenter.orders.models import OrderEvent, OrderLine, OrderSettings

#: Somebody still has to do something with an order in one of these.
OPEN = tuple(status for status in OrderStatus if status not in FINAL)
Condition = Callable[[Actor], Any]


class OrderFlag(TextChoices):
    """Why an order stands out, the most pressing first."""

    CANCEL_REQUESTED = "cancel_requested", _("Cancelling asked")
    HELD = "held", _("On hold")
    LATE = "late", _("Past its date")
    BACKORDER = "backorder", _("Short of stock")
    MESSAGE = "message", _("Unread message")
    CHANGED = "changed", _("Changed since placed")
    MINIMUM = "minimum", _("Below minimum")
    NOTE = "note", _("With a note")


def late(actor: Actor) -> Any:
    """Something is still to be shipped after the day promised, or wished where none is promised; days by its zone."""
    to_ship = (OrderFulfilmentStatus.NOT_SHIPPED, OrderFulfilmentStatus.PARTIALLY_SHIPPED)
    waits = Q(status__in=(OrderStatus.PLACED, OrderStatus.CONFIRMED), fulfilment_status__in=to_ship)
    return waits & Q(LessThan(Coalesce("promised_on", "requested_on"), TruncDate(Now(), tzinfo=zone_of(actor))))


def backorder(_actor: Actor) -> Any:
    """Confirmed, and a line of goods is neither shipped nor promised from stock in full."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"), variant__isnull=False)
    short = lines.filter(quantity__gt=F("cancelled") + F("shipped") + F("allocated"))
    return Q(status=OrderStatus.CONFIRMED) & Q(Exists(short))


def changed(_actor: Actor) -> Any:
    """Somebody changed it before it was confirmed."""
    events = OrderEvent.objects.filter(order=OuterRef("pk"), kind="order.changed")
    return Q(status=OrderStatus.PLACED) & Q(Exists(events))


def minimum(actor: Actor) -> Any:
    """Awaits confirmation and is worth less than its seller takes; only the seller is told."""
    settings = OrderSettings.objects.filter(organization=OuterRef("seller"), minimum_value__gt=OuterRef("list_amount"))
    return Q(status=OrderStatus.PLACED, seller=actor.organization_id) & Q(Exists(settings))


def message(actor: Actor) -> Any:
    """Somebody wrote something about it that the actor has not read."""
    return Q(pk__in=unread(actor).filter(document_kind="order").values("document_id"))


CONDITIONS: dict[OrderFlag, Condition] = {
    OrderFlag.CANCEL_REQUESTED: lambda _actor: Q(waiting_for=OrderWait.CANCEL_DECISION),
    OrderFlag.HELD: lambda _actor: Q(open_holds__gt=0),
    OrderFlag.LATE: late,
    OrderFlag.BACKORDER: backorder,
    OrderFlag.MESSAGE: message,
    OrderFlag.CHANGED: changed,
    OrderFlag.MINIMUM: minimum,
    OrderFlag.NOTE: lambda _actor: Q(status__in=(OrderStatus.PLACED, OrderStatus.CONFIRMED)) & ~Q(note=""),
}


def zone_of(actor: Actor) -> ZoneInfo:
    """The zone of the actor's organization."""
    return ZoneInfo(actor.organization.time_zone if actor.organization else "UTC")


def flagged(actor: Actor, rows: QuerySet[Any], flags: Iterable[OrderFlag]) -> QuerySet[Any]:
    """Orders with any of the flags; none for none."""
    asked = {OrderFlag(flag) for flag in flags}
    wanted = Q(pk__in=[])
    for flag in asked - {OrderFlag.MESSAGE}:
        # Said once more of all, so that what is done, which is most of what there is, need not be looked at.
        wanted |= Q(status__in=OPEN) & CONDITIONS[flag](actor)
    if OrderFlag.MESSAGE in asked:
        wanted |= CONDITIONS[OrderFlag.MESSAGE](actor)
    return rows.filter(wanted)


def flags_of(actor: Actor, rows: QuerySet[Any]) -> dict[int, list[OrderFlag]]:
    """The flags of each of the orders; one statement."""
    told = rows.order_by().annotate(**_annotations(actor)).values_list("pk", *_names())
    return {pk: [flag for flag, on in zip(OrderFlag, found, strict=True) if on] for pk, *found in told}


def count_flags(actor: Actor, rows: QuerySet[Any]) -> dict[OrderFlag, int]:
    """How many of the orders have each flag; two statements.

    Only an unread message stands out on what is done: people also write about that.
    """
    unread_ones = rows.order_by().filter(CONDITIONS[OrderFlag.MESSAGE](actor)).count()
    open_flags = [flag for flag in OrderFlag if flag is not OrderFlag.MESSAGE]
    counts = {flag.value: Count("pk", filter=CONDITIONS[flag](actor)) for flag in open_flags}
    found = rows.order_by().filter(status__in=OPEN).aggregate(**counts)
    return {flag: unread_ones if flag is OrderFlag.MESSAGE else found[flag.value] for flag in OrderFlag}


def _annotations(actor: Actor) -> dict[str, Any]:
    return {
        f"is_{flag.value}": ExpressionWrapper(CONDITIONS[flag](actor), output_field=BooleanField())
        for flag in OrderFlag
    }


def _names() -> list[str]:
    return [f"is_{flag.value}" for flag in OrderFlag]
