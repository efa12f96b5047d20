"""Saved views, as the schema shows them."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, ModelType, Related, from_global_id
from marketplace.parties.schema.types import UserType, listed, text
from marketplace.savedviews.keep import ViewDraft, delete_view, write_view
from marketplace.savedviews.models import SavedView


class SavedViewType(ModelType, model=SavedView, name="SavedView"):
    """A list as somebody wants to find it again: yours, and those that colleagues share."""

    page = text("Which list it is a view of, such as `office/inbox`.")
    name = text("Its name.")
    query = text("What the address of the page holds then: filters, sort and columns, as a query string without `?`.")
    shared = Field(graphene.Boolean, required=True, description="Colleagues see it.")
    owner = Related(UserType, "user", description="Whose it is.")
    is_own = Field(graphene.Boolean, required=True, description="It is yours.")

    def resolve_is_own(root: SavedView, info: Any) -> bool:
        return root.user_id == info.context.actor.user_id


class SavedViewInput(graphene.InputObjectType):
    """A view to make, or to change where an id is given. What is left out stays."""

    id = graphene.ID(description="The view; a new one unless given.")
    page = graphene.String(description="Which list it is a view of; needed for a new one.")
    name = graphene.String(description="Its name, 64 characters at most; needed for a new one.")
    query = graphene.String(description="What the address of the page holds, 2,000 characters at most.")
    shared = graphene.Boolean(description="Let colleagues see it.")


class SavedViewWrite(BaseMutation, atomic=False):
    """Make or change one of your views."""

    class Arguments:
        input = SavedViewInput(required=True, description="The view.")

    saved_view = Field(SavedViewType, description="The view as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        draft = ViewDraft(
            view_id=from_global_id(input["id"], "SavedView", "id") if input.get("id") else None,
            page=input.get("page"),
            name=input.get("name"),
            query=input.get("query"),
            shared=input.get("shared"),
        )
        return cls(saved_view=write_view(actor, draft))


class SavedViewDelete(BaseMutation):
    """Delete one of your views."""

    class Arguments:
        id = graphene.ID(required=True, description="The view.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        delete_view(actor, from_global_id(id, "SavedView", "id"))
        return cls()


class Queries:
    """What can be asked about views."""

    saved_views = listed(
        SavedViewType,
        "Your views of a list by name, then those that colleagues share.",
        size=10,
        page=graphene.String(required=True, description="Which list, such as `office/inbox`."),
    )

    def resolve_saved_views(root: Any, info: Any, page: str) -> Any:
        actor = info.context.actor
        rows = SavedView.objects.visible_to(actor).filter(page=page).select_related("user").order_by("name", "pk")
        return sorted(rows, key=lambda row: row.user_id != actor.user_id)


class Mutations:
    """What can be done with views."""

    saved_view_write = SavedViewWrite.Field()
    saved_view_delete = SavedViewDelete.Field()
