"""From a list price to a unit price: the steps of policies one after another, then the floor (pricing §3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Any

from marketplace.core.money import round4
from ordercenter.pricing.models.policies import PolicyLineKind

# Between two roundings arithmetic is exact: 24 decimals of the list price and 6 more with each of 9 steps, before them
# 16 digits that nine times a thousand percent may raise.
DIGITS = 200
UNIT = Decimal("0.0001")


@dataclass(slots=True)
class Step:
    """A policy line that applies to a line of an order. `after` is the running value once it did, never rounded."""

    line_id: int
    policy_id: int
    kind: str
    step: int | None
    value: Decimal
    after: Decimal | None = None

    @property
    def is_floor(self) -> bool:
        """It bounds the price and does not change it."""
        return self.step is None

    def kept(self) -> dict[str, Any]:
        """What an order line keeps of it, fit for JSON."""
        return {
            "line": self.line_id,
            "policy": self.policy_id,
            "kind": self.kind,
            "step": self.step,
            "value": format(self.value, "f"),
            "after": None if self.after is None else format(self.after.normalize(), "f"),
        }


@dataclass(slots=True)
class Stepped:
    """A price after policies and floor. `floor` is the floor itself, in the line's uom; None where no line says one."""

    unit_price: Decimal | None
    steps: tuple[Step, ...]
    floor: Decimal | None
    below_floor: bool


def steps_of(found: str | None) -> list[Step]:
    """The policy lines that apply, by step and then the floor, as the statement found them."""
    if not found:
        return []
    return [
        Step(line_id, policy_id, kind, step, Decimal(value))
        for line_id, policy_id, kind, step, value in json.loads(found)
    ]


def stepped(steps: Sequence[Step], value: Decimal | None, factor: Decimal, fixed: bool) -> Stepped:
    """The price of a line from the value of its winning row, in the line's uom of `factor` base units.

    A value below 0 becomes 0 at once; rounded is only at the end (R4). A price below the floor becomes the floor; that
    of a fixed list stays, and is told to be below it. Without a value only an absolute floor is known.
    """
    with localcontext() as context:
        context.prec = DIGITS
        running, taken = value, []
        for step in steps:
            if step.is_floor or running is None or fixed:
                continue
            running = max(_after(running, step, factor), Decimal(0))
            step.after = running
            taken.append(step)
        price = None if running is None else round4(running)
        bound = next((step for step in steps if step.is_floor), None)
        floor = None if bound is None else _floor(bound, value, factor)
        if bound is None or floor is None:
            return Stepped(price, tuple(taken), None, False)
        below = price is not None and price < floor
        if below and not fixed:
            price, below = floor, False
            bound.after = floor
        return Stepped(price, (*taken, bound), floor, below)


def _after(running: Decimal, step: Step, factor: Decimal) -> Decimal:
    if step.kind == PolicyLineKind.PERCENT:
        return running * (100 + step.value).scaleb(-2)
    return running + step.value * factor


def _floor(bound: Step, value: Decimal | None, factor: Decimal) -> Decimal | None:
    """The floor in the line's uom, rounded up to 4 decimals."""
    if bound.kind == PolicyLineKind.FLOOR_AMOUNT:
        exact = bound.value * factor
    elif value is None:
        return None
    else:
        exact = (value * bound.value).scaleb(-2)
    return exact.quantize(UNIT, ROUND_CEILING)
