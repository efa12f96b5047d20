from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

SELLERS = ("seller_owner", "seller_sales", "seller_pricing", "seller_warehouse", "seller_finance")


class OrdersConfig(AppConfig):
    name = "ordercenter.orders"
    label = "orders"
    verbose_name = _("Orders")
    default_auto_field = "django.db.models.BigAutoField"
    schedule: ClassVar = {
        "count what is bought together": {
            "task": "ordercenter.orders.tasks.count_bought_together",
            "schedule": 24 * 3600.0,
        }
    }
    permissions = (
        Permission("orders.place", _("Place orders"), ("dealer_owner", "dealer_buyer")),
        Permission(
            "orders.purchases",
            _("See own purchase orders"),
            ("dealer_owner", "dealer_buyer", "dealer_finance"),
            reads=True,
        ),
        Permission("orders.sales", _("See sales orders"), SELLERS, reads=True),
        Permission("orders.confirm", _("Confirm, change and close sales orders"), ("seller_owner", "seller_sales")),
        Permission("orders.settings", _("Settle how orders are taken"), ("seller_owner",)),
        Permission("orders.price", _("Enter prices by hand"), ("seller_owner", "seller_pricing")),
    )

    def ready(self) -> None:
        from marketplace.catalog.packs import pack_check
        from marketplace.core import events
        from ordercenter.credit.queue import register_order_side as register_credit_side
        from ordercenter.orders.backorders import OrdersSide
        from ordercenter.orders.credit_side import CreditSide
        from ordercenter.orders.events import CART_KINDS, KINDS, SETTINGS_CHANGED
        from ordercenter.orders.live import listen
        from ordercenter.orders.packs import packs_on_lines
        from ordercenter.orders.papers import register as register_papers
        from ordercenter.orders.past import OrdersOfThePast
        from ordercenter.orders.subscribers import register
        from ordercenter.pricing.past import register_past_orders
        from ordercenter.stock.backorders import register_order_side

        events.declare(*KINDS, *CART_KINDS, SETTINGS_CHANGED)
        register_order_side(OrdersSide())
        register_credit_side(CreditSide())
        register_past_orders(OrdersOfThePast())
        pack_check(packs_on_lines)
        register()
        register_papers()
        listen()
