"""What the pages of carts ask of a list of carts and of lines."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django import template

register = template.Library()
Cart = Mapping[str, Any]


@register.filter
def beside(carts: Sequence[Cart], cart: Cart | None) -> list[Cart]:
    """The other carts of the same seller."""
    if not cart:
        return []
    return [one for one in carts or () if one["seller"]["id"] == cart["seller"]["id"] and one["id"] != cart["id"]]


@register.filter
def of_seller(carts: Sequence[Cart], seller: str) -> list[Cart]:
    """Those at a seller; the one that things go into by themselves is chosen, or is not there yet."""
    return [one for one in carts or () if one["seller"]["id"] == seller]


@register.filter
def own(carts: Sequence[Cart]) -> list[Cart]:
    """Those of the reader."""
    return [one for one in carts if one["isOwn"]]


@register.filter
def snappable(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a quantity can be raised to the next allowed one."""
    return any(line["snappedQuantity"] for line in lines)


@register.filter
def suggesting(seller: str) -> str:
    """The address that suggests goods of a seller while one types."""
    return f"?do=Complete&seller={quote(seller, safe='')}"
