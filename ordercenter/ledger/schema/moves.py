"""Mutations of open items, clearings and postings: parse, call one function, answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import graphene
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.graphql import BaseMutation, Date, Decimal, Field, from_global_id, ids_of
from ordercenter.ledger.clearing import ClearingDraft, clear_all, unclear
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.items import OpeningLine, dispute, end_dispute, post_opening, reverse_by_hand, write_off
from ordercenter.ledger.schema.accounts import LedgerPostingType
from ordercenter.ledger.schema.items import ClearingType, OpenItemType

THE_ITEM = graphene.ID(required=True, description="The open item.")


def shown_items(actor: Actor, ids: list[int]) -> list[Any]:
    """Open items as they are now, in the order asked."""
    found = {row.pk: row for row in OpenItemType.visible(actor).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def shown_clearings(actor: Actor, ids: list[int]) -> list[Any]:
    """Clearings with what their fields read."""
    found = {row.pk: row for row in ClearingType.visible(actor).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


class ClearingInput(graphene.InputObjectType):
    """So much of an open item, paid by one credit."""

    open_item = graphene.ID(required=True, description="What is cleared.")
    amount = Decimal(required=True, description="So much of it.")
    credit = graphene.ID(description="The credit, as `OpenItem.credits` lists them; free prepaid cash unless told.")


class ClearingCreate(BaseMutation, permission="ledger.clear", codes=LedgerErrorCode, atomic=False):
    """Match open items with credits of the same partner: payments, credit notes, or free prepaid cash."""

    class Arguments:
        clearings = graphene.List(graphene.NonNull(ClearingInput), required=True, description="What with what.")

    clearings = Field(graphene.List(graphene.NonNull(ClearingType)), description="What was written.")
    open_items = Field(graphene.List(graphene.NonNull(OpenItemType)), description="The open items as they are now.")

    @classmethod
    def perform(cls, actor: Actor, clearings: list[Any]) -> Self:
        items = ids_of([one["open_item"] for one in clearings], "OpenItem", "open_item")
        drafts = [
            ClearingDraft(
                item,
                one["amount"],
                from_global_id(one["credit"], "LedgerEntry", "credit", index) if one.get("credit") else None,
            )
            for index, (item, one) in enumerate(zip(items, clearings, strict=True))
        ]
        made = clear_all(actor, drafts)
        return cls(clearings=shown_clearings(actor, [c.pk for c in made]), open_items=shown_items(actor, items))


class ClearingReverse(BaseMutation, permission="ledger.clear", codes=LedgerErrorCode, atomic=False):
    """Undo a clearing, or a write-off: the item is open again, and the money where it was."""

    class Arguments:
        id = graphene.ID(required=True, description="The clearing.")

    clearing = Field(ClearingType, description="The one that undoes it.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        made = unclear(actor, from_global_id(id, "Clearing"))
        return cls(clearing=shown_clearings(actor, [made.pk])[0])


class PostingReverse(BaseMutation, permission="ledger.post", codes=LedgerErrorCode, atomic=False):
    """Undo a posting that was made by hand. What a document posted is undone with that document."""

    class Arguments:
        id = graphene.ID(required=True, description="The posting.")

    posting = Field(LedgerPostingType, description="The one that undoes it.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(posting=reverse_by_hand(actor, from_global_id(id, "LedgerPosting")))


class OpenItemDispute(BaseMutation, permission="ledger.dispute", codes=LedgerErrorCode, atomic=False):
    """Say that an item is not owed like this: it is not dunned, and counts for no credit rule, until that ends."""

    class Arguments:
        id = THE_ITEM
        reason = graphene.String(required=True, description="What is wrong.")

    open_item = Field(OpenItemType, description="The item.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        item = dispute(actor, from_global_id(id, "OpenItem"), reason)
        return cls(open_item=shown_items(actor, [item.pk])[0])


class OpenItemDisputeEnd(BaseMutation, permission="ledger.dispute", codes=LedgerErrorCode, atomic=False):
    """Let a disputed item count again."""

    class Arguments:
        id = THE_ITEM

    open_item = Field(OpenItemType, description="The item.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        item = end_dispute(actor, from_global_id(id, "OpenItem"))
        return cls(open_item=shown_items(actor, [item.pk])[0])


class OpenItemWriteOff(BaseMutation, permission="ledger.write_off", codes=LedgerErrorCode, atomic=False):
    """Give up what is open of an item, or a part of it."""

    class Arguments:
        id = THE_ITEM
        reason = graphene.String(required=True, description="Why.")
        amount = Decimal(description="A part; all that is open unless told.")

    open_item = Field(OpenItemType, description="The item.")

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str, amount: Any = None) -> Self:
        clearing = write_off(actor, from_global_id(id, "OpenItem"), reason, amount)
        return cls(open_item=shown_items(actor, [clearing.open_item_id])[0])


class OpeningBalanceInput(graphene.InputObjectType):
    """What a partner owed before the books were begun here."""

    partnership = graphene.ID(description="Who owes it; needed.")
    number = graphene.String(description="The number of the old document, once a partner; needed.")
    amount = Decimal(description="What is owed, in the currency of the trade; needed.")
    due_on = Date(description="The day it is to be paid at the latest; needed.")
    issued_on = Date(description="The day of the document; today unless told.")

    def problems(self, index: int) -> Iterator[DomainError]:
        """What is missing of a line that says something."""
        needed = {
            "partnership": _("Choose a partner."),
            "number": _("Give the number of the document."),
            "amount": _("Give an amount above 0."),
            "due_on": _("Say when it is due."),
        }
        for name, text in needed.items():
            if not self.get(name):
                yield DomainError(CoreErrorCode.REQUIRED, text, name, index)


class OpeningBalancesPost(BaseMutation, permission="ledger.post", codes=LedgerErrorCode, atomic=False):
    """Take over what partners owe from older books, each number once a partner. Empty last lines are skipped."""

    class Arguments:
        lines = graphene.List(graphene.NonNull(OpeningBalanceInput), required=True, description="What is taken over.")

    open_items = Field(graphene.List(graphene.NonNull(OpenItemType)), description="The open items.")

    @classmethod
    def perform(cls, actor: Actor, lines: list[Any]) -> Self:
        while lines and not any(lines[-1].values()):  # rows of a form that nobody filled
            lines = lines[:-1]
        raise_all(problem for index, line in enumerate(lines) for problem in line.problems(index))
        partners = ids_of([line["partnership"] for line in lines], "Partnership", "partnership")
        drafts = [
            OpeningLine(pk, line["number"], line["amount"], line["due_on"], line.get("issued_on"))
            for pk, line in zip(partners, lines, strict=True)
        ]
        return cls(open_items=shown_items(actor, [item.pk for item in post_opening(actor, drafts)]))


class MoveMutations:
    """What can be done with open items, clearings and postings."""

    clearing_create = ClearingCreate.Field()
    clearing_reverse = ClearingReverse.Field()
    posting_reverse = PostingReverse.Field()
    open_item_dispute = OpenItemDispute.Field()
    open_item_dispute_end = OpenItemDisputeEnd.Field()
    open_item_write_off = OpenItemWriteOff.Field()
    opening_balances_post = OpeningBalancesPost.Field()
