"""`python -m bench.promotions`: what evaluating promotions costs: 500 lines, 200 rules, one statement.

Milliseconds are processor time of this process, reading the rules included. Half of the rules work on lines, the others
on the whole order; a tenth is for all goods, the others for a category, a product or a SKU each, as sellers have them.
Everything is made in a transaction that is taken back.
"""

import json
import time
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from rich.console import Console

from bench.seeding import Size, prepared

RESULTS = Path(__file__).parent / "results"
SIZES = ((5, 20), (100, 100), (500, 200))
console = Console()


def make_rules(seller: Any, count: int) -> None:
    """Put so many promotions of all kinds in effect."""
    from marketplace.catalog.models import Variant
    from marketplace.catalog.scope import ProductScope
    from marketplace.core.actor import Actor
    from ordercenter.promotions.drafts import PromotionDraft, ScopeRowDraft, TierDraft
    from ordercenter.promotions.write import promotion_create, promotion_submit

    actor, chance = Actor.system(seller), Random(1)
    rows = Variant.objects.filter(organization=seller).order_by("pk").values_list("pk", "product", "product__category")
    goods = list(rows[:2000])
    kinds: list[dict[str, Any]] = [
        {"effect": "percent_off", "level": "line", "value": Decimal(2)},
        {"effect": "threshold_off", "level": "order", "value": Decimal(5), "every": Decimal(1000)},
        {"effect": "gift", "level": "line", "buy": Decimal(10), "get": Decimal(1)},
        {"effect": "threshold_off", "level": "order"},
        {"effect": "amount_off", "level": "line", "value": Decimal("0.1"), "minimum": Decimal(100)},
        {"effect": "percent_off", "level": "order", "value": Decimal(1), "minimum": Decimal(100000)},
    ]
    for number in range(count):
        variant, product, category = chance.choice(goods)
        scopes = [None, ProductScope(category_id=category), ProductScope(product_id=product), ProductScope(variant)]
        scope = scopes[0] if number % 10 == 0 else scopes[1 + number % 3]
        values = {"code": f"BENCH-{number}", "name_en": "Bench", "priority": 1 + number, **kinds[number % len(kinds)]}
        values["stacking"] = chance.choice(["stackable", "best_only"])
        tiers = [TierDraft(Decimal(1000 * n), "percent", Decimal(n)) for n in (1, 2, 3)] if number % 6 == 3 else None
        rows_of_scope = [ScopeRowDraft(scope)] if scope and scope.columns() else None
        made = promotion_create(actor, PromotionDraft(values, scope=rows_of_scope, tiers=tiers))
        promotion_submit(actor, made.pk)


def basket(seller: Any, lines: int) -> Any:
    """A basket of so many SKUs of the seller's first dealer."""
    from marketplace.catalog.models import Pack
    from marketplace.catalog.scope import ScopeKeys
    from marketplace.core.clock import database_now
    from marketplace.parties.models import Partnership
    from ordercenter.promotions.terms import BasketLine, PromotionAsk

    dealer = Partnership.objects.filter(upstream=seller).order_by("pk")[0]
    packs = Pack.objects.filter(organization=seller, is_base=True).select_related("variant__product__category")
    made = []
    for number, pack in enumerate(islice(cycle(packs.order_by("variant")[:lines]), lines), 1):
        product = pack.variant.product
        keys = ScopeKeys(pack.variant_id, product.pk, tuple(product.category.ancestors if product.category else ()))
        count, price = Decimal(1 + number % 30), Decimal(10 + number % 90)
        made.append(BasketLine(number, keys, pack.uom_id, count, Decimal(1), count, price, count * price))
    return PromotionAsk("bench", seller.pk, dealer.pk, dealer.currency, "dealer", database_now(), made)


def measured(seller: Any, lines: int, rules: int, times: int = 15) -> dict[str, Any]:
    """Processor milliseconds of an evaluation, the middle of so many, and its statements."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from marketplace.core.actor import Actor
    from ordercenter.promotions.evaluate import evaluate_all

    with transaction.atomic():
        make_rules(seller, rules)
        asked, actor = basket(seller, lines), Actor.system(seller)
        spent = []
        for _time in range(times):
            began = time.process_time()
            (found,) = evaluate_all(actor, [asked])
            spent.append((time.process_time() - began) * 1000)
        with CaptureQueriesContext(connection) as seen:
            evaluate_all(actor, [asked])
        transaction.set_rollback(True)
    return {
        "lines": len(asked.lines),
        "rules": rules,
        "applied": len(found.applied),
        "cpu_ms": round(sorted(spent)[times // 2], 1),
        "statements": len(seen),
    }


def main(smoke: Annotated[bool, typer.Option(help="A small database: does it still run?")] = False) -> None:
    """Measure promotions on the seeded data."""
    size = Size.SMOKE if smoke else Size.FULL
    with prepared(size):
        from marketplace.parties.models import Organization

        seller = Organization.objects.get(code="bench-seller")
        found = [measured(seller, lines, rules) for lines, rules in SIZES]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"promotions.{size.value}.json").write_text(json.dumps(found, indent=1) + "\n")
    for row in found:
        console.print(row)


if __name__ == "__main__":
    typer.run(main)
