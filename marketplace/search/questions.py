"""From what people type to a tsquery: as written first, then forgiving of slips, then any of the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from marketplace.search.words import Run, Term, fold, lexeme, runs, terms

# Longer runs of Chinese are phrases, where leaving out one character says little.
_LONGEST_RUN = 12
_MOST_RUNS = 12

NEAR = """
SELECT asked.n, near.word FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS asked(text, n)
JOIN LATERAL (
    SELECT known.word FROM search_searchword known
    WHERE known.organization_id = ANY (%(sellers)s::bigint[]) AND known.word %% asked.text
        AND similarity(known.word, asked.text) >= 0.35
    ORDER BY similarity(known.word, asked.text) DESC, length(known.word), known.word LIMIT 3
) near ON true
"""

LIKE = """
SELECT known.word FROM search_searchword known
WHERE known.organization_id = ANY (%(sellers)s::bigint[]) AND known.word LIKE ANY (%(patterns)s::text[])
ORDER BY known.word LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a question: a tsquery and, if it is a Latin word, the word that PostgreSQL is to find the stem of."""

    query: str
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Clauses of which all have to hold, or any."""

    clauses: tuple[Clause, ...]
    all_of: bool = True

    def __bool__(self) -> bool:
        return bool(self.clauses)

    def sql(self) -> tuple[str, dict[str, str]]:
        """An expression of type tsquery with its values; its text depends on the number of clauses alone."""
        parts: list[str] = []
        values: dict[str, str] = {}
        for number, clause in enumerate(self.clauses):
            values[f"clause{number}"] = clause.query
            part = f"%(clause{number})s::tsquery"
            if clause.word is not None:
                values[f"word{number}"] = clause.word
                part = f"({part} || plainto_tsquery('english', %(word{number})s))"
            parts.append(part)
        return "(" + (" && " if self.all_of else " || ").join(parts) + ")", values


def exact(text: str) -> Question:
    """All of the words; the last one may be unfinished."""
    return Question(tuple(_clause(term) for term in terms(text)))


def any_word(text: str) -> Question:
    """At least one of the words."""
    return Question(tuple(_clause(term) for term in terms(text)), all_of=False)


def _clause(term: Term) -> Clause:
    quoted = lexeme(term.text)
    if term.is_han:
        return Clause(quoted)
    # A code is known by its beginning wherever it stands; other words by their stem.
    unfinished = term.is_last or any(mark in term.text for mark in "-./_+")
    return Clause(f"{quoted}:*" if unfinished else quoted, term.text)


def forgiving(text: str, seller_ids: Sequence[int]) -> tuple[Question, str | None]:
    """The words or what is spelt like them, and the text with the likeliest spelling. At most two statements.

    In a run of Chinese one character may be wrong. The text is None where no better spelling is known.
    """
    found = list(runs(fold(text[:400])))[:_MOST_RUNS]
    near = _near([run.text for run in found if not run.is_han], seller_ids)
    clauses: list[Clause] = []
    better: list[str] = []
    for run in found:
        words = near.get(run.text, [])
        if run.is_han:
            clauses.append(Clause(_han(run)))
            better.append(_similar_han(run, seller_ids) or run.text)
        else:
            clauses.append(Clause(" | ".join([f"{lexeme(run.text)}:*", *map(lexeme, words)]), run.text))
            better.append(words[0] if words else run.text)
    joined, asked = _join(found, better), _join(found, [run.text for run in found])
    return Question(tuple(clauses)), joined if joined != asked else None


def _near(texts: Sequence[str], seller_ids: Sequence[int]) -> dict[str, list[str]]:
    asked = [text for text in dict.fromkeys(texts) if len(text) >= 3]
    near: dict[str, list[str]] = {}
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(NEAR, {"texts": asked, "sellers": list(seller_ids)})
            for number, word in cursor.fetchall():
                near.setdefault(asked[number - 1], []).append(word)
    return near


def _han(run: Run) -> str:
    """All characters of a run, of which one may be wrong where there are three or more."""
    characters = list(dict.fromkeys(run.text[:_LONGEST_RUN]))
    if len(characters) < 3:
        return " & ".join(map(lexeme, characters))
    ways = (characters[:at] + characters[at + 1 :] for at in range(len(characters)))
    return " | ".join("(" + " & ".join(map(lexeme, way)) + ")" for way in ways)


def _similar_han(run: Run, seller_ids: Sequence[int]) -> str | None:
    if not 3 <= len(run.text) <= 6:
        return None
    patterns = [f"{run.text[:at]}_{run.text[at + 1 :]}" for at in range(len(run.text))]
    with connection.cursor() as cursor:
        cursor.execute(LIKE, {"patterns": patterns, "sellers": list(seller_ids)})
        row = cursor.fetchone()
    return row[0] if row else None


def _join(found: Sequence[Run], words: Sequence[str]) -> str:
    text = ""
    for place, (run, word) in enumerate(zip(found, words, strict=True)):
        apart = place and not (run.is_han and found[place - 1].is_han)
        text += f" {word}" if apart else word
    return text
