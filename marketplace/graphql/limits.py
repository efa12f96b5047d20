"""How large a document may be: tokens, depth, aliases, directives, root fields; what it may cost stands in `cost`."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from marketplace.graphql.failure import LimitExceeded, ParseFailed


@dataclass(frozen=True)
class Limits:
    """Bounds on a document. The setting GRAPHQL_LIMITS holds those of the installation."""

    tokens: int = 3000
    depth: int = 15
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    cost: int = 10_000

    @classmethod
    def from_settings(cls) -> Limits:
        return cls(**settings.GRAPHQL_LIMITS)

    def parse_error(self, error: GraphQLError) -> GraphQLError:
        """A syntax error, or the refusal of a document with too many tokens."""
        if f"more than {self.tokens} tokens" in error.message:
            return LimitExceeded(f"The document has more than {self.tokens} tokens.", limit="tokens")
        return ParseFailed(error.message, None, error.source, error.positions)


class _Walk:
    """Counts over an operation with its fragments unfolded; a fragment's own figures are computed once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self._known: dict[str, tuple[int, int, int]] = {}
        self._open: set[str] = set()

    def count(self, selections: SelectionSetNode | None) -> tuple[int, int, int]:
        """Depth, aliases, directives below a selection set."""
        depth = aliases = directives = 0
        for node in selections.selections if selections else ():
            directives += len(node.directives)
            if isinstance(node, FragmentSpreadNode):
                below = self._fragment(node.name.value)
            else:
                below = self.count(node.selection_set)  # type: ignore[attr-defined]
            if isinstance(node, FieldNode):
                aliases += node.alias is not None
                below = (below[0] + 1, below[1], below[2])
            depth = max(depth, below[0])
            aliases += below[1]
            directives += below[2]
        return depth, aliases, directives

    def _fragment(self, name: str) -> tuple[int, int, int]:
        if name in self._known:
            return self._known[name]
        if name in self._open or name not in self.fragments:
            return 0, 0, 0  # validation has a better word for cycles and unknown fragments
        self._open.add(name)
        self._known[name] = self.count(self.fragments[name].selection_set)
        self._open.discard(name)
        return self._known[name]


def check_document(document: DocumentNode, limits: Limits) -> list[GraphQLError]:
    """Every limit the document breaks."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    walk = _Walk(fragments)
    problems: list[GraphQLError] = []
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        depth, aliases, directives = walk.count(operation.selection_set)
        directives += len(operation.directives)
        for name, found, bound in (
            ("depth", depth, limits.depth),
            ("aliases", aliases, limits.aliases),
            ("directives", directives, limits.directives),
            ("root_fields", root_fields(operation, fragments), limits.root_fields),
        ):
            if found > bound:
                text = f"The operation has {name.replace('_', ' ')} {found}; at most {bound} is allowed."
                problems.append(LimitExceeded(text, limit=name, found=found, maximum=bound))
        if operation.operation is OperationType.MUTATION and root_fields(operation, fragments) > 1:
            problems.append(LimitExceeded("One mutation per operation.", operation, limit="mutations"))
    return problems


def root_fields(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> int:
    """Fields at the top, `__typename` not counted, fragments unfolded."""
    seen: set[str] = set()

    def count(selections: SelectionSetNode) -> int:
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += node.name.value != "__typename"
            elif isinstance(node, FragmentSpreadNode):
                if node.name.value not in seen and node.name.value in fragments:
                    seen.add(node.name.value)
                    total += count(fragments[node.name.value].selection_set)
            else:
                total += count(node.selection_set)  # type: ignore[attr-defined]
        return total

    return count(operation.selection_set)
