"""What the audit log calls price lists, policies and settings, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "price_list",
    "pricing.PriceList",
    _("Price list"),
    {
        "public_label_zh": _("Name shown to buyers, in Chinese"),
        "public_label_en": _("Name shown to buyers, in English"),
        "uom_fallback": _("Conversion of units"),
        "tier_scope": _("Scope of tiers"),
        "fixed": _("Fixed prices"),
        "row_count": _("Prices"),
        "effective_since": _("In effect since"),
        "more": _("More prices"),
        "managed_by_id": _("Managed by"),
    },
)
audited(
    "price_policy",
    "pricing.PricePolicy",
    _("Price policy"),
    {
        "partnership_id": _("Partner"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
        "lines": _("Price lists"),
        "terms": _("Changes of prices and floor prices"),
    },
)
audited(
    "price_adjustment",
    "pricing.PriceAdjustment",
    _("Price adjustment"),
    {
        "price_list_id": _("Price list"),
        "effective_at": _("Effective at"),
        "begins_at": _("Prices hold from"),
        "line_count": _("Prices"),
    },
)
audited(
    "pricing_settings",
    "pricing.PricingSettings",
    _("Pricing settings"),
    {
        "strategy": _("Strategy"),
        "price_date": _("Day of the price"),
        "tax_included": _("Prices include tax"),
        "draft_freeze_hours": _("Hours a cart keeps its prices"),
        "max_line_discount": _("Largest discount of a line, in percent"),
    },
)
