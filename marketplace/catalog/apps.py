from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission


class CatalogConfig(AppConfig):
    name = "marketplace.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("catalog.manage", _("Manage products"), ("seller_owner", "seller_sales")),
        Permission("catalog.import", _("Import products"), ("seller_owner", "seller_sales")),
    )
