from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PadConfig(AppConfig):
    name = "ordercenter.pad"
    label = "pad"
    verbose_name = _("Order pad")
    default_auto_field = "django.db.models.BigAutoField"
