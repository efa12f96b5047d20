"""Figures as papers show them: the currency stands once at the head, not in every cell."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from storefront.templatetags.trade import EXPONENTS

register = template.Library()


@register.filter
def figure(money: Mapping[str, Any] | None) -> str:
    """`{amount: "1234.5", currency: "CNY"}` as 1,234.50; unit prices keep up to four decimals."""
    if not money:
        return ""
    amount = Decimal(money["amount"])
    digits = max(EXPONENTS.get(money["currency"], 2), -int(amount.normalize().as_tuple().exponent))
    return f"{'−' if amount < 0 else ''}{abs(amount):,.{digits}f}"
