"""`python -m bench.rebates`: recalculate one policy over many order lines, in a database of its own.

createdb bench_rebates && DATABASE_URL=.../bench_rebates entrepot migrate && python -m bench.rebates --lines 1000000
"""

from __future__ import annotations

import resource
import time
from typing import Annotated

import django
import typer

django.setup()

from django.db import connection  # noqa: E402

from marketplace.catalog.models import Pack, Product, UnitOfMeasure, Variant  # noqa: E402
from marketplace.core.actor import Actor  # noqa: E402
from marketplace.core.models import PolicyStatus  # noqa: E402
from marketplace.parties.models import Organization, Partnership  # noqa: E402
from ordercenter.rebates.models import (  # noqa: E402
    RebateBeneficiary,
    RebateLine,
    RebatePolicy,
    RebatePosition,
    RebateTier,
)
from ordercenter.rebates.recalculate import recalculate  # noqa: E402

DEALERS = 200
SKUS = 1000
LINES_OF_ORDER = 10

ORDERS = """
INSERT INTO orders_order (seller_id, buyer_id, number, partnership_id, channel, kind, entry_mode, integration,
    external_number, currency, tax_included, priced_at, parties, address, buyer_reference, note, payment_method,
    payment_days, short_policy, status, fulfilment_status, billing_status, return_status, waiting_for, in_transit,
    line_count, list_amount, discount, reduction, net, tax, gross, cancelled_tax, cancelled_gross, version, placed_at,
    confirmed_at, reason)
SELECT p.upstream_id, p.downstream_id, 'B-' || n, p.id, 'dealer', 'standard', 'import', '', '', 'CNY', true, at, '{}',
    '{}', '', '', 'on_account', 30, 'partial', 'confirmed', 'not_shipped', 'not_invoiced', 'not_returned', 'shipment',
    false, 10, 1130, 0, 0, 1000, 130, 1130, 0, 0, 1, at, at, ''
  FROM generate_series(1, %(orders)s) AS n
 CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + n %% 300 * interval '1 day' AS at) AS instant
  JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place
          FROM parties_partnership WHERE upstream_id = %(seller)s) p
       ON p.place = n %% %(dealers)s
"""

LINES = """
INSERT INTO orders_orderline (order_id, seller_id, buyer_id, position, kind, variant_id, sku, name_zh, name_en, uom_id,
    quantity, factor, base_quantity, unit_price, list_price, snapshot, tax_rate, list_amount, discount, reduction, net,
    tax, gross, cancelled, allocated, shipped, received, differed, stocked, returned, invoiced)
SELECT o.id, o.seller_id, o.buyer_id, k, 'goods', v.id, v.sku, '', v.sku, %(uom)s, 10, 1, 10, 11.3, 11.3, '{}', 0.13,
    113, 0, 0, 100, 13, 113, (o.id + k) %% 3, 0, 0, 0, 0, 0, 0, 0
  FROM orders_order o CROSS JOIN generate_series(1, %(each)s) AS k
  JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place
          FROM catalog_variant WHERE organization_id = %(seller)s) v
       ON v.place = (o.id * 7 + k * 13) %% %(skus)s
 WHERE o.seller_id = %(seller)s
"""


def seed(lines: int) -> Organization:
    """A seller with dealers, goods and confirmed orders of so many lines; what is there is used."""
    seller = Organization.objects.filter(code="bench-rebates").first()
    if seller is not None:
        return seller
    seller = Organization.objects.create(name="Bench", code="bench-rebates", sells=True)
    dealers = Organization.objects.bulk_create(
        Organization(name=f"Dealer {n}", code=f"bench-dealer-{n}", buys=True) for n in range(DEALERS)
    )
    Partnership.objects.bulk_create(
        Partnership(upstream=seller, downstream=dealer, code=dealer.code, currency="CNY") for dealer in dealers
    )
    uom, _made = UnitOfMeasure.objects.get_or_create(code="PCS", defaults={"name_en": "piece"})
    product = Product.objects.create(organization=seller, name_en="Pan", slug="pan")
    variants = Variant.objects.bulk_create(
        Variant(organization=seller, product=product, sku=f"B{n:05}") for n in range(SKUS)
    )
    Pack.objects.bulk_create(Pack(organization=seller, variant=one, uom=uom, is_base=True) for one in variants)
    values = {"seller": seller.pk, "orders": lines // LINES_OF_ORDER, "dealers": DEALERS, "uom": uom.pk}
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, values)
        cursor.execute(LINES, {**values, "each": LINES_OF_ORDER, "skus": SKUS})
        cursor.execute("ANALYZE orders_order")
        cursor.execute("ANALYZE orders_orderline")
    return seller


def policy_of(seller: Organization) -> RebatePolicy:
    """A quarterly retrospective policy for everyone, never counted before."""
    number = RebatePolicy.objects.filter(organization=seller).count() + 1
    policy = RebatePolicy.objects.create(
        organization=seller,
        code=f"BENCH{number}",
        name_en="Bench",
        currency="CNY",
        basis="ordered",
        status=PolicyStatus.EFFECTIVE,
    )
    RebateBeneficiary.objects.create(organization=seller, policy=policy)
    line = RebateLine.objects.create(organization=seller, policy=policy, method="retrospective")
    for lower, upper, value in ((0, 50_000, 1), (50_000, 150_000, 2), (150_000, None, 3)):
        RebateTier.objects.create(organization=seller, line=line, lower=lower, upper=upper, value=value)
    return policy


def main(lines: Annotated[int, typer.Option(help="Order lines to seed.")] = 1_000_000) -> None:
    """Seed, recalculate, and print seconds, rows and the program's largest memory."""
    started = time.perf_counter()
    seller = seed(lines)
    print(f"seeded in {time.perf_counter() - started:.1f} s")
    policy = policy_of(seller)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    started = time.perf_counter()
    done = recalculate(Actor.system(seller), policy.pk)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    positions = RebatePosition.objects.filter(line__policy=policy).count()
    print(f"{done.rows} rows, {positions} positions, {seconds:.1f} s, memory {before} -> {after} MB")
    started = time.perf_counter()
    again = recalculate(Actor.system(seller), policy.pk)
    print(f"again: {again.rows} rows, {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    typer.run(main)
