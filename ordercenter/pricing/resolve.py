"""What buyers pay for lines at an instant: all lines of all buyers in one statement."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.parties.models import Organization
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.statement import RESOLVE
from ordercenter.pricing.statement_assumed import ASSUMED
from ordercenter.pricing.steps import Step, stepped, steps_of
from ordercenter.pricing.terms import Assumption, PriceRequest, PriceResult

NOBODY = 0
LIMIT_DIGITS = 12
TOO_LARGE, TOO_FINE = "1000000000000", "0.0000001"


def resolve(
    actor: Actor,
    seller: Organization | int,
    lines: Sequence[PriceRequest],
    at: datetime | None = None,
    assume: Assumption | None = None,
) -> list[PriceResult]:
    """The price of each line, in their order; one statement for any number of lines and buyers (pricing §3).

    `at` is the instant of the prices, the transaction's own by the database's clock where it is None. A line that
    cannot be priced comes back with its error. `assume` says which lists and policies to take as in effect or not,
    where a simulation asks. Raises NOT_FOUND where a partnership is not one of the seller's that
    the actor is a side of.
    """
    if not lines:
        return []
    values = parameters(actor, seller, lines, at)
    with connection.cursor() as cursor:
        if assume is None:
            cursor.execute(RESOLVE, values)
        else:
            cursor.execute(ASSUMED, values | assume.values)
        rows = cursor.fetchall()
    return [result_of(line, row) for line, row in zip(lines, rows, strict=True)]


def parameters(
    actor: Actor, seller: Organization | int, lines: Sequence[PriceRequest], at: datetime | None
) -> dict[str, Any]:
    """The parameters of the statement: arrays as text, one element a line."""
    baskets: dict[Hashable, int] = {}
    return {
        "asker": actor.organization_id if actor.organization_id or actor.is_system else NOBODY,
        "seller": seller if isinstance(seller, int) else seller.pk,
        "baskets": array_text(baskets.setdefault(line.basket, len(baskets)) for line in lines),
        "partnerships": array_text(line.partnership_id for line in lines),
        "variants": array_text(line.variant_id for line in lines),
        "uoms": array_text(line.uom_id for line in lines),
        "quantities": array_text(quantity_text(line.quantity) for line in lines),
        "agreed": array_text("NULL" if line.agreed_price is None else line.agreed_price for line in lines),
        "instants": array_text(instant_text(line.at or at) for line in lines),
        "deliveries": array_text(line.delivery or "NULL" for line in lines),
    }


def result_of(line: PriceRequest, row: Sequence[Any]) -> PriceResult:
    """The result of a line from the statement's row, policies and floor applied.

    Raises NOT_FOUND for a partnership that is not the asker's.
    """
    (ord_, error, list_price, row_id, list_id, version, threshold, base_quantity, factor, *rest) = row
    currency, tax_included, at, amount, row_uom_id, _uom_id, value, fixed, found = rest
    if error == "NOT_FOUND":
        raise not_found("partnership", ord_ - 1)
    agreed = line.agreed_price is not None
    result = PriceResult(
        key=line.key,
        unit_price=None if error else line.agreed_price if agreed else list_price,
        list_price=list_price,
        row_id=row_id,
        list_id=list_id,
        list_version=version,
        threshold=threshold,
        base_quantity=base_quantity,
        factor=factor,
        currency=currency,
        tax_included=tax_included,
        at=at,
        amount=amount,
        row_uom_id=row_uom_id,
        agreed=agreed,
        error=PricingErrorCode(error) if error else None,
    )
    if found and not error:
        _step(result, steps_of(found), value, fixed)
    return result


def _step(result: PriceResult, steps: list[Step], value: Decimal | None, fixed: bool) -> None:
    """Let policies and floor come to bear on a result that says what its list says.

    An agreed price takes none; the floor was asked when it was agreed, and is only told here.
    """
    made = stepped(steps, value, result.factor or Decimal(1), bool(fixed) or result.agreed)
    result.steps, result.floor = made.steps, made.floor
    if not result.agreed:
        result.unit_price, result.below_floor = made.unit_price, made.below_floor
    elif made.floor is not None and result.unit_price is not None:
        result.below_floor = result.unit_price < made.floor


def quantity_text(quantity: Decimal) -> str:
    """A quantity as the statement reads it; one too large or too fine for a column stays recognisably so."""
    if not quantity.is_finite() or quantity.adjusted() >= LIMIT_DIGITS:
        return TOO_LARGE if quantity.is_nan() or quantity > 0 else "-1"
    if quantity and quantity.adjusted() < -LIMIT_DIGITS:
        return TOO_FINE if quantity > 0 else "-1"
    return str(quantity)


def instant_text(instant: datetime | None) -> str:
    """An instant as an element of an array, NULL for the transaction's own."""
    if instant is None:
        return "NULL"
    if instant in (BEGINNING, FOREVER):
        return "-infinity" if instant == BEGINNING else "infinity"
    return f'"{instant.isoformat()}"'


def array_text(values: Iterable[object]) -> str:
    """An array as the statements read it."""
    return "{" + ",".join(map(str, values)) + "}"
