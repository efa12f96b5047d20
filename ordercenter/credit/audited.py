"""What the audit log calls credit, and its fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "credit_settings",
    "credit.CreditSettings",
    _("Credit control"),
    {
        "controls": _("Credit is controlled"),
        "horizon_days": _("Days from which an order is a later order"),
        "count_unapplied": _("Unapplied cash counts"),
    },
)
audited(
    "credit_account",
    "credit.CreditAccount",
    _("Credit account"),
    {
        "mode": _("Credit mode"),
        "horizon_days": _("Days from which an order is a later order"),
        "count_unapplied": _("Unapplied cash counts"),
        "payment_days": _("Longest payment term in days"),
        "suspended_by": _("Suspended by"),
        "reason": _("Reason"),
        "members": _("Members"),
        "standing_limit": _("Standing limit"),
        "temporary_limit": _("Temporary limit"),
    },
)
audited(
    "credit_rule",
    "credit.CreditRule",
    _("Credit rule"),
    {
        "partnership_id": _("Partner"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
        "threshold": _("Threshold"),
        "mode": _("Control mode"),
        "checkpoints": _("Checkpoints"),
        "grace_days": _("Days of grace"),
        "tolerance": _("Tolerance in percent"),
    },
)
audited(
    "credit_request",
    "credit.CreditRequest",
    _("Credit request"),
    {
        "amount": _("Amount"),
        "reason": _("Reason"),
        "answer": _("Answer"),
        "account_id": _("Credit account"),
        "partnership_id": _("Partner"),
        "asked_by_buyer": _("Asked by the buyer"),
    },
)
