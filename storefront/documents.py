"""The `.graphql` files beside the templates, read once and cut into the operations they name."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    parse,
    print_ast,
    separate_operations,
)

HOME = Path(__file__).parent


@dataclass(frozen=True)
class Operation:
    """One named operation together with the fragments it uses, ready to be executed."""

    name: str
    kind: str
    text: str
    node: OperationDefinitionNode


@cache
def shared_fragments() -> tuple[FragmentDefinitionNode, ...]:
    """Fragments that any page may spread, from `storefront/fragments/`."""
    found = []
    for file in sorted((HOME / "fragments").glob("*.graphql")):
        found += [node for node in parse(file.read_text()).definitions if isinstance(node, FragmentDefinitionNode)]
    return tuple(found)


@cache
def operations(path: str) -> dict[str, Operation]:
    """Operations of `storefront/<path>.graphql` by name, in the order of the file: the first one is the page's own."""
    written = parse((HOME / f"{path}.graphql").read_text())
    whole = DocumentNode(definitions=(*written.definitions, *shared_fragments()))
    apart = separate_operations(whole)
    return {operation.name: operation for operation in _named(written, apart)}


def _named(written: DocumentNode, apart: dict[str, DocumentNode]) -> Iterator[Operation]:
    for node in written.definitions:
        if isinstance(node, OperationDefinitionNode) and node.name:
            name = node.name.value
            yield Operation(name, node.operation.value, print_ast(apart[name]), node)


def all_documents() -> list[str]:
    """Paths of every page document; tests validate them against the schema."""
    files = (file.relative_to(HOME) for file in HOME.rglob("*.graphql") if "fragments" not in file.parts)
    return sorted(str(file.with_suffix("")) for file in files)
