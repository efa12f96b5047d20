"""Quotes entered for a supplier, in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, DateTime, Field, ModelType, enum_of, from_global_id, label_field
from suppliers.sourcing import surrogate
from suppliers.sourcing.enums import SurrogateStatus
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.models import Participation, SurrogateEntry
from suppliers.sourcing.schema.quotes import QuoteInput, content_from, participation_key
from suppliers.sourcing.schema.types import ParticipationType

MANAGE = "sourcing.manage"


class SurrogateEntryType(ModelType, model=SurrogateEntry, name="SurrogateEntry"):
    """A quote that the buyer entered for a supplier from its written original."""

    participation = Field(ParticipationType, description="For whom.")
    status = Field(enum_of(SurrogateStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    entered_at = Field(DateTime, required=True, description="When it was entered.")
    decided_at = Field(DateTime, description="When the second person decided.")

    def resolve_participation(root: Any, info: Any) -> Any:
        return ParticipationType.load(info, root.participation_id)


class SurrogateQuoteEnter(BaseMutation, permission=MANAGE, codes=SourcingErrorCode):
    """Enter a quote for a supplier that sent it in writing; the original hangs on the participation as a file."""

    class Arguments:
        input = QuoteInput(required=True, description="What the supplier wrote.")
        original = graphene.ID(required=True, description="The file of the original.")

    entry = Field(SurrogateEntryType, description="The entry, which waits for a second person.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, original: str) -> Self:
        key = participation_key(input["participation"])
        row = Participation.objects.visible_to(actor).filter(pk=key).select_related("event").first()
        content = content_from(input, row.event.currency if row else "")
        file = from_global_id(original, "Attachment", "original")
        return cls(entry=surrogate.surrogate_enter(actor, key, content, file))


class SurrogateQuoteDecide(BaseMutation, permission=MANAGE, codes=SourcingErrorCode, atomic=False):
    """Approve or reject a quote that somebody else entered for a supplier, before the deadline."""

    class Arguments:
        id = graphene.ID(required=True, description="The entry.")
        approve = graphene.Boolean(required=True, description="Whether it agrees with the original.")

    entry = Field(SurrogateEntryType, description="The entry as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, approve: bool) -> Self:
        return cls(entry=surrogate.surrogate_decide(actor, from_global_id(id, "SurrogateEntry"), approve))


class SurrogateMutations:
    """Mounted by the package."""

    surrogate_quote_enter = SurrogateQuoteEnter.Field()
    surrogate_quote_decide = SurrogateQuoteDecide.Field()
