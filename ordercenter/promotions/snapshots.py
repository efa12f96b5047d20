"""Orders evaluated again from what they keep: never from the live rule (promotions §5, §6)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from marketplace.catalog.scope import ScopeKeys
from marketplace.core.arrays import numbers
from marketplace.core.errors import not_found
from ordercenter.promotions.engine.refund import PaidLine, Refund, refund, replayed
from ordercenter.promotions.engine.rules import Rule, rule_of
from ordercenter.promotions.engine.scale import money, quantity
from ordercenter.promotions.terms import BasketLine, GiftKey

# Goods and gift lines with what categories their goods are in now; what is worked out from them is frozen on the line.
LINES = """
SELECT line.order_id, line.id, line.kind, line.position, line.variant_id, variant.product_id, product.brand_id,
    category.ancestors, line.uom_id, line.quantity, line.factor, line.base_quantity, line.unit_price, line.list_amount,
    line.floor_price, line.discount, line.returned, orders.currency
FROM orders_orderline AS line JOIN orders_order AS orders ON orders.id = line.order_id
JOIN catalog_variant AS variant ON variant.id = line.variant_id
JOIN catalog_product AS product ON product.id = variant.product_id
LEFT JOIN catalog_category AS category ON category.id = product.category_id
WHERE line.order_id = ANY (%s::bigint[]) AND line.kind <> 'charge'
ORDER BY line.order_id, line.position
"""

APPLIED = """
SELECT applied.order_id, applied.configuration::text,
    (SELECT jsonb_object_agg(share.order_line_id, share.amount::text) FROM promotions_appliedshare AS share
        WHERE share.applied_id = applied.id)::text
FROM promotions_appliedpromotion AS applied
WHERE applied.order_id = ANY (%s::bigint[]) AND applied.revoked_at IS NULL
ORDER BY applied.id
"""

PACKS = """
SELECT pack.variant_id, pack.uom_id, pack.factor FROM catalog_pack AS pack
WHERE (pack.variant_id, pack.uom_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
"""


@dataclass(slots=True)
class OrderSnapshot:
    """An order as its promotions see it: lines with what was paid, rules, and what each line's shares say."""

    order_id: int
    currency: str
    lines: list[PaidLine] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    line_ids: dict[Any, int] = field(default_factory=dict)
    stored: dict[int, Decimal] = field(default_factory=dict)
    packs: dict[tuple[int, int], int] = field(default_factory=dict)
    max_line_discount: Decimal = Decimal(100)


def snapshots_of(order_ids: Collection[int]) -> dict[int, OrderSnapshot]:
    """Orders with what they keep of their promotions; three statements for any number of them."""
    found: dict[int, OrderSnapshot] = {}
    with connection.cursor() as cursor:
        cursor.execute(APPLIED, [numbers(order_ids)])
        applied = cursor.fetchall()
        cursor.execute(LINES, [numbers(order_ids)])
        lines = cursor.fetchall()
        rules: dict[int, list[Rule]] = defaultdict(list)
        stored: dict[int, dict[int, Decimal]] = defaultdict(dict)
        kept: dict[int, tuple[Decimal, set[int]]] = defaultdict(lambda: (Decimal(100), set()))
        for order_id, configuration, shares in applied:
            rules[order_id].append(rule_of(configuration))
            document = json.loads(configuration)
            kept[order_id] = (Decimal(document["max_line_discount"]), set(document["unpromotable"]))
            for line_id, amount in json.loads(shares or "{}").items():
                known = stored[order_id]
                known[int(line_id)] = known.get(int(line_id), Decimal(0)) + Decimal(amount)
        for row in lines:
            snapshot = found.setdefault(row[0], OrderSnapshot(row[0], row[-1], rules=rules[row[0]]))
            snapshot.max_line_discount, closed = kept[row[0]]
            _add(snapshot, row, stored[row[0]], closed)
        _packs(cursor, found)
    return found


def _add(snapshot: OrderSnapshot, row: tuple[Any, ...], stored: Mapping[int, Decimal], closed: Collection[int]) -> None:
    (_, line_id, kind, position, variant, product, brand, ancestors, uom, count, factor, base, price, listed, floor,
     discount, returned, _) = row  # fmt: skip
    key: Any = line_id
    awards = 1
    if kind == "gift":
        item = _item_of(snapshot.rules, variant, uom)
        if item is not None:
            key, awards = item[0], max(1, round(count / (Decimal(item[1]) / 10**6)))
    line = BasketLine(
        key, ScopeKeys(variant, product, tuple(ancestors or ()), brand), uom, count, factor, base, price, listed,
        floor, line_id not in closed, position=position,
    )  # fmt: skip
    snapshot.lines.append(PaidLine(line, listed - discount, returned, awards=awards))
    snapshot.line_ids[key] = line_id
    if line_id in stored:
        snapshot.stored[line_id] = stored[line_id]


def _item_of(rules: Collection[Rule], variant: int, uom: int) -> tuple[GiftKey, int] | None:
    """The pool item a gift line came from."""
    for rule in rules:
        for pool in rule.pools:
            for item in pool.items:
                if (item.variant_id, item.uom_id) == (variant, uom):
                    return GiftKey(rule.id, item.id), item.quantity
    return None


def _packs(cursor: Any, found: Mapping[int, OrderSnapshot]) -> None:
    wanted = {
        (one.line.scope.variant_id, rule.uom)
        for snapshot in found.values()
        for rule in snapshot.rules
        if rule.uom
        for one in snapshot.lines
    }
    if wanted:
        cursor.execute(PACKS, [numbers(column) for column in zip(*sorted(wanted), strict=True)])
        packs = {(variant, uom): quantity(factor) for variant, uom, factor in cursor.fetchall()}
        for snapshot in found.values():
            snapshot.packs = packs


def replay(order_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """{order: {order line: amount off}} worked out anew from snapshots and frozen lines; equals what is stored."""
    answers: dict[int, dict[int, Decimal]] = {}
    for order_id, snapshot in snapshots_of(order_ids).items():
        run = replayed(snapshot.lines, snapshot.rules, snapshot.currency, snapshot.packs, snapshot.max_line_discount)
        taken: dict[int, Decimal] = {}
        for entry in run.applied:
            for slot, units in entry.shares.items():
                line_id = snapshot.line_ids.get(run.sheet.keys[slot] if isinstance(slot, int) else slot)
                if line_id is not None:
                    taken[line_id] = taken.get(line_id, Decimal(0)) + money(units, run.sheet.digits)
        answers[order_id] = {line_id: amount for line_id, amount in taken.items() if amount}
    return answers


def refund_of(
    order_id: int,
    returning: Mapping[int, Decimal],
    refunded: Mapping[int, Decimal] | None = None,
    keep_benefit: bool = False,
) -> Refund:
    """What returning {order line: quantity} pays, by order line; `refunded`: what was paid back by line before (§6)."""
    snapshot = snapshots_of([order_id]).get(order_id)
    if snapshot is None:
        raise not_found("order")
    before = refunded or {}
    for one in snapshot.lines:
        one.refunded = before.get(snapshot.line_ids[one.line.key], Decimal(0))
    keys = {line_id: key for key, line_id in snapshot.line_ids.items()}
    asked = {keys[line_id]: count for line_id, count in returning.items()}
    found = refund(
        snapshot.lines,
        snapshot.rules,
        asked,
        snapshot.currency,
        keep_benefit,
        snapshot.packs,
        snapshot.max_line_discount,
    )
    found.by_line = {snapshot.line_ids[key]: amount for key, amount in found.by_line.items()}
    return found
