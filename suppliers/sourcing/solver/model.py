"""The matrix of a problem: shares and picks as columns, rules as rows, money scaled to about 1 (sourcing §6).

A column is a share of a line (by tier), a pick (0 or 1), a discount step, a package or a slack. In whole-pack form a
share is counted in packs. Floats are at home here and nowhere else: what comes out is checked in Decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from suppliers.sourcing.solver.check import tier_at
from suppliers.sourcing.solver.problem import HUNDRED, Line, Problem, Rule, RuleForm, Tier

Terms = dict[int, float]
INFINITY = float("inf")
CENT = Decimal("0.01")


@dataclass(slots=True)
class Columns:
    """Columns with cost, bounds and whether they are whole numbers."""

    cost: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)

    def add(self, cost: float = 0.0, low: float = 0.0, high: float = 1.0, whole: bool = False) -> int:
        """A new column; its number."""
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.cost) - 1


@dataclass(slots=True)
class Rows:
    """Rows low <= terms <= high, and the rule each belongs to with the measure of one unit ("" for structure)."""

    terms: list[Terms] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rule: list[tuple[str, float]] = field(default_factory=list)

    def add(self, terms: Terms, low: float, high: float, rule: tuple[str, float] = ("", 1.0)) -> None:
        """A new row."""
        self.terms.append(terms)
        self.low.append(low)
        self.high.append(high)
        self.rule.append(rule)


@dataclass(frozen=True, slots=True)
class Share:
    """A column that says how much of a line a supplier gets: share = value × factor."""

    column: int
    supplier: int
    line: int
    factor: float
    whole: bool


class Model:
    """The columns and rows of one problem."""

    def __init__(self, problem: Problem, in_packs: bool = False, soft: bool = False) -> None:
        self.problem = problem
        self.columns, self.rows = Columns(), Rows()
        self.in_packs, self.soft = in_packs, soft
        self.scale = _scale(problem)
        self.shares: list[Share] = []
        self.of_cell: dict[tuple[int, int], Terms] = {}
        self.cost_of_cell: dict[tuple[int, int], Terms] = {}
        self._tier_picks: dict[tuple[int, int], Terms] = {}
        self._picks: dict[tuple[int, int], Terms] = {}
        self._won: dict[tuple[int, frozenset[int]], int] = {}
        self._spend: dict[int, Terms] = {}
        self._spent: dict[int, int] = {}
        self._total: int | None = None
        self._linked: set[tuple[int, int]] = set()
        self._whole_lines = set() if soft else _single_winner_lines(problem)
        self._barred = set() if soft else _barred(problem)
        self._least = {} if soft else _least_packs(problem)
        self._build()

    def _build(self) -> None:
        for cell, tiers in sorted(self.problem.offers.items()):
            if cell not in self._barred:
                self._share_columns(cell, tiers)
        self.package_columns = [
            self.columns.add(float(package.price) / self.scale, whole=True) for package in self.problem.packages
        ]
        for at, supplier in enumerate(self.problem.suppliers):
            self._spend[at] = self._spend_terms(at)
            if supplier.fixed:
                won = self.won(at, frozenset(range(len(self.problem.lines))))
                self.columns.cost[won] += float(supplier.fixed) / self.scale
        self._cover()
        for rule in self.problem.rules:
            _ROWS[rule.form](self, rule)
        for cell, picks in self._tier_picks.items():
            if len(picks) > 1 and cell not in self._linked:
                self.rows.add(dict(picks), -INFINITY, 1)

    def _share_columns(self, cell: tuple[int, int], tiers: tuple[Tier, ...]) -> None:
        supplier, line_at = cell
        line = self.problem.lines[line_at]
        shares, money, picks = Terms(), Terms(), Terms()
        least = self._least.get(cell, 1)
        spans = [(max(first, least), last, price) for first, last, price in _spans(tiers, line) if last >= least]
        if line_at in self._whole_lines:
            spans = [(line.packs, line.packs, tier_at(tiers, line.quantity).price)]
        tiered = len(spans) > 1 or any(first > 1 for first, _, _ in spans)
        for first, last, price in spans:
            price_of_all = float(line.quantity * price) / self.scale
            if first == line.packs:
                column, factor = self.columns.add(whole=True), 1.0
                picks[column] = 1.0
            else:
                factor = 1.0 / line.packs if self.in_packs else 1.0
                column = self.columns.add(high=last / line.packs / factor, whole=self.in_packs)
                if tiered:
                    pick = self.columns.add(whole=True)
                    picks[pick] = 1.0
                    self.rows.add({column: factor, pick: -last / line.packs}, -INFINITY, 0)
                    self.rows.add({column: factor, pick: -first / line.packs}, 0, INFINITY)
            self.shares.append(Share(column, supplier, line_at, factor, first == line.packs))
            shares[column] = factor
            money[column] = price_of_all * factor
        self.of_cell[cell], self.cost_of_cell[cell] = shares, money
        if len(picks) == len(shares):
            self._tier_picks[cell] = picks

    def _spend_terms(self, supplier: int) -> Terms:
        """What a supplier gets after discounts, and its cost in the objective."""
        gross = Terms()
        for (at, _), money in self.cost_of_cell.items():
            if at == supplier:
                gross.update(money)
        spend = self._discounted(supplier, gross) if self.problem.suppliers[supplier].discounts else gross
        for column, coefficient in spend.items():
            self.columns.cost[column] += coefficient
        for taken, package in enumerate(self.problem.packages):
            if package.supplier == supplier:
                spend = spend | {self.package_columns[taken]: float(package.price) / self.scale}
        return spend

    def _discounted(self, supplier: int, gross: Terms) -> Terms:
        steps = self.problem.suppliers[supplier].discounts
        if not steps or steps[0][0] > 0:
            steps = ((Decimal(0), Decimal(0)), *steps)
        most = sum(gross[column] * self.columns.high[column] for column in gross) + 1.0
        parts, ons = Terms(), Terms()
        for at, (start, percent) in enumerate(steps):
            low = float(start) / self.scale
            high = float(steps[at + 1][0] - CENT) / self.scale if at + 1 < len(steps) else most
            part, on = self.columns.add(high=max(high, low)), self.columns.add(whole=True)
            parts[part] = float((HUNDRED - percent) / HUNDRED)
            ons[on] = 1.0
            self.rows.add({part: 1, on: -low}, 0, INFINITY)
            self.rows.add({part: 1, on: -high}, -INFINITY, 0)
        self.rows.add(ons, -INFINITY, 1)
        self.rows.add({**gross, **dict.fromkeys(parts, -1.0)}, 0, 0)
        return parts

    def _cover(self) -> None:
        covering: list[Terms] = [Terms() for _ in self.problem.lines]
        for (_, line), shares in self.of_cell.items():
            covering[line].update(shares)
        for taken, package in enumerate(self.problem.packages):
            for line in package.lines:
                covering[line][self.package_columns[taken]] = 1.0
        for at, terms in enumerate(covering):
            wanted = self.problem.lines[at]
            if self.problem.penalty is not None:
                cost = float(self.problem.penalty * wanted.quantity) / self.scale
                terms[self.columns.add(cost)] = 1.0
            self.rows.add(terms, 1, 1, (f"cover:{wanted.key}", float(wanted.quantity)))

    def pick(self, supplier: int, line: int) -> Terms:
        """Terms that are 1 where the supplier has a part of the line, else 0."""
        if (supplier, line) in self._picks:
            return self._picks[supplier, line]
        terms = dict(self._tier_picks.get((supplier, line), {}))
        shares = self.of_cell.get((supplier, line))
        if shares and not terms:
            on = self.columns.add(whole=True)
            least = 1.0 / self.problem.lines[line].packs
            self.rows.add({**shares, on: -1.0}, -INFINITY, 0)
            self.rows.add({**shares, on: -least}, 0, INFINITY)
            terms = {on: 1.0}
        for taken, package in enumerate(self.problem.packages):
            if package.supplier == supplier and line in package.lines:
                terms[self.package_columns[taken]] = 1.0
        self._picks[supplier, line] = terms
        return terms

    def won(self, supplier: int, lines: frozenset[int]) -> int:
        """A column that is 1 where the supplier has a part of any of the lines; it may be 1 without."""
        key = (supplier, lines)
        if key not in self._won:
            column = self._won[key] = self.columns.add(whole=True)
            for line in sorted(lines):
                # The picks of a cell say more than its shares: a part of a line takes the whole pick.
                parts = dict(self._tier_picks.get((supplier, line)) or self.of_cell.get((supplier, line), {}))
                self._linked.add((supplier, line))
                for taken, package in enumerate(self.problem.packages):
                    if package.supplier == supplier and line in package.lines:
                        parts[self.package_columns[taken]] = 1.0
                if parts:
                    self.rows.add({**parts, column: -1.0}, -INFINITY, 0)
        return self._won[key]

    def spent(self, supplier: int) -> int:
        """A column that is what a supplier gets, in units of the scale: rules share it, and stay short."""
        if supplier not in self._spent:
            terms = self._spend[supplier]
            high = sum(abs(value) * self.columns.high[column] for column, value in terms.items())
            column = self._spent[supplier] = self.columns.add(high=high)
            self.rows.add({**terms, column: -1.0}, 0, 0)
        return self._spent[supplier]

    def money(self, suppliers: Iterable[int]) -> Terms:
        """What some suppliers get together."""
        return dict.fromkeys([self.spent(at) for at in suppliers], 1.0)

    def total(self) -> int:
        """A column that is what all suppliers get together."""
        if self._total is None:
            terms = self.money(range(len(self.problem.suppliers)))
            high = sum(self.columns.high[column] for column in terms)
            self._total = self.columns.add(high=high)
            self.rows.add({**terms, self._total: -1.0}, 0, 0)
        return self._total


def _scale(problem: Problem) -> float:
    """About what the whole award costs, so that costs come near 1."""
    cheapest: dict[int, float] = {}
    for (_, line), tiers in problem.offers.items():
        cost = float(problem.lines[line].quantity * tiers[-1].price)
        cheapest[line] = min(cheapest.get(line, cost), cost)
    return sum(cheapest.values()) or 1.0


def _spans(tiers: tuple[Tier, ...], line: Line) -> Iterable[tuple[int, int, Decimal]]:
    """First and last number of packs at which a tier holds, and its price."""
    pack, packs = line.pack, line.packs
    for at, tier in enumerate(tiers):
        first = int(tier.above // pack) + 1
        last = min(packs, int(tiers[at + 1].above // pack)) if at + 1 < len(tiers) else packs
        if first <= last:
            yield first, last, tier.price


def _single_winner_lines(problem: Problem) -> set[int]:
    """Lines that go to one supplier whole, by a rule for all suppliers."""
    return {
        line
        for rule in problem.rules
        if rule.form == RuleForm.WINNERS_PER_LINE and rule.high == 1 and len(rule.suppliers) == len(problem.suppliers)
        for line in rule.lines
        if problem.penalty is None
    }


def _least_packs(problem: Problem) -> dict[tuple[int, int], int]:
    """The fewest packs a supplier may get of a line, if any: tiers start there, and the rule needs no rows."""
    least: dict[tuple[int, int], int] = {}
    for rule in problem.rules:
        if rule.form == RuleForm.LEAST_SHARE and rule.low is not None:
            for line in rule.lines:
                packs = min(problem.lines[line].packs, ceil(rule.low * problem.lines[line].packs))
                for supplier in rule.suppliers:
                    least[supplier, line] = max(packs, least.get((supplier, line), 1))
    return least


def _barred(problem: Problem) -> set[tuple[int, int]]:
    return {
        (supplier, line)
        for rule in problem.rules
        if rule.form == RuleForm.EXCLUDE
        for supplier in rule.suppliers
        for line in rule.lines
    }


def _bounds(rule: Rule, unit: float = 1.0) -> tuple[float, float]:
    low = -INFINITY if rule.low is None else float(rule.low) / unit
    return low, INFINITY if rule.high is None else float(rule.high) / unit


def _winners_per_line(model: Model, rule: Rule) -> None:
    for line in rule.lines:
        if line in model._whole_lines and rule.high and rule.high >= 1:
            continue  # one takes it whole, so it has one winner
        terms = Terms()
        for supplier in rule.suppliers:
            terms.update(model.pick(supplier, line))
        model.rows.add(terms, -INFINITY, _bounds(rule)[1], (rule.key, 1.0))


def _winners(model: Model, rule: Rule) -> None:
    lines = frozenset(rule.lines)
    won = {supplier: model.won(supplier, lines) for supplier in rule.suppliers}
    low, high = _bounds(rule)
    model.rows.add(dict.fromkeys(won.values(), 1.0), low, high, (rule.key, 1.0))
    if low > 0:
        for supplier, column in won.items():
            terms = Terms()
            for line in rule.lines:
                terms.update(model.pick(supplier, line))
            model.rows.add({**terms, column: -1.0}, 0, INFINITY)


def _least_share(model: Model, rule: Rule) -> None:
    if not model.soft:
        return  # the columns start there
    for supplier in rule.suppliers:
        for line in rule.lines:
            shares = model.of_cell.get((supplier, line))
            if shares:
                unit = float(model.problem.lines[line].quantity)
                packed = set(model.package_columns)
                picks = {on: -_bounds(rule)[0] for on in model.pick(supplier, line) if on not in packed}
                terms = {column: shares.get(column, 0.0) + picks.get(column, 0.0) for column in {**shares, **picks}}
                model.rows.add(terms, 0, INFINITY, (rule.key, unit))


def _capacity(model: Model, rule: Rule) -> None:
    unit = max(float(rule.high or 0), 1.0)
    terms = Terms()
    for supplier in rule.suppliers:
        for line in rule.lines:
            quantity = float(model.problem.lines[line].quantity) / unit
            for column, share in model.of_cell.get((supplier, line), {}).items():
                terms[column] = quantity * share
    for taken, package in enumerate(model.problem.packages):
        inside = [line for line in package.lines if line in rule.lines] if package.supplier in rule.suppliers else []
        if inside:
            total = sum(float(model.problem.lines[line].quantity) for line in inside)
            terms[model.package_columns[taken]] = total / unit
    model.rows.add(terms, -INFINITY, _bounds(rule, unit)[1], (rule.key, unit))


def _spend(model: Model, rule: Rule) -> None:
    low, high = _bounds(rule, model.scale)
    model.rows.add(model.money(rule.suppliers), low, high, (rule.key, model.scale))


def _spend_share(model: Model, rule: Rule) -> None:
    low, high = _bounds(rule)
    group = model.money(rule.suppliers)
    if low > -INFINITY:
        model.rows.add({**group, model.total(): -low}, 0, INFINITY, (rule.key, model.scale))
    if high < INFINITY:
        model.rows.add({**group, model.total(): -high}, -INFINITY, 0, (rule.key, model.scale))


def _quality(model: Model, rule: Rule) -> None:
    terms = Terms()
    for at, supplier in enumerate(model.problem.suppliers):
        terms[model.spent(at)] = float((supplier.score or Decimal(0)) - (rule.low or Decimal(0))) / 100
    model.rows.add(terms, 0, INFINITY, (rule.key, model.scale * 100))


def _each_pick(model: Model, rule: Rule) -> Iterable[Terms]:
    for supplier in rule.suppliers:
        for line in rule.lines:
            yield model.pick(supplier, line)


def _lock(model: Model, rule: Rule) -> None:
    for pick in _each_pick(model, rule):
        model.rows.add(pick, 1, 1, (rule.key, 1.0))


def _exclude(model: Model, rule: Rule) -> None:
    for pick in _each_pick(model, rule):
        if pick:
            model.rows.add(pick, 0, 0, (rule.key, 1.0))


def _same(model: Model, rule: Rule) -> None:
    for supplier in rule.suppliers:
        first, *others = [model.pick(supplier, line) for line in rule.lines]
        for other in others:
            terms = dict(first)
            for column, coefficient in other.items():
                terms[column] = terms.get(column, 0.0) - coefficient
            model.rows.add(terms, 0, 0, (rule.key, 1.0))


_ROWS: Mapping[RuleForm, Callable[[Model, Rule], None]] = {
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
