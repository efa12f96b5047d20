from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

EVERYBODY = (
    "seller_owner", "seller_sales", "seller_pricing", "seller_warehouse", "seller_finance",
    "dealer_owner", "dealer_buyer", "dealer_finance",
)  # fmt: skip


class ConversationsConfig(AppConfig):
    name = "marketplace.conversations"
    label = "conversations"
    verbose_name = _("Conversations")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (Permission("conversations.write", _("Write messages about documents"), EVERYBODY),)

    def ready(self) -> None:
        from marketplace.conversations.events import KINDS
        from marketplace.conversations.live import listen
        from marketplace.core.events import declare

        declare(*KINDS)
        listen()
