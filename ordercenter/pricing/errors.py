"""What can go wrong with prices (docs/concepts/pricing.md, Bad input)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PricingErrorCode(models.TextChoices):
    """Codes of refusals of this room; the label is the sentence where no better one can be made."""

    UNKNOWN_VARIANT = "UNKNOWN_VARIANT", _("There is no such SKU.")
    UNKNOWN_UOM = "UNKNOWN_UOM", _("This SKU is not sold in this unit.")
    QUANTITY_INVALID = "QUANTITY_INVALID", _("The quantity must be greater than 0.")
    QUANTITY_PRECISION = "QUANTITY_PRECISION", _("The quantity has more decimals than its unit allows.")
    NO_PRICE = "NO_PRICE", _("There is no price for this SKU in this unit and quantity.")
    NUMBER_INVALID = "NUMBER_INVALID", _("This is not a number.")
    DATE_INVALID = "DATE_INVALID", _("This is not a date.")
    PRICE_NEGATIVE = "PRICE_NEGATIVE", _("A price cannot be negative.")
    PRICE_PRECISION = "PRICE_PRECISION", _("A price has at most 4 decimals.")
    PRICE_BACKDATED = "PRICE_BACKDATED", _("A price cannot begin in the past.")
    PAST_IS_CLOSED = "PAST_IS_CLOSED", _("A price cannot end in the past.")
    WINDOW_EMPTY = "WINDOW_EMPTY", _("The end must be later than the beginning.")
    DUPLICATE_SLOT = "DUPLICATE_SLOT", _("The same SKU, unit and quantity stand here more than once.")
    DUPLICATE_LIST = "DUPLICATE_LIST", _("A price policy names a price list only once.")
    AUDIENCE_INVALID = "AUDIENCE_INVALID", _("Choose one partner, one group, one grade, or everyone.")
    SCOPE_INVALID = "SCOPE_INVALID", _("Choose one variant, one product, one category, one brand, or all goods.")
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH", _("The currency is not that of the price list.")
    NOT_IN_ASSORTMENT = "NOT_IN_ASSORTMENT", _("This SKU is not in the assortment.")
    REASON_REQUIRED = "REASON_REQUIRED", _("Say why this price was agreed.")
    BELOW_FLOOR = "BELOW_FLOOR", _("This price is below the floor price.")
    SIMULATION_TOO_LARGE = "SIMULATION_TOO_LARGE", _("These are too many order lines to price at once.")
    FILE_INVALID = "FILE_INVALID", _("The file cannot be read as a table of prices.")
