"""What gifts cost and how much of them there is, for the pools that baskets could earn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest
from ordercenter.promotions.book import Book
from ordercenter.promotions.engine.entry import GiftFacts
from ordercenter.promotions.engine.rules import PoolItem, Rule
from ordercenter.promotions.engine.scale import QUANTITY, quantity, scaled
from ordercenter.promotions.terms import PromotionAsk
from ordercenter.stock.models import StockBalance

Facts = Mapping[tuple[int, int], GiftFacts]
FactsOf = Callable[[PromotionAsk], Facts]


def gift_facts(actor: Actor, book: Book, baskets: Sequence[PromotionAsk], rules: Sequence[Sequence[Rule]]) -> FactsOf:
    """Prices and stock of the pool items of each basket's rules: no statement without pools, else one a seller for the
    prices, and one for stock where some pool asks for it."""
    items = [_items(known) for known in rules]
    if not any(items):
        return lambda basket: {}
    prices = _prices(baskets, items)
    stock = _stock(baskets, rules)
    by_basket: dict[int, Facts] = {}
    for number, (basket, wanted) in enumerate(zip(baskets, items, strict=True)):
        by_basket[id(basket)] = {
            key: GiftFacts(prices.get((number, key), 0), book.packs.get(key, QUANTITY), stock.get(key[0]))
            for key in wanted
        }
    return lambda basket: by_basket[id(basket)]


def _items(rules: Sequence[Rule]) -> dict[tuple[int, int], PoolItem]:
    return {
        (item.variant_id, item.uom_id): item
        for rule in rules
        if rule.gives
        for pool in rule.pools
        for item in pool.items
    }


def _prices(
    baskets: Sequence[PromotionAsk], items: Sequence[Mapping[tuple[int, int], PoolItem]]
) -> dict[tuple[int, tuple[int, int]], int]:
    requests: dict[int, list[PriceRequest]] = {}
    for number, (basket, wanted) in enumerate(zip(baskets, items, strict=True)):
        for (variant, uom), item in wanted.items():
            # Each for itself: gifts count for no tier, and no tier for them.
            key = (number, (variant, uom))
            asked = Decimal(item.quantity) / QUANTITY
            request = PriceRequest(key, basket.partnership_id, variant, uom, asked, basket=key, at=basket.at)
            requests.setdefault(basket.seller_id, []).append(request)
    found: dict[tuple[int, tuple[int, int]], int] = {}
    for seller_id, lines in requests.items():
        for result in resolve(Actor.system(), seller_id, lines):
            if result.unit_price is not None:
                found[result.key] = scaled(result.unit_price, 4)  # type: ignore[index]
    return found


def _stock(baskets: Sequence[PromotionAsk], rules: Sequence[Sequence[Rule]]) -> dict[int, int]:
    asked = {
        item.variant_id
        for known in rules
        for rule in known
        if rule.gives
        for pool in rule.pools
        if pool.on_short != "backorder"
        for item in pool.items
    }
    if not asked:
        return {}
    sellers = {basket.seller_id for basket in baskets}
    rows = StockBalance.objects.filter(organization__in=sellers, variant__in=asked).with_figures()
    # Summed here: the figure of a row is made from its neighbours, over which the database cannot sum again.
    found: dict[int, int] = {}
    for row in rows:
        found[row.variant_id] = found.get(row.variant_id, 0) + quantity(row.available)  # type: ignore[attr-defined]
    return {variant: found.get(variant, 0) for variant in asked}
