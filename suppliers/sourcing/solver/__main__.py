"""A problem comes in as JSON, the answer goes out as JSON: the program that `process` starts and may end."""

import json
import sys
from typing import Any

from suppliers.sourcing.solver.check import Cell, costs
from suppliers.sourcing.solver.explain import Explanation, explain, relaxation
from suppliers.sourcing.solver.problem import Problem, parse
from suppliers.sourcing.solver.solve import Clock, Found, Solution, solve


def main() -> None:
    """Read {"problem", "seconds", "explain"} and answer."""
    task = json.load(sys.stdin)
    problem, clock = parse(task["problem"]), Clock(task["seconds"])
    solution = solve(problem, clock)
    answer: dict[str, Any] = {"solution": _solution(problem, solution)}
    if solution.found == Found.INFEASIBLE:
        answer["relax"] = [{"rule": one.rule, "amount": repr(one.amount)} for one in relaxation(problem, clock)]
    elif solution.allocation is not None and task.get("explain"):
        answer["explanation"] = _explanation(problem, explain(problem, solution, clock))
    json.dump(answer, sys.stdout)


def _solution(problem: Problem, solution: Solution) -> dict[str, Any]:
    data: dict[str, Any] = {"found": solution.found.value, "gap": solution.gap}
    if solution.allocation is not None and solution.found in (Found.OPTIMAL, Found.FEASIBLE):
        data["packs"] = [[supplier, line, packs] for (supplier, line), packs in solution.allocation.packs.items()]
        data["packages"] = sorted(solution.allocation.packages)
        data["total"] = str(costs(problem, solution.allocation).total)
    return data


def _explanation(problem: Problem, explanation: Explanation) -> dict[str, Any]:
    return {
        "baseline": _solution(problem, explanation.baseline),
        "prices": {key: None if price is None else str(price) for key, price in explanation.prices.items()},
        "lines": [
            {
                "line": one.line,
                "winners": [_cell(cell) for cell in one.winners],
                "second_supplier": one.second_supplier,
                "second_price": None if one.second_price is None else str(one.second_price),
                "reason": one.reason,
                "rules": list(one.rules),
            }
            for one in explanation.lines
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"supplier": cell.supplier, "quantity": str(cell.quantity), "price": str(cell.price)}


if __name__ == "__main__":
    main()
