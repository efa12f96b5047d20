"""Lines of carts with the prices they were written at, which their seller may hold for some hours (pricing §5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.arrays import documents, numbers, texts
from marketplace.core.errors import raise_all
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.drafts import LARGEST_QUANTITY, DraftLine, too_much
from ordercenter.orders.entries import CheckedLine
from ordercenter.orders.store import rows_of, run
from ordercenter.orders.terms import BuyingTerms
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.freeze import Freeze
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest, PriceResult

# All lines of these products: their quantities may reach a tier together.
AKIN = """
SELECT line.variant_id, line.uom_id, line.quantity, line.snapshot::text, line.priced_at
  FROM orders_cartline AS line JOIN catalog_variant AS variant ON variant.id = line.variant_id
 WHERE line.cart_id = %s AND variant.product_id IN (
       SELECT product_id FROM catalog_variant WHERE id = ANY (%s::bigint[]))
 ORDER BY line.position
"""

PUT = """
INSERT INTO orders_cartline AS line
       (cart_id, organization_id, position, variant_id, uom_id, quantity, unit_price, snapshot, priced_at)
SELECT %s, %s, coalesce((SELECT max(position) FROM orders_cartline WHERE cart_id = %s), 0) + given.place,
       given.variant_id, given.uom_id, given.quantity, given.unit_price, given.snapshot, coalesce(given.at, now())
  FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::jsonb[], %s::timestamptz[])
       WITH ORDINALITY AS given(variant_id, uom_id, quantity, unit_price, snapshot, at, place)
ON CONFLICT (cart_id, variant_id, uom_id) DO UPDATE
   SET quantity = EXCLUDED.quantity, unit_price = EXCLUDED.unit_price, snapshot = EXCLUDED.snapshot,
       priced_at = EXCLUDED.priced_at
"""

COPY = """
INSERT INTO orders_cartline
       (cart_id, organization_id, position, variant_id, uom_id, quantity, unit_price, snapshot, priced_at)
SELECT %s::bigint, organization_id, position, variant_id, uom_id, quantity, unit_price, snapshot, priced_at
  FROM orders_cartline WHERE cart_id = %s::bigint
"""

LEAVE = """
WITH gone AS (
    DELETE FROM orders_cartline WHERE cart_id = ANY (%s::bigint[]) AND coalesce(id = ANY (%s::bigint[]), true)
    RETURNING *
)
SELECT variant_id, uom_id, quantity, unit_price, snapshot::text, priced_at FROM gone ORDER BY cart_id, position
"""

#: A variant and a uom: there is one line of both in a cart.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LineThere:
    """A line that lies in a cart."""

    quantity: Decimal
    snapshot: dict[str, Any] | None
    priced_at: datetime | None


def put_lines(actor: Actor, terms: BuyingTerms, cart_id: int, lines: Sequence[CheckedLine], add: bool) -> None:
    """Write lines into a locked cart at the prices of their quantities as they will be there; three statements.

    Raises QUANTITY_INVALID with the index of each line that becomes too large.
    """
    given = [((line.goods.variant_id, line.goods.uom_id), line.wish.quantity or ZERO) for line in lines if line.goods]
    put_quantities(actor, terms, cart_id, given, add)


def put_quantities(
    actor: Actor, terms: BuyingTerms, cart_id: int, given: Sequence[tuple[Key, Decimal]], add: bool
) -> None:
    """As `put_lines`, of lines that are known by their keys."""
    akin = _akin(cart_id, (key for key, _quantity in given))
    wanted: dict[Key, Decimal] = {}
    for key, quantity in given:
        there = akin[key].quantity if key in akin else ZERO
        wanted[key] = (wanted.get(key, there) if add else ZERO) + quantity
    raise_all(too_much("quantity", place) for place, of in enumerate(wanted.values()) if of >= LARGEST_QUANTITY)
    _write(actor, terms, cart_id, wanted, _instants(terms, wanted, akin), akin)


def put_prices(actor: Actor, terms: BuyingTerms, cart_id: int, keys: Sequence[Key]) -> None:
    """Give lines of a locked cart the prices of now, held or not; three statements."""
    akin = _akin(cart_id, keys)
    wanted = {key: akin[key].quantity for key in keys}
    _write(actor, terms, cart_id, wanted, dict.fromkeys(wanted), akin)


def copy_lines(from_id: int, to_id: int) -> None:
    """Copy all lines into an empty cart, with the prices they have and the instants these are of; one statement."""
    run(COPY, [to_id, from_id])


def carry_lines(
    actor: Actor, terms: BuyingTerms, from_ids: Sequence[int], to_id: int, line_ids: Sequence[int] | None = None
) -> None:
    """Move lines, all or these, from locked carts into another; as many statements for a thousand as for one.

    A line whose like is not there keeps its price and the hours it is held for. Equal ones are added up, and get their
    price as when one writes them (pricing §5).
    """
    rows = rows_of(LEAVE, [numbers(from_ids), None if line_ids is None else numbers(line_ids)])
    there = set(rows_of("SELECT variant_id, uom_id FROM orders_cartline WHERE cart_id = %s", [to_id]))
    fresh: dict[Key, tuple[Any, ...]] = {}
    equal: list[tuple[Key, Decimal]] = []
    for variant, uom, quantity, *priced in rows:
        key = (variant, uom)
        if key in there or key in fresh:
            equal.append((key, quantity))
        else:
            fresh[key] = (quantity, *priced)
    if fresh:
        arrays = [
            numbers(variant for variant, _uom in fresh),
            numbers(uom for _variant, uom in fresh),
            numbers(quantity for quantity, *_priced in fresh.values()),
            numbers(price for _quantity, price, *_made in fresh.values()),
            documents(_parsed(snapshot) for *_line, snapshot, _at in fresh.values()),
            texts(at for *_line, at in fresh.values()),
        ]
        run(PUT, [to_id, actor.organization_id, to_id, *arrays])
    if equal:
        put_quantities(actor, terms, to_id, equal, add=True)


def line_to_place(
    freeze: Freeze,
    variant_id: int,
    uom_id: int,
    quantity: Decimal,
    unit_price: Decimal | None,
    snapshot: str | None,
    priced_at: datetime | None,
) -> DraftLine:
    """A line of a cart as one to order: at its held price, while it is held."""
    held = freeze.held(priced_at, _parsed(snapshot))
    return DraftLine(variant_id, uom_id, quantity, shown_price=unit_price, held=held)


def _akin(cart_id: int, keys: Iterable[Key]) -> dict[Key, LineThere]:
    rows = rows_of(AKIN, [cart_id, numbers({variant for variant, _uom in keys})])
    return {
        (variant, uom): LineThere(quantity, _parsed(snapshot), priced_at)
        for variant, uom, quantity, snapshot, priced_at in rows
    }


def _instants(
    terms: BuyingTerms, wanted: Mapping[Key, Decimal], akin: Mapping[Key, LineThere]
) -> dict[Key, datetime | None]:
    """Of which instant each line gets its price, None for now; those whose price is held as it is are left out.

    While a price is held, another quantity finds its tier among the prices of the instant it is held from, and that
    instant stays: neither a tier nor the hours can be gained by writing to and fro.
    """
    instants: dict[Key, datetime | None] = {}
    for key, quantity in wanted.items():
        line = akin.get(key)
        held = terms.freeze.held(line.priced_at, line.snapshot) if line else None
        if not line or not held or line.quantity != quantity:
            instants[key] = line.priced_at if line and held else None
    return instants


def _write(
    actor: Actor,
    terms: BuyingTerms,
    cart_id: int,
    wanted: Mapping[Key, Decimal],
    instants: Mapping[Key, datetime | None],
    akin: Mapping[Key, LineThere],
) -> None:
    if not instants:
        return
    quantities = {**{key: line.quantity for key, line in akin.items()}, **wanted}
    requests = [
        PriceRequest(key, terms.partnership_id, key[0], key[1], quantity, at=instants.get(key))
        for key, quantity in quantities.items()
    ]
    found: dict[Any, PriceResult] = {result.key: result for result in resolve(actor, terms.seller_id, requests)}
    raise_all(
        too_much("quantity", place)
        for place, key in enumerate(wanted)
        if found[key].error is PricingErrorCode.QUANTITY_INVALID
    )
    results = [found[key] for key in instants]
    arrays = [
        numbers(variant for variant, _uom in instants),
        numbers(uom for _variant, uom in instants),
        numbers(wanted[key] for key in instants),
        numbers(result.unit_price for result in results),
        documents(result.snapshot for result in results),
        texts(instants.values()),
    ]
    run(PUT, [cart_id, actor.organization_id, cart_id, *arrays])


def _parsed(snapshot: str | None) -> dict[str, Any] | None:
    return json.loads(snapshot) if snapshot else None
