"""Words and rows of the promotion pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

register = template.Library()

OPTIONS: dict[str, tuple[tuple[str, Any], ...]] = {
    "effect": (
        ("PERCENT_OFF", _("Percent off")),
        ("AMOUNT_OFF", _("Amount off")),
        ("THRESHOLD_OFF", _("Spend and save")),
        ("GIFT", _("Buy and get")),
        ("FIXED_PRICE", _("Special price")),
        ("ADD_ON", _("Add-on price")),
        ("FREE_FREIGHT", _("Free freight")),
    ),
    "stacking": (
        ("BEST_ONLY", _("Best only")),
        ("STACKABLE", _("Stackable")),
        ("EXCLUSIVE", _("Exclusive")),
    ),
    "strategy": (("STACK", _("Combined by their rules")), ("BEST", _("The best one alone"))),
    "line_threshold": (("LIST", _("Amount before promotions")), ("QUANTITY", _("Quantity"))),
    "order_threshold": (
        ("LIST", _("Amount before promotions")),
        ("NET", _("Amount after discounts on lines")),
        ("QUANTITY", _("Quantity")),
    ),
    "over": (
        ("MATCHING", _("All matching lines")),
        ("VARIANT", _("All lines of the SKU")),
        ("LINE", _("The line alone")),
    ),
    "tier_reward": (("PERCENT", _("Percent")), ("AMOUNT", _("Amount"))),
    "set_reward": (("PRICE", _("Price")), ("AMOUNT", _("Amount off")), ("PERCENT", _("Percent off"))),
    "freight_reward": (("PERCENT", _("Percent")), ("AMOUNT", _("Amount"))),
    "on_short": (("SKIP", _("Leave the promotion out")), ("PARTIAL", _("Give what is left"))),
    "gift_mode": (("ZERO", _("Gifts at no charge")), ("SPREAD", _("Discount shared over goods and gifts"))),
    "gift_short": (
        ("BACKORDER", _("Owe the gift")),
        ("NEXT", _("The next of the pool")),
        ("SKIP", _("Leave the gift out")),
    ),
    "measure": (("USES", _("Uses")), ("AMOUNT", _("Discount amount")), ("QUANTITY", _("Gift quantity"))),
    "channel": (
        ("dealer", _("Dealer order")),
        ("sub_dealer", _("Sub-dealer order")),
        ("purchase", _("Purchase")),
        ("mall", _("Mall order")),
        ("platform", _("Platform order")),
    ),
}

KINDS = (
    ("THRESHOLD_OFF", "ORDER", "", "coin", _("Spend and save"), _("80 off every full 1,000, or the more the less")),
    ("PERCENT_OFF", "LINE", "", "percentage", _("Percent off lines"), _("Less for some goods, from a quantity on")),
    (
        "PERCENT_OFF",
        "ORDER",
        "",
        "percentage",
        _("Percent off an order"),
        _("Less for everything, shared over the lines"),
    ),
    ("AMOUNT_OFF", "LINE", "", "tag", _("Amount off a piece"), _("2 off each piece of some goods")),
    ("AMOUNT_OFF", "ORDER", "", "tag", _("Amount off an order"), _("50 off from 500, with a coupon or without")),
    ("FIXED_PRICE", "LINE", "", "tag", _("Special price of goods"), _("19.90 a piece, for a while")),
    ("GIFT", "LINE", "", "gift", _("Buy 10, get 1"), _("Some pieces of the same SKU are free")),
    ("GIFT", "ORDER", "", "gift", _("Gifts for an order"), _("A gift to choose from a pool, from 3,000 on")),
    ("FIXED_PRICE", "ORDER", "", "category", _("Combination"), _("One of each for a price, or with a discount")),
    ("ADD_ON", "ORDER", "", "plus", _("Add-on price"), _("From 500 on, something more for little")),
    ("FREE_FREIGHT", "FREIGHT", "", "truck", _("Free freight"), _("No freight from 800 on")),
)


@register.filter
def promotion_options(name: str) -> tuple[tuple[str, Any], ...]:
    """Choices of a field, as pairs."""
    return OPTIONS[name]


@register.filter
def promotion_kinds(_nothing: Any) -> list[dict[str, Any]]:
    """The kinds of promotion people ask for, each an effect on a level."""
    names = ("effect", "level", "reward", "icon", "title", "text")
    return [dict(zip(names, kind, strict=True)) for kind in KINDS]


@register.filter
def kind_title(effect: str, level: str) -> Any:
    """What a kind of promotion is called."""
    return next((kind[4] for kind in KINDS if kind[:2] == (effect, level)), "")


@register.filter
def entered_number(value: Any) -> str:
    """A decimal as one types it: 12.5 for 12.500000."""
    text = str(value if value is not None else "")
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def share_of(part: Any, whole: Any) -> int:
    """Percent of a whole that a part is, 0 to 100."""
    try:
        return max(0, min(100, round(100 * float(part) / float(whole))))
    except (TypeError, ValueError, ZeroDivisionError):
        return 0


@register.filter
def cap_taken(cap: dict[str, Any]) -> float:
    """What is reserved and used of a cap."""
    return float(cap["reserved"]) + float(cap["used"])


@register.filter
def days_ago(days: int) -> str:
    """An instant so many days ago, for a date and time field; 0: the end of today."""
    now = timezone.localtime()
    day = (now - timedelta(days=days)) if days else now + timedelta(days=1)
    return day.strftime("%Y-%m-%dT00:00")


@register.filter
def in_currency(amount: Any, currency: str) -> dict[str, Any]:
    """An amount with its currency, as money is shown."""
    return {"amount": amount, "currency": currency}


@register.filter
def usual_level(effect: str) -> str:
    """The level of an effect where the address names none."""
    return next((kind[1] for kind in KINDS if kind[0] == effect), "LINE")


@register.filter
def gift_rows(promotion: dict[str, Any] | None) -> list[dict[str, Any]]:
    """All gifts of a promotion, those of its tiers with where they begin."""
    if not promotion:
        return []
    pool = promotion.get("pool")
    rows = list(pool["items"]) if pool else []
    for tier in promotion.get("tiers") or ():
        rows += [{**gift, "threshold": tier["threshold"]} for gift in (tier.get("pool") or {"items": ()})["items"]]
    return rows


@register.filter
def gift_pool(promotion: dict[str, Any] | None, name: str) -> Any:
    """A fact that all pools of a promotion have in common, as the editor enters them."""
    pools = [promotion.get("pool"), *(tier.get("pool") for tier in promotion.get("tiers") or ())] if promotion else []
    return next((pool[name] for pool in pools if pool), None)
