"""What the audit log calls places with stock and how it is kept, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "warehouse",
    "stock.Warehouse",
    _("Warehouse"),
    {"allocates": _("Serves orders"), "priority": _("Priority"), "address_id": _("Address")},
)
audited(
    "stock_settings",
    "stock.StockSettings",
    _("Stock settings"),
    {
        "default_warehouse_id": _("Default warehouse"),
        "reservation_minutes": _("Minutes a cart keeps stock"),
        "look_ahead_days": _("Days looked ahead"),
    },
)
audited(
    "safety_stock",
    "stock.SafetyStock",
    _("Safety stock"),
    {"warehouse_id": _("Warehouse"), "variant_id": _("Variant"), "quantity": _("Quantity")},
)
audited(
    "supply_plan",
    "stock.SupplyPlan",
    _("Supply plan"),
    {
        "warehouse_id": _("Warehouse"),
        "variant_id": _("Variant"),
        "day": _("Day"),
        "quantity": _("Quantity"),
        "source": _("Comes from"),
    },
)
audited(
    "stock_visibility",
    "stock.StockVisibility",
    _("Stock visibility"),
    {
        "partnership_id": _("Partner"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
        "variant_id": _("Variant"),
        "product_id": _("Product"),
        "category_id": _("Category"),
        "warehouses": _("Warehouses"),
        "show": _("Shown as"),
    },
)
