"""Units of measure, shared by all organizations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from marketplace.core.actor import Actor
from marketplace.core.names import NamedRow
from marketplace.core.rows import ProtectedQuerySet

models.CharField.register_lookup(Length)


class SharedQuerySet(ProtectedQuerySet):
    """Rows of nobody: whoever is signed in may see them."""

    def visible_filter(self, actor: Actor) -> Q:
        return Q()


class UnitOfMeasure(NamedRow):
    """A unit in which goods are counted or measured. `exponent`: decimals a quantity in it may have."""

    code = models.CharField(max_length=16, unique=True)
    exponent = models.PositiveSmallIntegerField(default=0)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "units of measure"
        constraints = [
            models.CheckConstraint(condition=Q(exponent__lte=6), name="uom_exponent"),
            models.CheckConstraint(condition=Q(code__length__gt=0), name="uom_code_given"),
        ]
