"""What sourcing puts into the schema."""

from suppliers.sourcing.schema.awards import AwardMutations, AwardQueries
from suppliers.sourcing.schema.comparing import ComparingMutations, ComparingQueries
from suppliers.sourcing.schema.events import EventMutations
from suppliers.sourcing.schema.opening import OpeningMutations, OpeningQueries
from suppliers.sourcing.schema.queries import SourcingEventChanged, SourcingQueries
from suppliers.sourcing.schema.quotes import QuoteMutations, QuoteType
from suppliers.sourcing.schema.surrogates import SurrogateMutations
from suppliers.sourcing.schema.taking_part import TakingPartMutations
from suppliers.sourcing.schema.types import ParticipationType, SourcingEventType

__all__ = ["Mutations", "ParticipationType", "Queries", "QuoteType", "SourcingEventType", "Subscriptions"]


class Queries(SourcingQueries, OpeningQueries, ComparingQueries, AwardQueries):
    """What can be read of sourcing."""


class Mutations(
    EventMutations,
    TakingPartMutations,
    QuoteMutations,
    SurrogateMutations,
    OpeningMutations,
    ComparingMutations,
    AwardMutations,
):
    """What can be done with it."""


class Subscriptions:
    """What can be followed of it."""

    sourcing_event_changed = SourcingEventChanged.Field()
