"""`python -m bench.money`: what an order of 5 lines costs when promotions, rebates and credit have a say.

It runs on the database that DATABASE_URL names, makes sellers of its own, measures, and takes all back: by GraphQL,
orders of a seller that uses none of it, then of one with 20 promotions of which the best apply, 3 rebate policies and a
credit check. Each is the median of the CPU time of this process; the second may take 1.6 times the first at most.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

ORDERS = 60
LINES = 5
MOST = 1.6


def main() -> int:
    """Measure both, print them, and fail where the second takes too long."""
    import django

    django.setup()
    from django.db import connection, transaction

    from tests.ordercenter.orders.money_shop import MoneyShop
    from tests.ordercenter.orders.shop import Shop
    from tests.ordercenter.rebates.world import RebateShop
    from tests.statements import count_sql

    found: dict[str, dict[str, float]] = {}
    with transaction.atomic():
        bare = Shop("Bench bare", auto_confirm=True)
        rich = type("RichShop", (MoneyShop, RebateShop), {})("Bench rich", auto_confirm=True)
        _furnish(rich)
        for name, shop in (("bare", bare), ("20 promotions, 3 rebate policies, credit", rich)):
            skus = shop.sells_many(LINES, price="19.99", stock=100000)
            found[name] = _measured(_placing(shop, skus), count_sql)
        transaction.set_rollback(True)
    connection.close()
    bare_ms, rich_ms = (one["cpu_ms"] for one in found.values())
    print(json.dumps({**found, "times": round(rich_ms / bare_ms, 2)}, indent=2))
    return 0 if rich_ms <= bare_ms * MOST else 1


def _furnish(shop: Any) -> None:
    from ordercenter.credit.enums import CreditRuleKind

    shop.limit(10**9)
    shop.rule(CreditRuleKind.LIMIT)
    for number in range(20):
        level = "line" if number % 2 else "order"
        cap = ("amount", 10**9) if number % 4 == 0 else None
        shop.promotes("percent_off", level, value=1 + number, cap=cap, stacking="best_only")
    for _number in range(3):
        shop.policy()


def _placing(shop: Any, skus: list[str]) -> Callable[[], Any]:
    """Place an order through the GraphQL view, as the dealer's program does."""
    from django.test import Client

    from bench.cases import PLACE
    from marketplace.graphql import to_global_id

    client = Client(HTTP_HOST="localhost")
    client.force_login(shop.dealer.user)
    lines = [{"variant": to_global_id("Variant", shop.goods[sku].pk), "quantity": "2"} for sku in skus]
    given = {"seller": to_global_id("Organization", shop.seller.pk), "lines": lines}
    body = json.dumps({"query": PLACE, "variables": {"input": given}})

    def place() -> None:
        answer = client.post("/graphql/", body, content_type="application/json").json()
        assert answer["data"]["orderPlace"]["order"], answer

    return place


def _measured(place: Callable[[], Any], count_sql: Any) -> dict[str, float]:
    place()
    with count_sql() as counter:
        place()
    times: list[float] = []
    for _number in range(ORDERS):
        begin = time.process_time()
        place()
        times.append((time.process_time() - begin) * 1000)
    return {"cpu_ms": round(statistics.median(times), 2), "statements": counter.count}


if __name__ == "__main__":
    sys.exit(main())
