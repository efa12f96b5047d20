"""Coupons in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import graphene
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    DateTime,
    Field,
    FilterInput,
    ListFilter,
    ModelType,
    Related,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
    ids_of,
)
from marketplace.parties.schema.types import text
from ordercenter.promotions.coupons import coupon_void, coupons_generate
from ordercenter.promotions.drafts import CouponsDraft
from ordercenter.promotions.enums import CouponStatus
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.models import Coupon, Promotion
from ordercenter.promotions.write import MANAGE

VIEW = "promotions.view"


def coupon_status(root: Coupon) -> CouponStatus:
    """Its status read against its window."""
    if root.status == CouponStatus.UNUSED and root.valid_to <= timezone.now():
        return CouponStatus.EXPIRED
    return CouponStatus(root.status)


class CouponType(ModelType, model=Coupon, name="Coupon", permission=VIEW):
    """A code that unlocks a promotion."""

    code = text("What is typed.")
    status = Field(enum_of(CouponStatus), required=True, description="Where it stands now.")
    status_label = text("The label of `status`.")
    partner = text("The partner whose it is; empty: of whoever has it.")
    limit = Field(graphene.Int, required=True, description="How often it can be used.")
    used = Field(graphene.Int, required=True, description="How often it was used.")
    valid_from = Field(DateTime, description="From when; null: always.")
    valid_to = Field(DateTime, description="Until when; null: for good.")
    created_at = Field(DateTime, required=True, description="When it was made.")
    promotion = Related("ordercenter.promotions.schema.PromotionType", "promotion", description="What it unlocks.")

    def resolve_status(root: Any, _info: Any) -> CouponStatus:
        return coupon_status(root)

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(coupon_status(root).label)

    def resolve_partner(root: Any, _info: Any) -> str:
        return root.partnership.downstream.name if root.partnership_id else ""

    def resolve_valid_from(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> datetime | None:
        return or_none(root.valid_to)


class CouponFilter(FilterInput):
    """Narrows coupons."""

    status = ListFilter(enum_of(CouponStatus), description="In any of these states now.")

    @staticmethod
    def filter_status(queryset: Any, value: list[CouponStatus], info: Any) -> Any:
        unused = Q(status=CouponStatus.UNUSED)
        read = {
            CouponStatus.UNUSED: unused & Q(valid_to__gt=Now()),
            CouponStatus.EXPIRED: unused & Q(valid_to__lte=Now()),
        }
        wanted = Q(pk__in=[])
        for status in value:
            wanted |= read.get(status, Q(status=status))
        return queryset.filter(wanted)


class CouponSort(Sort, default="-CREATED"):
    """Keys that coupons are sorted by."""

    CREATED = SortKey.of("id", description="When it was made.")
    CODE = SortKey.of("code", description="Its code.")
    USED = SortKey.of("used", description="How often it was used.")


class CouponQueries:
    """Mounted by the package."""

    coupons = ConnectionField(
        CouponType,
        promotion=graphene.ID(description="Of this promotion, any of its versions."),
        search=graphene.String(description="Part of the code or of the partner's name."),
        filter=CouponFilter,
        sort=CouponSort,
        permission=VIEW,
        description="Your coupons.",
    )

    def resolve_coupons(root: Any, info: Any, promotion: str | None = None, search: str = "") -> Any:
        actor = info.context.actor
        rows = Coupon.objects.visible_to(actor).select_related("partnership__downstream")
        if promotion:
            key = from_global_id(promotion, "Promotion", "promotion")
            found = Promotion.objects.visible_to(actor).filter(pk=key).first()
            rows = rows.filter(promotion=found.root_key if found else 0)
        for word in (search or "").split():
            rows = rows.filter(Q(code__icontains=word) | Q(partnership__downstream__name__icontains=word))
        return rows


class CouponsInput(graphene.InputObjectType):
    """Coupons to make."""

    promotion = graphene.InputField(graphene.ID, required=True, description="What they unlock.")
    count = graphene.InputField(graphene.Int, description="How many, for each partner named; 1 unless told.")
    prefix = graphene.InputField(graphene.String, description="What random codes begin with.")
    code = graphene.InputField(graphene.String, description="A code of your own, for one coupon.")
    limit = graphene.InputField(graphene.Int, description="How often each can be used; once unless told.")
    partnerships = graphene.InputField(graphene.List(graphene.NonNull(graphene.ID)), description="For these partners.")
    valid_from = graphene.InputField(DateTime, description="From when.")
    valid_to = graphene.InputField(DateTime, description="Until when.")


class CouponsGenerate(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Make coupons of a promotion that asks for one."""

    class Arguments:
        input = CouponsInput(required=True, description="What to make.")

    count = Field(graphene.Int, description="How many were made.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        names = ("count", "prefix", "code", "limit", "valid_from", "valid_to")
        values = {name: input[name] for name in names if input.get(name) is not None}
        partners = ids_of(input.get("partnerships") or [], "Partnership", "partnerships")
        key = from_global_id(input["promotion"], "Promotion", "promotion")
        return cls(count=coupons_generate(actor, key, CouponsDraft(**values, partnership_ids=partners)))


class CouponVoid(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Take a coupon out of use."""

    class Arguments:
        id = graphene.ID(required=True, description="The coupon.")

    coupon = Field(CouponType, description="The coupon.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(coupon=coupon_void(actor, from_global_id(id, CouponType)))


class CouponMutations:
    """Mounted by the package."""

    coupons_generate = CouponsGenerate.Field()
    coupon_void = CouponVoid.Field()
