"""What the audit log calls promotions, coupons and settings, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "promotion",
    "promotions.Promotion",
    _("Promotion"),
    {
        "label_zh": _("Name shown to buyers, in Chinese"),
        "label_en": _("Name shown to buyers, in English"),
        "text_zh": _("Small print in Chinese"),
        "text_en": _("Small print in English"),
        "effect": _("Effect"),
        "level": _("Works on"),
        "reward": _("Meaning of the value"),
        "value": _("Value"),
        "buy": _("Buy"),
        "get": _("Get"),
        "every": _("Every full"),
        "max_quantity": _("At most this quantity"),
        "max_sets": _("At most so many sets"),
        "max_times": _("At most so many times"),
        "uom_id": _("Unit of measure"),
        "priority": _("Priority"),
        "stacking": _("Stacking"),
        "best_group": _("Best group"),
        "stop": _("Stops later ones"),
        "threshold_on": _("Threshold counts"),
        "minimum": _("From"),
        "minimum_over": _("Minimum counts"),
        "max_discount": _("At most off an order"),
        "coupon_required": _("Needs a coupon"),
        "on_short": _("Where a cap is short"),
        "gift_mode": _("Price of gifts"),
        "hint_percent": _("Hint from a gap of (percent)"),
        "approved_at": _("In effect since"),
        "ended_at": _("Ended at"),
        "root_id": _("First version"),
        "funding": _("Funding"),
        "uses": _("Uses"),
        "amount": _("Discount amount"),
        "quantity": _("Gift quantity"),
    },
)
audited("coupon", "promotions.Coupon", _("Coupon"))
audited(
    "promotion_settings",
    "promotions.PromotionSettings",
    _("Promotion settings"),
    {"strategy": _("Strategy"), "max_coupons": _("Coupons per order")},
)
