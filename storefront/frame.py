"""What stands around every page: who is asking, for whom, what they may do, and the menu that follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One entry of the menu; `key` is what follows `g` on the keyboard, `thumb` puts it on a phone's bottom bar."""

    label: Any
    url: str
    icon: str
    permission: str
    key: str
    thumb: bool = False


BUYING = (
    Place(_("Home"), "/home/", "home", "orders.purchases", "h", thumb=True),
    Place(_("Catalogue"), "/catalog/", "category", "catalog.browse", "c", thumb=True),
    Place(_("Quick order"), "/orders/new/", "bolt", "orders.place", "n", thumb=True),
    Place(_("Carts"), "/carts/", "shopping-cart", "orders.place", "b", thumb=True),
    Place(_("Orders"), "/orders/", "file-text", "orders.purchases", "o", thumb=True),
    Place(_("Saved lists"), "/lists/", "list-check", "orders.place", "l"),
)
SELLING = (
    Place(_("Overview"), "/office/", "layout-dashboard", "orders.sales", "d", thumb=True),
    Place(_("Order inbox"), "/office/orders/", "inbox", "orders.sales", "i", thumb=True),
    Place(_("Partners"), "/office/partners/", "users", "partners.view", "p", thumb=True),
    Place(_("Products"), "/office/products/", "package", "catalog.view", "a", thumb=True),
    Place(_("Price lists"), "/office/prices/", "tag", "prices.view", "r"),
    Place(_("Stock"), "/office/stock/", "building-warehouse", "stock.view", "s", thumb=True),
    Place(_("Imports"), "/office/imports/", "table-import", "catalog.manage", "m"),
)
TOOLS = (Place(_("GraphQL explorer"), "/graphql/", "api", "", "x"),)


class Frame:
    """The part of a page's answer that the layout shows (`storefront/fragments/frame.graphql`)."""

    def __init__(self, data: dict[str, Any], path: str = "") -> None:
        self.path = path
        self.selling_order = (data.get("order") or {}).get("viewerSide") == "SELLER"
        self.actor: dict[str, Any] = data.get("actor") or {}
        self.carts: list[dict[str, Any]] = data.get("carts") or []

    @property
    def user(self) -> dict[str, Any]:
        """Who is signed in."""
        return self.actor.get("user") or {}

    @property
    def organization(self) -> dict[str, Any]:
        """For whom they act."""
        return self.actor.get("organization") or {}

    @property
    def timezone(self) -> str:
        """IANA name in which times are shown."""
        return self.organization.get("timezone") or "UTC"

    @cached_property
    def may(self) -> frozenset[str]:
        """Permission codes of the actor."""
        return frozenset(self.actor.get("permissions") or ())

    @property
    def cart_lines(self) -> int:
        """Lines in all open carts."""
        return sum(cart["lineCount"] for cart in self.carts)

    @cached_property
    def sections(self) -> list[tuple[Any, list[Place]]]:
        """The menu: only what this actor may open, by the side they work on."""
        both = self.organization.get("isBuyer") and self.organization.get("isSeller")
        found = [(_("Buying") if both else "", BUYING), (_("Selling") if both else "", SELLING), (_("Tools"), TOOLS)]
        offered = [(label, list(self._offered(places))) for label, places in found]
        return [(label, places) for label, places in offered if places]

    def _offered(self, places: tuple[Place, ...]) -> Iterator[Place]:
        for place in places:
            side = place in BUYING and not self.organization.get("isBuyer")
            if not side and (not place.permission or place.permission in self.may):
                yield place

    @cached_property
    def here(self) -> str:
        """Address of the menu entry that the page stands under: the longest one its own address begins with."""
        if self.selling_order:
            return "/office/orders/"
        places = [place.url for _label, found in self.sections for place in found]
        return max((url for url in places if self.path.startswith(url)), key=len, default="")

    @property
    def thumbs(self) -> list[Place]:
        """At most five places for the bar of a phone; the rest stand in the drawer."""
        return [place for _label, places in self.sections for place in places if place.thumb][:5]
