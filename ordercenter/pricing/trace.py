"""Why a price is what it is: every list and row with its verdict, from what the statement found (pricing §4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.pricing.models import PolicyLineKind, PriceStrategy, TierScope, UomFallback
from ordercenter.pricing.terms import PriceRequest, PriceResult


class TraceVerdict(models.TextChoices):
    """What became of a list or row: one wins, rules that change the price are applied, all others lose."""

    WON = "won", _("Chosen")
    LOST = "lost", _("Not chosen")
    APPLIED = "applied", _("Applied")


class TraceReason(models.TextChoices):
    """Why a list or row lost."""

    LIST_NOT_EFFECTIVE = "LIST_NOT_EFFECTIVE", _("The price list or its policy is not in effect")
    LIST_NOT_STARTED = "LIST_NOT_STARTED", _("The price list does not hold yet")
    LIST_ENDED = "LIST_ENDED", _("The price list has ended")
    OTHER_CURRENCY = "OTHER_CURRENCY", _("The price list has another currency")
    DUPLICATE_LIST = "DUPLICATE_LIST", _("The price list stands further up already")
    OUT_OF_SCOPE = "OUT_OF_SCOPE", _("This partner has its own price lists only")
    NO_ROW = "NO_ROW", _("No price for this SKU")
    OTHER_UOM = "OTHER_UOM", _("A price for another unit")
    ROW_NOT_STARTED = "ROW_NOT_STARTED", _("The price does not hold yet")
    ROW_ENDED = "ROW_ENDED", _("The price has ended")
    SUPERSEDED = "SUPERSEDED", _("A later price has taken its place")
    TIER_NOT_REACHED = "TIER_NOT_REACHED", _("The quantity is not reached")
    LOWER_TIER = "LOWER_TIER", _("A higher quantity tier applies")
    BLOCKED = "BLOCKED", _("A price list that does not merge tiers stands above")
    NOT_MERGING = "NOT_MERGING", _("The price list does not merge tiers")
    LOWER_RANK = "LOWER_RANK", _("A price list further up says the same tier")
    HIGHER_PRICE = "HIGHER_PRICE", _("Another price list is lower")
    LESS_SPECIFIC = "LESS_SPECIFIC", _("A more specific rule applies")
    LIST_FIXED = "LIST_FIXED", _("The price list is not adjustable")
    AGREED = "AGREED", _("An agreed price stands above")


# Of a list without a candidate the row that came nearest says why.
NEAREST = (
    TraceReason.TIER_NOT_REACHED,
    TraceReason.ROW_NOT_STARTED,
    TraceReason.ROW_ENDED,
    TraceReason.OTHER_UOM,
)


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A price row with its verdict; `reason` is None exactly for the one that won."""

    row_id: int
    uom_id: int
    min_quantity: Decimal
    amount: Decimal
    valid_from: datetime
    valid_to: datetime
    reason: TraceReason | None

    @property
    def verdict(self) -> TraceVerdict:
        return TraceVerdict.LOST if self.reason else TraceVerdict.WON


@dataclass(frozen=True, slots=True)
class TraceList:
    """A list that was considered. `rank` is its place in the chain, None for one that is not in it."""

    list_id: int
    assignment_id: int
    level: int
    rank: int | None
    reason: TraceReason | None
    rows: list[TraceRow]

    @property
    def verdict(self) -> TraceVerdict:
        return TraceVerdict.LOST if self.reason else TraceVerdict.WON


@dataclass(frozen=True, slots=True)
class TraceTerm:
    """A line of a policy that matched. `after`: the running value once it applied, None for one that lost."""

    line_id: int
    policy_id: int
    kind: PolicyLineKind
    step: int | None
    value: Decimal
    level: int
    after: Decimal | None
    reason: TraceReason | None

    @property
    def verdict(self) -> TraceVerdict:
        if self.reason:
            return TraceVerdict.LOST
        return TraceVerdict.WON if self.after is None else TraceVerdict.APPLIED


@dataclass(frozen=True, slots=True)
class PriceTrace:
    """The price of one line, how it was chosen, and the rows that will change it, in order of when.

    `terms`: the lines of policies that matched, by step and the most specific first, the floors last.
    """

    request: PriceRequest
    result: PriceResult
    lists: list[TraceList]
    terms: list[TraceTerm] = field(default_factory=list)
    upcoming: list[TraceRow] = field(default_factory=list)


class Facts:
    """What the statement found for one line: lists, candidates, rows, and the quantities tiers are compared with."""

    def __init__(self, request: PriceRequest, result: PriceResult, found: Iterable[Any]) -> None:
        strategy, base_uom_id, variant_quantity, product_quantity, lists, candidates, rows, terms = found
        self.request, self.result, self.strategy, self.base_uom_id = request, result, strategy, base_uom_id
        self.reached = {
            TierScope.LINE: result.base_quantity,
            TierScope.VARIANT: variant_quantity,
            TierScope.PRODUCT: product_quantity,
        }
        self.lists: list[dict[str, Any]] = json.loads(lists or "[]")
        self.candidates: list[dict[str, Any]] = json.loads(candidates or "[]")
        self.by_list = {candidate["list"]: candidate for candidate in self.candidates}
        self.terms: list[dict[str, Any]] = json.loads(terms or "[]")
        self.rows: dict[int, list[dict[str, Any]]] = {}
        for row in json.loads(rows or "[]"):
            self.rows.setdefault(row["list"], []).append(row)

    def trace(self) -> PriceTrace:
        """Every list and row with its verdict."""
        lists = [self._list(entry) for entry in self.lists]
        return PriceTrace(self.request, self.result, lists, [self._term(entry) for entry in self.terms])

    def changes_at(self) -> list[datetime]:
        """The instants after the price's own at which a row of a list in the chain begins or ends, in order."""
        ranked = [entry["list"] for entry in self.lists if entry["rank"]]
        rows = [row for key in ranked for row in self.rows.get(key, ())]
        instants = {instant(row[end]) for row in rows for end in ("from", "to")}
        return sorted(at for at in instants if self.result.at < at < FOREVER)

    def row(self, row_id: int) -> dict[str, Any] | None:
        """A row by its id."""
        return next((row for rows in self.rows.values() for row in rows if row["row"] == row_id), None)

    def _term(self, entry: dict[str, Any]) -> TraceTerm:
        kind = PolicyLineKind(entry["kind"])
        applied = next((step for step in self.result.steps if step.line_id == entry["line"]), None)
        reason = None
        if applied is None:
            if entry["place"] > 1 or kind.is_floor:
                reason = TraceReason.LESS_SPECIFIC
            else:
                reason = TraceReason.AGREED if self.result.agreed else TraceReason.LIST_FIXED
        after = applied.after if applied else None
        value = Decimal(entry["value"])
        return TraceTerm(entry["line"], entry["policy"], kind, entry["step"], value, entry["level"], after, reason)

    def _list(self, entry: dict[str, Any]) -> TraceList:
        outside = TraceReason(entry["reason"]) if entry["reason"] else None
        if outside is None and entry["rank"] is None:
            outside = TraceReason.DUPLICATE_LIST
        candidate = self.by_list.get(entry["list"])
        lost = outside or (self._lost(candidate) if candidate else None)
        reasons = list(self._reasons(entry, outside, candidate, lost))
        rows = [trace_row(row, reason) for row, reason in zip(self.rows.get(entry["list"], ()), reasons, strict=True)]
        if outside is None and candidate is None:
            lost = next((reason for reason in NEAREST if reason in reasons), TraceReason.NO_ROW)
        return TraceList(entry["list"], entry["assignment"], entry["level"], entry["rank"], lost, rows)

    def _lost(self, candidate: dict[str, Any]) -> TraceReason | None:
        """Why a list with a candidate lost, None for the one that won."""
        if self.result.agreed:
            return TraceReason.AGREED
        winner = self.by_list[self.result.list_id]
        if candidate is winner:
            return None
        if self.strategy == PriceStrategy.MINIMUM:
            higher = Decimal(candidate["value"]) > Decimal(winner["value"])
            return TraceReason.HIGHER_PRICE if higher else TraceReason.LOWER_RANK
        if not self.candidates[0]["merge"]:
            return TraceReason.BLOCKED
        if not candidate["merge"]:
            return TraceReason.NOT_MERGING
        lower = Decimal(candidate["threshold"]) < Decimal(winner["threshold"])
        return TraceReason.LOWER_TIER if lower else TraceReason.LOWER_RANK

    def _reasons(
        self,
        entry: dict[str, Any],
        outside: TraceReason | None,
        candidate: dict[str, Any] | None,
        lost: TraceReason | None,
    ) -> Iterator[TraceReason | None]:
        """The reason of each row of a list, in the order of its rows."""
        rows = self.rows.get(entry["list"], [])
        uoms = self._uoms(entry, candidate)
        for row in rows:
            if outside:
                yield outside
            elif row["uom"] not in uoms:
                yield TraceReason.OTHER_UOM
            elif candidate and row["row"] == candidate["row"]:
                yield lost
            else:
                yield self._row_reason(entry, row, rows)

    def _uoms(self, entry: dict[str, Any], candidate: dict[str, Any] | None) -> set[int]:
        """The uoms whose rows were looked at: the line's own, and the base uom where that offered nothing."""
        uoms = {self.request.uom_id}
        if entry["fallback"] == UomFallback.BASE and (candidate is None or candidate["uom"] == self.base_uom_id):
            uoms.add(self.base_uom_id)
        return uoms

    def _row_reason(self, entry: dict[str, Any], row: dict[str, Any], rows: list[dict[str, Any]]) -> TraceReason:
        at = self.result.at
        if at < instant(row["from"]):
            return TraceReason.ROW_NOT_STARTED
        if at >= instant(row["to"]):
            return TraceReason.ROW_ENDED
        if any(_supersedes(other, row, at) for other in rows):
            return TraceReason.SUPERSEDED
        factor = self.result.factor if row["uom"] == self.request.uom_id else Decimal(1)
        reached = self.reached[entry["scope"]]
        if reached is None or factor is None or Decimal(row["min"]) * factor > reached:
            return TraceReason.TIER_NOT_REACHED
        return TraceReason.LOWER_TIER


def instant(text: str) -> datetime:
    """An instant as the statement wrote it into JSON."""
    if text in ("infinity", "-infinity"):
        return FOREVER if text == "infinity" else BEGINNING
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found


def _supersedes(other: dict[str, Any], row: dict[str, Any], at: datetime) -> bool:
    same_slot = (other["uom"], other["min"]) == (row["uom"], row["min"])
    begins, ends = instant(other["from"]), instant(other["to"])
    return same_slot and begins <= at < ends and begins > instant(row["from"])


def trace_row(row: dict[str, Any], reason: TraceReason | None = None) -> TraceRow:
    """A row as the statement wrote it into JSON, with its verdict."""
    return TraceRow(
        row["row"],
        row["uom"],
        Decimal(row["min"]),
        Decimal(row["amount"]),
        instant(row["from"]),
        instant(row["to"]),
        reason,
    )
