"""Writing price lists and prices."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, from_global_id, ids_of
from ordercenter.pricing import lists
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.rows import price_rows_end
from ordercenter.pricing.schema.inputs import PriceListInput, PriceRowsEndInput, PriceRowsInput, entry_of, list_draft
from ordercenter.pricing.schema.lists import PriceListType
from ordercenter.pricing.sheet import price_sheet_write

MANAGE = lists.MANAGE


class PriceListCreate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Make a price list. It is a draft and answers nobody before it is submitted."""

    class Arguments:
        input = PriceListInput(required=True, description="The list.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(price_list=lists.price_list_create(actor, list_draft(input)))


class PriceListUpdate(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Change a price list; it holds from the commit on."""

    class Arguments:
        id = graphene.ID(required=True, description="The list.")
        input = PriceListInput(required=True, description="What changes.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        key = from_global_id(id, PriceListType)
        return cls(price_list=lists.price_list_update(actor, key, list_draft(input)))


class PriceListCopy(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Make a draft with the settings of a list and its prices in force and to come."""

    class Arguments:
        id = graphene.ID(required=True, description="The list to copy.")
        input = PriceListInput(required=True, description="What differs; at least another code.")

    price_list = Field(PriceListType, description="The copy.")

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        key = from_global_id(id, PriceListType)
        return cls(price_list=lists.price_list_copy(actor, key, list_draft(input)))


class PriceListSubmit(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Put a draft or paused list in effect at once."""

    class Arguments:
        id = graphene.ID(required=True, description="The list.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_list=lists.price_list_submit(actor, from_global_id(id, PriceListType)))


class PriceListPause(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Take a list out of effect until it is submitted again."""

    class Arguments:
        id = graphene.ID(required=True, description="The list.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_list=lists.price_list_pause(actor, from_global_id(id, PriceListType)))


class PriceListVoid(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Take a list out of effect for good."""

    class Arguments:
        id = graphene.ID(required=True, description="The list.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_list=lists.price_list_void(actor, from_global_id(id, PriceListType)))


class PriceRowsWrite(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Write prices to a list: all of them or, where one is wrong, none."""

    class Arguments:
        input = PriceRowsInput(required=True, description="The prices.")

    price_list = Field(PriceListType, description="The list.")
    written_count = Field(graphene.Int, required=True, description="Prices that say something new, and rows that went.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        key = from_global_id(input["price_list"], PriceListType, "price_list")
        entries = [entry_of(row, index) for index, row in enumerate(input["rows"])]
        removed = ids_of(input.get("remove") or [], "PriceRow", "remove")
        written = price_sheet_write(actor, key, entries, removed, input.get("effective_at"))
        return cls(price_list=written.price_list, written_count=written.count)

    def resolve_written_count(root: Any, _info: Any) -> int:
        return root.written_count or 0


class PriceRowsEnd(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """End prices. No older price of the same SKU, unit and quantity comes back."""

    class Arguments:
        input = PriceRowsEndInput(required=True, description="The prices.")

    price_list = Field(PriceListType, description="The list.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        key = from_global_id(input["price_list"], PriceListType, "price_list")
        rows = ids_of(input["rows"], "PriceRow", "rows")
        return cls(price_list=price_rows_end(actor, key, rows, input.get("at")))


class ListMutations:
    """Mounted by the package."""

    price_list_create = PriceListCreate.Field()
    price_list_update = PriceListUpdate.Field()
    price_list_copy = PriceListCopy.Field()
    price_list_submit = PriceListSubmit.Field()
    price_list_pause = PriceListPause.Field()
    price_list_void = PriceListVoid.Field()
    price_rows_write = PriceRowsWrite.Field()
    price_rows_end = PriceRowsEnd.Field()
