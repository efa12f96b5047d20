from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import subscribe_to_lists
from marketplace.core.permissions import Permission


class AuditConfig(AppConfig):
    name = "marketplace.audit"
    label = "audit"
    verbose_name = _("Audit log")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (Permission("audit.view", _("See the audit log"), ("seller_owner", "dealer_owner"), reads=True),)

    def ready(self) -> None:
        # Only now there are models.
        from marketplace.audit.keep import keep

        subscribe_to_lists("audit")(keep)
