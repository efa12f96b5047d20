"""Trying promotions on one order, step by step: how each rule fared, and what it came to (promotions §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import not_found
from ordercenter.promotions.configuration import draft_rules
from ordercenter.promotions.evaluate import evaluate_all
from ordercenter.promotions.models import Promotion
from ordercenter.promotions.past import PastOrder, past_orders
from ordercenter.promotions.terms import Evaluated

VIEW = "promotions.view"


@dataclass(frozen=True, slots=True)
class Tried:
    """An order, and what promotions make of it; names of promotions by id."""

    order: PastOrder
    found: Evaluated
    promotions: dict[int, Promotion]


def promotion_try(
    actor: Actor,
    order_id: int,
    drafts: Sequence[int] = (),
    at: datetime | None = None,
    coupons: Sequence[str] = (),
    now: bool = True,
) -> Tried:
    """Evaluate an order of the seller anew, with promotions as they are now (or at its own instant), and with drafts.

    Drafts stand in for versions of the same promotion that are in effect. Writes nothing. Raises NOT_FOUND.
    """
    actor.require(VIEW)
    known = own_promotions(actor, drafts)
    found = past_orders([order_id])
    if not found or found[0].basket.seller_id != actor.organization_id:
        raise not_found("order")
    order = found[0]
    instant = at or (database_now() if now else order.at)
    basket = replace(order.basket, at=instant, coupons=coupons)
    (done,) = evaluate_all(actor, [basket], trace=True, drafts=draft_rules(known))
    ids = {step.promotion_id for step in done.steps} | {one.promotion_id for one in done.applied}
    return Tried(order, done, Promotion.objects.visible_to(actor).in_bulk(ids))


def own_promotions(actor: Actor, ids: Sequence[int]) -> list[int]:
    """The ids, if all are the actor's promotions. Raises NOT_FOUND with the place of one that is not."""
    known = set(Promotion.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    for index, key in enumerate(ids):
        if key not in known:
            raise not_found("drafts", index)
    return list(ids)
