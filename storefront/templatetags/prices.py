"""Price policies and simulations on their pages."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from storefront.templatetags.trade import as_datetime

register = template.Library()
Pairs = list[tuple[str, str]]
Term = Mapping[str, Any]


@register.simple_tag
def term_kinds() -> Pairs:
    """What a line of a policy may do."""
    return [
        ("PERCENT", _("Change by percent")),
        ("AMOUNT", _("Change by an amount per base uom")),
        ("FLOOR_AMOUNT", _("Floor price per base uom")),
        ("FLOOR_PERCENT", _("Floor price in percent of the list price")),
    ]


@register.filter
def of_steps(terms: Sequence[Term]) -> list[Term]:
    """The lines that change prices."""
    return [term for term in terms if term["step"]]


@register.filter
def of_floors(terms: Sequence[Term]) -> list[Term]:
    """The lines that bound prices."""
    return [term for term in terms if not term["step"]]


@register.filter
def partner_shown(policy: Mapping[str, Any]) -> str:
    """The name of the partner a policy is for, nothing where it is for more."""
    return policy["audience"] if policy["level"] == "PARTNER" else ""


@register.filter
def for_everyone(policy: Mapping[str, Any]) -> bool:
    """True for a policy for all partners."""
    return policy["level"] == "EVERYONE"


@register.filter
def goods_shown(term: Term | None) -> str:
    """The goods of a line as words of a combobox; nothing for all goods."""
    return term["goods"] if term and term["goodsId"] else ""


@register.simple_tag
def past_months(months: int) -> dict[str, str]:
    """The months up to today, as fields of a form take them."""
    today = timezone.localtime()
    first = today - timedelta(days=30 * months)
    return {"begins": f"{first:%Y-%m-%dT00:00}", "ends": f"{today:%Y-%m-%dT%H:%M}"}


@register.filter
def in_percent(number: Any) -> str:
    """A change in percent with its sign: +3.5 %; nothing known shows a dash."""
    if number is None or number == "":
        return "—"
    found = Decimal(str(number)).normalize()
    sign = "−" if found < 0 else "+" if found > 0 else ""
    return f"{sign}{abs(found):f} %"


@register.filter
def tone_of(number: Any) -> str:
    """The tone of a difference: dearer is orange, cheaper green."""
    found = Decimal(str(number or 0))
    return "orange" if found > 0 else "green" if found < 0 else ""


@register.filter
def begins_shown(adjustment: Mapping[str, Any]) -> str:
    """From when the prices of an adjustment hold, in words."""
    at = adjustment["beginsAt"] or adjustment["effectiveAt"]
    return as_datetime(at) if at else _("once it is approved")
