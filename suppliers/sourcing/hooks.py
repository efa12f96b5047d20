"""Where sealing, criteria and later steps of the same room join the life of an event, without its modules naming them.

@on_check      yields what keeps an event from being published
@on_publish    runs when it is published; what it returns is frozen with the rules
@on_version    runs when a quote came in, under the gate: keeps the content, answers the receipt
@on_close      runs when a round was drained; what it returns are the roots by envelope
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError

if TYPE_CHECKING:
    from suppliers.sourcing.arriving import Arrival
    from suppliers.sourcing.models import Round, SourcingEvent

Check = Callable[["SourcingEvent"], Iterable[DomainError]]
Publish = Callable[[Actor, "SourcingEvent"], Mapping[str, Any]]
Version = Callable[["Arrival"], Mapping[str, Any]]
Close = Callable[["Round"], Mapping[str, str]]

_checks: list[Check] = []
_publishes: list[Publish] = []
_versions: list[Version] = []
_closes: list[Close] = []


def on_check(function: Check) -> Check:
    """Ask this before an event is published."""
    _checks.append(function)
    return function


def on_publish(function: Publish) -> Publish:
    """Do this when an event is published, in its transaction."""
    _publishes.append(function)
    return function


def on_version(function: Version) -> Version:
    """Do this when a version of a hidden or sealed quote came in, in its transaction."""
    _versions.append(function)
    return function


def on_close(function: Close) -> Close:
    """Do this when nobody can send a quote in a round any more, in the transaction that closes it."""
    _closes.append(function)
    return function


def problems_of(event: SourcingEvent) -> Iterator[DomainError]:
    """Everything the checks find."""
    for function in _checks:
        yield from function(event)


def published(actor: Actor, event: SourcingEvent) -> dict[str, Any]:
    """What is to be frozen beside the rules."""
    return {key: value for function in _publishes for key, value in function(actor, event).items()}


def arrived(arrival: Arrival) -> dict[str, Any]:
    """The receipt of a quote; empty where nothing keeps receipts."""
    return {key: value for function in _versions for key, value in function(arrival).items()}


def closed(round_: Round) -> dict[str, str]:
    """The roots of a round, by envelope."""
    return {key: value for function in _closes for key, value in function(round_).items()}


def keeps_receipts() -> bool:
    """Whether quotes can be sealed at all."""
    return bool(_versions)
