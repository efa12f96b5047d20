"""What the audit log calls rebate policies and settlements, and their fields."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited(
    "rebate_policy",
    "rebates.RebatePolicy",
    _("Rebate policy"),
    {
        "period": _("Rebate period"),
        "basis": _("Documents that count"),
        "basis_tax": _("Amounts"),
        "after_promotions": _("After promotions"),
        "negative_basis": _("Negative basis"),
        "sequence": _("Sequence"),
        "overlap_group": _("Overlap group"),
        "pooling": _("Computed"),
        "payout": _("Payout"),
        "grant_days": _("Days to use a grant"),
        "use_rule": _("Use rule"),
        "goods_variant_id": _("Goods given"),
        "goods_per": _("For so many bought"),
        "goods_count": _("So many given"),
        "min_payout": _("Smallest payout"),
        "max_correction": _("Largest correction (%)"),
        "take_back": _("Taking back"),
        "carry_days": _("Days a debt is carried"),
        "confirm_days": _("Days to answer"),
        "description": _("Description"),
        "approved_at": _("Approved"),
    },
)
audited(
    "rebate_settlement",
    "rebates.RebateSettlement",
    _("Rebate settlement"),
    {
        "correction": _("Correction"),
        "correction_reason": _("Reason for the correction"),
        "confirmed_at": _("Confirmed"),
    },
)
