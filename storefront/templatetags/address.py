"""What a page's address says of its filters, and the addresses that differ from it by one of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.template import Context

from storefront.templatetags.narrowing import address_of

register = template.Library()


@register.simple_tag(takes_context=True)
def chips(context: Context, *names: str) -> list[tuple[str, str, str]]:
    """What is filtered now: (name, value, address without it) for each of the given names in the address."""
    return list(_chips(context["request"].GET, names))


def _chips(query: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for name in names:
        for value in query.getlist(name):
            rest = query.copy()
            rest.setlist(name, [one for one in query.getlist(name) if one != value])
            for gone in ("after", "before"):
                rest.pop(gone, None)
            yield name, value, f"?{rest.urlencode()}"


@register.simple_tag(takes_context=True)
def toggled(context: Context, name: str, value: Any) -> str:
    """The address with a filter's value put in, or taken out where it is in."""
    query = context["request"].GET.copy()
    now = query.getlist(name)
    query.setlist(name, [v for v in now if v != str(value)] if str(value) in now else [*now, str(value)])
    for gone in ("after", "before"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def chosen(context: Context, name: str, value: Any) -> bool:
    """Whether a filter's value stands in the address."""
    return str(value) in context["request"].GET.getlist(name)


@register.filter
def facet_key(facet: Mapping[str, Any]) -> str:
    """How a facet's filter is called in the address: brands by name, attributes below `attr.`."""
    return facet["code"] if facet["code"] == "brand" else f"attr.{facet['code']}"


@register.simple_tag
def facet_label(facets: list[dict[str, Any]], code: str, value: str) -> str:
    """Words of a facet's value."""
    labels = {one["value"]: one["label"] for facet in facets if facet["code"] == code for one in facet["values"]}
    return labels.get(value, value)


@register.simple_tag(takes_context=True)
def facet_chips(context: Context, facets: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What is filtered by attributes: (words, address without it)."""
    query = context["request"].GET
    names = {f"attr.{facet['code']}": facet for facet in facets if facet["code"] != "brand"}
    return [
        (f"{names[name]['label']}: {facet_label(facets, names[name]['code'], value)}", url)
        for name, value, url in _chips(query, tuple(names))
    ]


LOW, HIGH = "price.gte", "price.lte"


@dataclass(frozen=True)
class PriceRange:
    """The prices that the address narrows to, as they were typed, and what else it says."""

    low: str
    high: str
    others: list[tuple[str, str]]
    cleared: str

    @property
    def chosen(self) -> bool:
        """Whether there is a range at all."""
        return bool(self.low or self.high)


@register.simple_tag(takes_context=True)
def price_range(context: Context) -> PriceRange:
    """The range of prices in the address."""
    query = context["request"].GET
    skipped = {LOW, HIGH, "after", "before", "do", "part"}
    others = [(name, value) for name, values in query.lists() if name not in skipped for value in values]
    cleared = address_of(query, **{LOW: None, HIGH: None, "do": None, "part": None})
    return PriceRange(query.get(LOW, "").strip(), query.get(HIGH, "").strip(), others, cleared)


@register.simple_tag(takes_context=True)
def price_band(context: Context, band: Mapping[str, str]) -> dict[str, Any]:
    """Whether a band is the range of the address, and the address that turns it on, or off again."""
    now = price_range(context)
    on = _number(now.low) == Decimal(band["low"]) and _number(now.high) == Decimal(band["high"])
    low, high = (None, None) if on else (f"{Decimal(band['low']):f}", f"{Decimal(band['high']):f}")
    url = address_of(context["request"].GET, **{LOW: low, HIGH: high, "do": None, "part": None})
    return {"on": on, "url": url}


@register.simple_tag(takes_context=True)
def trading_currency(context: Context, sellers: Mapping[str, Any]) -> str:
    """The currency one trades in with the seller of the address, or with the only one there is."""
    rows: Sequence[Any] = [edge["node"] for edge in sellers["edges"]]
    seller = context["request"].GET.get("seller")
    return next((row["currency"] for row in rows if not seller or row["upstream"]["id"] == seller), "")


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
