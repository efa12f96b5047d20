"""Which goods a rule is about: one variant, a product, a category with all below it, a brand, or everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.parties.audience import LessOrEqual, NumNonNulls


class ScopeLevel(models.TextChoices):
    """How narrow a product scope is, narrowest first."""

    VARIANT = "variant", _("One variant")
    PRODUCT = "product", _("One product")
    CATEGORY = "category", _("Category")
    BRAND = "brand", _("Brand")
    ALL = "all", _("All goods")


class ProductScopeRow(models.Model):
    """A rule about goods: exactly one of the four is set, none for all goods."""

    variant = models.ForeignKey("catalog.Variant", models.PROTECT, null=True, blank=True, related_name="+")
    product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, blank=True, related_name="+")
    brand = models.ForeignKey("catalog.Brand", models.PROTECT, null=True, blank=True, related_name="+")

    variant_id: int | None
    product_id: int | None
    category_id: int | None
    brand_id: int | None

    class Meta:
        abstract = True

    @property
    def scope(self) -> ProductScope:
        """The scope as a value."""
        return ProductScope(self.variant_id, self.product_id, self.category_id, self.brand_id)


def scope_check(name: str) -> models.CheckConstraint:
    """The constraint that at most one of the four scope columns is set."""
    columns = NumNonNulls("variant", "product", "category", "brand")
    return models.CheckConstraint(condition=Q(LessOrEqual(columns, 1)), name=name)


@dataclass(frozen=True, slots=True)
class ScopeKeys:
    """What one variant is within: the ids a scope is compared with. `category_ids`: from the root down."""

    variant_id: int
    product_id: int
    category_ids: tuple[int, ...] = ()
    brand_id: int | None = None


NOWHERE = ScopeKeys(0, 0)


@dataclass(frozen=True, slots=True)
class ProductScope:
    """Which goods; the ids of a ProductScopeRow."""

    variant_id: int | None = None
    product_id: int | None = None
    category_id: int | None = None
    brand_id: int | None = None

    @property
    def level(self) -> ScopeLevel:
        """How narrow it is."""
        if self.variant_id:
            return ScopeLevel.VARIANT
        if self.product_id:
            return ScopeLevel.PRODUCT
        if self.category_id:
            return ScopeLevel.CATEGORY
        return ScopeLevel.BRAND if self.brand_id else ScopeLevel.ALL

    def columns(self) -> dict[str, Any]:
        """As columns of a ProductScopeRow."""
        return {
            "variant_id": self.variant_id,
            "product_id": self.product_id,
            "category_id": self.category_id,
            "brand_id": self.brand_id,
        }

    def holds(self, keys: ScopeKeys) -> bool:
        """True where the variant of these keys is within."""
        if self.variant_id:
            return self.variant_id == keys.variant_id
        if self.product_id:
            return self.product_id == keys.product_id
        if self.category_id:
            return self.category_id in keys.category_ids
        return self.brand_id is None or self.brand_id == keys.brand_id
