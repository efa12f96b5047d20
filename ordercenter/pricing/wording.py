"""Lines of policies in words: for which goods, and what they do."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.graphql.scalars import trimmed
from ordercenter.pricing.models import PolicyLineKind, PricePolicyLine


def effect_text(kind: str, value: Decimal) -> str:
    """What a line does: "−3 %", "+1.50 per base uom", "not below 94.50 per base uom"."""
    number = trimmed(abs(value))
    sign = "−" if value < 0 else "+"
    if kind == PolicyLineKind.PERCENT:
        return f"{sign}{number} %"
    if kind == PolicyLineKind.AMOUNT:
        return _("%(amount)s per base uom") % {"amount": f"{sign}{number}"}
    if kind == PolicyLineKind.FLOOR_AMOUNT:
        return _("not below %(amount)s per base uom") % {"amount": number}
    return _("not below %(percent)s %% of the list price") % {"percent": number}


def scope_text(line: PricePolicyLine) -> str:
    """For which goods, by name: an SKU with its name, a product, a category, a brand, or all goods."""
    if line.variant is not None:
        return " ".join(filter(None, (line.variant.sku, line.variant.product.name, line.variant.name)))
    named = line.product or line.category or line.brand
    return named.name if named is not None else _("All goods")
