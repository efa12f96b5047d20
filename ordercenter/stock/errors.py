"""What a person or a program can do wrong with stock (stock §11)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StockErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    STOCK_SHORT = "STOCK_SHORT", _("Not enough stock")
    STOCK_NEGATIVE = "STOCK_NEGATIVE", _("More than is there")
    NOT_ALLOCATED = "NOT_ALLOCATED", _("More than is allocated to this order")
    MOVE_CONFLICT = "MOVE_CONFLICT", _("Posted before with other quantities")
    RESERVATION_TOO_LONG = "RESERVATION_TOO_LONG", _("Reserved for too long")
    UNKNOWN_UOM = "UNKNOWN_UOM", _("Unknown unit of measure")
    QUANTITY_INVALID = "QUANTITY_INVALID", _("Not a valid quantity")
