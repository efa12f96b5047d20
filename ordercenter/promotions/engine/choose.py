"""Who stays where several rules come into question, and in which order these apply (promotions §4, 1 to 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ordercenter.promotions.engine.entry import Entry

EXCLUSIVE, BEST_ONLY = "exclusive", "best_only"
Contestant = tuple[int, Entry]


def standing(contestants: Sequence[Contestant]) -> list[Entry]:
    """Those that stay: an exclusive one alone, else of each best group one; contestants are (benefit, entry)."""
    if len(contestants) == 1:
        return [contestants[0][1]]
    exclusive = [one for one in contestants if one[1].rule.stacking == EXCLUSIVE]
    if exclusive:
        return [min(exclusive, key=_greatest)[1]]
    stays: list[Entry] = []
    groups: dict[str, list[Contestant]] = {}
    for one in contestants:
        rule = one[1].rule
        if rule.stacking == BEST_ONLY:
            groups.setdefault(rule.best_group, []).append(one)
        else:
            stays.append(one[1])
    stays += [min(group, key=_greatest)[1] for group in groups.values()]
    return stays


def _greatest(contestant: Contestant) -> tuple[int, int, int]:
    benefit, entry = contestant
    return (-benefit, entry.rule.priority, entry.rule.id)


def levels(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Entries by priority ascending, those of one priority together, in the order of their ids."""
    level: list[Entry] = []
    for entry in sorted(entries, key=lambda one: one.rule.rank):
        if level and level[0].rule.priority != entry.rule.priority:
            yield level
            level = []
        level.append(entry)
    if level:
        yield level


def winner_over(entry: Entry, stays: Sequence[Entry]) -> int | None:
    """The id of the rule that kept another one out."""
    for other in stays:
        if other.rule.stacking == EXCLUSIVE:
            return other.rule.id
        if other.rule.stacking == BEST_ONLY and other.rule.best_group == entry.rule.best_group:
            return other.rule.id
    return None
