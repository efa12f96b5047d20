"""Run HiGHS on a problem, bring shares to whole packs, and check what comes out (sourcing §6.1, §6.2)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_matrix

from suppliers.sourcing.solver.check import breaches, costs
from suppliers.sourcing.solver.model import INFINITY, Model, Terms
from suppliers.sourcing.solver.problem import Allocation, Problem

GAP = 1e-4
#: Up to this many offers the optimum itself is found, not one within the gap, and ties are told apart.
SMALL = 400
#: Beyond so many packs a line is solved in shares: a pack is then less than the solver's tolerance can tell.
_COUNTABLE = 10_000
_SNAP = 1e-6


class Found(StrEnum):
    """What a solver's answer is worth."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    INFEASIBLE = "INFEASIBLE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Solution:
    """An answer: `gap` is proven (0.001 is 0.1 %), `total` counted in Decimal."""

    found: Found
    allocation: Allocation | None = None
    total: Decimal | None = None
    gap: float = 0.0


class Clock:
    """What is left of a time limit in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, never under 0."""
        return max(0.0, self._end - time.monotonic())


def solve(problem: Problem, clock: Clock, ties: bool = True, gap: float = GAP) -> Solution:
    """The cheapest award in whole packs that keeps every rule; among equals few winners, then small numbers."""
    small = problem.cells <= SMALL and all(line.packs <= _COUNTABLE for line in problem.lines)
    first = _solve(problem, clock, small, gap)
    if not small and first.found == Found.FAILED and first.allocation is not None:
        first = _solve(problem, clock, True, gap)
    if ties and small and first.found == Found.OPTIMAL:
        return _first_of_equals(problem, first, clock)
    return first


def _solve(problem: Problem, clock: Clock, in_packs: bool, gap: float) -> Solution:
    model = Model(problem, in_packs)
    answer = run(model, clock.left(), 0.0 if problem.cells <= SMALL else gap)
    if answer.status == 2:
        return Solution(Found.INFEASIBLE)
    if answer.x is None:
        return Solution(Found.FAILED)
    allocation = read(model, answer.x)
    if breaches(problem, allocation):
        return Solution(Found.FAILED, allocation)
    found = Found.OPTIMAL if answer.status == 0 else Found.FEASIBLE
    return Solution(found, allocation, costs(problem, allocation).total, float(answer.mip_gap or 0.0))


def run(
    model: Model,
    seconds: float,
    gap: float,
    cost: Terms | None = None,
    extra: Sequence[tuple[Terms, float, float]] = (),
) -> OptimizeResult:
    """One call of HiGHS; `cost` instead of the model's own, `extra` rows (terms, low, high) besides its own."""
    size = len(model.columns.cost)
    if cost is None:
        weights = np.array(model.columns.cost)
    else:
        weights = np.zeros(size)
        weights[list(cost)] = list(cost.values())
    terms = [*model.rows.terms, *(row[0] for row in extra)]
    low = [*model.rows.low, *(row[1] for row in extra)]
    high = [*model.rows.high, *(row[2] for row in extra)]
    starts = np.cumsum([0, *(len(row) for row in terms)])
    matrix = csr_matrix(
        (
            np.fromiter((value for row in terms for value in row.values()), float, starts[-1]),
            np.fromiter((column for row in terms for column in row), np.int32, starts[-1]),
            starts,
        ),
        shape=(len(terms), size),
    )
    return milp(
        weights,
        integrality=np.array(model.columns.whole),
        bounds=Bounds(model.columns.low, model.columns.high),
        constraints=LinearConstraint(matrix, low, high) if terms else None,
        options={"time_limit": max(seconds, 0.01), "mip_rel_gap": gap, "presolve": True},
    )


def read(model: Model, values: np.ndarray) -> Allocation:
    """Whole packs out of shares: floors, then one pack each to the largest remainders, ties to the lower supplier."""
    exact: dict[tuple[int, int], float] = {}
    for share in model.shares:
        packs = values[share.column] * share.factor * model.problem.lines[share.line].packs
        if packs > _SNAP:
            cell = (share.supplier, share.line)
            exact[cell] = exact.get(cell, 0.0) + packs
    packages = frozenset(at for at, column in enumerate(model.package_columns) if values[column] > 0.5)
    by_line: dict[int, list[tuple[int, float]]] = {}
    for (supplier, line), packs in sorted(exact.items()):
        by_line.setdefault(line, []).append((supplier, packs))
    whole: dict[tuple[int, int], int] = {}
    for line, parts in by_line.items():
        for (supplier, _), count in zip(parts, whole_packs([packs for _, packs in parts]), strict=True):
            if count:
                whole[supplier, line] = count
    return Allocation(whole, packages)


def whole_packs(shares: list[float]) -> list[int]:
    """Packs that sum to the nearest whole of their sum: 22.55 and 18.45 are 23 and 18."""
    floors = [int(share + _SNAP) for share in shares]
    missing = round(sum(shares)) - sum(floors)
    order = sorted(range(len(shares)), key=lambda at: (-round(shares[at] - floors[at], 6), at))
    for at in order[:missing]:
        floors[at] += 1
    return floors


def _first_of_equals(problem: Problem, best: Solution, clock: Clock) -> Solution:
    """Among awards of the same cost the one with fewer winners, then with the smallest numbers in line order."""
    model = Model(problem, in_packs=True)
    everywhere = frozenset(range(len(problem.lines)))
    used = {supplier for supplier, _ in problem.offers} | {package.supplier for package in problem.packages}
    won = Terms({model.won(supplier, everywhere): 1.0 for supplier in sorted(used)})
    picks = {
        (supplier, line): model.pick(supplier, line) for supplier in sorted(used) for line in range(len(problem.lines))
    }
    cost = {column: value for column, value in enumerate(model.columns.cost) if value}
    # Under half a cent more is the same cost: amounts have whole cents, and the solver has a tolerance.
    held: list[tuple[Terms, float, float]] = [
        (cost, -INFINITY, float(best.total or 0) / model.scale + 0.004 / model.scale)
    ]
    rank = {at: place + 1 for place, at in enumerate(sorted(used, key=lambda at: problem.suppliers[at].number))}
    goals = [won]
    for line in range(len(problem.lines)):
        goal = Terms()
        for supplier in sorted(used):
            for column, value in picks[supplier, line].items():
                goal[column] = goal.get(column, 0.0) + value * float(2 ** min(rank[supplier], 40))
        goals.append(goal)
    found = best
    for goal in goals:
        answer = run(model, clock.left(), gap=0.0, cost=goal, extra=held)
        if answer.status != 0:
            return found
        held.append((goal, -INFINITY, round(float(answer.fun)) + 0.25))
        allocation = read(model, answer.x)
        if not breaches(problem, allocation) and costs(problem, allocation).total <= (best.total or Decimal(0)):
            found = Solution(Found.OPTIMAL, allocation, costs(problem, allocation).total, best.gap)
    return found
