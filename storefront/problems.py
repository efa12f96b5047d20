"""What a mutation refused, arranged so that a template can show each problem where it hurts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict


@dataclass(frozen=True)
class Problems:
    """Typed errors of one operation, with what the user had typed, so that nothing has to be typed again."""

    operation: str = ""
    errors: list[dict[str, Any]] = field(default_factory=list)
    typed: QueryDict = field(default_factory=QueryDict)

    def __bool__(self) -> bool:
        return bool(self.errors)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.errors)

    def at(self, name: str, index: int | None = None) -> list[str]:
        """Messages for a field, named by the last step of its path, and for the row of a list where given.

        `lines.2.dueOn` is about the row 2: what was refused of another row is not said there.
        """
        *steps, last = name.split(".")
        row = index if index is not None else next((int(step) for step in steps if step.isdigit()), None)
        here = (None, row) if index is None else (row,)
        return [
            error["message"]
            for error in self.errors
            if (error.get("field") or "").rpartition(".")[2] == last and (row is None or error.get("index") in here)
        ]


def problems_of(operation: str, data: Mapping[str, Any], typed: QueryDict) -> Problems:
    """Errors of all mutation fields of an answer."""
    found = [error for payload in data.values() if isinstance(payload, dict) for error in payload.get("errors") or ()]
    return Problems(operation, found, typed)


def outcome_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Scalars of a mutation's answer under dotted names (`order.number`), for addresses and messages."""
    flat: dict[str, Any] = {}
    for payload in data.values():
        if isinstance(payload, dict):
            flat |= dict(_flatten(payload))
    return flat


def left_out(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lines an operation could not take along, each with sku, name and reason; told, never dropped silently."""
    return [line for payload in data.values() if isinstance(payload, dict) for line in payload.get("skipped") or ()]


def partly_done(data: Mapping[str, Any]) -> bool:
    """Whether an operation over many did some and refused others: it answers both with a list."""
    payloads = [payload for payload in data.values() if isinstance(payload, dict)]
    return any(value for one in payloads for name, value in one.items() if name != "errors" and isinstance(value, list))


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}.count", len(value)
        elif value is not None:
            yield f"{prefix}{name}", value
