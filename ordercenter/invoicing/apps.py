from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

FINANCE = ("seller_owner", "seller_finance")
READERS = (*FINANCE, "seller_sales", "dealer_owner", "dealer_finance", "dealer_buyer")


class InvoicingConfig(AppConfig):
    name = "ordercenter.invoicing"
    label = "invoicing"
    verbose_name = _("Invoices")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("invoices.view", _("See invoices and credit notes"), READERS, reads=True),
        Permission("invoices.manage", _("Draw, issue and void invoices"), FINANCE),
        Permission("invoices.credit", _("Issue credit notes"), FINANCE),
        Permission("invoices.settings", _("Settle how invoices are made"), FINANCE),
    )

    def ready(self) -> None:
        from marketplace.core import events
        from ordercenter.invoicing.events import KINDS
        from ordercenter.invoicing.papers import register as register_papers
        from ordercenter.invoicing.subscribers import register

        events.declare(*KINDS)
        register()
        register_papers()
