"""Reads the operations of a guide: its documents, their variables, and what the reader keeps of an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse

DOCUMENT = re.compile(r'^```graphql title="(\w+)\.graphql"\n(.*?)^```', re.M | re.S)
VARIABLES = re.compile(r'^```json title="variables"\n(.*?)^```', re.M | re.S)
KEEP = re.compile(r"Keep `(\w+)` from `([\w.]+)`")
HOLE = re.compile(r'"<(\w+)>"')


@dataclass(frozen=True)
class Step:
    """One operation of a guide; `keeps` maps names to paths in the answer."""

    name: str
    document: str
    variables: str
    keeps: dict[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation as parsed."""
        return next(node for node in parse(self.document).definitions if isinstance(node, OperationDefinitionNode))

    def filled(self, known: dict[str, Any]) -> dict[str, Any]:
        """The variables with what earlier answers gave."""
        return json.loads(HOLE.sub(lambda hole: json.dumps(known[hole[1]]), self.variables))

    def kept(self, data: dict[str, Any]) -> dict[str, Any]:
        """What this answer gives to later steps."""
        return {name: dig(data, path) for name, path in self.keeps.items()}


def dig(data: Any, path: str) -> Any:
    """The value at `a.0.b`."""
    for key in path.split("."):
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


def steps(guide: Path) -> Iterator[Step]:
    """The operations of a page in their order."""
    text = guide.read_text()
    found = list(DOCUMENT.finditer(text))
    for match, following in zip(found, [*found[1:], None], strict=True):
        rest = text[match.end() : following.start() if following else None]
        variables = VARIABLES.search(rest)
        yield Step(match[1], match[2], variables[1] if variables else "{}", dict(KEEP.findall(rest)))
