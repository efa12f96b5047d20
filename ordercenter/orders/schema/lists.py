"""Saved lists as the schema shows them, and what can be done with them."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import Q

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    DateTime,
    Field,
    ModelType,
    Quantity,
    Related,
    enum_of,
    from_global_id,
    grouped,
    label_field,
)
from marketplace.parties.schema.types import OrganizationType, UnitType, UserType, listed, text
from ordercenter.orders.enums import ListAccess
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import SavedList, SavedListLine, SavedListShare
from ordercenter.orders.models.entry import shared_with
from ordercenter.orders.saved_lists import (
    SavedListDraft,
    ShareDraft,
    delete_saved_list,
    share_saved_list,
    write_saved_list,
)
from ordercenter.orders.schema.lines import CartLineInput, wishes_of
from ordercenter.orders.schema.loaders import LinesInList, LinesOfList

READS = "orders.purchases"


class SavedListLineType(ModelType, model=SavedListLine, name="SavedListLine"):
    """One variant of a saved list."""

    position = Field(graphene.Int, required=True, description="Its place in the list.")
    variant = Field(VariantType, description="The goods; null where they are no longer offered to you.")
    quantity = Field(Quantity, required=True, description="How much.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")

    def resolve_variant(root: Any, info: Any) -> Any:
        return VariantType.load(info, root.variant_id)

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.uom_id)


class SavedListShareType(ModelType, model=SavedListShare, name="SavedListShare"):
    """With whom a list is shared; neither user nor unit: with everybody in the organization."""

    user = Related(UserType, "user", description="This person.")
    unit = Related(UnitType, "unit", description="This unit and all below it.")
    access = Field(enum_of(ListAccess), required=True, description="What they may do with it.")
    access_label = label_field("access")


class SharesOfList(BatchLoader):
    """With whom lists are shared, by list."""

    def batch(self, keys: list[int]) -> list[list[SavedListShare]]:
        rows = SavedListShare.objects.visible_to(self.actor).filter(saved_list__in=keys).order_by("pk")
        return grouped(rows, by="saved_list_id", keys=keys)


class WritableLists(BatchLoader):
    """Whether the reader may change lists: one's own, and those shared for writing."""

    def batch(self, keys: list[int]) -> list[bool]:
        actor = self.actor
        if actor.on_behalf_of is not None or not actor.may("orders.place"):
            return [False] * len(keys)
        rows = SavedList.objects.visible_to(actor).filter(
            Q(owner=actor.user_id) | shared_with(actor, ListAccess.WRITE), pk__in=keys
        )
        found = set(rows.values_list("pk", flat=True))
        return [key in found for key in keys]


class SavedListType(ModelType, model=SavedList, name="SavedList", permission=READS):
    """Goods that you order again and again from one seller; your own lists, and those shared with you."""

    name = text("Its name.")
    seller = Related(OrganizationType, "seller", required=True, description="Who sells.")
    owner = Related(UserType, "owner", description="Whose it is.")
    line_count = Field(graphene.Int, required=True, description="How many lines.")
    lines = listed(SavedListLineType, "Its lines.", size=20)
    shares = listed(SavedListShareType, "With whom it is shared.", size=3)
    is_own = Field(graphene.Boolean, required=True, description="It is yours: you share and delete it.")
    may_write = Field(graphene.Boolean, required=True, description="You may change its name and lines.")
    updated_at = Field(DateTime, required=True, description="When it was last changed.")

    def resolve_line_count(root: Any, info: Any) -> Any:
        return LinesInList.of(info).load(root.pk)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfList.of(info).load(root.pk)

    def resolve_is_own(root: Any, info: Any) -> bool:
        return root.owner_id == info.context.actor.user_id

    def resolve_may_write(root: Any, info: Any) -> Any:
        return WritableLists.of(info).load(root.pk)

    def resolve_shares(root: Any, info: Any) -> Any:
        return SharesOfList.of(info).load(root.pk)


class SavedListInput(graphene.InputObjectType):
    """A saved list to make, or to change where an id is given. What is left out stays."""

    id = graphene.ID(description="The list; a new one unless given.")
    seller = graphene.ID(description="Who sells; needed for a new list that is not made from a cart or an order.")
    name = graphene.String(description="Its name.")
    lines = graphene.List(graphene.NonNull(CartLineInput), description="Replaces all lines.")
    added = graphene.List(graphene.NonNull(CartLineInput), description="Lines to add below those that are there.")
    cart = graphene.ID(description="Takes the lines of this cart.")
    order = graphene.ID(description="Takes the lines of this order.")


class SavedListShareInput(graphene.InputObjectType):
    """With whom a list is shared: a person or a unit, or neither for everybody."""

    user = graphene.ID(description="This person.")
    unit = graphene.ID(description="This unit and all below it.")
    access = graphene.Argument(enum_of(ListAccess), default_value=ListAccess.READ, description="READ unless told.")


def key_or_none(gid: str | None, type_name: str, field: str, index: int | None = None) -> int | None:
    """The key in an id that may be left out."""
    return from_global_id(gid, type_name, field, index) if gid else None


class SavedListWrite(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Make or change a saved list."""

    class Arguments:
        input = SavedListInput(required=True, description="The list.")

    saved_list = Field(SavedListType, description="The list as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        lines = input.get("lines")
        draft = SavedListDraft(
            list_id=key_or_none(input.get("id"), "SavedList", "id"),
            seller_id=key_or_none(input.get("seller"), "Organization", "seller"),
            name=input.get("name"),
            wishes=None if lines is None else wishes_of(lines, "lines"),
            added=wishes_of(input.get("added") or (), "added"),
            cart_id=key_or_none(input.get("cart"), "Cart", "cart"),
            order_id=key_or_none(input.get("order"), "Order", "order"),
        )
        return cls(saved_list=write_saved_list(actor, draft))


class SavedListShareWrite(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Say with whom one of your lists is shared, in place of what was said before."""

    class Arguments:
        id = graphene.ID(required=True, description="The list.")
        shares = graphene.List(
            graphene.NonNull(SavedListShareInput), required=True, description="With whom; none: with nobody."
        )

    saved_list = Field(SavedListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str, shares: list[Any]) -> Self:
        drafts = [
            ShareDraft(
                key_or_none(share.get("user"), "User", "user", index),
                key_or_none(share.get("unit"), "Unit", "unit", index),
                ListAccess(share.get("access") or ListAccess.READ),
            )
            for index, share in enumerate(shares)
        ]
        return cls(saved_list=share_saved_list(actor, from_global_id(id, "SavedList", "id"), drafts))


class SavedListDelete(BaseMutation, permission="orders.place", codes=OrderErrorCode, atomic=False):
    """Delete one of your lists."""

    class Arguments:
        id = graphene.ID(required=True, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        delete_saved_list(actor, from_global_id(id, "SavedList", "id"))
        return cls()


class ListQueries:
    """Saved lists."""

    saved_lists = listed(
        SavedListType,
        "Your saved lists and those shared with you, by name.",
        seller=graphene.ID(description="Of this seller only."),
        permission=READS,
        size=20,
    )
    saved_list = Field(
        SavedListType, id=graphene.ID(required=True, description="Its id."), description="One saved list."
    )

    def resolve_saved_lists(root: Any, info: Any, seller: str | None = None) -> Any:
        rows = SavedListType.visible(info.context.actor).select_related("seller").order_by("name", "pk")
        return rows.filter(seller=from_global_id(seller, "Organization", "seller")) if seller else rows

    def resolve_saved_list(root: Any, info: Any, id: str) -> Any:
        return SavedListType.by_id(info, id)


class ListMutations:
    """What can be done with saved lists."""

    saved_list_write = SavedListWrite.Field()
    saved_list_share = SavedListShareWrite.Field()
    saved_list_delete = SavedListDelete.Field()
