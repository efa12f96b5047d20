"""Ways to divide an event's lines: asked for, solved apart, kept with their reasons (sourcing §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.gate import clock
from marketplace.core.money import spread
from suppliers.sourcing.award_enums import RuleKind, ScenarioKind, ScenarioStatus
from suppliers.sourcing.comparing import READABLE, Sheet, sheet_of
from suppliers.sourcing.enums import SourcingEventStatus
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.models import AwardRule, AwardScenario
from suppliers.sourcing.problems import RuleDraft, kind_rules, lot_rules, problem_of
from suppliers.sourcing.solver.check import breaches, costs
from suppliers.sourcing.solver.problem import Allocation, Problem, parse
from suppliers.sourcing.solver.process import allocation_of, solve_apart
from suppliers.sourcing.write import MANAGE, locked_event

SECONDS = 60.0
PPM = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class HandShare:
    """By hand: this share, above 0 and up to 1, of the line at this position to the participation of this code."""

    line: int
    supplier: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class ScenarioDraft:
    """`fixed`: what dealing with a supplier costs besides the goods, by code, in the event's currency."""

    name: str
    kind: str = ScenarioKind.LOWEST
    rules: Sequence[RuleDraft] = ()
    shares: Sequence[HandShare] = ()
    fixed: Mapping[str, Decimal] = field(default_factory=dict)


def scenario_create(actor: Actor, event_id: int, draft: ScenarioDraft) -> AwardScenario:
    """Keep a scenario to be solved by a worker; `solve` gives the answer.

    Raises all at once: REQUIRED (name), INVALID (kind, form, bounds), NOT_FOUND (code or line), SHARE_INVALID;
    INVALID_TRANSITION before the opening and after the award.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id, "event")
        if event.status not in READABLE[:2]:
            text = _("Scenarios are made after the opening and before the award.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "event")
        sheet = sheet_of(event)
        raise_all(_problems(sheet, draft))
        scenario = AwardScenario.objects.create(
            buyer_id=event.buyer_id,
            event=event,
            name=draft.name.strip(),
            kind=draft.kind,
            created_by=actor.user,
            answer={
                "fixed": {code: str(amount) for code, amount in draft.fixed.items()},
                "shares": [[one.line, one.supplier, str(one.share)] for one in draft.shares],
            },
        )
        rules = [*lot_rules(event), *kind_rules(draft.kind), *draft.rules]
        AwardRule.objects.bulk_create(_row(scenario, place, rule) for place, rule in enumerate(rules, 1))
        if event.status == SourcingEventStatus.OPENED:
            event.status = SourcingEventStatus.COMPARING
            event.save(update_fields=["status"])
        record(actor, event_event("sourcing.scenario_made", event, scenario=scenario.pk, name=scenario.name))
        transaction.on_commit(lambda: _queue(scenario.pk))
    return scenario


def solve(scenario_id: int, seconds: float = SECONDS) -> AwardScenario:
    """Solve a scenario and keep the answer; no transaction is open while the solver runs. Harmless when run twice."""
    scenario = AwardScenario.objects.select_related("event").get(pk=scenario_id)
    rules = list(scenario.rules.order_by("position"))
    sheet = sheet_of(scenario.event)
    data = problem_of(sheet, scenario, rules)
    by_hand = scenario.kind == ScenarioKind.BY_HAND
    answer = solve_apart(data, seconds, explain=not by_hand)
    problem = parse(data)
    if by_hand:
        given = _by_hand(problem, scenario)
        _keep_by_hand(scenario, problem, given, answer["solution"])
        allocation: Allocation | None = given
    else:
        allocation = allocation_of(answer["solution"]) if "packs" in answer["solution"] else None
        _keep_solved(scenario, answer)
    scenario.answer = scenario.answer | _told(problem, sheet, allocation, answer)
    scenario.solved_at = clock()
    with transaction.atomic():
        scenario.save()
        _keep_rules(rules, answer)
    return scenario


def _problems(sheet: Sheet, draft: ScenarioDraft) -> Iterator[DomainError]:
    if not draft.name.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Give it a name."), "name")
    if draft.kind not in ScenarioKind.values:
        yield DomainError(CoreErrorCode.INVALID, _("There is no such kind."), "kind")
    codes, lines = {column.code for column in sheet.columns}, {line.position for line in sheet.lines}
    for index, rule in enumerate(draft.rules):
        if rule.form not in RuleKind.values or (rule.low is None and rule.high is None and rule.form in _BOUNDED):
            yield DomainError(CoreErrorCode.INVALID, _("Say what the rule asks for."), "rules", index)
        if not set(rule.suppliers) <= codes or not set(rule.lines) <= lines:
            yield not_found("rules", index)
        if any(bound is not None and bound < 0 for bound in (rule.low, rule.high)):
            yield DomainError(CoreErrorCode.INVALID, _("A bound is not below zero."), "rules", index)
    for code, amount in draft.fixed.items():
        if code not in codes:
            yield not_found("fixed")
        if amount < 0:
            yield DomainError(CoreErrorCode.INVALID, _("A cost is not below zero."), "fixed")
    yield from _share_problems(sheet, draft.shares)


_BOUNDED = set(RuleKind.values) - {RuleKind.LOCK, RuleKind.EXCLUDE, RuleKind.SAME_SUPPLIER}


def _share_problems(sheet: Sheet, shares: Sequence[HandShare]) -> Iterator[DomainError]:
    codes = {column.participation_id: column.code for column in sheet.columns}
    quoted = {(line.position, codes[cell.participation_id]) for line in sheet.lines for cell in line.cells}
    given: dict[int, Decimal] = {}
    seen: set[tuple[int, str]] = set()
    for index, one in enumerate(shares):
        cell = (one.line, one.supplier)
        given[one.line] = given.get(one.line, Decimal(0)) + one.share
        if cell not in quoted or cell in seen:
            yield not_found("shares", index)
        elif not 0 < one.share <= 1 or given[one.line] > 1:
            text = _("The shares of line %(line)s come to more than the whole.") % {"line": one.line}
            yield DomainError(Code.SHARE_INVALID, text, "shares", index)
        seen.add(cell)


def _row(scenario: AwardScenario, place: int, rule: RuleDraft) -> AwardRule:
    return AwardRule(
        buyer_id=scenario.buyer_id,
        scenario=scenario,
        position=place,
        form=rule.form,
        suppliers=list(rule.suppliers),
        lines=list(rule.lines),
        low=rule.low,
        high=rule.high,
        of_lot=rule.of_lot,
    )


def _queue(scenario_id: int) -> None:
    from suppliers.sourcing.tasks import solve_scenario

    solve_scenario.delay(scenario_id)


def _by_hand(problem: Problem, scenario: AwardScenario) -> Allocation:
    """Whole packs of the shares given by hand, by largest remainder; what nobody gets stays open."""
    supplier_at = {supplier.key: at for at, supplier in enumerate(problem.suppliers)}
    line_at = {line.key: at for at, line in enumerate(problem.lines)}
    by_line: dict[int, list[tuple[int, Decimal]]] = {}
    for line, code, share in scenario.answer["shares"]:
        by_line.setdefault(line_at[str(line)], []).append((supplier_at[code], Decimal(share)))
    packs: dict[tuple[int, int], int] = {}
    for line, parts in by_line.items():
        rest = max(Decimal(1) - sum((share for _, share in parts), Decimal(0)), Decimal(0))
        counts = spread(problem.lines[line].packs, [*(share * PPM for _, share in parts), rest * PPM])
        packs.update({(supplier, line): count for (supplier, _), count in zip(parts, counts, strict=False) if count})
    return Allocation(packs)


def _keep_by_hand(
    scenario: AwardScenario, problem: Problem, allocation: Allocation, optimum: Mapping[str, Any]
) -> None:
    broken = breaches(problem, allocation)
    scenario.status = ScenarioStatus.BROKEN if broken else ScenarioStatus.FEASIBLE
    scenario.total, scenario.gap = costs(problem, allocation).total, None
    scenario.lowest_total = Decimal(optimum["total"]) if "total" in optimum else None
    scenario.answer = scenario.answer | {"broken": [[one.rule, str(one.amount)] for one in broken]}


def _keep_solved(scenario: AwardScenario, answer: Mapping[str, Any]) -> None:
    solution = answer["solution"]
    scenario.status = ScenarioStatus(solution["found"].lower())
    scenario.total = Decimal(solution["total"]) if "total" in solution else None
    scenario.gap = round(Decimal(repr(float(solution["gap"]))), 8)
    baseline = answer.get("explanation", {}).get("baseline", {})
    scenario.lowest_total = Decimal(baseline["total"]) if "total" in baseline else None


def _keep_rules(rules: Sequence[AwardRule], answer: Mapping[str, Any]) -> None:
    prices = answer.get("explanation", {}).get("prices", {})
    lacking = {one["rule"]: Decimal(one["amount"]) for one in answer.get("relax", ())}
    for rule in rules:
        price = prices.get(f"r{rule.position}")
        rule.cost = None if price is None else Decimal(price)
        lack = lacking.get(f"r{rule.position}")
        rule.lacking = None if lack is None else round(lack, 6)
    AwardRule.objects.bulk_update(rules, ["cost", "lacking"])


def _told(problem: Problem, sheet: Sheet, allocation: Allocation | None, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as people read it: lines with winners and reasons, and what each supplier gets."""
    told: dict[str, Any] = {
        "lines": [],
        "suppliers": [],
        "uncovered": [one["rule"].split(":")[1] for one in answer.get("relax", ()) if one["rule"].startswith("cover:")],
    }
    if allocation is None:
        return told
    made = costs(problem, allocation)
    reasons = {one["line"]: one for one in answer.get("explanation", {}).get("lines", ())}
    for at, line in enumerate(problem.lines):
        reason = reasons.get(at, {})
        second = reason.get("second_supplier")
        told["lines"].append(
            {
                "line": int(line.key),
                "winners": [
                    {
                        "supplier": problem.suppliers[cell.supplier].key,
                        "quantity": str(cell.quantity),
                        "price": str(cell.price),
                        "amount": str(cell.amount),
                    }
                    for cell in made.cells
                    if cell.line == at
                ],
                "second_supplier": None if second is None else problem.suppliers[second].key,
                "second_price": reason.get("second_price"),
                "reason": reason.get("reason"),
                "rules": [int(key[1:]) for key in reason.get("rules", ())],
            }
        )
    told["suppliers"] = [
        {"supplier": problem.suppliers[at].key, "amount": str(amount)} for at, amount in sorted(made.spend.items())
    ]
    return told
