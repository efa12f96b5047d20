"""What stands around every page: who is asking, for whom, what they may do, and the menu that follows from it."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from storefront.company.places import SETTINGS, Setting
from storefront.finance import places as finance_places
from storefront.menu import BUYING, SELLING, TOOLS, Place


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
    def cart_choices(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Sellers at which there is more than one cart, each with its carts: one of them takes what is added."""
        found: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
        for cart in self.carts:
            found.setdefault(cart["seller"]["id"], (cart["seller"], []))[1].append(cart)
        return [(seller, carts) for seller, carts in found.values() if len(carts) > 1]

    @property
    def chosen_cart(self) -> dict[str, Any] | None:
        """The cart that what is added goes into, where all that are to choose from are of one seller."""
        if len(self.cart_choices) != 1:
            return None
        return next((cart for cart in self.cart_choices[0][1] if cart["isChosen"]), None)

    @cached_property
    def sections(self) -> list[tuple[Any, list[Place]]]:
        """The menu: only what this actor may open, by the side they work on."""
        both = self.organization.get("isBuyer") and self.organization.get("isSeller")
        found = [(_("Buying") if both else "", BUYING), (_("Selling") if both else "", SELLING), (_("Tools"), TOOLS)]
        offered = [(label, list(self._offered(places))) for label, places in found]
        return [(label, places) for label, places in offered if places]

    def _offered(self, places: tuple[Place, ...]) -> Iterator[Place]:
        for place in places:
            other = (place in BUYING and not self.organization.get("isBuyer")) or (
                place in SELLING and not self.organization.get("isSeller")
            )
            if not other and (not place.permission or place.permission in self.may):
                yield place

    @cached_property
    def settings(self) -> list[tuple[Any, list[Setting]]]:
        """The pages of the settings that this actor may open, in groups."""
        offered = [
            (label, [one for one in found if not one.permission or one.permission in self.may])
            for label, found in SETTINGS
        ]
        return [(label, found) for label, found in offered if found]

    @cached_property
    def setting(self) -> str:
        """Address of the page of the settings that one is on."""
        known = {begin: one.url for _label, found in self.settings for one in found for begin in (one.url, *one.also)}
        return known.get(max((begin for begin in known if self.path.startswith(begin)), key=len, default=""), "")

    @cached_property
    def finance(self) -> list[finance_places.Tab]:
        """The tabs of finance on the side that one is on, as far as this actor may open them."""
        sides = bool(self.organization.get("isSeller")), bool(self.organization.get("isBuyer"))
        return finance_places.tabs(self.path, self.may, *sides)

    @property
    def finance_tab(self) -> str:
        """Address of the tab of finance that one is on."""
        return finance_places.current(self.path)

    @cached_property
    def here(self) -> str:
        """Address of the menu entry that the page stands under: the longest one its own address begins with."""
        if self.selling_order:
            return "/office/orders/"
        if self.setting:
            return "/company/"
        places = [place.url for _label, found in self.sections for place in found]
        return max((url for url in places if self.path.startswith(url)), key=len, default="")

    @property
    def thumbs(self) -> list[Place]:
        """Four places for the bar of a phone; the rest stand in the menu that its fifth opens."""
        return [place for _label, places in self.sections for place in places if place.thumb][:4]
