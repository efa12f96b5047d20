"""What can go wrong with promotions (docs/concepts/promotions.md, Bad input)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PromotionErrorCode(models.TextChoices):
    """Codes of refusals of this room; the label is the sentence where no better one can be made."""

    TIER_DUPLICATE = "TIER_DUPLICATE", _("Two tiers begin at the same threshold.")
    EFFECT_MISMATCH = "EFFECT_MISMATCH", _("This does not go with the effect of the promotion.")
    COMPONENT_EMPTY = "COMPONENT_EMPTY", _("Each component needs goods and a quantity above 0.")
    VALUE_INVALID = "VALUE_INVALID", _("The value is out of its range.")
    THRESHOLD_INVALID = "THRESHOLD_INVALID", _("A promotion on lines counts list amounts or quantities.")
    WINDOW_EMPTY = "WINDOW_EMPTY", _("The end must be later than the beginning.")
    AUDIENCE_INVALID = "AUDIENCE_INVALID", _("Choose one partner, one group, one grade, one channel, or everyone.")
    SCOPE_INVALID = "SCOPE_INVALID", _("Choose one SKU, one product, one category, one brand, or all goods.")
    FUNDING_INCOMPLETE = "FUNDING_INCOMPLETE", _("The shares of those who bear the cost must sum to 100 percent.")
    VERSION_FROZEN = "VERSION_FROZEN", _("A version that was put in effect never changes: make a new version.")
    LIMIT_REACHED = "LIMIT_REACHED", _("There are too many of these.")
    COUPON_UNKNOWN = "COUPON_UNKNOWN", _("There is no such coupon.")
    COUPON_ENDED = "COUPON_ENDED", _("This coupon is not valid at this time.")
    COUPON_EXHAUSTED = "COUPON_EXHAUSTED", _("This coupon was used up.")
    COUPON_LIMIT = "COUPON_LIMIT", _("No further coupon can be used on this order.")
    GIFT_NOT_OFFERED = "GIFT_NOT_OFFERED", _("This gift is not offered for this order.")
    GIFT_TOO_MANY = "GIFT_TOO_MANY", _("More gifts were chosen than the order earns.")
    GIFT_EXHAUSTED = "GIFT_EXHAUSTED", _("This gift has run out.")
    PROMOTION_CHANGED = "PROMOTION_CHANGED", _("The promotions of this order are not those that were shown.")
    CAP_BELOW_USE = "CAP_BELOW_USE", _("The limit is below what is reserved and used already.")
    SIMULATION_TOO_LARGE = "SIMULATION_TOO_LARGE", _("The period holds too many order lines for a simulation.")
