"""What can be wrong with a sourcing event, a quote, an opening, a comparison or an award (sourcing §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourcingErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    DATES_ORDER = "DATES_ORDER", _("The dates are not in order")
    NO_LINES = "NO_LINES", _("At least one line is needed")
    COLUMN_INVALID = "COLUMN_INVALID", _("The column cannot be checked as it is")
    VALUE_INVALID = "VALUE_INVALID", _("The value does not fit its column")
    RATE_MISSING = "RATE_MISSING", _("A conversion rate is missing")
    QUOTES_CLOSED = "QUOTES_CLOSED", _("Quotes are closed")
    NOT_OPEN = "NOT_OPEN", _("Not open yet")
    PAUSED = "PAUSED", _("Paused")
    QUESTIONS_CLOSED = "QUESTIONS_CLOSED", _("The time for questions is over")
    REGISTRATION_CLOSED = "REGISTRATION_CLOSED", _("Registration is closed")
    NOT_ADMITTED = "NOT_ADMITTED", _("Not admitted to this event")
    PRICE_INVALID = "PRICE_INVALID", _("The price must be above zero")
    ABOVE_CEILING = "ABOVE_CEILING", _("Above the ceiling price")
    PRICE_PRECISION = "PRICE_PRECISION", _("More than four decimals")
    TIER_SHAPE = "TIER_SHAPE", _("Tiers leave a hole or overlap")
    LOT_INCOMPLETE = "LOT_INCOMPLETE", _("Every line of this lot must be quoted")
    NOT_IMPROVING = "NOT_IMPROVING", _("Above your own price of the round before")
    FILE_VERSION = "FILE_VERSION", _("The file was made for another state of the event")
    ADDENDUM_UNSEEN = "ADDENDUM_UNSEEN", _("An addendum has not been acknowledged")
    ADDENDUM_NEEDED = "ADDENDUM_NEEDED", _("This now needs an addendum")
    SUPPLIER_BARRED = "SUPPLIER_BARRED", _("This supplier may not quote")
    OPENING_EARLY = "OPENING_EARLY", _("Too early to open")
    OPENER_REPEATED = "OPENER_REPEATED", _("The same opener twice")
    PASSPHRASE_WRONG = "PASSPHRASE_WRONG", _("Wrong passphrase")
    QUORUM_MISSING = "QUORUM_MISSING", _("Too few openers")
    SECOND_FACTOR = "SECOND_FACTOR", _("A fresh code of the second factor is needed")
    SECOND_PERSON = "SECOND_PERSON", _("A second person is needed")
    TECHNICAL_PENDING = "TECHNICAL_PENDING", _("The technical decision is still to be made")
    SURROGATE_FORBIDDEN = "SURROGATE_FORBIDDEN", _("Nobody may quote for a supplier here")
    WEIGHTS_NOT_100 = "WEIGHTS_NOT_100", _("The weights do not come to 100")
    SCORE_INVALID = "SCORE_INVALID", _("The score is out of range")
    RECUSED = "RECUSED", _("The grader has declared an interest")
    SHARE_INVALID = "SHARE_INVALID", _("The shares do not fit")
    PUSH_EXCEEDS = "PUSH_EXCEEDS", _("More than was awarded")
    AWARD_PUSHED = "AWARD_PUSHED", _("The award was handed on already")
    CLOSE_IMMOVABLE = "CLOSE_IMMOVABLE", _("The deadline cannot be moved so")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is required")
    INVITATION_USED = "INVITATION_USED", _("The invitation is not open any more")
