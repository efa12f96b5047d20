from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

FINANCE = ("seller_owner", "seller_finance")
READERS = (*FINANCE, "seller_sales", "dealer_owner", "dealer_finance", "dealer_buyer")
HOUR = 60 * 60.0


class CreditConfig(AppConfig):
    name = "ordercenter.credit"
    label = "credit"
    verbose_name = _("Credit")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("credit.view", _("See credit limits and exposure"), READERS, reads=True),
        Permission("credit.manage", _("Set credit limits and rules"), FINANCE),
        Permission("credit.release", _("Release or reject orders held by credit"), FINANCE),
        Permission("credit.request", _("Ask for credit"), ("dealer_owner", "dealer_finance")),
    )
    schedule = {"credit-later": {"task": "ordercenter.credit.tasks.recall_due", "schedule": HOUR}}

    def ready(self) -> None:
        from ordercenter.credit.happenings import listen

        declare(
            EventKind("credit.settings_changed", _("Credit control changed")),
            EventKind("credit.account_opened", _("Credit account opened")),
            EventKind("credit.account_changed", _("Credit account changed")),
            EventKind("credit.account_suspended", _("Credit account suspended")),
            EventKind("credit.account_resumed", _("Credit account resumed")),
            EventKind("credit.limit_changed", _("Credit limit changed")),
            EventKind("credit.rule_changed", _("Credit rule changed")),
            EventKind("credit.requested", _("Credit asked for")),
            EventKind("credit.request_approved", _("Credit request approved")),
            EventKind("credit.request_rejected", _("Credit request rejected")),
            EventKind("credit.request_withdrawn", _("Credit request withdrawn")),
            EventKind("credit.warned", _("Credit rule passed over")),
            EventKind("credit.evaluated", _("Held orders evaluated")),
        )
        listen()
