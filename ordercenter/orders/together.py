"""Which goods are bought together: counted from past orders in the background, read by one look into a table.

(docs/concepts/orders.md, Bought together)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, OFFERS, scope_of
from marketplace.catalog.models import Product
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.search.engine import Hit
from marketplace.search.postgres import PRODUCT_FIELDS
from marketplace.search.schema import product_of_hit
from ordercenter.orders.store import rows_of, run

WINDOW = timedelta(days=365)
#: An order placed a moment ago may be under way to its commit: counted now it would be missing for good.
SETTLED = timedelta(minutes=1)
#: Of one seller at most: the latest of the window.
MOST_ORDERS = 20_000
#: An order of everything says of no two goods that they belong together, and costs the square of its lines.
MOST_GOODS = 60
#: Once is chance.
LEAST_ORDERS = 2
KEPT = 12

# `counted`: pairs of goods with the number of orders of [since, until] in which both stand.
COUNTED = """seen AS MATERIALIZED (
    SELECT placed.id FROM orders_order AS placed
     WHERE placed.seller_id = %(seller)s AND placed.placed_at >= %(since)s AND placed.placed_at <= %(until)s
     ORDER BY placed.placed_at DESC, placed.id DESC LIMIT %(most)s
), goods AS MATERIALIZED (
    SELECT order_id, product_id, count(*) OVER (PARTITION BY order_id) AS number
      FROM (SELECT DISTINCT line.order_id, variant.product_id
              FROM seen JOIN orders_orderline AS line ON line.order_id = seen.id
              JOIN catalog_variant AS variant ON variant.id = line.variant_id) AS once
), counted AS (
    SELECT one.product_id, two.product_id AS other_id, count(*) AS orders
      FROM goods AS one JOIN goods AS two ON two.order_id = one.order_id AND two.product_id <> one.product_id
     WHERE one.number <= %(most_goods)s
     GROUP BY 1, 2 HAVING count(*) >= %(least)s
)"""

WRITE = f"""WITH {COUNTED}
INSERT INTO orders_boughttogether (organization_id, product_id, other_id, orders, since, until)
SELECT %(seller)s, product_id, other_id, orders, %(since)s, %(until)s
  FROM (SELECT counted.*, row_number() OVER (PARTITION BY product_id ORDER BY orders DESC, other_id) AS place
          FROM counted) AS ranked
 WHERE place <= %(kept)s"""

SELLERS = "SELECT DISTINCT seller_id FROM orders_order WHERE placed_at >= %s ORDER BY 1"

_COLUMNS = ", ".join(f"product.{name}" for name in PRODUCT_FIELDS)
READ = f"""WITH {BUYER_SCOPE}, {HELD}, near AS MATERIALIZED (
    SELECT product_id, other_id, orders FROM orders_boughttogether
     WHERE organization_id = %(seller)s::bigint AND product_id = ANY (%(products)s::bigint[])
), offered AS (
    SELECT DISTINCT product.id {OFFERS} AND product.id IN (SELECT other_id FROM near)
)
SELECT near.product_id, {_COLUMNS}
  FROM near JOIN offered ON offered.id = near.other_id JOIN catalog_product AS product ON product.id = near.other_id
 ORDER BY near.product_id, near.orders DESC, near.other_id"""


def count_together(actor: Actor) -> int:
    """Count anew for every seller that took orders lately; returns how many sellers."""
    actor.require("orders.settings")
    since = database_now() - WINDOW
    sellers = [pk for (pk,) in rows_of(SELLERS, [since])]
    for seller_id in sellers:  # a transaction each: one seller's figures never wait for another's
        count_of_seller(seller_id)
    return len(sellers)


def count_of_seller(seller_id: int) -> None:
    """Count one seller's pairs anew, three statements; who comes meanwhile reads the old ones."""
    with transaction.atomic():
        until = database_now() - SETTLED
        run("SELECT pg_advisory_xact_lock(hashtext('bought together'), %s::integer)", [seller_id])
        run("DELETE FROM orders_boughttogether WHERE organization_id = %s", [seller_id])
        bounds = {"most": MOST_ORDERS, "most_goods": MOST_GOODS, "least": LEAST_ORDERS, "kept": KEPT}
        run(WRITE, {"seller": seller_id, "since": until - WINDOW, "until": until, **bounds})


def bought_with(actor: Actor, seller_id: int, product_ids: Sequence[int]) -> dict[int, list[Product]]:
    """By product of a seller: what is bought with it and offered to the actor, most often first. One statement.

    Each knows by whom it is offered, as products of the catalogue do.
    """
    values = scope_of(actor, seller_id) | {"products": list(product_ids)}
    found: dict[int, list[Product]] = {}
    for row in rows_of(READ, values):
        found.setdefault(row[0], []).append(product_of_hit(Hit(row[1:], seller_id, ())))
    return found
