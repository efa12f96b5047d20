"""The tables of sourcing (docs/concepts/sourcing.md)."""

from suppliers.sourcing.models.awards import (
    Award,
    AwardLetter,
    AwardLine,
    AwardRule,
    AwardScenario,
    Disqualification,
)
from suppliers.sourcing.models.events import EventLine, EventLineSource, Lot, QuoteColumn, SourcingEvent
from suppliers.sourcing.models.participations import (
    EventInvitation,
    Participation,
    Round,
    RoundQuote,
    SurrogateEntry,
)
from suppliers.sourcing.models.sealed import (
    EnvelopeKey,
    EnvelopeShare,
    EventOpener,
    OpenedPart,
    OpenerKey,
    Opening,
    OpeningShare,
    SealedEntry,
    TechnicalDecision,
    TechnicalResult,
)
from suppliers.sourcing.models.told import Addendum, Clarification, Notice

__all__ = [
    "Addendum",
    "Award",
    "AwardLetter",
    "AwardLine",
    "AwardRule",
    "AwardScenario",
    "Clarification",
    "Disqualification",
    "EnvelopeKey",
    "EnvelopeShare",
    "EventInvitation",
    "EventLine",
    "EventLineSource",
    "EventOpener",
    "Lot",
    "Notice",
    "OpenedPart",
    "OpenerKey",
    "Opening",
    "OpeningShare",
    "Participation",
    "QuoteColumn",
    "Round",
    "RoundQuote",
    "SealedEntry",
    "SourcingEvent",
    "SurrogateEntry",
    "TechnicalDecision",
    "TechnicalResult",
]
