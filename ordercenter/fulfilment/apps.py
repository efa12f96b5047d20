from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission


class FulfilmentConfig(AppConfig):
    name = "ordercenter.fulfilment"
    label = "fulfilment"
    verbose_name = _("Fulfilment")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("fulfilment.ship", _("Ship goods"), ("seller_owner", "seller_warehouse", "seller_sales")),
        Permission("fulfilment.receive", _("Receive goods"), ("dealer_owner", "dealer_buyer")),
    )

    def ready(self) -> None:
        from ordercenter.fulfilment.papers import register

        register()
