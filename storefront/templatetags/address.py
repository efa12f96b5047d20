"""What a page's address says of its filters, and the addresses that differ from it by one of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.template import Context

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
