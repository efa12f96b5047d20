"""Errors of an execution: where each stands in the answer, and what it takes away with it."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLError, located_error

# A place in the answer: (container, key, nullable, place of the container), None for the answer itself.
Slot = tuple[Any, Any, bool, "Slot"] | None


class Failures:
    """Collects errors and sets the nearest nullable place above each to null."""

    def __init__(self) -> None:
        self.at_root = False
        self._found: list[tuple[tuple[int, ...], tuple[Any, ...], GraphQLError]] = []

    @property
    def any(self) -> bool:
        return bool(self._found)

    def add(self, slot: Slot, error: Exception, nodes: list[FieldNode]) -> None:
        """Record an error at a place and let null rise from there."""
        places = []
        place = slot
        while place is not None:
            places.append(place)
            place = place[3]
        places.reverse()
        path = [place[1] for place in places]
        nulled = len(places)
        while nulled and not places[nulled - 1][2]:
            nulled -= 1
        if nulled:
            container, key, _nullable, _up = places[nulled - 1]
            container[key] = None
        else:
            self.at_root = True
        order = tuple(_position(container, key) for container, key, _nullable, _up in places)
        self._found.append((order, tuple(path[:nulled]), located_error(error, nodes, path)))

    def in_order(self) -> list[GraphQLError]:
        """The errors in the order of the document.

        One that lies below a place which an earlier one has set to null is left out, as if resolving had stopped there.
        """
        if len(self._found) < 2:
            return [error for _order, _nulled, error in self._found]
        kept: list[GraphQLError] = []
        nulled_places: set[tuple[Any, ...]] = set()
        for _order, nulled, error in sorted(self._found, key=lambda found: found[0]):
            if any(nulled[:length] in nulled_places for length in range(len(nulled) + 1)):
                continue
            nulled_places.add(nulled)
            kept.append(error)
        return kept


def _position(container: Any, key: Any) -> int:
    """The place of a key in its object or list; keys stand in the order of the document."""
    return key if isinstance(container, list) else list(container).index(key)
