"""What a person or a program can do wrong with contracts, sources and quotas (contracts §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContractErrorCode(models.TextChoices):
    """Codes of this room; those of call-offs are in `OrderErrorCode`, those every room knows in `CoreErrorCode`."""

    VARIABLE_MISSING = "VARIABLE_MISSING", _("A variable of the text has no value")
    CLAUSE_REQUIRED = "CLAUSE_REQUIRED", _("A mandatory clause is left out")
    CLAUSE_LOCKED = "CLAUSE_LOCKED", _("This clause may not be edited")
    WINDOW_EMPTY = "WINDOW_EMPTY", _("The contract ends before it begins")
    PAYMENT_SUM = "PAYMENT_SUM", _("The payment plan does not come to the whole")
    WEIGHTS_NOT_1 = "WEIGHTS_NOT_1", _("Weights do not come to 1")
    TIER_SHAPE = "TIER_SHAPE", _("Price tiers do not follow one another")
    HASH_MISMATCH = "HASH_MISMATCH", _("Another text than the one to be signed")
    SIGN_ORDER = "SIGN_ORDER", _("Somebody else signs first")
    ALREADY_SIGNED = "ALREADY_SIGNED", _("Signed already")
    SECOND_FACTOR = "SECOND_FACTOR", _("The code of the second factor is missing or wrong")
    BELOW_CALLED = "BELOW_CALLED", _("Less than has been called off")
    CHANGE_STALE = "CHANGE_STALE", _("The contract has changed meanwhile")
    RETROACTIVE = "RETROACTIVE", _("A change does not reach back before today")
    SELF_APPROVAL = "SELF_APPROVAL", _("Nobody decides about what they made themselves")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    SOURCE_CONFLICT = "SOURCE_CONFLICT", _("Another source holds here in this time")
    QUOTA_INVALID = "QUOTA_INVALID", _("A quota must be greater than 0")
    NO_SOURCE = "NO_SOURCE", _("Nobody can supply this")
