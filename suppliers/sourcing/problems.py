"""An event as a problem for the solver: its opened quotes, the rules of its lots, and those of the scenario (§6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ordercenter.quotes.models import QuoteTier
from suppliers.sourcing.award_enums import RuleKind, ScenarioKind
from suppliers.sourcing.comparing import Sheet
from suppliers.sourcing.enums import LotAwardMode
from suppliers.sourcing.models import AwardRule, AwardScenario, SourcingEvent, TechnicalResult

#: What cannot be cut into whole pieces is divided to the last decimal of a quantity.
FINE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule of a scenario: participations by code, lines by position; none named, all."""

    form: str
    suppliers: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    of_lot: bool = False


def lot_rules(event: SourcingEvent) -> list[RuleDraft]:
    """What the lots say of how they are awarded; frozen with the event, so no scenario is without them."""
    rules = []
    for lot in event.lots.prefetch_related("lines").order_by("position"):
        lines = tuple(sorted(line.position for line in lot.lines.all()))
        most = lot.max_winners if lot.award_mode == LotAwardMode.SPLIT else 1
        rules.append(RuleDraft(RuleKind.WINNERS_PER_LINE, (), lines, None, Decimal(most), of_lot=True))
        if lot.award_mode == LotAwardMode.WHOLE and len(lines) > 1:
            rules.append(RuleDraft(RuleKind.SAME_SUPPLIER, (), lines, of_lot=True))
    return rules


def kind_rules(kind: str) -> list[RuleDraft]:
    """The rule that makes a ready-made scenario."""
    most = {ScenarioKind.ONE_SUPPLIER: 1, ScenarioKind.TWO_SUPPLIERS: 2}.get(ScenarioKind(kind))
    return [RuleDraft(RuleKind.WINNERS, high=Decimal(most))] if most else []


def problem_of(sheet: Sheet, scenario: AwardScenario, rules: Sequence[AwardRule]) -> dict[str, Any]:
    """The problem as JSON; two statements, whatever the number of lines."""
    scores = dict(
        TechnicalResult.objects.filter(decision__round__event=sheet.event).values_list("participation", "score")
    )
    fixed: Mapping[str, str] = scenario.answer.get("fixed", {})
    incumbents = set(scenario.answer.get("incumbents", ()))
    codes = {column.participation_id: column.code for column in sheet.columns}
    return {
        "currency": sheet.event.currency,
        "lines": [
            {"key": str(line.position), "quantity": str(line.quantity), "pack": str(pack_of(line.quantity))}
            for line in sheet.lines
        ],
        "suppliers": [
            {
                "key": column.code,
                "fixed": fixed.get(column.code, "0"),
                "incumbent": column.code in incumbents,
                "score": None if scores.get(column.participation_id) is None else str(scores[column.participation_id]),
            }
            for column in sheet.columns
        ],
        "offers": list(_offers(sheet, codes)),
        "rules": [_rule(rule) for rule in rules],
    }


def pack_of(quantity: Decimal) -> Decimal:
    """What a line is divided by: whole pieces where it has whole pieces."""
    return Decimal(1) if quantity == quantity.to_integral_value() else FINE


def _rule(rule: AwardRule) -> dict[str, Any]:
    return {
        "key": f"r{rule.position}",
        "form": rule.form,
        "suppliers": rule.suppliers,
        "lines": [str(line) for line in rule.lines],
        "low": None if rule.low is None else str(rule.low),
        "high": None if rule.high is None else str(rule.high),
    }


def _offers(sheet: Sheet, codes: Mapping[int, str]) -> Iterable[dict[str, Any]]:
    rates = {column.participation_id: column.rate for column in sheet.columns}
    keys = [cell.quote_line_id for line in sheet.lines for cell in line.cells]
    tiers: dict[int, list[tuple[Decimal, Decimal]]] = {}
    rows = QuoteTier.objects.filter(line__in=keys).order_by("line", "above")
    for line_id, above, price in rows.values_list("line", "above", "price"):
        tiers.setdefault(line_id, []).append((above, price))
    for line in sheet.lines:
        for cell in line.cells:
            rate = rates[cell.participation_id]
            steps = [[str(above), str(price * rate)] for above, price in tiers.get(cell.quote_line_id, ())]
            yield {
                "supplier": codes[cell.participation_id],
                "line": str(line.position),
                "tiers": steps or [["0", str(cell.price)]],
            }
