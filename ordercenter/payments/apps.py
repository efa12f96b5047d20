from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.permissions import Permission

FINANCE = ("seller_owner", "seller_finance")
READERS = (*FINANCE, "seller_sales", "dealer_owner", "dealer_finance")


class PaymentsConfig(AppConfig):
    name = "ordercenter.payments"
    label = "payments"
    verbose_name = _("Payments")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("payments.view", _("See payments"), READERS, reads=True),
        Permission("payments.manage", _("Record and refund payments"), FINANCE),
        Permission("payments.bank", _("Import bank statements and match them"), FINANCE),
        Permission("payments.pay", _("Pay what is open"), ("dealer_owner", "dealer_finance", "dealer_buyer")),
    )

    schedule = {"payments-providers": {"task": "ordercenter.payments.tasks.follow_providers", "schedule": 60.0}}

    def ready(self) -> None:
        from marketplace.core import events
        from ordercenter.ledger.documents import name_source
        from ordercenter.payments.events import KINDS
        from ordercenter.payments.later import invoice_heard

        events.declare(*KINDS)
        events.subscribe("invoice.issued", "payments of its orders")(invoice_heard)
        name_source("payment", "Payment", _("Payment"))
        name_source("refund", "Payment", _("Refund"))
        name_source("chargeback", "Payment", _("Call-back of a payment"))
