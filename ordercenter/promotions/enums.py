"""The words of promotions: what they do, on what, and how they stand beside one another."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PromotionEffect(models.TextChoices):
    """What a promotion does."""

    PERCENT_OFF = "percent_off", _("Percent off")
    AMOUNT_OFF = "amount_off", _("Amount off")
    THRESHOLD_OFF = "threshold_off", _("Spend and save")
    GIFT = "gift", _("Buy and get")
    FIXED_PRICE = "fixed_price", _("Special price")
    ADD_ON = "add_on", _("Add-on price")
    FREE_FREIGHT = "free_freight", _("Free freight")


class PromotionLevel(models.TextChoices):
    """What an effect is worked out on."""

    LINE = "line", _("Each line")
    ORDER = "order", _("Whole order")
    FREIGHT = "freight", _("Freight")


class Stacking(models.TextChoices):
    """How a promotion stands beside others of its phase."""

    EXCLUSIVE = "exclusive", _("Exclusive")
    STACKABLE = "stackable", _("Stackable")
    BEST_ONLY = "best_only", _("Best only")


class ThresholdOn(models.TextChoices):
    """What a minimum, a tier or a full amount is compared with."""

    LIST = "list", _("Amount before promotions")
    NET = "net", _("Amount after discounts on lines")
    QUANTITY = "quantity", _("Quantity")


class MinimumOver(models.TextChoices):
    """Over what the minimum of a promotion on lines is added up."""

    LINE = "line", _("The line alone")
    VARIANT = "variant", _("All lines of the SKU")
    MATCHING = "matching", _("All matching lines")


class RewardKind(models.TextChoices):
    """What the value of a promotion or a tier means."""

    PERCENT = "percent", _("Percent")
    AMOUNT = "amount", _("Amount")
    PRICE = "price", _("Price")
    GIFTS = "gifts", _("Gifts")


class OnShort(models.TextChoices):
    """What happens where a cap does not hold the whole benefit."""

    SKIP = "skip", _("Leave the promotion out")
    PARTIAL = "partial", _("Give what is left")


class GiftMode(models.TextChoices):
    """How the value of gifts stands on an order."""

    ZERO = "zero", _("Gifts at no charge")
    SPREAD = "spread", _("Discount shared over goods and gifts")


class GiftShort(models.TextChoices):
    """What happens where a gift is short of stock."""

    SKIP = "skip", _("Leave the gift out")
    NEXT = "next", _("The next of the pool")
    BACKORDER = "backorder", _("Owe the gift")


class CapMeasure(models.TextChoices):
    """What a cap counts."""

    USES = "uses", _("Uses")
    AMOUNT = "amount", _("Discount amount")
    QUANTITY = "quantity", _("Gift quantity")


class CapCause(models.TextChoices):
    """Why a cap moved."""

    RESERVE = "reserve", _("Order placed")
    FOLLOW = "follow", _("Shipped, cancelled or returned")
    GIVE_BACK = "give_back", _("Order cancelled")
    CHANGE = "change", _("Order changed")


class CouponStatus(models.TextChoices):
    """Where a coupon stands."""

    UNUSED = "unused", _("Unused")
    LOCKED = "locked", _("Locked")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")
    VOIDED = "voided", _("Voided")


class PromotionStrategy(models.TextChoices):
    """Whether promotions of an order come together."""

    STACK = "stack", _("Combined by their rules")
    BEST = "best", _("The best one alone")
