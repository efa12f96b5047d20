from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

READERS = (
    "seller_owner", "seller_sales", "seller_pricing", "seller_finance", "dealer_owner", "dealer_buyer",
    "dealer_finance",
)  # fmt: skip
OWNERS = ("seller_owner", "dealer_owner")


class ContractsConfig(AppConfig):
    name = "ordercenter.contracts"
    label = "contracts"
    verbose_name = _("Contracts")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("contracts.view", _("See contracts"), READERS, reads=True),
        Permission("contracts.manage", _("Draft and keep contracts"), (*OWNERS, "seller_sales", "dealer_buyer")),
        Permission("contracts.approve", _("Approve contracts"), (*OWNERS, "seller_finance", "dealer_finance")),
        Permission("contracts.sign", _("Sign contracts"), OWNERS),
        Permission(
            "sources.view", _("See sources and quotas"), (*OWNERS, "dealer_buyer", "dealer_finance"), reads=True
        ),
        Permission("sources.manage", _("Keep sources and quotas"), (*OWNERS, "dealer_buyer")),
    )

    schedule: ClassVar = {"contract days": {"task": "ordercenter.contracts.tasks.daily", "schedule": 3600.0}}

    def ready(self) -> None:
        from marketplace.core.events import declare
        from ordercenter.contracts.call_offs import CallOffs
        from ordercenter.contracts.events import KINDS
        from ordercenter.contracts.giving_back import listen
        from ordercenter.orders.call_offs import register_call_off_side

        declare(*KINDS)
        register_call_off_side(CallOffs())
        listen()
