"""Caps of promotions in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import (
    BaseMutation,
    Decimal,
    Field,
    ModelType,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.graphql.connections import ConnectionField
from marketplace.parties.schema.types import text
from ordercenter.promotions.caps_write import promotion_cap_write
from ordercenter.promotions.drafts import CapDraft
from ordercenter.promotions.enums import CapMeasure
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.models import GiftPoolItem, Promotion, PromotionCap
from ordercenter.promotions.write import MANAGE

VIEW = "promotions.view"


class PromotionCapType(ModelType, model=PromotionCap, name="PromotionCap", permission=VIEW):
    """Most uses, amount, or quantity of a gift: in all, of one partner, or of each partner."""

    measure = Field(enum_of(CapMeasure), required=True, description="What it counts.")
    measure_label = label_field("measure")
    each = Field(graphene.Boolean, required=True, description="Holds for every partner by itself.")
    partner = text("The partner it is for, or empty.")
    gift = text("The gift it counts, or empty.")
    limit = Field(Decimal, required=True, description="How much there is.")
    reserved = Field(Decimal, required=True, description="Held by orders that have not shipped.")
    used = Field(Decimal, required=True, description="Used for good.")
    left = Field(Decimal, required=True, description="What is left; of a limit of each, of the partner who took most.")
    partners = Field(graphene.Int, required=True, description="How many partners a limit of each has counted for.")

    def resolve_partner(root: Any, _info: Any) -> str:
        return root.partnership.downstream.name if root.partnership_id else ""

    def resolve_gift(root: Any, _info: Any) -> str:
        return f"{root.variant.sku} · {root.uom.code}" if root.variant_id else ""

    def resolve_left(root: Any, _info: Any) -> Any:
        taken = getattr(root, "most_used", None) if root.each else None
        return root.limit - (root.reserved + root.used if taken is None else taken)

    def resolve_partners(root: Any, _info: Any) -> int:
        return getattr(root, "partners", 0)


class PromotionCapSort(Sort, default="ID"):
    """Keys that caps are sorted by."""

    ID = SortKey.of("id", description="When it was made.")


class CapQueries:
    """Mounted by the package."""

    promotion_caps = ConnectionField(
        PromotionCapType,
        promotion=graphene.ID(required=True, description="The promotion, any of its versions."),
        sort=PromotionCapSort,
        permission=VIEW,
        description="The caps of a promotion, with those that were made for single partners.",
    )

    def resolve_promotion_caps(root: Any, info: Any, promotion: str) -> Any:
        key = from_global_id(promotion, "Promotion", "promotion")
        found = Promotion.objects.visible_to(info.context.actor).filter(pk=key).first()
        rows = PromotionCap.objects.visible_to(info.context.actor).select_related(
            "partnership__downstream", "variant", "uom"
        )
        return rows.filter(promotion=found.root_key if found else 0)


class PromotionCapInput(graphene.InputObjectType):
    """A cap to set; without a limit it is taken away."""

    promotion = graphene.InputField(graphene.ID, required=True, description="The promotion, any of its versions.")
    measure = graphene.InputField(enum_of(CapMeasure), required=True, description="What it counts.")
    limit = graphene.InputField(Decimal, description="How much there is; null takes the cap away.")
    each = graphene.InputField(graphene.Boolean, description="For every partner by itself.")
    partnership = graphene.InputField(graphene.ID, description="For one partner.")
    variant = graphene.InputField(graphene.ID, description="The gift, for QUANTITY.")
    uom = graphene.InputField(graphene.ID, description="The unit of the gift.")
    gift = graphene.InputField(graphene.ID, description="The same as a gift of its pools, for QUANTITY.")


class PromotionCapWrite(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Set a limit of a promotion. It may change while the promotion is in effect, never below what is taken."""

    class Arguments:
        input = PromotionCapInput(required=True, description="The cap.")

    cap = Field(PromotionCapType, description="The cap; null where it was taken away.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        keys = {
            f"{name}_id": from_global_id(input[name], kind, name)
            for name, kind in (("partnership", "Partnership"), ("variant", "Variant"), ("uom", "UnitOfMeasure"))
            if input.get(name)
        }
        if input.get("gift"):
            keys |= _gift(actor, from_global_id(input["gift"], "GiftPoolItem", "gift"))
        draft = CapDraft(input["measure"], input.get("limit"), each=bool(input.get("each")), **keys)
        key = from_global_id(input["promotion"], "Promotion", "promotion")
        return cls(cap=promotion_cap_write(actor, key, draft))


def _gift(actor: Actor, key: int) -> dict[str, int]:
    item = GiftPoolItem.objects.filter(pk=key, organization=actor.organization_id).first()
    if item is None:
        raise not_found("gift")
    return {"variant_id": item.variant_id, "uom_id": item.uom_id}


class CapMutations:
    """Mounted by the package."""

    promotion_cap_write = PromotionCapWrite.Field()
