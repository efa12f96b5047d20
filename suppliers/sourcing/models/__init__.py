"""The tables of sourcing (docs/concepts/sourcing.md)."""

from suppliers.sourcing.models.events import EventLine, EventLineSource, Lot, QuoteColumn, SourcingEvent
from suppliers.sourcing.models.participations import (
    EventInvitation,
    Participation,
    Round,
    RoundQuote,
    SurrogateEntry,
)
from suppliers.sourcing.models.told import Addendum, Clarification, Notice

__all__ = [
    "Addendum",
    "Clarification",
    "EventInvitation",
    "EventLine",
    "EventLineSource",
    "Lot",
    "Notice",
    "Participation",
    "QuoteColumn",
    "Round",
    "RoundQuote",
    "SourcingEvent",
    "SurrogateEntry",
]
