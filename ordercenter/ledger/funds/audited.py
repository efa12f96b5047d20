"""What the audit log calls documents and rules of funds, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

MOVED = {"kind": _("Fund account"), "amount": _("Amount"), "currency": _("Currency"), "reference": _("Reference")}

audited("fund_top_up", "funds.FundTopUp", _("Fund top-up"), MOVED | {"use_rule_id": _("Fund use rule")})
audited(
    "fund_transfer",
    "funds.FundTransfer",
    _("Fund transfer"),
    MOVED
    | {"source_id": _("From partner"), "target_id": _("To partner"), "source_kind": _("From account")}
    | {"target_kind": _("To account")},
)
audited("fund_adjustment", "funds.FundAdjustment", _("Balance adjustment"), MOVED)
audited("fund_grant", "funds.FundGrant", _("Grant"), MOVED)
audited(
    "fund_use_rule",
    "funds.FundUseRule",
    _("Fund use rule"),
    {
        "kind": _("Fund account"),
        "mode": _("Use"),
        "treatment": _("How it counts"),
        "priority": _("Priority"),
        "max_percent": _("Maximum share"),
        "min_order": _("From an order of"),
        "with_promotions": _("With promotions"),
        "partnership_id": _("Partner"),
        "group_id": _("Partner group"),
        "grade_id": _("Partner grade"),
    },
)
audited(
    "fund_settings",
    "funds.FundSettings",
    _("Settings of fund accounts"),
    {"restore_days": _("Days what comes back may be used"), "notice_days": _("Days of notice before a balance ends")}
    | {"interest_percent": _("Interest on prepaid cash a year")},
)
