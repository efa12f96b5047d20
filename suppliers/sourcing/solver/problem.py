"""What an award scenario asks: lines, suppliers, offers and rules, as data that crosses from process to process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

HUNDRED = Decimal(100)


class RuleForm(StrEnum):
    """Forms of a rule; `low` and `high` are its bounds, `suppliers` and `lines` whom it concerns (none named: all)."""

    WINNERS_PER_LINE = "WINNERS_PER_LINE"  # at most `high` suppliers on each line
    WINNERS = "WINNERS"  # `low` to `high` suppliers in all
    LEAST_SHARE = "LEAST_SHARE"  # nothing, or at least `low` of a line (0.25 is a quarter)
    CAPACITY = "CAPACITY"  # the suppliers together, at most `high` pieces of the lines
    SPEND = "SPEND"  # the suppliers together, `low` to `high` money
    SPEND_SHARE = "SPEND_SHARE"  # the suppliers together, `low` to `high` of all money (0.3 is 30 %)
    QUALITY = "QUALITY"  # mean score, weighted by money, at least `low`
    LOCK = "LOCK"  # each of the suppliers has a part of each of the lines
    EXCLUDE = "EXCLUDE"  # none of the suppliers has a part of any of the lines
    SAME_SUPPLIER = "SAME_SUPPLIER"  # who has a part of one of the lines has a part of all


@dataclass(frozen=True, slots=True)
class Tier:
    """A price for awarded quantities above `above`, up to the next tier's; the first is above 0."""

    above: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be covered: `quantity` pieces in whole packs of `pack`."""

    key: str
    quantity: Decimal
    pack: Decimal

    @property
    def packs(self) -> int:
        """How many packs the line has."""
        return int(self.quantity / self.pack)


@dataclass(frozen=True, slots=True)
class Supplier:
    """One who quoted. `fixed` is what dealing with it costs besides the goods, `discounts` (from gross, percent)."""

    key: str
    number: str
    fixed: Decimal = Decimal(0)
    incumbent: bool = False
    score: Decimal | None = None
    discounts: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A supplier's one price for some lines whole."""

    key: str
    supplier: int
    lines: tuple[int, ...]
    price: Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the scenario; suppliers and lines by their position in the problem."""

    key: str
    form: RuleForm
    suppliers: tuple[int, ...]
    lines: tuple[int, ...]
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """All of it. `offers` is {(supplier, line): tiers}; `penalty` the cost of an uncovered piece, None: cover all."""

    currency: str
    lines: tuple[Line, ...]
    suppliers: tuple[Supplier, ...]
    offers: Mapping[tuple[int, int], tuple[Tier, ...]]
    packages: tuple[Package, ...] = ()
    rules: tuple[Rule, ...] = ()
    penalty: Decimal | None = None

    def without(self, *keys: str) -> Problem:
        """The same problem without some rules."""
        return self.with_rules(tuple(rule for rule in self.rules if rule.key not in keys))

    def with_rules(self, rules: tuple[Rule, ...]) -> Problem:
        """The same problem under other rules."""
        return Problem(self.currency, self.lines, self.suppliers, self.offers, self.packages, rules, self.penalty)

    @property
    def cells(self) -> int:
        """How many offers there are: the size of the task."""
        return len(self.offers)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gets how many packs of which line, and which packages are taken."""

    packs: Mapping[tuple[int, int], int]
    packages: frozenset[int] = field(default=frozenset())


def parse(data: Mapping[str, Any]) -> Problem:
    """A problem out of JSON, in which numbers are strings and suppliers and lines are named by their keys."""
    lines = tuple(Line(row["key"], Decimal(row["quantity"]), Decimal(row.get("pack") or "1")) for row in data["lines"])
    suppliers = tuple(_supplier(row) for row in data["suppliers"])
    line_at = {line.key: at for at, line in enumerate(lines)}
    supplier_at = {supplier.key: at for at, supplier in enumerate(suppliers)}
    offers = {
        (supplier_at[row["supplier"]], line_at[row["line"]]): tuple(
            Tier(Decimal(above), Decimal(price)) for above, price in row["tiers"]
        )
        for row in data["offers"]
    }
    packages = tuple(
        Package(row["key"], supplier_at[row["supplier"]], _at(line_at, row["lines"]), Decimal(row["price"]))
        for row in data.get("packages", ())
    )
    rules = tuple(_rule(row, supplier_at, line_at) for row in data.get("rules", ()))
    penalty = data.get("penalty")
    return Problem(
        data["currency"], lines, suppliers, offers, packages, rules, Decimal(penalty) if penalty is not None else None
    )


def _supplier(row: Mapping[str, Any]) -> Supplier:
    score = row.get("score")
    return Supplier(
        row["key"],
        row.get("number", row["key"]),
        Decimal(row.get("fixed") or "0"),
        bool(row.get("incumbent")),
        Decimal(score) if score is not None else None,
        tuple(sorted((Decimal(start), Decimal(percent)) for start, percent in row.get("discounts", ()))),
    )


def _rule(row: Mapping[str, Any], supplier_at: Mapping[str, int], line_at: Mapping[str, int]) -> Rule:
    low, high = row.get("low"), row.get("high")
    return Rule(
        row["key"],
        RuleForm(row["form"]),
        _at(supplier_at, row.get("suppliers") or list(supplier_at)),
        _at(line_at, row.get("lines") or list(line_at)),
        Decimal(low) if low is not None else None,
        Decimal(high) if high is not None else None,
    )


def _at(positions: Mapping[str, int], keys: Sequence[str]) -> tuple[int, ...]:
    return tuple(positions[key] for key in keys)
