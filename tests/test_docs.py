"""The documentation is complete and true: what exists has its line, and what is written down exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSyntaxError, parse, validate

from marketplace.graphql.schema import get_schema
from tools import reference

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.M | re.S)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def fences(path: Path, *languages: str) -> Iterator[str]:
    for language, text in FENCE.findall(path.read_text()):
        if language in languages:
            yield text


@pytest.mark.parametrize("page", sorted(reference.PAGES))
def test_every_error_event_setting_command_and_permission_has_its_line(page):
    path = reference.FOLDER / page
    assert path.exists(), "run `make reference`"
    assert path.read_text() == reference.PAGES[page](), "run `make reference`"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_the_commands_in_the_docs_exist(path):
    import typer.main

    from marketplace.cli import app

    known = dict(reference.leaves(typer.main.get_command(app), "entrepot"))
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    shell = "\n".join(
        [*fences(path, "", "sh", "bash", "shell", "console"), *re.findall(r"`([^`\n]+)`", path.read_text())]
    )
    for words in re.findall(r"^(?:\$ )?(?:\.venv/bin/)?entrepot ((?:[a-z][\w-]*)(?: [\w./-]+)*)", shell, re.M):
        assert any(f"entrepot {words} ".startswith(f"{name} ") for name in known), f"entrepot {words}"
    for target in re.findall(r"^(?:\$ )?make ([a-z][\w-]*)", shell, re.M):
        assert target in targets, f"make {target}"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_the_operations_in_the_docs_are_valid(path):
    schema = get_schema()
    for text in fences(path, "graphql"):
        try:
            document = parse(text)
        except GraphQLSyntaxError as error:
            pytest.fail(f"{error}\n{text}")
        if all(node.kind in {"operation_definition", "fragment_definition"} for node in document.definitions):
            assert not validate(schema, document), text
