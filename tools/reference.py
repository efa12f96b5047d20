"""Writes the pages of docs/reference from the program itself; a test fails where one is stale.

python tools/reference.py            write them
python tools/reference.py --check    name those that are stale, and fail if there are any
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

import django  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Written by tools/reference.py from the program; change it there. -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; nothing in a cell can end it."""
    lines = [heads, ["---"] * len(heads), *rows]
    cells = ([str(cell).replace("|", r"\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells) + "\n"


def errors() -> str:
    """Every error code of every room, with its meaning."""
    from django.utils.translation import override

    told = "A mutation that is refused answers `errors` with these codes, and nothing has happened.\n"
    parts = ["# Error codes\n", MADE, "", told]
    with override("en"):
        for enum in error_enums():
            rows = [(f"`{member.name}`", member.label) for member in enum]
            parts += [f"## {heading_of(enum)}\n", table(("code", "meaning"), rows)]
    return "\n".join(parts)


def error_enums() -> list[Any]:
    """The enums of error codes, the core's first; those that the schema merges from two are not among them."""
    from django.db.models import TextChoices

    from marketplace.graphql.schema import get_schema

    get_schema()
    found = {
        enum
        for enum in subclasses(TextChoices)
        if enum.__name__.endswith("ErrorCode")
        and getattr(sys.modules[enum.__module__], enum.__name__, None) is enum
        and not enum.__module__.startswith("tests.")  # the suite's own, where it has been imported
    }
    return sorted(found, key=lambda enum: (heading_of(enum) != "Everywhere", heading_of(enum)))


def subclasses(kind: Any) -> Iterator[Any]:
    """Every class that derives from another."""
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def heading_of(enum: Any) -> str:
    """What an enum's codes are about: `SignInErrorCode` gives Sign in; the core's are everywhere."""
    noun = enum.__name__.removesuffix("ErrorCode")
    return "Everywhere" if noun == "Core" else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", noun).capitalize()


def events() -> str:
    """Every kind of domain event."""
    from django.utils.translation import override

    from marketplace.core.events import declared

    with override("en"):
        rows = [(f"`{kind.code}`", kind.label) for kind in declared()]
    head = ["# Events\n", MADE, "", "What happened, as the outbox tells it; see [Events](../concepts/events.md).\n"]
    return "\n".join([*head, table(("kind", "what happened"), rows)])


def settings() -> str:
    """Every environment variable."""
    from marketplace.env import VARIABLES

    rows = [(f"`{one.name}`", one.help, f"`{shown}`" if (shown := default_of(one)) else "") for one in VARIABLES]
    head = ["# Settings\n", MADE, "", "Settings are environment variables, read and checked at the start.\n"]
    return "\n".join([*head, table(("variable", "what it does", "unless told"), rows)])


def default_of(variable: Any) -> str:
    """The default as people write it."""
    if variable.default_text:
        return str(variable.default_text)
    value = variable.default
    if isinstance(value, bool):
        return str(int(value))
    return "" if value in ("", [], None) else str(value)


def commands() -> str:
    """Every command of `entrepot`, with its options."""
    import typer.main

    from marketplace.cli import app

    parts = ["# Commands\n", MADE, ""]
    for name, command in sorted(leaves(typer.main.get_command(app), "entrepot")):
        parts += [f"## `{name}`\n", (command.help or "").strip() + "\n"]
        rows = [(f"`{usage_of(one)}`", getattr(one, "help", "") or "") for one in command.params if one.name != "help"]
        if rows:
            parts.append(table(("argument", "what it does"), rows))
    return "\n".join(parts)


def leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Each command that is not a group, with its whole name."""
    if not hasattr(command, "list_commands"):
        yield name, command
        return
    import click

    context = click.Context(command)
    for child in command.list_commands(context):
        found = command.get_command(context, child)
        if found is not None and not found.hidden:
            yield from leaves(found, f"{name} {child}")


def usage_of(parameter: Any) -> str:
    """An option by its long name, an argument in capitals."""
    longest = max(parameter.opts, key=len)
    return longest if longest.startswith("-") else longest.upper()


def permissions() -> str:
    """Every permission code, and the preset roles that carry it."""
    from django.utils.translation import override

    from marketplace.core.permissions import declared_permissions

    with override("en"):
        rows = [
            (f"`{one.code}`", one.label, ", ".join(f"`{preset}`" for preset in one.presets), "yes" if one.reads else "")
            for one in declared_permissions().values()
        ]
    head = ["# Permissions\n", MADE, "", "Roles grant these codes; see [Parties](../concepts/parties.md).\n"]
    return "\n".join([*head, table(("code", "what it allows", "preset roles", "only reads"), rows)])


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors,
    "events.md": events,
    "settings.md": settings,
    "commands.md": commands,
    "permissions.md": permissions,
}


def stale() -> list[str]:
    """The pages that are not what the program would write."""
    django.setup()
    return [
        name for name, page in PAGES.items() if not (FOLDER / name).exists() or (FOLDER / name).read_text() != page()
    ]


def main() -> int:
    """Write or check."""
    found = stale()
    if sys.argv[1:] == ["--check"]:
        print(*(f"docs/reference/{name} is stale: run `make reference`" for name in found), sep="\n")
        return int(bool(found))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in found:
        (FOLDER / name).write_text(PAGES[name]())
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
