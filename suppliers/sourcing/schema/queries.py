"""Queries of sourcing."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found
from marketplace.core.models import OutboxEvent
from marketplace.graphql import (
    ConnectionField,
    DateTime,
    Field,
    Filter,
    FilterInput,
    Json,
    ListFilter,
    Sort,
    SortKey,
    Subscribe,
    enum_of,
    from_global_id,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.quotes.enums import QuoteStatus
from suppliers.sourcing.enums import (
    Confidentiality,
    NoticeStatus,
    ParticipationStatus,
    SourcingEventStatus,
    SourcingKind,
    SourcingReach,
)
from suppliers.sourcing.invite import invitation_of
from suppliers.sourcing.life import TAKING, shown_status
from suppliers.sourcing.models import EventLine, Notice, SourcingEvent
from suppliers.sourcing.models.events import INSIDE
from suppliers.sourcing.schema.events import key_of
from suppliers.sourcing.schema.quotes import QuoteType
from suppliers.sourcing.schema.types import (
    AddendumType,
    ClarificationType,
    NoticeType,
    ParticipationType,
    SourcingEventType,
)

THE_ID = graphene.ID(required=True, description="Its id.")
THE_EVENT = graphene.ID(required=True, description="The event.")
Status = SourcingEventStatus
SHOWN = {
    Status.PUBLISHED: Q(status__in=TAKING, open_at__gt=Now()),
    Status.QUOTING: Q(status__in=TAKING, open_at__lte=Now(), close_at__gt=Now()),
    Status.QUOTES_CLOSED: Q(status=Status.QUOTES_CLOSED) | Q(status__in=TAKING, close_at__lte=Now()),
}


class SourcingEventFilter(FilterInput):
    """Narrows sourcing events."""

    status = ListFilter(enum_of(Status), description="Standing so now.")
    kind = ListFilter(enum_of(SourcingKind), lookup="kind", description="Asking so.")
    mine = Filter(graphene.Boolean, description="Yes: those of your organization; no: those of others.")
    search = Filter(graphene.String, description="Words of the number or the name.")

    @staticmethod
    def filter_status(rows: QuerySet[Any], value: list[Status], _info: Any) -> QuerySet[Any]:
        wanted = Q(pk__in=[])
        for status in value:
            wanted |= SHOWN.get(Status(status), Q(status=Status(status)))
        return rows.filter(wanted)

    @staticmethod
    def filter_mine(rows: QuerySet[Any], value: bool, info: Any) -> QuerySet[Any]:
        own = Q(buyer=info.context.actor.organization_id)
        return rows.filter(own if value else ~own)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        word = value.strip()
        return rows.filter(Q(number__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word))


class SourcingEventSort(Sort, default="-CREATED"):
    """Keys that sourcing events are sorted by."""

    CREATED = SortKey.of("created_at", description="When they were begun.")
    CLOSE_AT = SortKey.of("close_at", description="The deadline.")
    NUMBER = SortKey.of("number", description="The number.")


class ParticipationFilter(FilterInput):
    """Narrows participations."""

    event = Filter(graphene.ID, description="In this event.")
    status = ListFilter(enum_of(ParticipationStatus), lookup="status", description="Standing so.")
    open = Filter(graphene.Boolean, description="Yes: the event still takes quotes, or will.")
    search = Filter(graphene.String, description="Words of the event's number or name.")

    @staticmethod
    def filter_event(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        try:
            return rows.filter(event=key_of(value))
        except DomainError:
            return rows.none()

    @staticmethod
    def filter_open(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        live = Q(event__status__in=(*TAKING, Status.PAUSED), event__close_at__gt=Now())
        return rows.filter(live if value else ~live)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        word = value.strip()
        names = Q(event__name_zh__icontains=word) | Q(event__name_en__icontains=word)
        return rows.filter(names | Q(event__number__icontains=word))


class ParticipationSort(Sort, default="-INVITED"):
    """Keys that participations are sorted by."""

    INVITED = SortKey.of("invited_at", description="When they were asked.")
    CODE = SortKey.of("code", description="Their code.")


class QuoteFilter(FilterInput):
    """Narrows quotes."""

    event = Filter(graphene.ID, description="For this event.")
    status = ListFilter(enum_of(QuoteStatus), lookup="status", description="Standing so.")

    @staticmethod
    def filter_event(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        try:
            return rows.filter(round_quote__round__event=key_of(value))
        except DomainError:
            return rows.none()


class QuoteSort(Sort, default="-CREATED"):
    """Keys that quotes are sorted by."""

    CREATED = SortKey.of("created_at", description="When they were begun.")
    NUMBER = SortKey.of("number", description="The seller's number.")


class PublicLineType(graphene.ObjectType):
    """A line as everybody may read it."""

    class Meta:
        name = "PublicEventLine"

    position = graphene.Int(required=True, description="Its place.")
    name = graphene.String(required=True, description="What is needed.")
    quantity = graphene.String(required=True, description="How much.")
    uom = graphene.String(required=True, description="The unit.")


class PublicEventType(graphene.ObjectType):
    """An event as whoever holds its link may read it, signed in or not: nothing of prices, suppliers or quotes."""

    class Meta:
        name = "PublicSourcingEvent"

    id = graphene.ID(required=True, description="The event's id.")
    number = text("The buyer's number.")
    name = text("Its name in the reader's language.")
    description = text("What it is about.")
    buyer_name = text("Who asks.")
    kind = Field(enum_of(SourcingKind), required=True, description="What is asked for.")
    kind_label = label_field("kind")
    reach = Field(enum_of(SourcingReach), required=True, description="Who may take part.")
    confidentiality_label = label_field("confidentiality")
    confidentiality = Field(enum_of(Confidentiality), required=True, description="Who reads quotes before opening.")
    status = Field(enum_of(Status), required=True, description="Where it stands now.")
    status_label = text("The label of `status`.")
    register_until = Field(DateTime, description="Until when suppliers may register.")
    ask_until = Field(DateTime, required=True, description="Until when questions are taken.")
    close_at = Field(DateTime, required=True, description="The deadline.")
    opening_at = Field(DateTime, required=True, description="From when quotes may be opened.")
    rules_hash = text("SHA-256 of the published rules.")
    invited = text("To whom the link was sent; empty without one.")
    language = text("The language of that message; empty without one.")
    roots = Field(Json, required=True, description="Published roots of the last round, by envelope.")
    lines = listed(PublicLineType, "What is needed.", size=50)
    notices = listed(NoticeType, "What was told, newest first.", size=5)

    def resolve_id(root: Any, _info: Any) -> str:
        return to_global_id("SourcingEvent", root.pk)

    def resolve_buyer_name(root: Any, _info: Any) -> str:
        return root.buyer.name

    def resolve_status(root: Any, _info: Any) -> Status:
        return shown_status(root, timezone.now())

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(shown_status(root, timezone.now()).label)

    def resolve_invited(root: Any, _info: Any) -> str:
        return getattr(root, "invited_as", "")

    def resolve_language(root: Any, _info: Any) -> str:
        return getattr(root, "invited_in", "")

    def resolve_roots(root: Any, _info: Any) -> Any:
        last = root.rounds.order_by("-no").first() if root.reach == SourcingReach.OPEN else None
        return last.roots if last and last.closed_at else {}

    def resolve_lines(root: Any, _info: Any) -> Any:
        rows = EventLine.objects.filter(event=root.pk).select_related("uom", "variant__product").order_by("position")
        return [
            PublicLineType(
                position=row.position,
                name=f"{row.variant.sku} {row.variant.product.name} {row.text}".strip() if row.variant else row.text,
                quantity=f"{row.quantity.normalize():f}",
                uom=row.uom.name,
            )
            for row in rows
        ]

    def resolve_notices(root: Any, info: Any) -> Any:
        rows = Notice.objects.filter(event=root.pk, status=NoticeStatus.PUBLISHED)
        return list(rows.order_by("-published_at", "-pk"))


class SourcingQueries:
    """Mounted by the package."""

    sourcing_event = Field(SourcingEventType, id=THE_ID, description="One sourcing event.")
    sourcing_events = ConnectionField(
        SourcingEventType,
        filter=SourcingEventFilter,
        sort=SourcingEventSort,
        description="Events of your organization, those it takes part in, and those open to all.",
    )
    sourcing_event_public = Field(
        PublicEventType,
        id=graphene.ID(description="The id of an event that is open to all."),
        token=graphene.String(description="The token of a link sent by e-mail."),
        description="A published event for everybody: one open to all, or that of a link. Needs no sign-in.",
    )
    sourcing_events_public = listed(
        PublicEventType, "Events open to all that take quotes, the nearest deadline first. Needs no sign-in.", size=50
    )
    participations = ConnectionField(
        ParticipationType,
        filter=ParticipationFilter,
        sort=ParticipationSort,
        description="Who takes part in your events, and your organization in those of others.",
    )
    quote = Field(QuoteType, id=THE_ID, description="One quote.")
    quotes = ConnectionField(
        QuoteType, filter=QuoteFilter, sort=QuoteSort, description="Quotes you gave, and those disclosed to you."
    )
    clarifications = listed(ClarificationType, "Questions of an event you may read.", event=THE_EVENT, size=20)
    addenda = listed(AddendumType, "Addenda of an event, first to last.", event=THE_EVENT, size=5)

    def resolve_sourcing_event(root: Any, info: Any, id: str) -> Any:
        return SourcingEventType.by_id(info, id)

    def resolve_sourcing_events(root: Any, info: Any) -> Any:
        return SourcingEventType.visible(info.context.actor)

    def resolve_sourcing_event_public(root: Any, info: Any, id: str | None = None, token: str | None = None) -> Any:
        try:
            return _by_token(token) if token else _open_to_all().filter(pk=key_of(id or "")).first()
        except DomainError:
            return None

    def resolve_sourcing_events_public(root: Any, info: Any) -> Any:
        return list(_open_to_all().filter(status__in=TAKING, close_at__gt=Now()).order_by("close_at", "pk")[:50])

    def resolve_participations(root: Any, info: Any) -> Any:
        return ParticipationType.visible(info.context.actor)

    def resolve_quote(root: Any, info: Any, id: str) -> Any:
        return QuoteType.by_id(info, id)

    def resolve_quotes(root: Any, info: Any) -> Any:
        return QuoteType.visible(info.context.actor)

    def resolve_clarifications(root: Any, info: Any, event: str) -> Any:
        return _of_event(ClarificationType, info, event).select_related("event").order_by("asked_at", "pk")

    def resolve_addenda(root: Any, info: Any, event: str) -> Any:
        return _of_event(AddendumType, info, event).order_by("event_version")


def _of_event(type_: Any, info: Any, event: str) -> QuerySet[Any]:
    rows = type_.visible(info.context.actor)
    try:
        return rows.filter(event=key_of(event))
    except DomainError:
        return rows.none()


def _open_to_all() -> QuerySet[SourcingEvent]:
    """Published and for everybody: what the public page shows is the same for a stranger and the buyer itself."""
    rows = SourcingEvent.objects.filter(reach=SourcingReach.OPEN).exclude(status__in=INSIDE)
    return rows.select_related("buyer").cleared()


def _by_token(token: str) -> SourcingEvent:
    found = invitation_of(token)
    event = found.event
    event.invited_as, event.invited_in = found.name or found.email, found.language  # type: ignore[attr-defined]
    return event


class SourcingEventChanged(Subscribe):
    """Something happened to a sourcing event you see."""

    class Arguments:
        event = THE_EVENT

    kind = Field(graphene.String, required=True, description="Such as sourcing.closed.")
    sourcing_event = Field(SourcingEventType, required=True, description="The event as it is now.")

    @classmethod
    def topic(cls, actor: Actor, event: str) -> str:
        found = SourcingEventType.get_node(actor, from_global_id(event, "SourcingEvent", "event"))
        if found is None:
            raise not_found("event")
        return f"sourcing_event:{found.pk}"

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any], event: str) -> Self | None:
        told = OutboxEvent.objects.filter(pk=payload.get("event") or 0, aggregate="sourcing_event").first()
        found = SourcingEventType.get_node(actor, from_global_id(event, "SourcingEvent", "event"))
        return cls(kind=told.kind, sourcing_event=found) if told and found else None
