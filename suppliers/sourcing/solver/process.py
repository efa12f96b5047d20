"""The solver in a process of its own, with a hard end: whatever it does, the caller gets an answer (sourcing §6.1)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from suppliers.sourcing.solver.check import breaches, costs
from suppliers.sourcing.solver.problem import Allocation, Problem, parse
from suppliers.sourcing.solver.solve import Found

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60.0
#: To start the program and write the answer; after that it is ended.
GRACE = 10.0


def solve_apart(problem: Mapping[str, Any], seconds: float = SECONDS, explain: bool = True) -> dict[str, Any]:
    """The solver's answer as JSON, every sum and rule checked again here in Decimal.

    {"solution": {found, gap, packs, packages, total}, "relax": [...], "explanation": {...}}; found FAILED where the
    program had to be ended, broke down, or claimed what does not hold.
    """
    task = json.dumps({"problem": problem, "seconds": seconds, "explain": explain})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "suppliers.sourcing.solver"],
            input=task,
            capture_output=True,
            text=True,
            timeout=seconds + GRACE,
            cwd=ROOT,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, json.JSONDecodeError):
        return _failed()
    return answer if _holds(parse(problem), answer["solution"]) else _failed()


def allocation_of(solution: Mapping[str, Any]) -> Allocation:
    """The allocation in an answer."""
    packs = {(supplier, line): count for supplier, line, count in solution.get("packs", ())}
    return Allocation(packs, frozenset(solution.get("packages", ())))


def _holds(problem: Problem, solution: Mapping[str, Any]) -> bool:
    """True if a claimed award keeps every rule and costs what is claimed."""
    if solution["found"] not in (Found.OPTIMAL, Found.FEASIBLE):
        return True
    allocation = allocation_of(solution)
    return not breaches(problem, allocation) and str(costs(problem, allocation).total) == solution["total"]


def _failed() -> dict[str, Any]:
    return {"solution": {"found": Found.FAILED.value, "gap": 0.0}}
