"""The lines of one basket while promotions work on them: what each still costs, and how low it may go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from decimal import Decimal
from fractions import Fraction

from marketplace.catalog.scope import ProductScope, ScopeKeys
from marketplace.core.money import exponent
from ordercenter.promotions.engine.rules import Rule
from ordercenter.promotions.engine.scale import QUANTITY, quantity, scaled
from ordercenter.promotions.terms import BasketLine

Packs = Mapping[tuple[int, int], int]


class Matched:
    """A set of lines, and what was already added up over it; of equal sets there is one."""

    __slots__ = ("counted", "indices", "listed", "net")

    def __init__(self, indices: tuple[int, ...]) -> None:
        self.indices = indices
        self.listed: int | None = None
        self.net: int | None = None
        self.counted: dict[int | None, int | Fraction] = {}


class Sheet:
    """Lines in the order of their positions, as columns. A set of lines is an integer, one bit for each line."""

    def __init__(
        self,
        lines: Sequence[BasketLine],
        currency: str,
        packs: Packs | None = None,
        max_line_discount: Decimal = Decimal(100),
    ) -> None:
        self.lines = [line for _, line in sorted(enumerate(lines), key=lambda pair: _place(*pair))]
        self.currency, self.digits = currency, exponent(currency)
        self.packs = packs or {}
        self.keys = [line.key for line in self.lines]
        self.list = [scaled(line.list_amount, self.digits) for line in self.lines]
        self.base = [quantity(line.base_quantity) for line in self.lines]
        least = 10000 - scaled(max_line_discount, 2)
        self.floor = [
            floor_amount(line, amount, self.digits, least) for line, amount in zip(self.lines, self.list, strict=True)
        ]
        self.running = list(self.list)
        self.after_lines = self.running
        self._masks: dict[tuple[str, int], int] = {}
        self._open = 0
        for index, line in enumerate(self.lines):
            if line.promotable and line.kind == "goods":
                self._open |= 1 << index
                self._mark(line.scope, 1 << index)
        self._matched: dict[int, Matched] = {}
        self._factors: dict[int, tuple[int, list[int]]] = {}
        self._matching: dict[tuple[object, int | None], Matched] = {}

    def _mark(self, keys: ScopeKeys, bit: int) -> None:
        masks = self._masks
        names = [("variant", keys.variant_id), ("product", keys.product_id)]
        names += [("category", one) for one in keys.category_ids]
        if keys.brand_id:
            names.append(("brand", keys.brand_id))
        for name in names:
            masks[name] = masks.get(name, 0) | bit

    def within(self, scope: ProductScope) -> int:
        """The promotable goods lines within a scope."""
        key = (
            ("variant", scope.variant_id)
            if scope.variant_id
            else ("product", scope.product_id)
            if scope.product_id
            else ("category", scope.category_id)
            if scope.category_id
            else ("brand", scope.brand_id)
        )
        return self._open if key[1] is None else self._masks.get((key[0], key[1]), 0)

    def matching(self, rule: Rule) -> Matched:
        """The lines a rule is about, in order; where it counts in a uom, only those of goods that have it."""
        known = self._matching.get((rule.scope, rule.uom))
        if known is None:
            if rule.components:
                mask = self._union(component.scope for component in rule.components)
            else:
                included = [term.scope for term in rule.scope if not term.exclude]
                mask = self._union(included) if included else self._open
            mask &= ~self._union(term.scope for term in rule.scope if term.exclude)
            if rule.uom is not None:
                mask &= self._by_uom(rule.uom)[0]
            known = self.lines_of(mask)
            if not rule.components:
                self._matching[rule.scope, rule.uom] = known
        return known

    def _union(self, scopes: Iterable[ProductScope]) -> int:
        mask = 0
        for scope in scopes:
            mask |= self.within(scope)
        return mask

    def lines_of(self, mask: int) -> Matched:
        """A set of lines from its bits."""
        known = self._matched.get(mask)
        if known is None:
            known = self._matched[mask] = Matched(tuple([i for i in range(len(self.lines)) if mask >> i & 1]))
        return known

    def factors(self, uom: int | None) -> list[int] | None:
        """By line the base units in one uom, in millionths; None for the base uom itself."""
        return None if uom is None else self._by_uom(uom)[1]

    def _by_uom(self, uom: int) -> tuple[int, list[int]]:
        known = self._factors.get(uom)
        if known is None:
            mask, factors = 0, []
            for index, line in enumerate(self.lines):
                factor = self.packs.get((line.scope.variant_id, uom), 0)
                if not factor and line.uom_id == uom:
                    factor = quantity(line.factor)
                factors.append(factor)
                if factor:
                    mask |= 1 << index
            known = self._factors[uom] = (mask, factors)
        return known

    def listed(self, matched: Matched) -> int:
        """Sum of list amounts."""
        if matched.listed is None:
            matched.listed = sum([self.list[i] for i in matched.indices])
        return matched.listed

    def net(self, matched: Matched) -> int:
        """Sum of running amounts after the line phase."""
        if matched.net is None:
            matched.net = sum([self.after_lines[i] for i in matched.indices])
        return matched.net

    def counted(self, matched: Matched, uom: int | None) -> int | Fraction:
        """Sum of quantities in a uom, in millionths; exact, so perhaps a fraction."""
        known = matched.counted.get(uom)
        if known is None:
            known = matched.counted[uom] = self._count(matched, uom)
        return known

    def _count(self, matched: Matched, uom: int | None) -> int | Fraction:
        factors, base = self.factors(uom), self.base
        if factors is None:
            return sum([base[i] for i in matched.indices])
        sums: dict[int, int] = {}
        for i in matched.indices:
            sums[factors[i]] = sums.get(factors[i], 0) + base[i]
        total = sum((Fraction(counted * QUANTITY, factor) for factor, counted in sums.items()), Fraction(0))
        return int(total) if total.denominator == 1 else total

    def room(self, index: int) -> int:
        """What may still be taken off a line."""
        return self.running[index] - self.floor[index]

    def fresh(self) -> Sheet:
        """The same lines before anything was taken off them; what was found out about them is shared."""
        other = copy(self)
        other.running = list(self.list)
        other.close_line_phase()
        return other

    def close_line_phase(self) -> None:
        """Keep what lines cost now: what NET thresholds are compared with."""
        self.after_lines = list(self.running)
        for matched in self._matched.values():
            matched.net = None


def _place(index: int, line: BasketLine) -> tuple[int, int]:
    return (index if line.position is None else line.position, index)


def floor_amount(line: BasketLine, listed: int, digits: int, least: int) -> int:
    """max(min(list amount, Up(floor price x quantity)), Up(list amount x least)); `least` in parts of 10,000 (§1)."""
    lowest = -(-listed * least // 10000)
    if not line.floor_price:
        return lowest
    exact = scaled(line.floor_price, 4) * quantity(line.quantity) * 10**digits
    return max(min(listed, -(-exact // (10**4 * QUANTITY))), lowest)
