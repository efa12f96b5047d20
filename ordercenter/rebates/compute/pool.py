"""What several have together: the share of each in a pooled rebate, what earlier rebates take off, rebates in goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal, localcontext

from marketplace.core.money import exponent, round_money, spread

ZERO = Decimal(0)


def shares(total: Decimal, bases: Mapping[int, Decimal], currency: str) -> dict[int, Decimal]:
    """A pooled T spread over beneficiaries by their basis; ties go to the smaller partnership id (rebates §4).

    Whose basis goes the other way than the total has no part in it.
    """
    keys = sorted(bases)
    sign = -1 if total < 0 else 1
    weights = [max(ZERO, bases[key] * sign) for key in keys]
    places = exponent(currency)
    if not any(weights):
        return dict.fromkeys(keys, ZERO)
    parts = spread(int(total.scaleb(places)), weights)
    return {key: Decimal(part).scaleb(-places) for key, part in zip(keys, parts, strict=True)}


def after_deductions(basis: Decimal, earlier: Iterable[tuple[Decimal, Decimal, Decimal]], currency: str) -> Decimal:
    """S less what earlier policies give on the goods that both count: S - sum of R(T_A x S_both / S_A) (rebates §3).

    `earlier`: (T_A, S_both, S_A) of each.
    """
    with localcontext() as context:
        context.prec = 60
        for target, both, whole in earlier:
            if whole:
                basis -= round_money(target * both / whole, currency)
        return basis


def goods_count(quantity: Decimal, per: Decimal, count: Decimal) -> Decimal:
    """How many pieces a quantity earns: floor(q / per) x n; nothing for what was brought back on balance."""
    if quantity <= 0:
        return ZERO
    return (quantity / per).to_integral_value(ROUND_FLOOR) * count
