from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

EVERYBODY = (
    "seller_owner", "seller_sales", "seller_pricing", "seller_warehouse", "seller_finance",
    "dealer_owner", "dealer_buyer", "dealer_finance",
)  # fmt: skip


class AttachmentsConfig(AppConfig):
    name = "marketplace.attachments"
    label = "attachments"
    verbose_name = _("Attachments")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (Permission("attachments.add", _("Add files to documents"), EVERYBODY),)

    def ready(self) -> None:
        from marketplace.attachments.events import KINDS
        from marketplace.core.events import declare
        from marketplace.parties.documents import register_node

        declare(*KINDS)
        register_node("attachment", "Attachment")
