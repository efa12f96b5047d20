"""Who may see which goods: one's own, and what one's sellers offer (the condition itself stands in assortments.py)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, Q

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, OFFERS, scope_of
from marketplace.core.actor import Actor
from marketplace.core.rows import ProtectedQuerySet

MANAGE = "catalog.manage"


class Offered(Func):
    """A condition for WHERE: what the expression names is offered to the actor by one of its sellers."""

    output_field = models.BooleanField()
    narrowed: str

    def __init__(self, expression: Any, actor: Actor, narrowed: str, seller_id: int | None = None) -> None:
        super().__init__(expression)
        self.values = scope_of(actor, seller_id)
        self.narrowed = narrowed

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, params = compiler.compile(self.source_expressions[0])
        text = f"EXISTS (WITH {BUYER_SCOPE}, {HELD} SELECT {OFFERS} AND {self.narrowed.format(outer)})"
        values = [self.values["buyer"], self.values["seller"], self.values["seller"]]
        for name in ("buyer", "seller"):
            text = text.replace(f"%({name})s", "%s")
        return text, [*values, *params]


def offered_variant(field: str, actor: Actor, seller_id: int | None = None) -> Offered:
    """A field that holds a variant's id names one that is offered to the actor."""
    return Offered(F(field), actor, "variant.id = {}", seller_id)


def offered_product(field: str, actor: Actor, seller_id: int | None = None) -> Offered:
    """A field that holds a product's id names one with a variant that is offered to the actor."""
    return Offered(F(field), actor, "product.id = {}", seller_id)


def own(actor: Actor) -> Q:
    """Rows of the actor's own organization; none while it looks with a partner's eyes."""
    if actor.on_behalf_of is not None and actor.on_behalf_of.pk != actor.organization_id:
        return Q(pk__in=[])
    return Q(organization=actor.organization_id)


def own_goods(actor: Actor, status: str = "status") -> Q:
    """As `own`, drafts only for those who manage products."""
    return own(actor) if actor.may(MANAGE) else own(actor) & ~Q(**{status: "draft"})


class ProductQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those with a variant that is offered."""
        return own_goods(actor) | Q(offered_product("pk", actor))


class VariantQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those that are offered."""
        return own_goods(actor, "product__status") | Q(offered_variant("pk", actor))


class GoodsPartQuerySet(ProtectedQuerySet):
    """Packs and pictures: whoever sees the goods sees them."""

    def visible_filter(self, actor: Actor) -> Q:
        names = {field.name for field in self.model._meta.get_fields()}
        if "product" in names:
            return own(actor) | Q(offered_product("product_id", actor))
        return own(actor) | Q(offered_variant("variant_id", actor))


class ListingQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """What one has put up oneself, and what is put up for one."""
        return own(actor) | Q(offered_variant("variant_id", actor))


class BrandQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those of which something is offered."""
        return own(actor) | Q(Offered(F("pk"), actor, "product.brand_id = {}"))


class CategoryQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those below which something is offered."""
        below = (
            "product.category_id IN (SELECT below.id FROM catalog_category below WHERE below.ancestors @> ARRAY[{}])"
        )
        return own(actor) | Q(Offered(F("pk"), actor, below))
