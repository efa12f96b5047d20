"""Sealed quotes in the schema: openers, sessions, minutes, receipts."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.graphql import (
    BaseMutation,
    DateTime,
    Decimal,
    Field,
    Json,
    ModelType,
    Related,
    enum_of,
    from_global_id,
    ids_of,
    label_field,
)
from marketplace.parties.schema.types import listed, text
from suppliers.sourcing.enums import Envelope
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.models import OpenerKey, Opening, OpeningShare, TechnicalDecision
from suppliers.sourcing.openers import opener_key_create, opener_key_prove, openers_appoint, overdue
from suppliers.sourcing.opening import opening_share_give, opening_sign, opening_start
from suppliers.sourcing.receipts import Verdict, receipt_verify
from suppliers.sourcing.schema.types import SourcingEventType
from suppliers.sourcing.signing import public_key
from suppliers.sourcing.technical import Judged, technical_approve, technical_decide

EVENT = graphene.ID(required=True, description="The event.")
OPEN = "sourcing.open"
PASSPHRASE = graphene.String(required=True, description="Your passphrase; it is kept nowhere.")


class OpenerKeyType(ModelType, model=OpenerKey, name="OpenerKey", permission=OPEN):
    """Somebody who can open quotes together with others."""

    user_name = text("Whose key it is.")
    mine = Field(graphene.Boolean, required=True, description="It is your own.")
    outside_purchasing = Field(graphene.Boolean, required=True, description="Its holder is not a buyer.")
    proved_at = Field(DateTime, description="When the passphrase was last proved.")
    overdue = Field(graphene.Boolean, required=True, description="It has to be proved again.")
    locked_until = Field(DateTime, description="After five wrong passphrases, until when it waits.")

    def resolve_user_name(root: Any, _info: Any) -> str:
        return root.user.name

    def resolve_mine(root: Any, info: Any) -> bool:
        return root.user_id == info.context.actor.user_id

    def resolve_overdue(root: Any, _info: Any) -> bool:
        from django.utils import timezone

        return overdue(root, timezone.now())

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return super().visible(actor).filter(retired_at=None).select_related("user")


class OpeningShareType(graphene.ObjectType):
    """An opener who gave its share."""

    class Meta:
        name = "OpeningShare"

    name = text("Who.")
    given_at = Field(DateTime, required=True, description="When the share was given.")
    signed_at = Field(DateTime, description="When the minutes were signed.")
    mine = Field(graphene.Boolean, required=True, description="It was you.")


class OpeningType(ModelType, model=Opening, name="Opening", permission=OPEN):
    """One session in which openers meet."""

    event = Related("suppliers.sourcing.schema.types.SourcingEventType", "event", description="The event.")
    envelope = Field(enum_of(Envelope), required=True, description="What is opened.")
    envelope_label = label_field("envelope")
    started_at = Field(DateTime, required=True, description="When it began.")
    expires_at = Field(DateTime, required=True, description="Until when all needed must have given their shares.")
    opened_at = Field(DateTime, description="When the quorum was there, and the envelope was opened.")
    needed = Field(graphene.Int, required=True, description="How many openers it takes.")
    shares = listed(OpeningShareType, "Who gave a share, first to last.", size=7)
    minutes = Field(Json, required=True, description="The record of the opening; empty before it.")
    minutes_hash = text("SHA-256 of its canonical form: what openers sign.")

    def resolve_needed(root: Any, _info: Any) -> int:
        return int(root.event.rules.get("quorum", 2))

    def resolve_shares(root: Any, info: Any) -> Any:
        rows = OpeningShare.objects.filter(opening=root.pk).select_related("opener__user").order_by("given_at")
        own = info.context.actor.user_id
        return [
            OpeningShareType(
                name=row.opener.user.name,
                given_at=row.given_at,
                signed_at=row.signed_at,
                mine=row.opener.user_id == own,
            )
            for row in rows
        ]

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return super().visible(actor).select_related("event")


class PathStepType(graphene.ObjectType):
    """One step from an entry to the root."""

    class Meta:
        name = "ReceiptPathStep"

    side = text("`left` or `right`: where the other hash stands.")
    digest = text("The other hash, in hexadecimal.")


class ReceiptCheckType(graphene.ObjectType):
    """What a check of one entry of a receipt found."""

    class Meta:
        name = "ReceiptCheck"

    entry = text("The entry as it stands in the receipt.")
    verdict = Field(enum_of(Verdict), required=True, description="What was found.")
    verdict_label = text("The label of `verdict`.")
    holds = Field(graphene.Boolean, required=True, description="Nothing speaks against it.")
    root = text("The published root, in hexadecimal; empty before the close.")
    path = listed(PathStepType, "From the entry to the root, nearest first; after the opening.", size=16)


class SealedReceiptType(graphene.ObjectType):
    """The check of a receipt file."""

    class Meta:
        name = "SealedReceiptVerification"

    key = text("The hub's public key (Ed25519), in hexadecimal.")
    holds = Field(graphene.Boolean, required=True, description="Every entry holds.")
    checks = listed(ReceiptCheckType, "Entry by entry.", size=10)


class OpeningQueries:
    """Mounted by the package."""

    opener_keys = listed(OpenerKeyType, "Who of your organization can open quotes.", size=20, permission=OPEN)
    openings = listed(OpeningType, "Sessions in which an event was opened, first to last.", size=10, event=EVENT)
    opening = Field(
        OpeningType, id=graphene.ID(required=True, description="Its id."), description="One opening session."
    )
    sealed_receipt_verify = Field(
        SealedReceiptType,
        required=True,
        receipt=graphene.String(required=True, description="The text of the receipt file."),
        description="Check a receipt. Needs no sign-in: it tells nothing that is not in the file or published.",
    )

    def resolve_opener_keys(root: Any, info: Any) -> Any:
        return list(OpenerKeyType.visible(info.context.actor).order_by("pk"))

    def resolve_openings(root: Any, info: Any, event: str) -> Any:
        actor = info.context.actor
        if not actor.may(OPEN):
            return []
        try:
            return list(OpeningType.visible(actor).filter(event=key_of(event)).order_by("pk"))
        except DomainError:
            return []

    def resolve_opening(root: Any, info: Any, id: str) -> Any:
        return OpeningType.by_id(info, id) if info.context.actor.may(OPEN) else None

    def resolve_sealed_receipt_verify(root: Any, info: Any, receipt: str) -> Any:
        checks = receipt_verify(receipt)
        return SealedReceiptType(
            key=public_key().hex(),
            holds=all(one.holds for one in checks),
            checks=[
                ReceiptCheckType(
                    entry=one.entry,
                    verdict=one.verdict,
                    verdict_label=str(one.verdict.label),
                    holds=one.holds,
                    root=one.root,
                    path=[PathStepType(side=step.side, digest=step.digest.hex()) for step in one.path],
                )
                for one in checks
            ],
        )


class OpenerKeyCreate(BaseMutation, permission=OPEN, codes=SourcingErrorCode, replayable=False):
    """Make your key for opening quotes. Whoever forgets the passphrase cannot open: nobody can reset it."""

    class Arguments:
        passphrase = PASSPHRASE
        outside_purchasing = graphene.Boolean(description="You are not a buyer.")

    key = Field(OpenerKeyType, description="The key.")

    @classmethod
    def perform(cls, actor: Actor, passphrase: str, outside_purchasing: bool = False) -> Self:
        return cls(key=opener_key_create(actor, passphrase, outside_purchasing))


class OpenerKeyProve(BaseMutation, permission=OPEN, codes=SourcingErrorCode, atomic=False, replayable=False):
    """Show that you still know your passphrase; asked for once a week while an event waits for its opening."""

    class Arguments:
        id = graphene.ID(required=True, description="The key.")
        passphrase = PASSPHRASE

    key = Field(OpenerKeyType, description="The key.")

    @classmethod
    def perform(cls, actor: Actor, id: str, passphrase: str) -> Self:
        return cls(key=opener_key_prove(actor, from_global_id(id, "OpenerKey"), passphrase))


class OpenersAppoint(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Name who opens the quotes of an event that is not published yet."""

    class Arguments:
        event = EVENT
        keys = graphene.List(graphene.NonNull(graphene.ID), required=True, description="Their keys, 2 to 7.")
        needed = graphene.Int(description="How many of them it takes; 2 unless told.")

    event = Field(SourcingEventType, description="The event.")

    @classmethod
    def perform(cls, actor: Actor, event: str, keys: list[str], needed: int = 2) -> Self:
        return cls(event=openers_appoint(actor, key_of(event), ids_of(keys, "OpenerKey", "keys"), needed))


class OpeningStart(BaseMutation, permission=OPEN, codes=SourcingErrorCode, atomic=False):
    """Begin to open an envelope, or join the session that runs: 30 minutes for all openers needed."""

    class Arguments:
        event = EVENT
        envelope = enum_of(Envelope)(required=True, description="Which.")

    opening = Field(OpeningType, description="The session.")

    @classmethod
    def perform(cls, actor: Actor, event: str, envelope: str) -> Self:
        return cls(opening=opening_start(actor, key_of(event), envelope))


class OpeningShareGive(BaseMutation, permission=OPEN, codes=SourcingErrorCode, atomic=False, replayable=False):
    """Give your share of the key. With the last one needed the envelope is opened."""

    class Arguments:
        id = graphene.ID(required=True, description="The session.")
        passphrase = PASSPHRASE
        code = graphene.String(required=True, description="A fresh code of your second factor.")

    opening = Field(OpeningType, description="The session.")

    @classmethod
    def perform(cls, actor: Actor, id: str, passphrase: str, code: str) -> Self:
        return cls(opening=opening_share_give(actor, from_global_id(id, "Opening"), passphrase, code))


class OpeningSign(BaseMutation, permission=OPEN, codes=SourcingErrorCode, atomic=False):
    """Sign the minutes, as one of those who opened."""

    class Arguments:
        id = graphene.ID(required=True, description="The session.")

    opening = Field(OpeningType, description="The session.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(opening=opening_sign(actor, from_global_id(id, "Opening")))


class TechnicalResultInput(graphene.InputObjectType):
    """Whether one participation passes."""

    participation = graphene.ID(required=True, description="Who.")
    passed = graphene.Boolean(required=True, description="Its commercial envelope may be opened.")
    score = Decimal(description="Points, 0 to 100.")
    reason = graphene.String(description="Why not; needed for who fails.")


class TechnicalDecisionSubmit(BaseMutation, permission="sourcing.manage", codes=SourcingErrorCode, atomic=False):
    """Say who passes the technical envelope; a second person approves it."""

    class Arguments:
        event = EVENT
        results = graphene.List(graphene.NonNull(TechnicalResultInput), required=True, description="Everybody's.")

    event = Field(SourcingEventType, description="The event.")

    @classmethod
    def perform(cls, actor: Actor, event: str, results: list[Any]) -> Self:
        keys = ids_of([one.participation for one in results], "Participation", "results.participation")
        given = [
            Judged(key, one.passed, one.get("score"), one.get("reason") or "")
            for key, one in zip(keys, results, strict=True)
        ]
        return cls(event=_event_of(technical_decide(actor, key_of(event), given)))


class TechnicalDecisionApprove(BaseMutation, permission=OPEN, codes=SourcingErrorCode, atomic=False):
    """Agree to the technical decision; from then on the commercial envelope may be opened."""

    class Arguments:
        event = EVENT

    event = Field(SourcingEventType, description="The event.")

    @classmethod
    def perform(cls, actor: Actor, event: str) -> Self:
        return cls(event=_event_of(technical_approve(actor, key_of(event))))


class OpeningMutations:
    """Mounted by the package."""

    opener_key_create = OpenerKeyCreate.Field()
    opener_key_prove = OpenerKeyProve.Field()
    openers_appoint = OpenersAppoint.Field()
    opening_start = OpeningStart.Field()
    opening_share_give = OpeningShareGive.Field()
    opening_sign = OpeningSign.Field()
    technical_decision_submit = TechnicalDecisionSubmit.Field()
    technical_decision_approve = TechnicalDecisionApprove.Field()


def key_of(gid: str) -> int:
    """The key in the id of an event; raises NOT_FOUND."""
    return from_global_id(gid, "SourcingEvent", "event")


def _event_of(decision: TechnicalDecision) -> Any:
    return decision.round.event
