"""What is stored with orders, held against what it was made of: lines, story, stock and number series."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.core.verify import Difference, check
from ordercenter.orders.money import CLEARINGS
from ordercenter.orders.statuses import DERIVED, FACTS
from ordercenter.orders.store import rows_of
from ordercenter.orders.together import MOST_GOODS, MOST_ORDERS

SUMS = (
    "line_count",
    "list_amount",
    "discount",
    "reduction",
    "net",
    "tax",
    "gross",
    "cancelled_tax",
    "cancelled_gross",
    "funded",
)
STATUSES = (
    "status",
    "fulfilment_status",
    "billing_status",
    "return_status",
    "payment_status",
    "waiting_for",
    "in_transit",
    "open_holds",
)
COUNTERS = ("quantity", "cancelled", "allocated", "shipped", "received", "differed", "invoiced")

DERIVED_NOW = f"""
WITH held AS (
    SELECT id, currency, paid, refunded, credited, status, status AS status_before FROM orders_order
), {FACTS}, {DERIVED}
SELECT seller.code || ' ' || stored.number, told.name, told.expected, told.found
  FROM orders_order AS stored
  JOIN parties_organization AS seller ON seller.id = stored.seller_id
  LEFT JOIN derived ON derived.id = stored.id
 CROSS JOIN LATERAL (VALUES %s) AS told(name, expected, found)
 WHERE told.expected IS DISTINCT FROM told.found
"""


def _derived(names: tuple[str, ...], cast: str) -> Iterator[Difference]:
    now = {"status": "status_now"}
    values = ", ".join(f"('{name}', derived.{now.get(name, name)}::{cast}, stored.{name}::{cast})" for name in names)
    for subject, name, expected, found in rows_of(DERIVED_NOW % values, None):
        yield Difference(f"order {subject} {name}", expected, found)


@check("orders: totals are sums of lines")
def totals() -> Iterator[Difference]:
    """Every sum of an order, from its lines."""
    yield from _derived(SUMS, "numeric")


@check("orders: statuses follow from quantities")
def statuses() -> Iterator[Difference]:
    """Every derived status of an order, from the counters of its lines."""
    yield from _derived(STATUSES, "text")


STORY = f"""
WITH told AS (
    SELECT lines.key::bigint AS line_id, moves.key AS counter, sum(lines.value::numeric) AS quantity
      FROM orders_orderevent AS event, jsonb_each(event.data -> 'moves') AS moves,
           jsonb_each_text(moves.value) AS lines
     GROUP BY 1, 2
), kept AS (
    SELECT line.id AS line_id, counters.counter, counters.quantity
      FROM orders_orderline AS line
     CROSS JOIN LATERAL (VALUES {", ".join(f"('{name}', line.{name})" for name in COUNTERS)})
           AS counters(counter, quantity)
)
SELECT line_id, counter, coalesce(told.quantity, 0), coalesce(kept.quantity, 0)
  FROM told FULL JOIN kept USING (line_id, counter)
 WHERE coalesce(told.quantity, 0) <> coalesce(kept.quantity, 0)
"""


@check("orders: the story rebuilds the quantities")
def story() -> Iterator[Difference]:
    """Every counter of every line, from the timeline alone."""
    for line_id, counter, expected, found in rows_of(STORY, None):
        yield Difference(f"order line {line_id} {counter}", expected, found)


ALLOCATED = """
SELECT line.id, coalesce(held.quantity, 0), line.allocated * line.factor
  FROM orders_orderline AS line
  LEFT JOIN (SELECT order_line_id, sum(quantity - shipped - freed) AS quantity FROM stock_allocation
              GROUP BY order_line_id) AS held ON held.order_line_id = line.id
 WHERE coalesce(held.quantity, 0) <> line.allocated * line.factor
"""


@check("orders: promised quantities agree with stock")
def allocated() -> Iterator[Difference]:
    """What lines say they are promised, in base units, from the allocations of stock."""
    for line_id, expected, found in rows_of(ALLOCATED, None):
        yield Difference(f"order line {line_id} allocated", expected, found)


PAID = f"""
WITH {CLEARINGS}
SELECT stored.number, told.name, told.expected, told.found
  FROM orders_order AS stored LEFT JOIN cleared ON cleared.order_id = stored.id
 CROSS JOIN LATERAL (VALUES ('paid', coalesce(cleared.paid, 0), stored.paid),
                            ('credited', coalesce(cleared.credited, 0), stored.credited)) AS told(name, expected, found)
 WHERE told.expected <> told.found
   AND NOT EXISTS (SELECT FROM core_outboxevent AS waiting
                    WHERE waiting.dispatched_at IS NULL AND waiting.kind LIKE 'ledger.%%')
"""


@check("orders: what is paid agrees with the ledger")
def payments() -> Iterator[Difference]:
    """Paid and credited of every order, from the clearings, once all of them were heard of."""
    for number, name, expected, found in rows_of(PAID, [None, None]):
        yield Difference(f"order {number} {name}", expected, found)


FUNDED = """
SELECT line.id, coalesce(shares.paying, 0), line.funded, coalesce(shares.reducing, 0), line.reduction
  FROM orders_orderline AS line
  LEFT JOIN (SELECT order_line_id, sum(amount) FILTER (WHERE treatment = 'payment') AS paying,
                    sum(amount) FILTER (WHERE treatment = 'price_reduction') AS reducing
               FROM (SELECT DISTINCT ON (order_line_id, account_id, treatment) * FROM funds_fundshare
                      ORDER BY order_line_id, account_id, treatment, id DESC) AS latest
              GROUP BY order_line_id) AS shares ON shares.order_line_id = line.id
 WHERE (line.funded <> 0 OR line.reduction <> 0)
   AND (coalesce(shares.paying, 0), coalesce(shares.reducing, 0)) <> (line.funded, line.reduction)
"""


@check("orders: what funds give agrees with their shares")
def funded() -> Iterator[Difference]:
    """What fund accounts pay and take off each line, from the shares of funds."""
    for line_id, paying, paid, reducing, reduced in rows_of(FUNDED, None):
        yield Difference(f"order line {line_id} funds", f"{paying} and {reducing}", f"{paid} and {reduced}")


DISCOUNTS = """
SELECT line.id, coalesce(shares.amount, 0), line.discount
  FROM orders_orderline AS line
  LEFT JOIN (SELECT share.order_line_id, sum(share.amount) AS amount FROM promotions_appliedshare AS share
               JOIN promotions_appliedpromotion AS applied
                 ON applied.id = share.applied_id AND applied.revoked_at IS NULL
              GROUP BY 1) AS shares ON shares.order_line_id = line.id
 WHERE coalesce(shares.amount, 0) <> line.discount
"""


@check("orders: discounts agree with promotions")
def discounts() -> Iterator[Difference]:
    """The discount of every line, from the shares of what applied."""
    for line_id, expected, found in rows_of(DISCOUNTS, None):
        yield Difference(f"order line {line_id} discount", expected, found)


NUMBERS = """
SELECT owner.code, coalesce(series.last, 0), given.documents, given.highest
  FROM (SELECT {owner} AS owner_id, count(*) AS documents, max(substring(number FROM '[0-9]+$')::bigint) AS highest
          FROM {table} GROUP BY 1) AS given
  JOIN parties_organization AS owner ON owner.id = given.owner_id
  LEFT JOIN core_numberseries AS series ON series.organization_id = given.owner_id AND series.kind = %s
 WHERE given.documents <> coalesce(series.last, 0) OR given.highest <> coalesce(series.last, 0)
"""


def number_gaps(table: str, owner: str, kind: str) -> Iterator[Difference]:
    """Organizations whose documents do not use every number of their series once, up to the last."""
    for code, last, documents, highest in rows_of(NUMBERS.format(table=table, owner=owner), [kind]):
        yield Difference(f"{kind} numbers of {code}", f"1 to {last}", f"{documents} documents up to {highest}")


@check("orders: numbers have no gaps")
def order_numbers() -> Iterator[Difference]:
    """Numbers are unique by constraint; that none is missing shows here."""
    yield from number_gaps("orders_order", "seller_id", "order")


TOGETHER = """
SELECT stored.organization_id, stored.product_id, stored.other_id, stored.orders, (
    SELECT count(*) FROM orders_order AS placed
     WHERE placed.seller_id = stored.organization_id AND placed.placed_at >= stored.since
       AND placed.placed_at <= stored.until
       AND (SELECT count(DISTINCT variant.product_id) FILTER (
                WHERE variant.product_id IN (stored.product_id, stored.other_id)) = 2
                AND count(DISTINCT variant.product_id) <= %(most_goods)s
              FROM orders_orderline AS line JOIN catalog_variant AS variant ON variant.id = line.variant_id
             WHERE line.order_id = placed.id)) AS counted
  FROM (SELECT * FROM orders_boughttogether ORDER BY orders DESC, id LIMIT %(most)s) AS stored
 WHERE NOT EXISTS (
    SELECT 1 FROM orders_orderevent AS event WHERE event.seller_id = stored.organization_id
       AND event.at > stored.until)
   AND (SELECT count(*) FROM orders_order AS placed WHERE placed.seller_id = stored.organization_id
       AND placed.placed_at >= stored.since AND placed.placed_at <= stored.until) <= %(orders)s
"""
#: Pairs that are counted again, those of most orders: each costs a look at every order of its window.
PAIRS = 20


@check("orders: bought together")
def together() -> Iterator[Difference]:
    """The strongest pairs of sellers whose orders have not changed since they were counted."""
    values = {"most": PAIRS, "most_goods": MOST_GOODS, "orders": MOST_ORDERS}
    for seller, product, other, stored, counted in rows_of(TOGETHER, values):
        if stored != counted:
            yield Difference(f"products {product} and {other} of seller {seller}, orders with both", counted, stored)
