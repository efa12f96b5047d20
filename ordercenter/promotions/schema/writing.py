"""Writing promotions, and how they come together."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, enum_of, from_global_id
from ordercenter.promotions import write
from ordercenter.promotions.enums import PromotionStrategy
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.models import PromotionSettings
from ordercenter.promotions.schema.inputs import PromotionFundingInput, PromotionInput, funding_draft, promotion_draft
from ordercenter.promotions.schema.types import PromotionType
from ordercenter.promotions.settings import promotion_settings_update

MANAGE = write.MANAGE
THE_ID = graphene.ID(required=True, description="The promotion.")


class PromotionCreate(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Make a promotion. It is a draft before it is submitted."""

    class Arguments:
        input = PromotionInput(required=True, description="The promotion.")

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(promotion=write.promotion_create(actor, promotion_draft(input)))


class PromotionUpdate(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Change a draft. One that was put in effect never changes: make a new version."""

    class Arguments:
        id = THE_ID
        input = PromotionInput(required=True, description="What changes.")

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        key = from_global_id(id, PromotionType)
        return cls(promotion=write.promotion_update(actor, key, promotion_draft(input)))


class PromotionFundingWrite(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Say who bears what percent of the cost of a draft."""

    class Arguments:
        id = THE_ID
        funding = graphene.List(
            graphene.NonNull(PromotionFundingInput), required=True, description="The bearers; their shares sum to 100."
        )

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, id: str, funding: list[Any]) -> Self:
        rows = [funding_draft(row, index) for index, row in enumerate(funding)]
        return cls(promotion=write.promotion_funding_write(actor, from_global_id(id, PromotionType), rows))


class PromotionRevise(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Make a draft of the next version with everything of this one."""

    class Arguments:
        id = THE_ID

    promotion = Field(PromotionType, description="The draft.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(promotion=write.promotion_revise(actor, from_global_id(id, PromotionType)))


class PromotionSubmit(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Put a draft in effect at once; the version before it ends."""

    class Arguments:
        id = THE_ID

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(promotion=write.promotion_submit(actor, from_global_id(id, PromotionType)))


class PromotionPause(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Take a promotion out of effect until it is resumed."""

    class Arguments:
        id = THE_ID

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(promotion=write.promotion_pause(actor, from_global_id(id, PromotionType)))


class PromotionResume(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Put a paused promotion in effect again."""

    class Arguments:
        id = THE_ID

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(promotion=write.promotion_resume(actor, from_global_id(id, PromotionType)))


class PromotionVoid(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """End a promotion for good; orders keep what they have."""

    class Arguments:
        id = THE_ID

    promotion = Field(PromotionType, description="The promotion.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(promotion=write.promotion_void(actor, from_global_id(id, PromotionType)))


class PromotionSettingsType(graphene.ObjectType):
    """How your promotions come together."""

    class Meta:
        name = "PromotionSettings"

    strategy = Field(enum_of(PromotionStrategy), required=True, description="Combined, or the best one alone.")
    max_coupons = Field(graphene.Int, required=True, description="How many coupons an order takes.")


class PromotionSettingsUpdate(BaseMutation, permission=MANAGE, codes=PromotionErrorCode, atomic=False):
    """Settle how promotions come together."""

    class Arguments:
        strategy = enum_of(PromotionStrategy)(description="Combined, or the best one alone.")
        max_coupons = graphene.Int(description="How many coupons an order takes, 0 to 20.")

    settings = Field(PromotionSettingsType, description="The settings.")

    @classmethod
    def perform(cls, actor: Actor, **values: Any) -> Self:
        return cls(settings=promotion_settings_update(actor, **values))


class SettingsQueries:
    """Mounted by the package."""

    promotion_settings = Field(
        PromotionSettingsType, required=True, permission="promotions.view", description="How your promotions combine."
    )

    def resolve_promotion_settings(root: Any, info: Any) -> Any:
        return PromotionSettings.objects.visible_to(info.context.actor).first() or PromotionSettings()


class PromotionMutations:
    """Mounted by the package."""

    promotion_create = PromotionCreate.Field()
    promotion_update = PromotionUpdate.Field()
    promotion_funding_write = PromotionFundingWrite.Field()
    promotion_revise = PromotionRevise.Field()
    promotion_submit = PromotionSubmit.Field()
    promotion_pause = PromotionPause.Field()
    promotion_resume = PromotionResume.Field()
    promotion_void = PromotionVoid.Field()
    promotion_settings_update = PromotionSettingsUpdate.Field()
