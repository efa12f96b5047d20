from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare
from marketplace.core.permissions import Permission

SELLER = ("seller_owner", "seller_sales", "seller_pricing", "seller_finance")

EVENTS = (
    EventKind("rebates.policy_created", _("Rebate policy created")),
    EventKind("rebates.policy_updated", _("Rebate policy changed")),
    EventKind("rebates.policy_submitted", _("Rebate policy put in effect")),
    EventKind("rebates.policy_paused", _("Rebate policy paused")),
    EventKind("rebates.policy_voided", _("Rebate policy voided")),
    EventKind("rebates.policies_imported", _("Rebate policies imported")),
    EventKind("rebates.recalculated", _("Rebates recalculated")),
    EventKind("rebates.baselines_written", _("Rebate baselines written")),
    EventKind("rebates.targets_written", _("Rebate targets written")),
    EventKind("rebates.adjusted", _("Rebate adjusted by hand")),
    EventKind("rebates.settlement_proposed", _("Rebate settlement proposed")),
    EventKind("rebates.settlement_corrected", _("Rebate settlement corrected")),
    EventKind("rebates.settlement_submitted", _("Rebate settlement approved")),
    EventKind("rebates.settlement_confirmed", _("Rebate settlement confirmed")),
    EventKind("rebates.settlement_disputed", _("Rebate settlement disputed")),
    EventKind("rebates.settlement_posted", _("Rebate settlement posted")),
    EventKind("rebates.settlement_reversed", _("Rebate settlement reversed")),
    EventKind("rebates.closed", _("Rebate policy closed")),
    EventKind("rebates.sources_due", _("Documents to be counted for rebates")),
)


class RebatesConfig(AppConfig):
    name = "ordercenter.rebates"
    label = "rebates"
    verbose_name = _("Rebates")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission(
            "rebates.view",
            _("See rebates"),
            (*SELLER, "dealer_owner", "dealer_finance", "dealer_buyer"),
            reads=True,
        ),
        Permission("rebates.manage", _("Manage rebate policies"), ("seller_owner", "seller_pricing")),
        Permission("rebates.settle", _("Settle rebates"), ("seller_owner", "seller_finance")),
        Permission("rebates.settle_early", _("Settle rebates before a period ends"), ("seller_owner",)),
        Permission("rebates.confirm", _("Confirm rebate settlements"), ("dealer_owner", "dealer_finance")),
    )
    schedule = {
        "rebate settlements": {"task": "ordercenter.rebates.tasks.settle_due", "schedule": 3600.0},
        "rebate simulations": {"task": "ordercenter.rebates.tasks.resume_simulations", "schedule": 60.0},
    }

    def ready(self) -> None:
        from ordercenter.rebates.happenings import listen

        declare(*EVENTS)
        listen()
