"""`python -m bench.awards`: divide many lines over many suppliers with tiers, discounts and rules; needs no database.

The solver runs as the product runs it, in a process of its own; time is told by the clock and by the processor, since
other work on the machine makes the clock run on.
"""

from __future__ import annotations

import random
import resource
import time
from typing import Annotated, Any

import typer

from suppliers.sourcing.solver.check import breaches
from suppliers.sourcing.solver.problem import Problem, parse
from suppliers.sourcing.solver.solve import Clock, solve

SUPPLIERS_OF_INCUMBENTS = 5


def problem_data(lines: int, suppliers: int, seed: int = 7) -> dict[str, Any]:
    """Prices around a level of each line and supplier, in three tiers, with the rules a careful buyer would give."""
    chance = random.Random(seed)
    rows = [{"key": f"L{at}", "quantity": str(chance.choice([100, 240, 500, 1200, 4000]))} for at in range(lines)]
    base = [chance.uniform(2, 200) for _ in rows]
    people = [_supplier(chance, at) for at in range(suppliers)]
    offers = [
        _offer(chance, person["key"], row, base[at], level)
        for person, level in [(person, chance.uniform(0.95, 1.1)) for person in people]
        for at, row in enumerate(rows)
        if chance.random() < 0.8
    ]
    return {
        "currency": "CNY",
        "lines": rows,
        "suppliers": people,
        "offers": offers,
        "rules": _rules([person["key"] for person in people]),
    }


def _supplier(chance: random.Random, at: int) -> dict[str, Any]:
    discounts = [["50000", "2"], ["150000", "4"]] if at % 3 == 0 else []
    return {"key": f"S{at:02}", "fixed": str(chance.choice([0, 200, 500])), "discounts": discounts}


def _offer(chance: random.Random, supplier: str, row: dict[str, str], base: float, level: float) -> dict[str, Any]:
    price, quantity = base * level * chance.uniform(0.92, 1.12), int(row["quantity"])
    tiers = [["0", price], [quantity // 4, price * 0.97], [quantity * 3 // 5, price * 0.94]]
    return {"supplier": supplier, "line": row["key"], "tiers": [[str(above), f"{one:.4f}"] for above, one in tiers]}


def _rules(keys: list[str]) -> list[dict[str, Any]]:
    return [
        {"key": "line", "form": "WINNERS_PER_LINE", "high": "2"},
        {"key": "all", "form": "WINNERS", "high": "12"},
        {"key": "least", "form": "LEAST_SHARE", "low": "0.2"},
        {"key": "incumbents", "form": "SPEND_SHARE", "suppliers": keys[:SUPPLIERS_OF_INCUMBENTS], "low": "0.2"},
        *({"key": f"most {key}", "form": "SPEND_SHARE", "suppliers": [key], "high": "0.4"} for key in keys),
    ]


def main(
    lines: Annotated[int, typer.Option(help="Lines of the event.")] = 500,
    suppliers: Annotated[int, typer.Option(help="Suppliers that quoted.")] = 30,
    gap: Annotated[float, typer.Option(help="Proven distance from the cheapest at which to stop.")] = 0.001,
    seconds: Annotated[float, typer.Option(help="The time limit.")] = 120.0,
) -> None:
    """Solve one problem and tell time, memory and gap."""
    problem: Problem = parse(problem_data(lines, suppliers))
    began, used = time.monotonic(), time.process_time()
    solution = solve(problem, Clock(seconds), ties=False, gap=gap)
    passed, worked = time.monotonic() - began, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    broken = breaches(problem, solution.allocation) if solution.allocation else []
    print(f"{lines} lines, {suppliers} suppliers, {problem.cells} offers with three tiers, {len(problem.rules)} rules")
    print(f"{solution.found.value}, total {solution.total}, gap {solution.gap:.4%}, {len(broken)} rules broken")
    print(f"{passed:.1f} s by the clock, {worked:.1f} s of the processor, {memory:.0f} MiB")


if __name__ == "__main__":
    typer.run(main)
