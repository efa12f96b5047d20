from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

FINANCE = ("seller_owner", "seller_finance")
READERS = (*FINANCE, "seller_sales", "dealer_owner", "dealer_buyer", "dealer_finance")


class FundsConfig(AppConfig):
    name = "ordercenter.ledger.funds"
    label = "funds"
    verbose_name = _("Fund accounts")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("funds.view", _("See fund accounts"), READERS, reads=True),
        Permission("funds.manage", _("Top up, transfer, adjust and pay out funds"), FINANCE),
        Permission("funds.rules", _("Say how funds may be used"), FINANCE),
    )

    schedule = {
        "fund-expiry": {"task": "ordercenter.ledger.funds.tasks.expire_funds", "schedule": 24 * 3600.0},
        "fund-notices": {"task": "ordercenter.ledger.funds.tasks.tell_of_ends", "schedule": 24 * 3600.0},
        "fund-interest": {"task": "ordercenter.ledger.funds.tasks.pay_interest", "schedule": 24 * 3600.0},
    }

    def ready(self) -> None:
        from ordercenter.ledger.clearing import keep_funds
        from ordercenter.ledger.documents import name_source
        from ordercenter.ledger.funds.clearings import give, take

        declare(
            EventKind("fund.granted", _("Money came into a fund account")),
            EventKind("fund.taken_back", _("Grant taken back")),
            EventKind("fund.ending", _("Balance of a fund account ends soon")),
            EventKind("fund.expired", _("Balance of a grant ended")),
            EventKind("fund.top_up_created", _("Fund top-up created")),
            EventKind("fund.top_up_posted", _("Fund top-up posted")),
            EventKind("fund.transfer_created", _("Fund transfer created")),
            EventKind("fund.transfer_posted", _("Fund transfer posted")),
            EventKind("fund.adjusted", _("Fund account adjusted")),
            EventKind("fund.refunded", _("Paid out of a fund account")),
            EventKind("fund.rule_created", _("Fund use rule created")),
            EventKind("fund.rule_changed", _("Fund use rule changed")),
            EventKind("fund.settings_changed", _("Settings of fund accounts changed")),
        )
        keep_funds("funds", take, give)
        name_source("fund_top_up", "FundTopUp", _("Fund top-up"))
        name_source("fund_transfer", "FundTransfer", _("Fund transfer"))
        name_source("fund_adjustment", "FundAdjustment", _("Balance adjustment"))
        name_source("fund_refund", "FundAdjustment", _("Paid out"))
        name_source("fund_expiry", "FundGrant", _("Expired"))
        name_source("fund_interest", "", _("Interest"))
