"""Layouts of the order pad."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.rows import OwnedQuerySet, OwnedRow


class PadColumn(models.TextChoices):
    """What a column of the pad shows. Code and quantity are always there: without them nothing can be entered."""

    CODE = "code"
    QUANTITY = "quantity"
    UOM = "uom"
    NAME = "name"
    STOCK = "stock"
    PRICE = "price"
    TIER = "tier"
    AMOUNT = "amount"


class PadLayoutQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those that colleagues share."""
        own = super().visible_filter(actor)
        return own if actor.is_system else own & (Q(user=actor.user_id) | Q(shared=True))


class PadLayout(OwnedRow):
    """Which columns a person sees, in which order and how wide; `columns` is a list of {"column", "width"} in pixels.

    Of one's own the one used last (`used_at`) is the one the pad opens with.
    """

    user = models.ForeignKey("parties.User", models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    shared = models.BooleanField(default=False)
    used_at = models.DateTimeField(auto_now=True)

    objects = PadLayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "name"], name="pad_layout_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="pad_layout_named"),
        ]
