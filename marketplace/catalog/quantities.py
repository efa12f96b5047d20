"""Which quantities of a variant may be ordered, and what to say of the others (pricing §1, §8, §10.7).

Rules compare base quantities: a rule in pieces also holds for boxes, where it counts the pieces in them. What a line
may carry is then the multiples of the step that are whole numbers of the line's own finest quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode
from marketplace.core.errors import DomainError

if TYPE_CHECKING:
    from marketplace.catalog.goods import Goods

# Base quantities as whole numbers: six decimals of a factor times six of a quantity.
_SCALE = 10**12
_LARGEST = Decimal(10) ** 12


def _whole(quantity: Decimal) -> int:
    return int(quantity * _SCALE)


@dataclass(frozen=True)
class QuantityRule:
    """What one buyer may order of one variant in one uom.

    `min`, `step` and `max` are base quantities; a step of None leaves the step to the uom's own decimals, a max of None
    leaves the quantity open. `factor` and `exponent` are those of the line's uom.
    """

    factor: Decimal
    exponent: int
    min: Decimal = Decimal(0)
    step: Decimal | None = None
    max: Decimal | None = None

    @cached_property
    def _stride(self) -> int:
        """Distance between two allowed base quantities, scaled."""
        finest = _whole(self.factor) // 10**self.exponent or 1
        return finest if self.step is None else lcm(_whole(self.step), finest)

    def _in_uom(self, scaled: int) -> Decimal:
        return plain(Decimal(scaled) / _whole(self.factor))

    @property
    def least(self) -> Decimal:
        """The least quantity above 0 that min and step allow, in the line's uom."""
        return self._in_uom(self._next(0))

    @property
    def stride(self) -> Decimal:
        """What an allowed quantity may be raised by, in the line's uom."""
        return self._in_uom(self._stride)

    @property
    def most(self) -> Decimal | None:
        """The largest allowed quantity in the line's uom; None where it is open."""
        if self.max is None:
            return None
        return self._in_uom(_whole(self.max) // self._stride * self._stride)

    def _next(self, base: int) -> int:
        wanted = max(base, _whole(self.min), 1)
        return -(-wanted // self._stride) * self._stride

    def snap(self, quantity: Decimal) -> Decimal | None:
        """The next allowed quantity at or above this one, in the line's uom; None where there is none."""
        if not quantity.is_finite() or quantity >= _LARGEST:
            return None
        base = self._next(-int(-(quantity * self.factor * _SCALE).to_integral_value(rounding="ROUND_CEILING")))
        if self.max is not None and base > _whole(self.max):
            return None
        return self._in_uom(base)

    def problem(self, quantity: Decimal) -> str | None:
        """The code of what is wrong with a quantity, or None."""
        if not quantity.is_finite() or quantity <= 0 or quantity * max(self.factor, Decimal(1)) >= _LARGEST:
            return "QUANTITY_INVALID"
        if decimals(quantity) > self.exponent:
            return "QUANTITY_PRECISION"
        if quantity * self.factor < self.min:
            return "QUANTITY_MAXIMUM" if self.snap(quantity) is None else "QUANTITY_MINIMUM"
        snapped = self.snap(quantity)
        if snapped is None:
            return "QUANTITY_MAXIMUM"
        return None if snapped == quantity else "QUANTITY_STEP"


def snap(quantity: Decimal, rule: QuantityRule) -> Decimal | None:
    """The next allowed quantity at or above `quantity`; None where nothing so large is allowed (pricing §10.7)."""
    return rule.snap(quantity)


def decimals(quantity: Decimal) -> int:
    """Decimals a quantity needs: 0 for 12 and 12.000, 1 for 12.5."""
    exponent = quantity.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def plain(quantity: Decimal) -> Decimal:
    """A quantity without zeros at its end and without exponent: 12, 12.5, 1200."""
    bare = quantity.normalize()
    exponent = bare.as_tuple().exponent
    return bare.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else bare


def quantity_problems(
    lines: Iterable[tuple[int, Goods | None, Decimal]], codes: type[models.TextChoices] = CatalogErrorCode
) -> Iterator[DomainError]:
    """What is wrong with the lines of a document, each (index, goods, quantity): at most one error a line.

    `goods` come from `load_goods`. `codes` is the enum of the caller's room, which names the same codes:
    UNKNOWN_VARIANT, UNKNOWN_UOM, NOT_IN_ASSORTMENT, QUANTITY_PRECISION, QUANTITY_INVALID, QUANTITY_MINIMUM,
    QUANTITY_STEP, QUANTITY_MAXIMUM. No SQL.
    """
    for index, goods, quantity in lines:
        found = line_problem(goods, quantity)
        if found:
            code, message = found
            field = "quantity" if code.startswith("QUANTITY") else "uom" if code == "UNKNOWN_UOM" else "variant"
            yield DomainError(codes[code], message, field, index)


#: Rules of today's offer; they say nothing of what was sold in the past.
PRESENT_ONLY = ("QUANTITY_MINIMUM", "QUANTITY_STEP", "QUANTITY_MAXIMUM")


def line_problem(goods: Goods | None, quantity: Decimal, past: bool = False) -> tuple[str, str] | None:
    """Code and sentence of what forbids ordering a quantity of goods, or None.

    `past`: for a line of a document of the past only what cannot be at all is a problem. It happened.
    """
    if goods is None:
        return "UNKNOWN_VARIANT", _("There is no such SKU.")
    if not goods.uom_known:
        return "UNKNOWN_UOM", _("%(sku)s is not sold in this unit.") % {"sku": goods.sku}
    if not goods.orderable and not past:
        return "NOT_IN_ASSORTMENT", _("%(sku)s is not sold to this buyer.") % {"sku": goods.sku}
    code = goods.rule.problem(quantity)
    return (code, _sentence(code, goods)) if code and not (past and code in PRESENT_ONLY) else None


def _sentence(code: str, goods: Goods) -> str:
    rule = goods.rule
    most = rule.most
    values = {
        "sku": goods.sku,
        "uom": goods.uom_code,
        "least": f"{rule.least:f}",
        "step": f"{rule.stride:f}",
        "most": f"{most:f}" if most is not None else "",
        "decimals": rule.exponent,
    }
    if code == "QUANTITY_MINIMUM":
        return _("%(sku)s is sold from %(least)s %(uom)s.") % values
    if code == "QUANTITY_STEP":
        return _("%(sku)s is sold in steps of %(step)s %(uom)s.") % values
    if code == "QUANTITY_MAXIMUM" and most is not None:
        return _("At most %(most)s %(uom)s of %(sku)s can be ordered at once.") % values
    if code == "QUANTITY_PRECISION":
        return _("A quantity in %(uom)s may have %(decimals)s decimals at most.") % values
    return _("This is not a quantity that can be ordered of %(sku)s.") % values
