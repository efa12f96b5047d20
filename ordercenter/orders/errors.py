"""What a person or a program can do wrong with orders, carts and deliveries (orders §12)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderErrorCode(models.TextChoices):
    """Codes of this room; those every room knows are in `CoreErrorCode`."""

    ORDER_EMPTY = "ORDER_EMPTY", _("An order needs a line")
    ORDER_TOO_LARGE = "ORDER_TOO_LARGE", _("Too many lines for one order")
    ORDER_MINIMUM = "ORDER_MINIMUM", _("Below the minimum order value")
    ORDER_HELD = "ORDER_HELD", _("The order is on hold")
    HOLD_CLOSED = "HOLD_CLOSED", _("This hold has been answered already")
    SELF_APPROVAL = "SELF_APPROVAL", _("Whoever made the order does not release it")
    REASON_REQUIRED = "REASON_REQUIRED", _("A reason is needed")
    PARTNERSHIP_INACTIVE = "PARTNERSHIP_INACTIVE", _("The partnership is not active")
    NOT_IN_ASSORTMENT = "NOT_IN_ASSORTMENT", _("Not sold to this buyer")
    UNKNOWN_VARIANT = "UNKNOWN_VARIANT", _("There is no such SKU")
    UNKNOWN_UOM = "UNKNOWN_UOM", _("Not sold in this unit")
    NO_PRICE = "NO_PRICE", _("No price")
    PRICE_CHANGED = "PRICE_CHANGED", _("The price has moved")
    PROMOTION_CHANGED = "PROMOTION_CHANGED", _("The promotions have moved")
    BELOW_FLOOR = "BELOW_FLOOR", _("Below the floor price")
    PRICE_NEGATIVE = "PRICE_NEGATIVE", _("A price cannot be negative")
    PRICE_PRECISION = "PRICE_PRECISION", _("A price has at most 4 decimals")
    QUANTITY_INVALID = "QUANTITY_INVALID", _("Not a valid quantity")
    QUANTITY_PRECISION = "QUANTITY_PRECISION", _("More decimals than the unit allows")
    QUANTITY_MINIMUM = "QUANTITY_MINIMUM", _("Below the minimum quantity")
    QUANTITY_STEP = "QUANTITY_STEP", _("Not a multiple of the step")
    QUANTITY_MAXIMUM = "QUANTITY_MAXIMUM", _("Above the maximum quantity")
    STOCK_SHORT = "STOCK_SHORT", _("Not enough stock")
    NOT_ALLOCATED = "NOT_ALLOCATED", _("More than is promised from stock")
    BELOW_SHIPPED = "BELOW_SHIPPED", _("Below what has been shipped")
    ALREADY_SHIPPED = "ALREADY_SHIPPED", _("Already shipped")
    RECEIPT_EXCEEDS = "RECEIPT_EXCEEDS", _("More than is on its way")
    CHANGE_STALE = "CHANGE_STALE", _("The order has changed meanwhile")
    REOPEN_WINDOW = "REOPEN_WINDOW", _("Too late to reopen")
    FILE_INVALID = "FILE_INVALID", _("The file cannot be read")
