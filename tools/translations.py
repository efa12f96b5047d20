"""Checks the Chinese translations of every room against the strings its code and templates use.

python tools/translations.py check    fail on a string that is missing, doubtful or translated in two ways
python tools/translations.py sync     print the entries that are missing, by catalogue, ready to be filled in
"""

import os
import re
import sys
from ast import literal_eval
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

import django  # noqa: E402
import polib  # noqa: E402
from babel.messages.extract import extract  # noqa: E402

FLOORS = ("marketplace", "ordercenter", "suppliers", "dealers", "integrations", "storefront")
CATALOGUE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "_n"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
NAMED = re.compile(r"%\((\w+)\)[sdf]|(?<!\{)\{(\w+)[^}]*\}(?!\})")
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(?:gettext|ngettext|_)\((?P<text>{LITERAL})(?:, ?(?P<plural>{LITERAL}))?")
POSITIONAL = re.compile(r"(?<!%)%[sdfr]|(?<!\{)\{\}")


@dataclass(frozen=True, order=True)
class Use:
    """A string where the program uses it."""

    room: str
    place: str
    text: str
    plural: str | None = None


def room_of(path: Path) -> Path:
    """The folder whose catalogue holds a file's strings: the nearest Django app or area of pages, or the floor."""
    for folder in path.parents:
        if (folder / "apps.py").exists() or (folder / "pages.py").exists():
            return folder
    return ROOT / path.relative_to(ROOT).parts[0]


def uses() -> Iterator[Use]:
    """Every string of Python code and templates."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or {"migrations", "static"} & set(path.parts):
                continue
            room = str(room_of(path).relative_to(ROOT))
            for line, text, plural in (python_strings if path.suffix == ".py" else template_strings)(path):
                yield Use(room, f"{path.relative_to(ROOT)}:{line}", text, plural)


def python_strings(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """The strings of a Python file: line, text, plural."""
    for line, message, _comments, _context in extract("python", BytesIO(path.read_bytes()), KEYWORDS):
        text, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
        if text:
            yield line, text, plural


def template_strings(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """The strings of a template: line, text, plural."""
    from django.utils.translation import templatize

    source = path.read_text()
    if "{%" not in source:
        return
    # Django turns a template into calls, between remains that are not Python; a tag keeps its line.
    for line, text in enumerate(templatize(source, origin=str(path)).split("\n"), start=1):
        for call in CALL.finditer(text):
            yield line, literal_eval(call["text"]), literal_eval(call["plural"]) if call["plural"] else None


def catalogues() -> dict[str, polib.POFile]:
    """Every room's catalogue, by the room's folder."""
    found = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob(str(CATALOGUE))):
            found[str(path.parents[3].relative_to(ROOT))] = polib.pofile(str(path))
    return found


def translated(entry: polib.POEntry) -> list[str]:
    """The Chinese forms of an entry."""
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


def missing(found: dict[str, polib.POFile]) -> dict[str, list[Use]]:
    """The strings that no catalogue translates, by the room that uses them."""
    known = {entry.msgid for file in found.values() for entry in file if all(translated(entry)) and not entry.fuzzy}
    by_room: dict[str, list[Use]] = defaultdict(list)
    seen = set()
    for use in uses():
        if use.text not in known and use.text not in seen:
            seen.add(use.text)
            by_room[use.room].append(use)
    return by_room


def problems() -> Iterator[str]:
    """Everything that is wrong, one line each."""
    found = catalogues()
    for uses_of_room in missing(found).values():
        yield from (f"{use.place}: no Chinese for {use.text!r}" for use in uses_of_room)
    yield from doubtful_sources()
    for room, file in found.items():
        yield from (f"{room}: {text}" for text in doubtful_entries(file))
    yield from two_translations(found)
    yield from ambiguous_labels()


def doubtful_sources() -> Iterator[str]:
    """Placeholders without a name: a translator could not move them."""
    for use in uses():
        if POSITIONAL.search(use.text):
            yield f"{use.place}: name the placeholders of {use.text!r}"


def doubtful_entries(file: polib.POFile) -> Iterator[str]:
    """Entries that are double, doubtful, or lose a placeholder."""
    seen = set()
    for entry in file:
        if entry.obsolete:
            yield f"{entry.msgid!r} is marked obsolete; delete it"
        if entry.msgid in seen:
            yield f"{entry.msgid!r} stands twice"
        seen.add(entry.msgid)
        if entry.fuzzy:
            yield f"{entry.msgid!r} is marked fuzzy"
        wanted = names(entry.msgid) | names(entry.msgid_plural or "")
        for text in translated(entry):
            lost = names(entry.msgid) - names(text) if not entry.msgid_plural else set()
            if text and (lost or names(text) - wanted):
                yield f"{entry.msgid!r} and {text!r} have different placeholders"


def names(text: str) -> set[str]:
    """The names of a text's placeholders."""
    return {first or second for first, second in NAMED.findall(text)}


def two_translations(found: dict[str, polib.POFile]) -> Iterator[str]:
    """One English text with two Chinese ones: Django would show whichever room comes first."""
    chinese: dict[tuple[str | None, str], tuple[str, list[str]]] = {}
    for room, file in found.items():
        for entry in file:
            other, text = chinese.setdefault((entry.msgctxt, entry.msgid), (room, translated(entry)))
            if text != translated(entry):
                yield f"{entry.msgid!r} is {text} in {other} and {translated(entry)} in {room}"


def ambiguous_labels() -> Iterator[str]:
    """Enum labels of which two English ones share a Chinese one; the glossary pairs them one to one."""
    from django.db.models import Choices
    from django.utils.translation import override

    english: dict[str, tuple[str, str]] = {}
    for kind in all_subclasses(Choices):
        if kind.__module__.partition(".")[0] not in FLOORS or kind.__name__.endswith("ErrorCode"):
            continue
        for member in kind:
            with override("en"):
                source = str(member.label)
            with override("zh-hans"):
                label = str(member.label)
            where = f"{kind.__name__}.{member.name}"
            known, first = english.setdefault(label, (source, where))
            if known != source:
                yield f"{label} is {known!r} ({first}) and {source!r} ({where})"


def all_subclasses(kind: Any) -> Iterator[Any]:
    """Every class that derives from another."""
    for child in kind.__subclasses__():
        yield child
        yield from all_subclasses(child)


def unused() -> Iterator[str]:
    """Entries that nothing uses any more."""
    used = {use.text for use in uses()} | {use.plural for use in uses()}
    for room, file in catalogues().items():
        yield from (f"{room}: {entry.msgid!r}" for entry in file if entry.msgid not in used)


def print_missing() -> None:
    """Print what is missing as catalogue entries."""
    for room, found in sorted(missing(catalogues()).items()):
        print(f"# {room}/{CATALOGUE}")
        for use in found:
            entry = polib.POEntry(msgid=use.text, msgid_plural=use.plural or "", occurrences=[(use.place, "")])
            if use.plural:
                entry.msgstr_plural = {0: ""}
            print(entry)


def main() -> int:
    """Run the verb; 1 where the check found something."""
    django.setup()
    if sys.argv[1:] == ["sync"]:
        print_missing()
        return 0
    found = [*problems()]
    for line in found:
        print(line)
    stale = [*unused()]
    for line in stale:
        print(f"unused, {line}")
    print(f"{sum(len(file) for file in catalogues().values())} entries, {len(found)} problems, {len(stale)} unused")
    return int(bool(found or stale))


if __name__ == "__main__":
    sys.exit(main())
