"""A near miss in words (promotions §7)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from ordercenter.promotions.describe import money, threshold
from ordercenter.promotions.terms import Hint


def hint_text(hint: Hint) -> str:
    """The hint in one sentence, in the reader's language: "Add ¥80 more and save ¥50"."""
    data = {"threshold_on": "quantity" if hint.quantity else "list", "currency": hint.currency}
    gap = threshold(hint.gap, data)
    if hint.reward == "percent" and hint.value is not None:
        values = {"gap": gap, "percent": f"{Decimal(hint.value).normalize():f}"}
        return _("Add %(gap)s more for %(percent)s%% off") % values
    if hint.reward == "gifts":
        return _("Add %(gap)s more for a gift") % {"gap": gap}
    if hint.effect == "free_freight":
        return _("Add %(gap)s more for less freight") % {"gap": gap}
    if hint.benefit:
        return _("Add %(gap)s more and save %(amount)s") % {"gap": gap, "amount": money(hint.benefit, data)}
    return _("Add %(gap)s more for the special price") % {"gap": gap}
