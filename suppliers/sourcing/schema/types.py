"""Types of sourcing events."""

from __future__ import annotations

from typing import Any

import graphene
from django.urls import reverse
from django.utils import timezone

from marketplace.attachments.schema import attachments_of
from marketplace.core.money import Money as Amount
from marketplace.graphql import (
    Date,
    DateTime,
    Decimal,
    Deferred,
    Field,
    Json,
    ModelType,
    Money,
    Quantity,
    Related,
    enum_of,
    label_field,
)
from marketplace.parties.schema.types import listed
from marketplace.parties.schema.types import text as words
from suppliers.sourcing.enums import (
    ClarificationStatus,
    ColumnFilledBy,
    ColumnKind,
    Confidentiality,
    Envelope,
    LotAwardMode,
    NoticeKind,
    ParticipationStatus,
    PriceBasis,
    SourcingEventStatus,
    SourcingKind,
    SourcingReach,
)
from suppliers.sourcing.life import shown_status
from suppliers.sourcing.models import (
    Addendum,
    Clarification,
    EventInvitation,
    EventLine,
    Lot,
    Participation,
    QuoteColumn,
    Round,
    SourcingEvent,
)
from suppliers.sourcing.schema.loaders import (
    FormOfParticipation,
    LineCounts,
    OwnParticipation,
    ParticipationCounts,
    PartsOfEvent,
    QuoteOfParticipation,
    SurrogatesOfParticipation,
)
from suppliers.sourcing.sheet import label_of

ORGANIZATION = "marketplace.parties.schema.OrganizationType"
VARIANT = "marketplace.catalog.schema.VariantType"
UOM = "marketplace.catalog.schema.UnitOfMeasureType"
QUOTE = "suppliers.sourcing.schema.quotes.QuoteType"


def of_event(model: Any, type_: Any, description: str, *order: str, size: int = 20) -> Field:
    """A list of an event's parts, one statement for all events of a level."""

    def resolve(root: Any, info: Any) -> Any:
        return PartsOfEvent.of(info, model, order).load(root.pk)

    return listed(type_, description, resolver=resolve, size=size)


def is_buyer(root: Any, info: Any) -> bool:
    """Whether the reader is on the side that asks."""
    return bool(root.buyer_id == info.context.actor.organization_id)


class LotType(ModelType, model=Lot, name="Lot"):
    """Lines that are awarded together."""

    position = Field(graphene.Int, required=True, description="Its place in the event, from 1.")
    name = words("Its name in the reader's language.")
    name_zh = words("Its name in Chinese.")
    name_en = words("Its name in English.")
    ceiling = Field(Decimal, description="The most its lines may come to, in the event's currency.")
    award_mode = Field(enum_of(LotAwardMode), required=True, description="How it may be divided.")
    award_mode_label = label_field("award_mode")
    max_winners = Field(graphene.Int, required=True, description="At most so many suppliers win.")


class EventLineType(ModelType, model=EventLine, name="EventLine"):
    """One need of a sourcing event."""

    position = Field(graphene.Int, required=True, description="Its place in the event, from 1.")
    lot = Field(graphene.Int, required=True, description="The place of its lot.")
    variant = Related(VARIANT, "variant", description="The goods, where they are known by a code.")
    text = words("What is needed.")
    name = words("What is needed: the goods by code and name, and the text.")
    specification = words("What it has to be like.")
    quantity = Field(Quantity, required=True, description="How much.")
    uom = Field(UOM, required=True, description="The unit.")
    need_date = Field(Date, description="By when.")
    plant = words("Where to.")
    baseline_price = Field(Decimal, description="What it costs today; the buyer's own.")
    ceiling = Field(Decimal, description="The most a unit may cost, in the event's currency.")
    values = Field(Json, required=True, description="The buyer's columns by code.")

    def resolve_lot(root: Any, _info: Any) -> int:
        return root.lot.position

    def resolve_name(root: Any, _info: Any) -> str:
        goods = f"{root.variant.sku} {root.variant.product.name}" if root.variant else ""
        return f"{goods} {root.text}".strip()

    def resolve_baseline_price(root: Any, info: Any) -> Any:
        return root.baseline_price if is_buyer(root, info) else None


class QuoteColumnType(ModelType, model=QuoteColumn, name="QuoteColumn"):
    """A column of the quote sheet beside price, tax, lead time and validity."""

    position = Field(graphene.Int, required=True, description="Its place.")
    code = words("What values are stored under.")
    label = words("Its heading in the reader's language.")
    label_zh = words("Its heading in Chinese.")
    label_en = words("Its heading in English.")
    type = Field(enum_of(ColumnKind), required=True, description="What it holds.")
    type_label = label_field("type")
    filled_by = Field(enum_of(ColumnFilledBy), required=True, description="Who fills it.")
    filled_by_label = label_field("filled_by")
    mandatory = Field(graphene.Boolean, required=True, description="A quoted line needs it.")
    visible = Field(graphene.Boolean, required=True, description="Suppliers see it.")
    envelope = Field(enum_of(Envelope), required=True, description="The envelope it lies in.")
    envelope_label = label_field("envelope")
    validation = Field(Json, required=True, description="Bounds, pattern or choices.")

    def resolve_label(root: Any, _info: Any) -> str:
        return label_of(root)


class RoundType(ModelType, model=Round, name="Round"):
    """One pass of quoting."""

    no = Field(graphene.Int, required=True, description="From 1.")
    open_at = Field(DateTime, required=True, description="From when quotes are taken.")
    close_at = Field(DateTime, required=True, description="Until when, exclusively.")
    closed_at = Field(DateTime, description="Its deadline, once it was closed.")
    improving_only = Field(graphene.Boolean, required=True, description="No price may go up.")
    roots = Field(Json, required=True, description="What was published at close, by envelope, in hexadecimal.")


class ParticipationType(ModelType, model=Participation, name="Participation"):
    """One supplier in one event."""

    event = Related("suppliers.sourcing.schema.types.SourcingEventType", "event", description="The event.")
    seller = Related(ORGANIZATION, "seller", description="The supplier.")
    buyer = Related(ORGANIZATION, "buyer", description="Who asks.")
    code = words("How it is known where names are not told.")
    status = Field(enum_of(ParticipationStatus), required=True, description="How far it is.")
    status_label = label_field("status")
    event_version_seen = Field(graphene.Int, required=True, description="The event version it has acknowledged.")
    must_acknowledge = Field(graphene.Boolean, required=True, description="There is an addendum it has not read.")
    terms_hash = words("The rules it accepted, by their hash.")
    reason = words("Why it declined.")
    invited_at = Field(DateTime, required=True, description="When it was asked, or came by itself.")
    answered_at = Field(DateTime, description="When it answered last.")
    line_values = Field(
        Json, required=True, description="What the buyer tells this supplier alone, by line and column."
    )
    quote = Field(QUOTE, description="Its newest quote, if you may read it.")
    sheet_url = Field(graphene.String, description="Its own quote sheet to fill in; for the supplier.")
    form = Field(
        "suppliers.sourcing.schema.quotes.QuoteFormType",
        cost=20,
        description="What its own quote sheet shows: the draft, else what it sent last; null while it is empty.",
    )
    surrogates = Field(
        graphene.List(graphene.NonNull("suppliers.sourcing.schema.surrogates.SurrogateEntryType")),
        required=True,
        size=2,
        description="Quotes the buyer entered for it from a written original; for the buyer.",
    )
    attachments = attachments_of("participation")

    def resolve_surrogates(root: Any, info: Any) -> Any:
        return SurrogatesOfParticipation.of(info).load(root.pk)

    def resolve_form(root: Any, info: Any) -> Any:
        own = root.seller_id == info.context.actor.organization_id
        return FormOfParticipation.of(info).load(root.pk) if own else None

    def resolve_must_acknowledge(root: Any, _info: Any) -> bool:
        return root.event_version_seen < root.event.event_version

    def resolve_quote(root: Any, info: Any) -> Any:
        return QuoteOfParticipation.of(info).load(root.pk)

    def resolve_sheet_url(root: Any, info: Any) -> str | None:
        own = root.seller_id == info.context.actor.organization_id
        return reverse("quote_sheet_file", args=[root.pk]) if own else None

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return super().visible(actor).select_related("event", "seller")


class EventInvitationType(ModelType, model=EventInvitation, name="EventInvitation"):
    """Somebody who was asked by e-mail."""

    email = words("Where to.")
    name = words("Whom.")
    sent_at = Field(DateTime, description="When the message went out.")
    used_at = Field(DateTime, description="When somebody took part by its link.")


class ClarificationType(ModelType, model=Clarification, name="Clarification"):
    """A question and its answer. Who asked is nobody's to know."""

    pseudonym = words("Stands for the asker; the same for all of its questions in this event.")
    mine = Field(graphene.Boolean, required=True, description="Your organization asked it.")
    question = words("The question.")
    answer = words("The answer; empty until you may read it.")
    status = Field(enum_of(ClarificationStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    asked_at = Field(DateTime, required=True, description="When it was asked.")
    published_at = Field(DateTime, description="When all participants were told.")

    def resolve_mine(root: Any, info: Any) -> bool:
        return bool(root.seller_id == info.context.actor.organization_id)

    def resolve_answer(root: Any, info: Any) -> str:
        told = root.status == ClarificationStatus.PUBLISHED or is_buyer(root, info)
        return root.answer if told else ""


class AddendumType(ModelType, model=Addendum, name="Addendum"):
    """A change after publishing."""

    event_version = Field(graphene.Int, required=True, description="The version it made.")
    text = words("What it says.")
    material = Field(graphene.Boolean, required=True, description="Quotes before it count only if confirmed.")
    diff = Field(Json, required=True, description="What changed: {field: [before, after]}.")
    published_at = Field(DateTime, required=True, description="When.")


class NoticeType(graphene.ObjectType):
    """What the public page of an open event tells."""

    class Meta:
        name = "Notice"

    kind = Field(enum_of(NoticeKind), required=True, description="What it is about.")
    kind_label = label_field("kind")
    text = words("What it says.")
    published_at = Field(DateTime, required=True, description="When.")


class SourcingEventType(ModelType, model=SourcingEvent, name="SourcingEvent"):
    """One call to suppliers, from question to award."""

    number = words("The buyer's number.")
    name = words("Its name in the reader's language.")
    name_zh = words("Its name in Chinese.")
    name_en = words("Its name in English.")
    description = words("What it is about.")
    buyer = Related(ORGANIZATION, "buyer", description="Who asks.")
    is_mine = Field(graphene.Boolean, required=True, description="Your organization asks.")
    kind = Field(enum_of(SourcingKind), required=True, description="What is asked for.")
    kind_label = label_field("kind")
    reach = Field(enum_of(SourcingReach), required=True, description="Who may take part.")
    reach_label = label_field("reach")
    confidentiality = Field(enum_of(Confidentiality), required=True, description="Who reads quotes before opening.")
    confidentiality_label = label_field("confidentiality")
    two_envelopes = Field(graphene.Boolean, required=True, description="Technical parts are opened first.")
    currency = words("What prices are compared in.")
    rates = Field(Json, required=True, description="Its units for one of another currency, by code.")
    price_basis = Field(enum_of(PriceBasis), required=True, description="Prices with or without tax.")
    price_basis_label = label_field("price_basis")
    register_until = Field(DateTime, description="Until when suppliers may register.")
    ask_until = Field(DateTime, required=True, description="Until when questions are taken.")
    answer_until = Field(DateTime, required=True, description="Until when they are answered.")
    open_at = Field(DateTime, required=True, description="From when quotes are taken.")
    close_at = Field(DateTime, required=True, description="Until when, exclusively, by the database's clock.")
    opening_at = Field(DateTime, required=True, description="From when quotes may be opened.")
    rounds_max = Field(graphene.Int, required=True, description="At most so many rounds.")
    min_quotes = Field(graphene.Int, description="Fewer are too few; the buyer's own.")
    estimate = Field(Money, description="What it may cost; the buyer's own.")
    event_version = Field(graphene.Int, required=True, description="Raised by each addendum.")
    rules = Field(Json, required=True, description="The rules, frozen when it was published.")
    rules_hash = words("SHA-256 of everything that does not change after publishing; empty before.")
    status = Field(enum_of(SourcingEventStatus), required=True, description="Where it stands now.")
    status_label = words("The label of `status` in the reader's language.")
    status_reason = words("Why it was paused, sent back or ended.")
    paused_at = Field(DateTime, description="Since when it is paused.")
    closed_at = Field(DateTime, description="When quotes closed.")
    published_at = Field(DateTime, description="When it was published.")
    created_at = Field(DateTime, required=True, description="When it was begun.")
    line_count = Field(graphene.Int, required=True, description="How many lines it has.")
    participation_count = Field(graphene.Int, required=True, description="How many suppliers you see in it.")
    lots = of_event(Lot, LotType, "Its lots.", "position", size=5)
    lines = of_event(EventLine, EventLineType, "Its lines.", "position", size=100)
    columns = of_event(QuoteColumn, QuoteColumnType, "Columns of the quote sheet.", "position", size=10)
    rounds = of_event(Round, RoundType, "Its rounds.", "no", size=3)
    participations = of_event(
        Participation, ParticipationType, "Who takes part: all for the buyer, itself for a supplier.", "code"
    )
    invitations = of_event(EventInvitation, EventInvitationType, "Who was asked by e-mail; for the buyer.", "email")
    clarifications = of_event(Clarification, ClarificationType, "Questions you may read.", "asked_at")
    addenda = of_event(Addendum, AddendumType, "Its addenda, first to last.", "event_version", size=5)
    own_participation = Field(ParticipationType, description="How your organization takes part.")
    actions = Field(
        graphene.List(graphene.NonNull(graphene.String)),
        required=True,
        description="What you may do with it now: names of mutations without their noun, such as PUBLISH or REGISTER.",
    )
    attachments = attachments_of("sourcing_event")

    def resolve_is_mine(root: Any, info: Any) -> bool:
        return is_buyer(root, info)

    def resolve_status(root: Any, _info: Any) -> SourcingEventStatus:
        return shown_status(root, timezone.now())

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(shown_status(root, timezone.now()).label)

    def resolve_min_quotes(root: Any, info: Any) -> int | None:
        return root.min_quotes if is_buyer(root, info) else None

    def resolve_estimate(root: Any, info: Any) -> Any:
        known = root.estimate is not None and is_buyer(root, info)
        return Amount(root.estimate, root.currency) if known else None

    def resolve_line_count(root: Any, info: Any) -> Any:
        return LineCounts.of(info).load(root.pk)

    def resolve_participation_count(root: Any, info: Any) -> Any:
        return ParticipationCounts.of(info).load(root.pk)

    def resolve_own_participation(root: Any, info: Any) -> Any:
        return OwnParticipation.of(info).load(root.pk)

    def resolve_actions(root: Any, info: Any) -> Any:
        from suppliers.sourcing.schema.actions import actions_of

        own: Deferred = OwnParticipation.of(info).load(root.pk)
        return own.then(lambda row: actions_of(info.context.actor, root, row))
