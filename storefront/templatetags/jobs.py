"""The history of the import centre: jobs of several kinds as one list."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def jobs_of(prices: Mapping[str, Any] | None, products: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Imports of prices and products, the latest first, each with `kind`, `into` and the address of its page."""
    found = []
    for edge in (prices or {}).get("edges") or ():
        job = edge["node"]
        found.append(job | {"kind": "prices", "kindLabel": _("Prices"), "into": job["priceList"]["name"]})
    for edge in (products or {}).get("edges") or ():
        job = edge["node"]
        found.append(job | {"kind": "products", "kindLabel": _("Products"), "into": ""})
    for job in found:
        job["url"] = f"/office/imports/{job['kind']}/{job['id']}/"
    return sorted(found, key=lambda job: str(job["createdAt"]), reverse=True)
