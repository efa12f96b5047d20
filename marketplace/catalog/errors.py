"""What a user can do wrong with the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CatalogErrorCode(models.TextChoices):
    """Codes of this room, beside those every room may use."""

    REQUIRED = "REQUIRED", _("Required")
    INVALID = "INVALID", _("Invalid value")
    NOT_FOUND = "NOT_FOUND", _("Not found")
    UNIQUE = "UNIQUE", _("Exists already")
    IN_USE = "IN_USE", _("Still in use")
    CONFLICT = "CONFLICT", _("Changed meanwhile")
    PACK_IN_USE = "PACK_IN_USE", _("Pack is in use")
    PACK_BASE = "PACK_BASE", _("Exactly one base unit is needed")
    WINDOW_EMPTY = "WINDOW_EMPTY", _("Ends before it begins")
    AUDIENCE_INVALID = "AUDIENCE_INVALID", _("More than one audience")
    RULE_EMPTY = "RULE_EMPTY", _("No quantity is allowed")
    ATTRIBUTE_UNKNOWN = "ATTRIBUTE_UNKNOWN", _("Unknown attribute")
    ATTRIBUTE_VALUE = "ATTRIBUTE_VALUE", _("Not a value of this attribute")
    AXES_INVALID = "AXES_INVALID", _("One or two attributes with values are needed")
    FILE_INVALID = "FILE_INVALID", _("File cannot be read")
    FILE_TOO_LARGE = "FILE_TOO_LARGE", _("File is too large")
    INVALID_TRANSITION = "INVALID_TRANSITION", _("Not possible in this state")
    UNKNOWN_VARIANT = "UNKNOWN_VARIANT", _("Unknown SKU")
    UNKNOWN_UOM = "UNKNOWN_UOM", _("Unknown unit of measure")
    NOT_IN_ASSORTMENT = "NOT_IN_ASSORTMENT", _("Not sold to this buyer")
    QUANTITY_PRECISION = "QUANTITY_PRECISION", _("Too many decimals")
    QUANTITY_INVALID = "QUANTITY_INVALID", _("Not a quantity")
    QUANTITY_MINIMUM = "QUANTITY_MINIMUM", _("Below the minimum quantity")
    QUANTITY_STEP = "QUANTITY_STEP", _("Off the quantity step")
    QUANTITY_MAXIMUM = "QUANTITY_MAXIMUM", _("Above the maximum quantity")
