"""What may be called off a contract line (contracts §4.1). Pure."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal, localcontext

HUNDRED = Decimal(100)


def call_limit(quantity: Decimal, allowance: Decimal, exponent: int) -> Decimal:
    """quantity x (1 + allowance/100), floored to the decimals of its uom."""
    with localcontext() as context:
        context.prec = 60
        exact = quantity * (1 + allowance / HUNDRED)
        return exact.quantize(Decimal(1).scaleb(-exponent), ROUND_FLOOR)


def amount_limit(amount: Decimal, allowance: Decimal) -> Decimal:
    """amount x (1 + allowance/100), exact: eight decimals hold it."""
    with localcontext() as context:
        context.prec = 60
        return amount * (1 + allowance / HUNDRED)


def left(limit: Decimal | None, called: Decimal) -> Decimal | None:
    """What may still be called off; None: any."""
    return None if limit is None else limit - called


def is_off_pack(quantity: Decimal, pack: Decimal | None) -> bool:
    """True where a quantity is no multiple of the pack."""
    return pack is not None and quantity % pack != 0
