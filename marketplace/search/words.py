"""From text to words: one folding and one segmentation for what is indexed and for what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

import rjieba

# Han characters with their extensions; everything else that can be part of a word or of a code.
_RUN = re.compile(r"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|(?P<latin>[^\W_]+(?:[-./_+][^\W_]+)*)")
_PART = re.compile(r"[^\W_]+")
_LONGEST = 64


def fold(text: str) -> str:
    """Full-width forms made plain, letters made small: `ＡＢＣ－１` and `abc-1` are one."""
    return normalize("NFKC", text).lower().strip()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one script."""

    text: str
    is_han: bool


def runs(text: str) -> Iterator[Run]:
    """The pieces of a folded text, in order; blanks and punctuation part them."""
    for match in _RUN.finditer(text):
        yield Run(match.group(), match.lastgroup == "han")


def indexed(text: str, single: bool = False) -> Iterator[str]:
    """Words of a text for the index: Chinese words and those within them, Latin words, and the parts of codes.

    `single` also gives each Chinese character by itself, so that an unknown compound can still be found in short texts.
    """
    for run in runs(fold(text)):
        if run.is_han:
            yield from rjieba.cut_for_search(run.text)
            if single:
                yield from run.text
        else:
            yield run.text[:_LONGEST]
            parts = _PART.findall(run.text)
            if len(parts) > 1:
                yield from (part[:_LONGEST] for part in parts)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for; `is_last` may still be being typed."""

    text: str
    is_han: bool
    is_last: bool


def terms(text: str, most: int = 12) -> list[Term]:
    """The words of a question, at most `most` of them."""
    found: list[tuple[str, bool]] = []
    for run in runs(fold(text[:400])):
        found.extend((word, True) for word in rjieba.cut(run.text)) if run.is_han else found.append((run.text, False))
    kept = list(dict.fromkeys(found))[:most]
    return [Term(word[:_LONGEST], han, place == len(kept) - 1) for place, (word, han) in enumerate(kept)]


def lexeme(word: str) -> str:
    """A word as a quoted lexeme of tsvector and tsquery."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(weighted: Iterable[tuple[str, Iterable[str]]]) -> str:
    """The text form of a tsvector: (weight, words) pairs, each word at the places where it stands."""
    places: dict[str, list[str]] = {}
    at = 1
    for weight, words in weighted:
        for word in words:
            known = places.setdefault(word, [])
            if len(known) < 8:
                known.append(f"{min(at, 16000)}{weight}")
            at += 1
    return " ".join(f"{lexeme(word)}:{','.join(where)}" for word, where in places.items())
