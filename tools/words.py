"""One concept, one word: fails where code, schema or labels use a word that the trade's vocabulary has another one for.

The lists stand in tools/forbidden_words.json: class names, names in the GraphQL schema, words of English labels, and
Chinese words.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.translations import CATALOGUE, FLOORS  # noqa: E402

WORDS = json.loads((ROOT / "tools" / "forbidden_words.json").read_text())
CHINESE_PROSE = [word for word in WORDS["chinese"] if word != "产品"]


def class_names() -> Iterator[str]:
    """Classes whose bare name means something else here."""
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and node.name in WORDS["classes"]:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}: class {node.name}"


def schema_names() -> Iterator[str]:
    """Names in the GraphQL schema that hold a forbidden word, whole or as a part in camel case."""
    path = ROOT / "schema.graphql"
    if not path.exists():
        return
    code = re.sub(r'"""(.|\n)*?"""', "", path.read_text())
    names = set(re.findall(r"\b[A-Za-z]\w+", code))
    for word in WORDS["schema"]:
        part = re.compile(rf"(^{word}|{word[0].upper()}{word[1:]})(s?)([A-Z_]|$)")
        yield from (f"schema.graphql: {name} holds {word}" for name in sorted(names) if part.search(name))
    yield from (f"schema.graphql: {name}" for name in sorted(names & set(WORDS["classes"])))


def labels() -> Iterator[str]:
    """Labels, in both languages, that hold a forbidden word."""
    import polib

    english = re.compile(rf"\b({'|'.join(WORDS['english'])})s?\b", re.IGNORECASE)
    for floor in FLOORS:
        for path in (ROOT / floor).rglob(str(CATALOGUE)):
            for entry in polib.pofile(str(path)):
                chinese = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
                if match := english.search(entry.msgid):
                    yield f"{path.relative_to(ROOT)}:{entry.linenum}: {match[0]!r} in {entry.msgid!r}"
                for word in WORDS["chinese"]:
                    if word in chinese:
                        yield f"{path.relative_to(ROOT)}:{entry.linenum}: {word} in {chinese}"


def chinese_pages() -> Iterator[str]:
    """Chinese documentation that holds a forbidden word. There, 产品 may be this program, which is one."""
    for path in [*ROOT.glob("*.zh-CN.md"), *(ROOT / "docs").rglob("*.zh*.md")]:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            yield from (f"{path.relative_to(ROOT)}:{number}: {word}" for word in CHINESE_PROSE if word in line)


def found() -> list[str]:
    """Every use of a forbidden word."""
    return [*class_names(), *schema_names(), *labels(), *chinese_pages()]


if __name__ == "__main__":
    uses = found()
    print(*uses, sep="\n", end="\n" if uses else "")
    print(f"{len(uses)} forbidden words")
    sys.exit(bool(uses))
