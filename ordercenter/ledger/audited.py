"""What the audit log calls open items, budgets and how is dunned, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "open_item",
    "ledger.OpenItem",
    _("Open item"),
    {"disputed": _("Disputed"), "dispute_reason": _("What is disputed")},
)
audited("dunning_settings", "ledger.DunningSettings", _("Dunning"), {"daily_interest": _("Interest a day, percent")})
audited(
    "dunning_level",
    "ledger.DunningLevel",
    _("Dunning level"),
    {
        "days": _("Days overdue"),
        "text_zh": _("Text in Chinese"),
        "text_en": _("Text in English"),
        "fee": _("Fee"),
        "stop_orders": _("Stops orders"),
    },
)
audited(
    "budget",
    "ledger.Budget",
    _("Budget"),
    {
        "number": _("Number"),
        "rollup": _("Counts what is used below"),
        "control": _("Control mode"),
        "begins_on": _("From"),
        "ends_on": _("Until"),
        "unit_id": _("Unit"),
        "category_id": _("Category"),
        "partnership_id": _("Partner"),
        "expense_type": _("Expense type"),
        "includes_tax": _("Includes tax"),
        "total": _("Total"),
        "reserved": _("Reserved"),
        "consumed": _("Consumed"),
        "deficit": _("Deficit"),
        "free": _("Left"),
    },
)
