"""Which side of a trade somebody is on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TradeSide(models.TextChoices):
    """A side of a trade."""

    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")


class SideAudience(models.TextChoices):
    """Which side of a trade reads something that was written to it."""

    SELLER = "seller", _("Seller")
    BUYER = "buyer", _("Buyer")
    BOTH = "both", _("Both sides")
