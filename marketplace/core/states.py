"""State machines as data: every move is a row of one table, and a move that is not in it does not happen."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import CoreErrorCode, DomainError


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from a status to another by a verb of the trade."""

    verb: str
    source: TextChoices
    target: TextChoices


class TransitionTable:
    """All moves of one document type."""

    def __init__(self, transitions: Iterable[Transition]) -> None:
        self.transitions = tuple(transitions)
        self._targets = {(move.verb, move.source.value): move.target for move in self.transitions}

    def target(self, verb: str, status: str, index: int | None = None) -> TextChoices:
        """The status a verb leads to; raises INVALID_TRANSITION where the table has no such move."""
        target = self._targets.get((verb, status))
        if target is None:
            raise DomainError(
                CoreErrorCode.INVALID_TRANSITION, _("This is not possible in the present state."), "status", index
            )
        return target

    def allows(self, verb: str, status: str) -> bool:
        """True where the table has such a move."""
        return (verb, status) in self._targets
