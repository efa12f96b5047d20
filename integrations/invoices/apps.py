from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "integrations.invoices"
    label = "invoices"
    verbose_name = _("Import of old invoices")
    default_auto_field = "django.db.models.BigAutoField"
