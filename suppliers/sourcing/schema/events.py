"""What the buyer does with an event, in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, DateTime, Field, from_global_id, ids_of
from marketplace.parties.schema.types import listed
from suppliers.sourcing import addenda, clarify, disclose, invite, life, publish, rounds, write
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.schema.inputs import (
    AddendumInput,
    ClarificationAnswerInput,
    EventInvitationInput,
    SourcingEventInput,
    addendum_draft,
    event_draft,
)
from suppliers.sourcing.schema.types import (
    AddendumType,
    ClarificationType,
    ParticipationType,
    RoundType,
    SourcingEventType,
)

THE_ID = graphene.ID(required=True, description="The event.")
THE_EVENT = Field(SourcingEventType, description="The event as it is now.")
REASON = graphene.String(required=True, description="Why; participants read it.")
MANAGE = "sourcing.manage"
PUBLISH = "sourcing.publish"


def key_of(gid: str, field: str = "id") -> int:
    """The key in the id of an event; raises NOT_FOUND."""
    return from_global_id(gid, "SourcingEvent", field)


class SourcingEventCreate(BaseMutation, permission=MANAGE, codes=SourcingErrorCode, atomic=False):
    """Begin a sourcing event as a draft."""

    class Arguments:
        input = SourcingEventInput(required=True, description="The event.")

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(event=write.event_create(actor, event_draft(input)))


class SourcingEventUpdate(BaseMutation, permission=MANAGE, codes=SourcingErrorCode, atomic=False):
    """Change an event that is not published yet."""

    class Arguments:
        id = THE_ID
        input = SourcingEventInput(required=True, description="What changes.")

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str, input: Any) -> Self:
        return cls(event=write.event_update(actor, key_of(id), event_draft(input)))


class SourcingEventSubmit(BaseMutation, permission=MANAGE, codes=SourcingErrorCode, atomic=False):
    """Ask for approval."""

    class Arguments:
        id = THE_ID

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(event=publish.event_submit(actor, key_of(id)))


class SourcingEventReject(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Send an event back to whoever wrote it."""

    class Arguments:
        id = THE_ID
        reason = graphene.String(required=True, description="Why.")

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(event=publish.event_reject(actor, key_of(id), reason))


class SourcingEventPublish(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Publish an event: its rules are frozen, and the invitations go out."""

    class Arguments:
        id = THE_ID

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(event=publish.event_publish(actor, key_of(id)))


class SourcingEventExtend(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Move the deadline later, before it has passed."""

    class Arguments:
        id = THE_ID
        close_at = DateTime(required=True, description="The new deadline.")
        opening_at = DateTime(description="From when quotes may be opened; not before the deadline.")
        reason = REASON

    event = THE_EVENT

    @classmethod
    def perform(
        cls, actor: Actor, id: str, close_at: datetime, reason: str, opening_at: datetime | None = None
    ) -> Self:
        return cls(event=life.extend(actor, key_of(id), close_at, reason, opening_at))


class SourcingEventPause(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Take no quotes for the time being."""

    class Arguments:
        id = THE_ID
        reason = REASON

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(event=life.pause(actor, key_of(id), reason))


class SourcingEventResume(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Take quotes again; all instants still to come move by the time of the pause."""

    class Arguments:
        id = THE_ID

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(event=life.resume(actor, key_of(id)))


class SourcingEventCancel(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """End an event without a result."""

    class Arguments:
        id = THE_ID
        reason = REASON

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(event=life.cancel(actor, key_of(id), reason))


class SourcingEventFail(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Declare an event unsuccessful after its deadline."""

    class Arguments:
        id = THE_ID
        reason = REASON

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str, reason: str) -> Self:
        return cls(event=life.fail(actor, key_of(id), reason))


class HiddenQuotesOpen(BaseMutation, permission="sourcing.open", codes=SourcingErrorCode, atomic=False):
    """Open hidden quotes, from the opening instant on; not for the person who published the event."""

    class Arguments:
        id = THE_ID

    event = THE_EVENT

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(event=disclose.disclose(actor, key_of(id)))


class RoundStart(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Ask the shortlisted once more."""

    class Arguments:
        id = THE_ID
        open_at = DateTime(required=True, description="From when quotes are taken.")
        close_at = DateTime(required=True, description="Until when, exclusively.")
        opening_at = DateTime(required=True, description="From when they may be opened.")
        participations = graphene.List(
            graphene.NonNull(graphene.ID), required=True, description="Who takes part: those shortlisted."
        )
        improving_only = graphene.Boolean(description="No price may go up; yes unless told.")

    event = THE_EVENT
    round = Field(RoundType, description="The round.")

    @classmethod
    def perform(
        cls, actor: Actor, id: str, participations: list[str], improving_only: bool = True, **dates: Any
    ) -> Self:
        keys = ids_of(participations, "Participation", "participations")
        draft = rounds.RoundDraft(participations=keys, improving_only=improving_only, **dates)
        made = rounds.round_start(actor, key_of(id), draft)
        return cls(event=made.event, round=made)


class ParticipationInvite(BaseMutation, permission=MANAGE, codes=SourcingErrorCode, atomic=False):
    """Ask suppliers by name, and people who are no partners yet by e-mail."""

    class Arguments:
        event = THE_ID
        sellers = graphene.List(graphene.NonNull(graphene.ID), description="Organizations that supply you.")
        mails = graphene.List(graphene.NonNull(EventInvitationInput), description="People by e-mail.")

    participations = listed(ParticipationType, "Those of the suppliers named.")

    def resolve_participations(root: Any, _info: Any) -> Any:
        return root.participations or []

    @classmethod
    def perform(
        cls, actor: Actor, event: str, sellers: list[str] | None = None, mails: list[Any] | None = None
    ) -> Self:
        keys = ids_of(sellers or [], "Organization", "sellers")
        drafts = [
            invite.MailDraft(row["email"], row.get("name") or "", row.get("language") or "") for row in mails or []
        ]
        return cls(participations=invite.invite(actor, key_of(event, "event"), keys, drafts))


class AddendumPublish(BaseMutation, permission=PUBLISH, codes=SourcingErrorCode, atomic=False):
    """Change what was published; participants acknowledge it before they see the form again."""

    class Arguments:
        input = AddendumInput(required=True, description="What changes.")

    addendum = Field(AddendumType, description="The addendum.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        key = key_of(input["event"], "event")
        return cls(addendum=addenda.publish_addendum(actor, key, addendum_draft(input)))


class ClarificationAnswer(BaseMutation, permission=MANAGE, codes=SourcingErrorCode, atomic=False):
    """Answer questions, and tell all participants at once."""

    class Arguments:
        event = THE_ID
        answers = graphene.List(
            graphene.NonNull(ClarificationAnswerInput), required=True, description="Questions and answers."
        )
        publish = graphene.Boolean(description="Tell all answered ones now; yes unless told.")

    clarifications = listed(ClarificationType, "The questions answered.")

    def resolve_clarifications(root: Any, _info: Any) -> Any:
        return root.clarifications or []

    @classmethod
    def perform(cls, actor: Actor, event: str, answers: list[Any], publish: bool = True) -> Self:
        keys = ids_of([row["clarification"] for row in answers], "Clarification", "answers")
        pairs = [(key, row["answer"]) for key, row in zip(keys, answers, strict=True)]
        return cls(clarifications=clarify.answer(actor, key_of(event, "event"), pairs, publish))


class EventMutations:
    """Mounted by the package."""

    sourcing_event_create = SourcingEventCreate.Field()
    sourcing_event_update = SourcingEventUpdate.Field()
    sourcing_event_submit = SourcingEventSubmit.Field()
    sourcing_event_reject = SourcingEventReject.Field()
    sourcing_event_publish = SourcingEventPublish.Field()
    sourcing_event_extend = SourcingEventExtend.Field()
    sourcing_event_pause = SourcingEventPause.Field()
    sourcing_event_resume = SourcingEventResume.Field()
    sourcing_event_cancel = SourcingEventCancel.Field()
    sourcing_event_fail = SourcingEventFail.Field()
    hidden_quotes_open = HiddenQuotesOpen.Field()
    round_start = RoundStart.Field()
    participation_invite = ParticipationInvite.Field()
    addendum_publish = AddendumPublish.Field()
    clarification_answer = ClarificationAnswer.Field()
