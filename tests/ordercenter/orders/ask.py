"""Operations as clients send them: the pages' own documents, or a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphql import DocumentNode, parse, print_ast, separate_operations

from marketplace.core.actor import Actor
from marketplace.graphql import execute

PAGES = Path(__file__).resolve().parents[3] / "storefront"


def page_operation(page: str, name: str) -> str:
    """One operation of a page's document with the fragments it uses."""
    files = [PAGES / f"{page}.graphql", *(PAGES / "fragments").glob("*.graphql")]
    definitions = [definition for file in files for definition in parse(file.read_text()).definitions]
    return print_ast(separate_operations(DocumentNode(definitions=tuple(definitions)))[name])


def ask(actor: Actor, text: str, /, **variables: Any) -> Any:
    """The data of an operation; fails on any top-level error."""
    result = execute(text, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def on_page(actor: Actor, page: str, name: str, /, **variables: Any) -> Any:
    """The data of a page's operation."""
    return ask(actor, page_operation(page, name), **variables)
