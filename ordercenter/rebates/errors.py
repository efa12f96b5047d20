"""What can be wrong with a rebate (rebates §9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RebateErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    TIER_OVERLAP = "TIER_OVERLAP", _("Two bands overlap")
    TIER_GAP = "TIER_GAP", _("There is a hole between two bands")
    TIER_OPEN_END = "TIER_OPEN_END", _("The last band must be open")
    METHOD_INVALID = "METHOD_INVALID", _("This method does not go with what it qualifies or pays by")
    DEDUCTION_ORDER = "DEDUCTION_ORDER", _("Only earlier policies of the same period can be deducted")
    SEQUENCE_TAKEN = "SEQUENCE_TAKEN", _("Another policy of the overlap group has this place")
    VERSION_FROZEN = "VERSION_FROZEN", _("An approved version does not change")
    BASELINE_MISSING = "BASELINE_MISSING", _("A baseline or target is missing")
    PERIOD_OPEN = "PERIOD_OPEN", _("The period has not ended")
    ALREADY_SETTLED = "ALREADY_SETTLED", _("Settled already")
    CORRECTION_LIMIT = "CORRECTION_LIMIT", _("The correction is too large")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    REBATE_USED = "REBATE_USED", _("The rebate was used already")
    WINDOW_EMPTY = "WINDOW_EMPTY", _("The end must be after the beginning")
    AMOUNT_PRECISION = "AMOUNT_PRECISION", _("Finer than the currency")
    NOT_CONFIRMED = "NOT_CONFIRMED", _("The partner has not answered yet")
