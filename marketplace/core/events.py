"""Domain events: recorded in the transaction that made them true, told to subscribers after it (concepts/events)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise

from marketplace.core.actor import Actor

if TYPE_CHECKING:
    # At run time it is asked of the registry: kinds are declared by AppConfigs, before there are models.
    from marketplace.core.models import OutboxEvent

Subscriber = Callable[["OutboxEvent"], None]


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: its code `<room>.<past participle>`, and its bilingual line for timelines."""

    code: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened to one aggregate. `organizations` are those that may hear of it."""

    kind: str
    aggregate: str
    aggregate_id: int
    organizations: tuple[int, ...]
    payload: dict[str, Any] = field(default_factory=dict)


_kinds: dict[str, EventKind] = {}
_subscribers: dict[str, list[tuple[str, Subscriber]]] = {}


def declare(*kinds: EventKind) -> None:
    """Make event kinds known; an undeclared kind cannot be recorded. Called from AppConfig.ready."""
    _kinds.update({kind.code: kind for kind in kinds})


def declared() -> Sequence[EventKind]:
    """All kinds in order of their code (docs and timelines list them)."""
    return [_kinds[code] for code in sorted(_kinds)]


def label_of(kind: str) -> str | Promise:
    """The line a timeline shows for an event kind."""
    return _kinds[kind].label


def subscribe(kind: str, name: str) -> Callable[[Subscriber], Subscriber]:
    """Register a subscriber for a kind; it hears each event at least once, in order per aggregate."""

    def register(function: Subscriber) -> Subscriber:
        _subscribers.setdefault(kind, []).append((name, function))
        return function

    return register


def subscribers_of(kind: str) -> list[tuple[str, Subscriber]]:
    """Names and functions of a kind's subscribers; `*` hears all kinds."""
    return _subscribers.get(kind, []) + _subscribers.get("*", [])


def record(actor: Actor, *events: DomainEvent, at: datetime | None = None) -> list[OutboxEvent]:
    """Write events to the outbox in the current transaction, one statement for all of them."""
    return record_all(actor, events, at)


def record_all(actor: Actor, events: Iterable[DomainEvent], at: datetime | None = None) -> list[OutboxEvent]:
    """As `record`, for an iterable."""
    rows = [outbox_row(actor, event, at or timezone.now()) for event in events]
    return _outbox().objects.bulk_create(rows)


def outbox_row(actor: Actor, event: DomainEvent, at: datetime) -> OutboxEvent:
    """The unsaved outbox row of an event; raises KeyError for a kind nobody declared."""
    return _outbox()(
        kind=_kinds[event.kind].code,
        aggregate=event.aggregate,
        aggregate_id=event.aggregate_id,
        organizations=list(event.organizations),
        actor_user=actor.user_id,
        actor_organization=actor.organization_id,
        payload=event.payload,
        at=at,
    )


def _outbox() -> type[OutboxEvent]:
    return apps.get_model("core", "OutboxEvent")
