from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

SELLER = ("seller_owner", "seller_sales", "seller_pricing", "seller_warehouse", "seller_finance")


class StockConfig(AppConfig):
    name = "ordercenter.stock"
    label = "stock"
    verbose_name = _("Stock")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("stock.view", _("See stock"), SELLER, reads=True),
        Permission("stock.manage", _("Manage stock"), ("seller_owner", "seller_warehouse")),
        Permission("stock.reserve", _("Keep stock for a cart"), ("dealer_owner", "dealer_buyer")),
    )

    schedule = {"stock-reservations": {"task": "ordercenter.stock.tasks.sweep_reservations", "schedule": 60.0}}

    def ready(self) -> None:
        from marketplace.search.conditions import register_condition
        from ordercenter.stock.happenings import listen
        from ordercenter.stock.in_stock import in_stock

        declare(
            EventKind("stock.received", _("Goods received into stock")),
            EventKind("stock.adjusted", _("Stock adjusted")),
            EventKind("stock.counted", _("Stock counted")),
            EventKind("stock.condition_changed", _("Stock condition changed")),
            EventKind("stock.transferred", _("Stock transferred")),
            EventKind("stock.shed", _("Promised stock turned out to be missing")),
            EventKind("stock.warehouse_created", _("Warehouse created")),
            EventKind("stock.warehouse_changed", _("Warehouse changed")),
            EventKind("stock.settings_changed", _("Stock settings changed")),
            EventKind("stock.safety_stock_changed", _("Safety stock changed")),
            EventKind("stock.visibility_changed", _("Stock visibility changed")),
            EventKind("stock.supply_plan_changed", _("Supply plan changed")),
        )
        listen()
        register_condition("in_stock", in_stock)
