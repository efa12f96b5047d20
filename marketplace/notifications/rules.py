"""Rules: who hears of which event. A room registers its own in `notifications.py`, found as Django finds `admin.py`.

A rule is given all events of a batch at once and says of each who may hear it (`Hearing`); everything else is the same
for all: the people who hold the permission there, without the one who did it and those who switched the kind off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from marketplace.core.models import OutboxEvent


@dataclass(frozen=True, slots=True)
class Hearing:
    """Those in one organization who hear of an event: who holds the permission, or `users` by name.

    `data` is what the text is made of when somebody reads it; `document_kind` with `document_id` is what it is about,
    by the name of its type in the schema.
    """

    event: OutboxEvent
    organization_id: int
    permission: str = ""
    users: tuple[int, ...] = ()
    document_kind: str = ""
    document_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A notification as it reads: one line, and perhaps a second with more."""

    title: str
    body: str = ""


Hearings = Callable[[Sequence[OutboxEvent]], Iterable[Hearing]]
Wording = Callable[[Mapping[str, Any]], Text]


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """One kind of notification. `permissions` are those of its hearers: who holds none is not offered the switch."""

    kind: str
    label: str | Promise
    topic: str | Promise
    events: tuple[str, ...]
    permissions: tuple[str, ...]
    hearings: Hearings
    wording: Wording
    enabled: bool = True


_rules: dict[str, NotificationRule] = {}


def register(*rules: NotificationRule) -> None:
    """Make rules known; a kind registered again takes the place of the first."""
    _rules.update({rule.kind: rule for rule in rules})


@lru_cache(maxsize=1)
def _discovered() -> bool:
    autodiscover_modules("notifications")
    return True


def known_rules() -> dict[str, NotificationRule]:
    """Every room's rules by kind, in the order in which they were registered."""
    _discovered()
    return _rules


def rules_by_event() -> dict[str, list[NotificationRule]]:
    """The rules that listen to each kind of event."""
    found: dict[str, list[NotificationRule]] = {}
    for rule in known_rules().values():
        for kind in rule.events:
            found.setdefault(kind, []).append(rule)
    return found
