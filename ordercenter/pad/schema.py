"""Layouts of the order pad, as the schema shows them."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, ModelType, Related, enum_of, from_global_id
from marketplace.parties.schema.types import UserType, listed, text
from ordercenter.pad.layouts import LayoutDraft, delete_layout, use_layout, write_layout
from ordercenter.pad.models import PadColumn, PadLayout


class PadLayoutColumnType(graphene.ObjectType):
    """A column of the pad and its width."""

    class Meta:
        name = "PadLayoutColumn"

    column = Field(enum_of(PadColumn), required=True, description="What it shows.")
    width = Field(graphene.Int, required=True, description="Its width in pixels.")

    def resolve_column(root: dict[str, Any], _info: Any) -> PadColumn:
        return PadColumn(root["column"])

    def resolve_width(root: dict[str, Any], _info: Any) -> int:
        return root["width"]


class PadLayoutType(ModelType, model=PadLayout, name="PadLayout"):
    """Which columns of the order pad somebody sees, in which order and how wide."""

    name = text("Its name.")
    columns = listed(PadLayoutColumnType, "The columns from the left.", size=8)
    shared = Field(graphene.Boolean, required=True, description="Colleagues see it and may take a copy.")
    owner = Related(UserType, "user", description="Whose it is.")
    is_own = Field(graphene.Boolean, required=True, description="It is yours.")

    def resolve_is_own(root: PadLayout, info: Any) -> bool:
        return root.user_id == info.context.actor.user_id


class PadLayoutColumnInput(graphene.InputObjectType):
    """A column of the pad and its width."""

    column = graphene.Argument(enum_of(PadColumn), required=True, description="What it shows.")
    width = graphene.Int(required=True, description="Its width in pixels, 48 to 800.")


class PadLayoutInput(graphene.InputObjectType):
    """A layout to make, or to change where an id is given. What is left out stays."""

    id = graphene.ID(description="The layout; a new one unless given.")
    name = graphene.String(description="Its name; needed for a new one.")
    columns = graphene.List(graphene.NonNull(PadLayoutColumnInput), description="The columns from the left.")
    shared = graphene.Boolean(description="Let colleagues see it.")


class PadLayoutWrite(BaseMutation, atomic=False):
    """Make or change a layout of your order pad; the pad opens with the one written or used last."""

    class Arguments:
        input = PadLayoutInput(required=True, description="The layout.")

    layout = Field(PadLayoutType, description="The layout as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        columns = input.get("columns")
        draft = LayoutDraft(
            layout_id=from_global_id(input["id"], "PadLayout", "id") if input.get("id") else None,
            name=input.get("name"),
            columns=None if columns is None else [(PadColumn(one.column), one.width) for one in columns],
            shared=input.get("shared"),
        )
        return cls(layout=write_layout(actor, draft))


class PadLayoutUse(BaseMutation):
    """Take a layout, yours or one that a colleague shares; the pad opens with it from now on."""

    class Arguments:
        id = graphene.ID(required=True, description="The layout.")

    layout = Field(PadLayoutType, description="The layout that is yours now.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(layout=use_layout(actor, from_global_id(id, "PadLayout", "id")))


class PadLayoutDelete(BaseMutation):
    """Delete one of your layouts."""

    class Arguments:
        id = graphene.ID(required=True, description="The layout.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        delete_layout(actor, from_global_id(id, "PadLayout", "id"))
        return cls()


class Queries:
    """What can be asked about the pad."""

    pad_layouts = listed(
        PadLayoutType, "Your layouts, the one used last first, then those that colleagues share.", size=10
    )

    def resolve_pad_layouts(root: Any, info: Any) -> Any:
        actor = info.context.actor
        rows = list(PadLayout.objects.visible_to(actor).select_related("user").order_by("-used_at", "pk"))
        return sorted(rows, key=lambda row: row.user_id != actor.user_id)


class Mutations:
    """What can be done with layouts."""

    pad_layout_write = PadLayoutWrite.Field()
    pad_layout_use = PadLayoutUse.Field()
    pad_layout_delete = PadLayoutDelete.Field()
