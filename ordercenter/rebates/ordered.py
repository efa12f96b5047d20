"""What an order gives in rebates, and what its lines really cost then: the last step of a net price (rebates §7).

What of an order is counted already stands in the positions; what is not, as it is not yet shipped, received, invoiced
or paid, is added as a basket would be. The rebate of the order is T with all of it less T without any of it, divided
over its lines by basis.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from marketplace.core.clock import database_now
from marketplace.core.money import round4
from ordercenter.orders.enums import FINAL, OrderStatus
from ordercenter.orders.models import Order, OrderLine
from ordercenter.rebates.accrue import Counted, Known, counting, in_uom, known_of, moved_with
from ordercenter.rebates.effective import divided, factors_of
from ordercenter.rebates.enums import RebateBasis
from ordercenter.rebates.live import LivePolicy, PartnerKeys, deducted_by, live_policies, partner_keys
from ordercenter.rebates.positions import Held, PositionKey, read_positions
from ordercenter.rebates.progress import empty
from ordercenter.rebates.retarget import Given, Units
from ordercenter.rebates.sources import Source, read_sources, sources_of, valued

ZERO = Decimal(0)
#: Orders whose lines are not bought any more, or not yet.
NOTHING = (OrderStatus.DRAFT, OrderStatus.REJECTED, OrderStatus.DECLINED, OrderStatus.CANCELLED)

#: What is bought by each line, whatever document it will be counted by.
BOUGHT = """
    SELECT 'order_line'::text AS kind, line.id, coalesce(o.confirmed_at, o.placed_at, now()) AS at, line.id AS line_id,
           0::numeric AS a, line.quantity - line.cancelled - line.returned AS b, 0 AS less, 0 AS off_net, 0 AS off_gross
      FROM orders_order o JOIN orders_orderline line ON line.order_id = o.id
     WHERE line.kind = 'goods' AND o.id = ANY(%s::bigint[])"""


@dataclass(slots=True)
class OrderRebate:
    """What one order gives: in all, and by line (4 decimals of a unit price, to look at, never to compute with)."""

    currency: str
    total: Decimal = ZERO
    rebates: dict[int, Decimal] = field(default_factory=dict)
    prices: dict[int, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class _Parts:
    """What one order adds to lines of policies: what is counted, and what is still to be."""

    counted: list[Given] = field(default_factory=list)
    coming: list[Given] = field(default_factory=list)
    known: Known = field(default_factory=lambda: defaultdict(dict))
    weights: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))

    def wanted(self, policies: Mapping[int, LivePolicy], reach: Mapping[int, set[int]]) -> set[PositionKey]:
        keys: set[PositionKey] = set()
        for one in (*self.counted, *self.coming):
            keys |= moved_with(one.policy, one.key, policies, reach)
        return keys


def rebates_of_orders(order_ids: Iterable[int], seen: QuerySet[Order] | None = None) -> dict[int, OrderRebate]:
    """What orders give, of those one may see; nothing for those of sellers without policies.

    A constant number of statements for any number of orders; two where no seller has a policy.
    """
    rows = Order.objects.all() if seen is None else seen
    rows = rows.filter(pk__in=list(order_ids)).exclude(status__in=NOTHING)
    orders = {row.pk: row for row in rows.only("pk", "seller_id", "partnership_id", "currency", "status")}
    policies = live_policies({order.seller_id for order in orders.values()}) if orders else {}
    sellers = {policy.row.organization_id for policy in policies.values()}
    orders = {pk: order for pk, order in orders.items() if order.seller_id in sellers}
    if not orders:
        return {}
    partners = partner_keys(order.partnership_id for order in orders.values())
    parts = _parts(orders, policies, partners)
    reach = deducted_by(policies)
    wanted = {pk: one.wanted(policies, reach) for pk, one in parts.items()}
    held = read_positions({key for keys in wanted.values() for key in keys})
    held += _missing(held, parts, partners)
    like = Units(held, policies)
    found = {pk: OrderRebate(order.currency) for pk, order in orders.items()}
    for pk, one in parts.items():
        _gain(found[pk], one, [row for row in held if _within(row, wanted[pk])], policies, like)
    _price(found, orders)
    return {pk: one for pk, one in found.items() if any(one.rebates.values())}


def _parts(
    orders: Mapping[int, Order], policies: Mapping[int, LivePolicy], partners: Mapping[int, PartnerKeys]
) -> dict[int, _Parts]:
    ids = sorted(orders)
    bases = {RebateBasis(policy.row.basis) for policy in policies.values()}
    sources = sources_of(ids, bases)
    known = known_of(sources) if sources else {}
    bought = read_sources(RebateBasis.ORDERED, valued(BOUGHT), [ids])
    factors = factors_of({one.keys.variant_id for one in bought}, policies)
    now = database_now()
    lines = {line.id: (policy, line) for policy in policies.values() for line in policy.lines}
    parts: dict[int, _Parts] = {pk: _Parts() for pk in orders}
    done: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}
    for source in sources:
        for line_id, counted in known[source.key].items():
            if line_id not in lines or counted.period is None or source.order_line_id is None:
                continue
            policy, line = lines[line_id]
            key = PositionKey(line_id, source.partnership_id, counted.period.start, counted.period.end)
            one = parts[source.order_id or 0]
            one.counted.append(Given(source, policy, line, key, 0, -counted.amount, -counted.quantity, False))
            one.known[source.key][line_id] = Counted(0, ZERO, ZERO)
            before = done.get((source.order_line_id, line_id), (ZERO, ZERO))
            done[source.order_line_id, line_id] = (before[0] + counted.amount, before[1] + counted.quantity)
    for source in bought:
        _coming(parts[source.order_id or 0], source, orders, policies, partners, factors, done, now)
    return parts


def _coming(
    one: _Parts,
    bought: Source,
    orders: Mapping[int, Order],
    policies: Mapping[int, LivePolicy],
    partners: Mapping[int, PartnerKeys],
    factors: Mapping[tuple[int, int], Decimal],
    done: Mapping[tuple[int, int], tuple[Decimal, Decimal]],
    now: datetime,
) -> None:
    """What of a line is still to be counted, today: nothing of an order that is over and counted by order."""
    over = orders[bought.order_id or 0].status in FINAL
    for basis in sorted({RebateBasis(policy.row.basis) for policy in policies.values()}):
        at = bought.occurred_at if basis == RebateBasis.ORDERED else now
        source = replace(bought, basis=basis, occurred_at=at, seq=0)
        for policy in counting(source, _counted_by(bought, done), policies, partners):
            if RebateBasis(policy.row.basis) != basis:
                continue
            period = policy.period(at)
            for line in policy.lines:
                amount, quantity = source.amount(policy.row), in_uom(source, line, factors)
                have = done.get((bought.id, line.id), (ZERO, ZERO))
                one.weights[line.id][bought.id] = amount if line.terms.measure == "amount" else quantity
                amount, quantity = max(ZERO, amount - have[0]), max(ZERO, quantity - have[1])
                if (amount or quantity) and not (over and any(have)):
                    key = PositionKey(line.id, source.partnership_id, period.start, period.end)
                    one.coming.append(Given(source, policy, line, key, 0, amount, quantity, True))
                    one.known[source.key][line.id] = Counted(0, amount, quantity)


def _counted_by(bought: Source, done: Mapping[tuple[int, int], tuple[Decimal, Decimal]]) -> set[int]:
    return {line for order_line, line in done if order_line == bought.id}


def _missing(held: Sequence[Held], parts: Mapping[int, _Parts], partners: Mapping[int, PartnerKeys]) -> list[Held]:
    """Positions that what is coming would make."""
    known = {(one.line_id, one.partnership_id, one.period_from) for one in held}
    made = []
    for one in (given for each in parts.values() for given in each.coming):
        key = (one.key.line_id, one.source.partnership_id, one.key.start)
        if key not in known:
            known.add(key)
            made.append(empty(partners[one.source.partnership_id], one.key, -len(known)))
    return made


def _within(row: Held, wanted: set[PositionKey]) -> bool:
    return any(
        key.line_id == row.line_id and key.start == row.period_from and key.partnership_id in (None, row.partnership_id)
        for key in wanted
    )


def _gain(
    found: OrderRebate, one: _Parts, held: Sequence[Held], policies: Mapping[int, LivePolicy], like: Units
) -> None:
    """T with all of the order less T without any of it, in every position of the buyer's that it moves."""
    totals = []
    for given in (one.coming, one.counted):
        units = Units([_fresh(row) for row in held], policies, like)
        for each in given:
            units.give(each)
        units.settle({key: dict(lines) for key, lines in one.known.items()}, save=False)
        totals.append({row.id: row.target_value for row in units.held})
    whole, without = totals
    partners = {each.source.partnership_id for each in (*one.coming, *one.counted)}
    changes: dict[int, Decimal] = defaultdict(Decimal)
    for row in held:
        if row.partnership_id in partners:
            changes[row.line_id] += whole[row.id] - without[row.id]
    for line_id, change in changes.items():
        found.total += change
        for key, part in divided(change, one.weights.get(line_id, {}), found.currency).items():
            found.rebates[key] = found.rebates.get(key, ZERO) + part


def _fresh(row: Held) -> Held:
    made = copy(row)
    made.rows = []
    return made


def _price(found: Mapping[int, OrderRebate], orders: Mapping[int, Order]) -> None:
    """What one unit of each line costs in the end, in the order's own tax mode."""
    rows = OrderLine.objects.filter(order__in=list(orders), pk__in=[pk for one in found.values() for pk in one.rebates])
    columns = ("pk", "order_id", "quantity", "cancelled", "returned", "list_amount", "discount", "reduction")
    for pk, order, quantity, cancelled, returned, amount, discount, reduction in rows.values_list(*columns):
        bought = quantity - cancelled - returned
        if bought > 0:
            rebate = found[order].rebates[pk] / bought
            found[order].prices[pk] = round4((amount - discount - reduction) / quantity - rebate)
