"""What the audit log calls orders and how they are taken."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited("order", "orders.Order", _("Order"))
audited(
    "order_settings",
    "orders.OrderSettings",
    _("Order settings"),
    {
        "auto_confirm": _("Confirms orders by itself"),
        "takes_backorders": _("Takes backorders"),
        "buyer_may_cancel": _("Buyers may cancel"),
        "minimum_value": _("Least value of an order"),
        "reopen_days": _("Days in which an order can be reopened"),
    },
)
audited("cart", "orders.Cart", _("Cart"), {"is_shared": _("Shared with colleagues"), "user_id": _("Owner")})
