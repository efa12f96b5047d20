from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

FINANCE = ("seller_owner", "seller_finance")
READERS = (*FINANCE, "seller_sales", "dealer_owner", "dealer_finance")


class LedgerConfig(AppConfig):
    name = "ordercenter.ledger"
    label = "ledger"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("ledger.view", _("See receivables, balances and statements of account"), READERS, reads=True),
        Permission("ledger.books", _("See all postings of the company"), FINANCE, reads=True),
        Permission("ledger.post", _("Post and reverse by hand"), FINANCE),
        Permission("ledger.clear", _("Clear open items"), FINANCE),
        Permission("ledger.write_off", _("Write open items off"), FINANCE),
        Permission("ledger.dispute", _("Dispute open items"), (*FINANCE, "dealer_owner", "dealer_finance")),
        Permission("ledger.dun", _("Send dunning letters"), FINANCE),
        Permission("budgets.view", _("See budgets"), FINANCE, reads=True),
        Permission("budgets.manage", _("Manage budgets"), FINANCE),
    )

    schedule = {"ledger-checkpoints": {"task": "ordercenter.ledger.tasks.sum_accounts", "schedule": 3600.0}}

    def ready(self) -> None:
        from ordercenter.ledger.documents import name_source

        name_source("opening", "", _("Opening balance"))
        name_source("clearing", "OpenItem", _("Clearing"))
        name_source("dunning_letter", "DunningLetter", _("Dunning letter"))
        declare(
            EventKind("ledger.posted", _("Posted to the ledger")),
            EventKind("ledger.reversed", _("Posting reversed")),
            EventKind("ledger.cleared", _("Open item cleared")),
            EventKind("ledger.uncleared", _("Clearing undone")),
            EventKind("ledger.written_off", _("Open item written off")),
            EventKind("ledger.disputed", _("Open item disputed")),
            EventKind("ledger.dispute_ended", _("Dispute of an open item ended")),
            EventKind("ledger.dunned", _("Dunning letter written")),
            EventKind("ledger.dunning_changed", _("Dunning levels changed")),
            EventKind("ledger.budget_created", _("Budget created")),
            EventKind("ledger.budget_changed", _("Budget changed")),
            EventKind("ledger.budget_topped_up", _("Budget topped up")),
            EventKind("ledger.budget_transferred", _("Budget money moved")),
        )
