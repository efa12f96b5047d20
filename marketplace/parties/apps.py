from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission


class PartiesConfig(AppConfig):
    name = "marketplace.parties"
    label = "parties"
    verbose_name = _("Parties")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission(
            "partners.view", _("See partners"), ("seller_owner", "seller_sales", "seller_pricing", "seller_finance")
        ),
        Permission("partners.manage", _("Manage partners"), ("seller_owner", "seller_sales")),
        Permission("partners.view_as", _("View as a partner"), ("seller_owner", "seller_sales")),
        Permission("members.manage", _("Manage members and roles"), ("seller_owner", "dealer_owner")),
    )
