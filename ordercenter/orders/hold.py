"""Take orders for a change: read freely, lock in the one order, see that nothing has moved (credit-and-ledger §8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.catalog.models import UnitOfMeasure
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.lean import lean_row
from ordercenter.credit.models import CreditSettings
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.models import Order, OrderLine, OrderSettings
from ordercenter.orders.store import run

COUNTERS = ("cancelled", "allocated", "shipped", "received", "differed")

MOVE_LINES = f"""
UPDATE orders_orderline AS line
   SET {", ".join(f"{counter} = line.{counter} + given.{counter}" for counter in COUNTERS)}
  FROM unnest(%s::bigint[], {", ".join("%s::numeric[]" for _ in COUNTERS)}) AS given(id, {", ".join(COUNTERS)})
 WHERE line.id = given.id
"""

LinesByOrder = dict[int, list[OrderLine]]

#: What the verbs ask of a line. To read all of it, prices' origins and all, takes ten times as long.
LINE_COLUMNS = (
    "id",
    "order_id",
    "seller_id",
    "buyer_id",
    "position",
    "kind",
    "variant_id",
    "sku",
    "uom_id",
    "quantity",
    "factor",
    "unit_price",
    "floor_price",
    "tax_rate",
    "invoiced",
    "list_amount",
    "discount",
    "reduction",
    "gross",
    "funded",
    "gift_of_id",
    "returned",
    *COUNTERS,
)
UOM_COLUMNS = ("id", "code", "exponent")


@dataclass(frozen=True, slots=True)
class SellerTerms:
    """What a seller has settled about its orders; the defaults where it has settled nothing."""

    takes_backorders: bool = True
    buyer_may_cancel: bool = False
    reopen_days: int = 30
    minimum_value: Decimal = ZERO


def read_orders(actor: Actor, ids: Sequence[int], field: str = "id") -> list[Order]:
    """The orders of these ids, in their order; raises NOT_FOUND with the index of each that is not the actor's.

    `read_at` of each is the instant of this transaction by the database's clock; `credit_on`: its seller controls it.
    """
    rows: Any = Order.objects.visible_to(actor).filter(pk__in=set(ids))
    controls = CreditSettings.objects.filter(organization=OuterRef("seller"), controls=True)
    rows = rows.annotate(read_at=Now(), credit_on=Exists(controls))
    found = {order.pk: order for order in rows}
    many = len(ids) > 1
    raise_all(
        not_found(field, index if many else None)
        if pk not in found
        else DomainError(CoreErrorCode.DUPLICATE, _("This order is named twice."), field, index)
        for index, pk in enumerate(ids)
        if pk not in found or pk in ids[:index]
    )
    return [found[pk] for pk in ids]


def lines_of(order_ids: Iterable[int]) -> LinesByOrder:
    """Lines of orders that the caller may see, by order and in position, as far as LINE_COLUMNS; with their uoms.

    One statement; lines of one uom share it.
    """
    ids = list(order_ids)
    grouped: LinesByOrder = {pk: [] for pk in ids}
    uoms: dict[int, UnitOfMeasure] = {}
    rows = OrderLine.objects.filter(order__in=ids).order_by("order_id", "position")
    for *values, code, exponent in rows.values_list(*LINE_COLUMNS, "uom__code", "uom__exponent"):
        line = lean_row(OrderLine, LINE_COLUMNS, values)
        uom = uoms.get(line.uom_id)
        if uom is None:
            uom = uoms[line.uom_id] = lean_row(UnitOfMeasure, UOM_COLUMNS, (line.uom_id, code, exponent))
        line._state.fields_cache["uom"] = uom
        grouped[line.order_id].append(line)
    return grouped


def terms_of(seller_ids: Iterable[int]) -> Mapping[int, SellerTerms]:
    """Settings of sellers; every seller asked for is there. One statement."""
    ids = set(seller_ids)
    rows = OrderSettings.objects.filter(organization__in=ids).values_list(
        "organization", "takes_backorders", "buyer_may_cancel", "reopen_days", "minimum_value"
    )
    return dict.fromkeys(ids, SellerTerms()) | {row[0]: SellerTerms(*row[1:]) for row in rows}


def lock(orders: Sequence[Order]) -> list[DomainError]:
    """Lock orders that were read before (level 5); a CONFLICT for each that has moved since, with its index."""
    ids = sorted({order.pk for order in orders})
    locked = Order.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    versions = dict(locked.values_list("pk", "version"))
    return [
        DomainError(
            CoreErrorCode.CONFLICT,
            _("%(number)s has changed meanwhile. Look again and repeat.") % {"number": order.number},
            None,
            index if len(orders) > 1 else None,
        )
        for index, order in enumerate(orders)
        if versions.get(order.pk) != order.version
    ]


def move_lines(moves: Mapping[str, Mapping[int, Decimal]]) -> None:
    """Add to the counters of lines, under the lock of their orders: {"shipped": {line id: quantity}}. One statement."""
    ids = sorted({line_id for counter in COUNTERS for line_id, by in moves.get(counter, {}).items() if by})
    if ids:
        columns = [numbers(moves.get(counter, {}).get(line_id, ZERO) for line_id in ids) for counter in COUNTERS]
        run(MOVE_LINES, [numbers(ids), *columns])
