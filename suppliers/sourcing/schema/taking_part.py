"""What a supplier answers, in the schema; and the buyer's word on who registered."""

from __future__ import annotations

from typing import Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field
from suppliers.sourcing import clarify, taking_part
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.invite import invitation_of
from suppliers.sourcing.schema.events import key_of
from suppliers.sourcing.schema.quotes import participation_key
from suppliers.sourcing.schema.types import ClarificationType, ParticipationType

SUBMIT = "quotes.submit"
THE_ID = graphene.ID(required=True, description="The participation.")
THE_PARTICIPATION = Field(ParticipationType, description="The participation as it is now.")


class ParticipationRegister(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, atomic=False):
    """Take part under the published rules. Give the event, or the token of a link you were sent."""

    class Arguments:
        event = graphene.ID(description="The event.")
        token = graphene.String(description="The token of an invitation by e-mail.")

    participation = THE_PARTICIPATION

    @classmethod
    def perform(cls, actor: Actor, event: str | None = None, token: str | None = None) -> Self:
        key = invitation_of(token).event_id if token else key_of(event or "", "event")
        return cls(participation=taking_part.register(actor, key, token or ""))


class ParticipationAdmit(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Let in a supplier that registered."""

    class Arguments:
        id = THE_ID

    participation = THE_PARTICIPATION

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(participation=taking_part.admit(actor, participation_key(id, "id")))


class ParticipationDecline(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, atomic=False):
    """Say no, with a reason; or, with `undo`, take part after all."""

    class Arguments:
        id = THE_ID
        reason = graphene.String(description="Why.")
        undo = graphene.Boolean(description="Take the refusal back.")

    participation = THE_PARTICIPATION

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str = "", undo: bool = False) -> Self:
        key = participation_key(id, "id")
        row = taking_part.decline_undo(actor, key) if undo else taking_part.decline(actor, key, reason or "")
        return cls(participation=row)


class AddendumAcknowledge(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, atomic=False):
    """Say that your organization has read the addenda up to this version."""

    class Arguments:
        participation = THE_ID
        event_version = graphene.Int(required=True, description="The event's version as you read it.")

    participation = THE_PARTICIPATION

    @classmethod
    def perform(cls, actor: Actor, participation: str, event_version: int) -> Self:
        return cls(participation=taking_part.acknowledge(actor, participation_key(participation), event_version))


class ClarificationAsk(BaseMutation, permission=SUBMIT, codes=SourcingErrorCode, atomic=False):
    """Ask a question. Neither the buyer nor the others are told who asked."""

    class Arguments:
        participation = THE_ID
        question = graphene.String(required=True, description="The question.")

    clarification = Field(ClarificationType, description="The question.")

    @classmethod
    def perform(cls, actor: Actor, participation: str, question: str) -> Self:
        return cls(clarification=clarify.ask(actor, participation_key(participation), question))


class TakingPartMutations:
    """Mounted by the package."""

    participation_register = ParticipationRegister.Field()
    participation_admit = ParticipationAdmit.Field()
    participation_decline = ParticipationDecline.Field()
    addendum_acknowledge = AddendumAcknowledge.Field()
    clarification_ask = ClarificationAsk.Field()
