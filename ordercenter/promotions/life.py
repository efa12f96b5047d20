"""What an order keeps of its promotions: reserved when it is placed, used by shipping, given back by cancelling."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence

from marketplace.core.actor import Actor
from ordercenter.promotions.terms import Evaluated, LinePart

Placed = tuple[int, Mapping[Hashable, int], Evaluated]


def reserve_all(actor: Actor, placed: Sequence[Placed]) -> None:
    """Write what applied to orders that are being placed, and reserve it on caps and coupons; (promotions §5).

    Each entry: order id, {key of a basket line, GiftKey or FREIGHT: order line id}, what `evaluate_all(lock=True)` said
    in this transaction. For an order that has promotions already they are replaced (an order change). At most 7
    statements, whatever the number of orders and lines.
    """


def lock_applied(order_ids: Collection[int]) -> None:
    """Lock the caps and coupons that orders hold (level 3), before the caller locks the orders; 1 to 2 statements."""


def use_all(actor: Actor, parts: Sequence[LinePart]) -> None:
    """Turn reserved into used by part value after shipping, or give amounts back after a return; idempotent."""


def free_all(actor: Actor, parts: Sequence[LinePart], whole: Collection[int] = ()) -> None:
    """Free what cancelled quantities had reserved; orders in `whole`, wholly cancelled, give back use and coupon."""
