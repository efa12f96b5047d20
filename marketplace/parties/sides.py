"""Which side of a trade somebody is on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TradeSide(models.TextChoices):
    """A side of a trade."""

    BUYER = "buyer", _("Buyer side")
    SELLER = "seller", _("Seller side")
