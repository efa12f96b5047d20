from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

SELLER = ("seller_owner", "seller_sales", "seller_pricing", "seller_warehouse", "seller_finance")


class CatalogConfig(AppConfig):
    name = "marketplace.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission(
            "catalog.browse", _("Look at goods to buy"), ("dealer_owner", "dealer_buyer", "dealer_finance"), reads=True
        ),
        Permission("catalog.view", _("See own products"), SELLER, reads=True),
        Permission("catalog.manage", _("Manage products"), ("seller_owner", "seller_pricing", "seller_sales")),
        Permission("tax.manage", _("Manage tax categories and rates"), ("seller_owner", "seller_finance")),
    )

    def ready(self) -> None:
        from marketplace.catalog import happenings

        happenings.declare_all()
