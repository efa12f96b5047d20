"""Why this award: what each rule costs, which rules stand in the way, and why each line went where (sourcing §6.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from suppliers.sourcing.solver.check import Cell, costs, tier_at
from suppliers.sourcing.solver.model import INFINITY, Model, Terms
from suppliers.sourcing.solver.problem import Problem, RuleForm
from suppliers.sourcing.solver.solve import Clock, Found, Solution, run, solve

ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A rule that would have to give way, and how far in its own measure; `cover:<line>` for a line nobody covers."""

    rule: str
    amount: float


@dataclass(frozen=True, slots=True)
class LineReason:
    """A line's winners beside the cheapest other offer for all of it, and why they won it.

    `reason`: LOWEST, ONLY_OFFER, LOCKED, PACKAGE, RULES (then `rules` are those whose absence moves the line) or
    TOGETHER: another price is lower, but with fixed costs and discounts this award is the cheapest as a whole.
    """

    line: int
    winners: tuple[Cell, ...]
    second_supplier: int | None
    second_price: Decimal | None
    reason: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """`prices` is what each rule costs: the optimum less the optimum without it; None where time was up."""

    baseline: Solution
    prices: dict[str, Decimal | None]
    lines: tuple[LineReason, ...]


def explain(problem: Problem, solution: Solution, clock: Clock) -> Explanation:
    """Solve without any rule and without each, one after another while there is time."""
    bare = solve(problem.with_rules(()), clock)
    prices: dict[str, Decimal | None] = {}
    others: dict[str, Solution] = {}
    for rule in problem.rules:
        other = solve(problem.without(rule.key), clock, ties=False) if clock.left() > 0 else Solution(Found.FAILED)
        known = other.found == Found.OPTIMAL and other.total is not None and solution.total is not None
        prices[rule.key] = solution.total - other.total if known else None  # type: ignore[operator]
        if other.total is not None and solution.total is not None and other.total < solution.total:
            others[rule.key] = other
    return Explanation(bare, prices, tuple(_reasons(problem, solution, others)))


def relaxation(problem: Problem, clock: Clock) -> list[Relaxation]:
    """The smallest set of rules that, given way so far, let an award through. Empty where none was found in time."""
    model = Model(problem, soft=True)
    slacks: list[tuple[int, str, float]] = []
    gives: dict[str, int] = {}
    for at, (rule, unit) in enumerate(model.rows.rule):
        if rule:
            _soften(model, at, rule, unit, slacks, gives)
    cost = Terms(dict.fromkeys(gives.values(), 1.0))
    most = max((model.columns.high[column] for column, _, _ in slacks), default=1.0)
    cost.update({column: 0.5 / (most * len(slacks)) for column, _, _ in slacks})
    answer = run(model, clock.left(), gap=0.0, cost=cost)
    if answer.x is None:
        return []
    amounts: dict[str, float] = {}
    for column, rule, unit in slacks:
        if answer.x[column] > ENOUGH:
            amounts[rule] = amounts.get(rule, 0.0) + float(answer.x[column]) * unit
    return [Relaxation(rule, amount) for rule, amount in sorted(amounts.items())]


def _soften(
    model: Model, at: int, rule: str, unit: float, slacks: list[tuple[int, str, float]], gives: dict[str, int]
) -> None:
    terms = model.rows.terms[at]
    reach = sum(abs(value) * model.columns.high[column] for column, value in terms.items())
    bounds = [bound for bound in (model.rows.low[at], model.rows.high[at]) if abs(bound) != INFINITY]
    reach += max((abs(bound) for bound in bounds), default=0.0)
    if rule not in gives:
        gives[rule] = model.columns.add(whole=True)
    for bound, sign in ((model.rows.low[at], 1.0), (model.rows.high[at], -1.0)):
        if abs(bound) != INFINITY:
            slack = model.columns.add(high=reach)
            terms[slack] = sign
            model.rows.add({slack: 1.0, gives[rule]: -reach}, -INFINITY, 0)
            slacks.append((slack, rule, unit))


def _reasons(problem: Problem, solution: Solution, others: dict[str, Solution]) -> Iterable[LineReason]:
    if solution.allocation is None:
        return
    cells = costs(problem, solution.allocation).cells
    packed = {line for taken in solution.allocation.packages for line in problem.packages[taken].lines}
    moved = {key: dict.fromkeys(other.allocation.packs, 1) for key, other in others.items() if other.allocation}
    for line in range(len(problem.lines)):
        winners = tuple(cell for cell in cells if cell.line == line)
        second = _second(problem, line, {cell.supplier for cell in winners})
        reason, rules = _reason(problem, line, winners, second, line in packed, moved)
        supplier, price = second or (None, None)
        yield LineReason(line, winners, supplier, price, reason, rules)


def _second(problem: Problem, line: int, winners: set[int]) -> tuple[int, Decimal] | None:
    quantity = problem.lines[line].quantity
    prices = [
        (tier_at(tiers, quantity).price, problem.suppliers[supplier].number, supplier)
        for (supplier, at), tiers in problem.offers.items()
        if at == line and supplier not in winners
    ]
    if not prices:
        return None
    price, _, supplier = min(prices)
    return supplier, price


def _reason(
    problem: Problem,
    line: int,
    winners: tuple[Cell, ...],
    second: tuple[int, Decimal] | None,
    packed: bool,
    moved: dict[str, dict[tuple[int, int], int]],
) -> tuple[str, tuple[str, ...]]:
    if packed:
        return "PACKAGE", ()
    if second is None and len(winners) == 1:
        return "ONLY_OFFER", ()
    won = {cell.supplier for cell in winners}
    for rule in problem.rules:
        if rule.form == RuleForm.LOCK and line in rule.lines and won & set(rule.suppliers):
            return "LOCKED", (rule.key,)
    if second is None or (winners and all(cell.price <= second[1] for cell in winners)):
        return "LOWEST", ()
    rules = tuple(key for key, cells in moved.items() if {at for at, there in cells if there == line} != won)
    return ("RULES", rules) if rules else ("TOGETHER", ())
