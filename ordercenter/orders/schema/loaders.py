"""Batch loaders of orders: a page of orders costs one statement for each kind of thing shown with them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from marketplace.graphql import BatchLoader, grouped
from marketplace.parties.models import Address
from ordercenter.orders.enums import FINAL
from ordercenter.orders.hold import terms_of
from ordercenter.orders.models import CartLine, Order, OrderEvent, OrderLine, SavedListLine
from ordercenter.orders.turnover import COUNTED, midnight, months_on


class LinesOfOrder(BatchLoader):
    """The lines of orders, by position; `currency` and `order_status` are those of their order."""

    def batch(self, keys: list[int]) -> list[list[OrderLine]]:
        rows = OrderLine.objects.visible_to(self.actor).filter(order__in=keys)
        told = rows.annotate(currency=F("order__currency"), order_status=F("order__status"))
        return grouped(told.order_by("order_id", "position"), by="order_id", keys=keys)


class EventsOfOrder(BatchLoader):
    """The steps of orders that the reader's side may see, as they happened."""

    def batch(self, keys: list[int]) -> list[list[OrderEvent]]:
        rows = OrderEvent.objects.visible_to(self.actor).filter(order__in=keys)
        return grouped(rows.order_by("order_id", "seq"), by="order_id", keys=keys)


class TermsOfSeller(BatchLoader):
    """What sellers have settled about their orders."""

    def batch(self, keys: list[int]) -> list[Any]:
        terms = terms_of(keys)
        return [terms[key] for key in keys]


class LineCount(BatchLoader):
    """How many lines a cart or list has."""

    model: Any
    parent: str

    def batch(self, keys: list[int]) -> list[int]:
        rows = self.model.objects.visible_to(self.actor).filter(**{f"{self.parent}__in": keys})
        counts = dict(rows.order_by().values_list(self.parent).annotate(Count("pk")))
        return [counts.get(key, 0) for key in keys]


class LinesInCart(LineCount):
    """How many lines carts have."""

    model = CartLine
    parent = "cart"


class LinesInList(LineCount):
    """How many lines saved lists have."""

    model = SavedListLine
    parent = "saved_list"


class LinesOfList(BatchLoader):
    """The lines of saved lists, by position."""

    def batch(self, keys: list[int]) -> list[list[SavedListLine]]:
        rows = SavedListLine.objects.visible_to(self.actor).filter(saved_list__in=keys)
        return grouped(rows.order_by("saved_list_id", "position"), by="saved_list_id", keys=keys)


class OrdersOfPartnership(BatchLoader):
    """How many orders of a partnership are open, and when the last one was placed."""

    def batch(self, keys: list[int]) -> Iterable[tuple[int, Any]]:
        mine = Order.objects.visible_to(self.actor).filter(partnership__in=keys).order_by().values("partnership")
        open_ones = dict(mine.exclude(status__in=FINAL).annotate(n=Count("pk")).values_list("partnership", "n"))
        last = dict(mine.annotate(at=Max("placed_at")).values_list("partnership", "at"))
        return [(open_ones.get(key, 0), last.get(key)) for key in keys]


class TurnoverOfPartnership(BatchLoader):
    """What a partnership's orders of the last twelve months come to, gross and payable."""

    def batch(self, keys: list[int]) -> list[Decimal]:
        zone = ZoneInfo(self.actor.organization.time_zone if self.actor.organization else "UTC")
        since = midnight(months_on(timezone.now().astimezone(zone).date(), -12), zone)
        counted = Order.objects.visible_to(self.actor).filter(
            partnership__in=keys, status__in=COUNTED, placed_at__gte=since, currency=F("partnership__currency")
        )
        summed = counted.order_by().values("partnership").annotate(payable=Sum(F("gross") - F("cancelled_gross")))
        found = dict(summed.values_list("partnership", "payable"))
        return [found.get(key, Decimal(0)) for key in keys]


class AddressesOfDealer(BatchLoader):
    """Addresses in use of dealers, the default first, for the seller who enters their orders; who may ask is checked
    where the partnership is known."""

    def batch(self, keys: list[int]) -> list[list[Address]]:
        rows = Address.objects.cleared().filter(organization__in=keys, is_active=True)
        return grouped(rows.order_by("organization_id", "-is_default", "label", "pk"), by="organization_id", keys=keys)
