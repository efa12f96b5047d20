"""The sums and the rules of an award in Decimal: what a solver claims is shown only after this (sourcing §6.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import round_money
from suppliers.sourcing.solver.problem import HUNDRED, Allocation, Problem, Rule, RuleForm, Tier

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line: whose, how much, at which price, and the amount R(quantity × price)."""

    supplier: int
    line: int
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """An award in money. `spend` is by supplier after discounts; total = spend + fixed + penalty."""

    cells: tuple[Cell, ...]
    spend: dict[int, Decimal]
    fixed: Decimal
    penalty: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that does not hold, and by how much in its own measure."""

    rule: str
    amount: Decimal


def tier_at(tiers: Sequence[Tier], quantity: Decimal) -> Tier:
    """The tier of an awarded quantity: above < quantity <= the next tier's."""
    found = tiers[0]
    for tier in tiers:
        if tier.above < quantity:
            found = tier
    return found


def costs(problem: Problem, allocation: Allocation) -> Costs:
    """What an award costs, each cell at the tier of the whole quantity it gets."""
    cells: list[Cell] = []
    gross: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for (supplier, line), packs in sorted(allocation.packs.items()):
        if packs:
            quantity = packs * problem.lines[line].pack
            price = tier_at(problem.offers[supplier, line], quantity).price
            amount = round_money(quantity * price, problem.currency)
            cells.append(Cell(supplier, line, quantity, price, amount))
            gross[supplier] += amount
    spend = {at: round_money(discounted(problem, at, amount), problem.currency) for at, amount in gross.items()}
    for taken in allocation.packages:
        package = problem.packages[taken]
        spend[package.supplier] = spend.get(package.supplier, ZERO) + package.price
    fixed = sum((problem.suppliers[at].fixed for at in spend), ZERO)
    penalty = sum((missing for _, missing in uncovered(problem, allocation)), ZERO) * (problem.penalty or ZERO)
    total = sum(spend.values(), ZERO) + fixed + penalty
    return Costs(tuple(cells), spend, fixed, penalty, total)


def discounted(problem: Problem, supplier: int, gross: Decimal) -> Decimal:
    """A supplier's gross after the step it reaches, which holds for all of it."""
    percent = ZERO
    for start, step in problem.suppliers[supplier].discounts:
        if gross >= start:
            percent = step
    return gross * (HUNDRED - percent) / HUNDRED


def uncovered(problem: Problem, allocation: Allocation) -> Iterator[tuple[int, Decimal]]:
    """Lines of which pieces are left over (positive) or too many (negative)."""
    given: dict[int, int] = defaultdict(int)
    for (_, line), packs in allocation.packs.items():
        given[line] += packs
    for taken in allocation.packages:
        for line in problem.packages[taken].lines:
            given[line] += problem.lines[line].packs
    for at, wanted in enumerate(problem.lines):
        if given[at] != wanted.packs:
            yield at, (wanted.packs - given[at]) * wanted.pack


def breaches(problem: Problem, allocation: Allocation) -> list[Breach]:
    """Every rule that does not hold; a line not covered is the rule `cover:<key>`, where there is no penalty."""
    found = [
        Breach(f"cover:{problem.lines[line].key}", abs(missing))
        for line, missing in uncovered(problem, allocation)
        if problem.penalty is None or missing < 0
    ]
    view = _View(problem, allocation)
    for rule in problem.rules:
        amount = _CHECKS[rule.form](view, rule)
        if amount > 0:
            found.append(Breach(rule.key, amount))
    return found


class _View:
    """An award as the rules look at it."""

    def __init__(self, problem: Problem, allocation: Allocation) -> None:
        self.problem = problem
        self.spend = costs(problem, allocation).spend
        self.quantity: dict[tuple[int, int], Decimal] = {
            (supplier, line): packs * problem.lines[line].pack
            for (supplier, line), packs in allocation.packs.items()
            if packs
        }
        for taken in allocation.packages:
            package = problem.packages[taken]
            for line in package.lines:
                self.quantity[package.supplier, line] = problem.lines[line].quantity

    def winners(self, line: int, among: set[int]) -> set[int]:
        """Suppliers with a part of a line."""
        return {supplier for supplier, at in self.quantity if at == line and supplier in among}

    def money(self, suppliers: Sequence[int]) -> Decimal:
        """What some suppliers get together."""
        return sum((self.spend.get(at, ZERO) for at in suppliers), ZERO)


def _outside(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is not None and value < low:
        return low - value
    return value - high if high is not None and value > high else ZERO


def _winners_per_line(view: _View, rule: Rule) -> Decimal:
    counts = [len(view.winners(line, set(rule.suppliers))) for line in rule.lines]
    return _outside(Decimal(max(counts, default=0)), None, rule.high)


def _winners(view: _View, rule: Rule) -> Decimal:
    won = {supplier for supplier, line in view.quantity if supplier in rule.suppliers and line in set(rule.lines)}
    return _outside(Decimal(len(won)), rule.low, rule.high)


def _least_share(view: _View, rule: Rule) -> Decimal:
    worst = ZERO
    for (supplier, line), quantity in view.quantity.items():
        if supplier in rule.suppliers and line in rule.lines:
            least = (rule.low or ZERO) * view.problem.lines[line].quantity
            worst = max(worst, least - quantity)
    return worst


def _capacity(view: _View, rule: Rule) -> Decimal:
    suppliers, lines = set(rule.suppliers), set(rule.lines)
    given = [quantity for (at, line), quantity in view.quantity.items() if at in suppliers and line in lines]
    return _outside(sum(given, ZERO), None, rule.high)


def _spend(view: _View, rule: Rule) -> Decimal:
    return _outside(view.money(rule.suppliers), rule.low, rule.high)


def _spend_share(view: _View, rule: Rule) -> Decimal:
    total = sum(view.spend.values(), ZERO)
    low = None if rule.low is None else rule.low * total
    high = None if rule.high is None else rule.high * total
    return _outside(view.money(rule.suppliers), low, high)


def _quality(view: _View, rule: Rule) -> Decimal:
    total = sum(view.spend.values(), ZERO)
    scored = [(view.problem.suppliers[at].score or ZERO) * amount for at, amount in view.spend.items()]
    return _outside(sum(scored, ZERO), (rule.low or ZERO) * total, None)


def _lock(view: _View, rule: Rule) -> Decimal:
    wanted = {(supplier, line) for supplier in rule.suppliers for line in rule.lines}
    return Decimal(len(wanted - set(view.quantity)))


def _exclude(view: _View, rule: Rule) -> Decimal:
    barred = {(supplier, line) for supplier in rule.suppliers for line in rule.lines}
    return Decimal(len(barred & set(view.quantity)))


def _same(view: _View, rule: Rule) -> Decimal:
    among = set(rule.suppliers)
    sets = [view.winners(line, among) for line in rule.lines]
    return Decimal(sum(len(sets[0] ^ other) for other in sets[1:]))


_CHECKS: dict[RuleForm, Callable[[_View, Rule], Decimal]] = {
    RuleForm.WINNERS_PER_LINE: _winners_per_line,
    RuleForm.WINNERS: _winners,
    RuleForm.LEAST_SHARE: _least_share,
    RuleForm.CAPACITY: _capacity,
    RuleForm.SPEND: _spend,
    RuleForm.SPEND_SHARE: _spend_share,
    RuleForm.QUALITY: _quality,
    RuleForm.LOCK: _lock,
    RuleForm.EXCLUDE: _exclude,
    RuleForm.SAME_SUPPLIER: _same,
}
