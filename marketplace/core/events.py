"""Domain events: recorded in the transaction that made them true, told to subscribers after it (concepts/events)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.functional import Promise

from marketplace.core.actor import Actor
from marketplace.core.columns import RowInsert
from marketplace.core.wake import wake_after_commit

if TYPE_CHECKING:
    # Not at run time: kinds are declared by AppConfigs, before there are models.
    from marketplace.core.models import OutboxEvent

Hearer = Callable[["OutboxEvent"], None]
ListHearer = Callable[[Sequence["OutboxEvent"]], None]
ALL = "*"


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: its code `<room>.<past participle>`, and its bilingual line for timelines."""

    code: str
    label: str | Promise


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Something that happened to one aggregate. `organizations` are those that may hear of it.

    `changes` is {field: [before, after]} (`core.changes`): for the log of the side that made them, not for the others.
    """

    kind: str
    aggregate: str
    aggregate_id: int
    organizations: tuple[int, ...]
    payload: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function that hears events, and whether it writes to the database."""

    name: str
    function: Hearer
    writes: bool


_kinds: dict[str, EventKind] = {}
_subscribers: dict[str, list[Subscriber]] = {}
_list_subscribers: dict[str, ListHearer] = {}


def declare(*kinds: EventKind) -> None:
    """Make event kinds known; an undeclared kind cannot be recorded. Called from AppConfig.ready."""
    _kinds.update({kind.code: kind for kind in kinds})


def declared() -> Sequence[EventKind]:
    """All kinds in order of their code (docs and timelines list them)."""
    return [_kinds[code] for code in sorted(_kinds)]


def label_of(kind: str) -> str | Promise:
    """The line a timeline shows for an event kind."""
    return _kinds[kind].label


def subscribe(kind: str, name: str, writes: bool = True) -> Callable[[Hearer], Hearer]:
    """Register a function for a kind of events (`*`: all), heard at least once and in order for each aggregate.

    It runs in the transaction that marks the event as handed on: what it writes happens exactly once. One that only
    acts outside the database says `writes=False`, and may hear an event again. Called from AppConfig.ready.
    """

    def register(function: Hearer) -> Hearer:
        others = [one for one in _subscribers.get(kind, []) if one.name != name]
        _subscribers[kind] = [*others, Subscriber(name, function, writes)]
        return function

    return register


def subscribe_to_lists(name: str) -> Callable[[ListHearer], ListHearer]:
    """Register a function that hears events of every kind, many at a time: for what is written about each of them.

    It runs in the transaction that marks them as handed on, after the subscribers of each, so what it writes happens
    exactly once, in as many statements for a hundred events as for one. It only inserts: it must take no lock that
    another writer waits for. Called from AppConfig.ready.
    """

    def register(function: ListHearer) -> ListHearer:
        _list_subscribers[name] = function
        return function

    return register


def list_subscribers() -> list[ListHearer]:
    """Those that hear events many at a time."""
    return list(_list_subscribers.values())


def subscribers_of(kind: str) -> list[Subscriber]:
    """A kind's subscribers, and after them those of all kinds."""
    return _subscribers.get(kind, []) + _subscribers.get(ALL, [])


def needs_own_transaction(kind: str) -> bool:
    """True when a subscriber of the kind writes."""
    return any(subscriber.writes for subscriber in subscribers_of(kind))


def own_transaction_kinds() -> list[str]:
    """Declared kinds of which a subscriber writes."""
    return [kind for kind in _kinds if needs_own_transaction(kind)]


#: Order lines have events by the thousand, so these are no model instances on their way in.
OUTBOX = RowInsert(
    "core_outboxevent",
    (
        ("kind", "text"),
        ("aggregate", "text"),
        ("aggregate_id", "bigint"),
        ("organizations", "jsonb"),
        ("actor_user", "bigint"),
        ("actor_organization", "bigint"),
        ("payload", "jsonb"),
        ("changes", "jsonb"),
        ("at", "timestamptz"),
    ),
    (("attempts", "0"), ("error", "''")),
)


def record(actor: Actor, *events: DomainEvent, at: datetime | None = None) -> None:
    """Write events to the outbox in the current transaction, one statement for all of them."""
    record_all(actor, events, at)


def record_all(actor: Actor, events: Iterable[DomainEvent], at: datetime | None = None) -> None:
    """As `record`, for an iterable; raises KeyError for a kind nobody declared."""
    at = at or timezone.now()
    rows = [
        (
            _kinds[event.kind].code,
            event.aggregate,
            event.aggregate_id,
            event.organizations,
            actor.user_id,
            actor.organization_id,
            event.payload,
            event.changes,
            at,
        )
        for event in events
    ]
    OUTBOX.run(rows)
    if rows:
        wake_after_commit()
