"""What an order keeps of its promotions: reserved when it is placed, used by shipping, given back by cancelling.

What a cap holds for an order follows from how far its lines have come, so it is worked out anew each time and the
difference is the move: doing the same twice moves nothing (promotions §5). Shipped is cut from the start of a line,
cancelled from its end, as everywhere (orders §1).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from ordercenter.promotions.applied_rows import insert_applied, revoke
from ordercenter.promotions.cap_moves import Holding, holdings_of, lock_of_orders, settle
from ordercenter.promotions.coupon_uses import give_back, lock_of_coupons, mark_used, take_coupons
from ordercenter.promotions.enums import CapCause
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.evaluate import amount_for
from ordercenter.promotions.models import PromotionCap
from ordercenter.promotions.progress import keep, progressed
from ordercenter.promotions.terms import Evaluated, LinePart

Placed = tuple[int, Mapping[Hashable, int], Evaluated]
NOTHING = (Decimal(0), Decimal(0))


def reserve_all(actor: Actor, placed: Sequence[Placed]) -> None:
    """Write what applied to orders that are being placed, and reserve it on caps and coupons (promotions §5).

    Each entry: order id, {key of a basket line, GiftKey or FREIGHT: order line id}, what `evaluate_all(lock=True)` said
    in this transaction. Where the basket named its `order_id`, an order change, the promotions it has are replaced;
    `use_all` then tells how far its lines have come. At most 6 statements, whatever the number of orders and lines.
    """
    changed = [order_id for order_id, _, done in placed if done.basket and done.basket.order_id]
    if not changed and not any(done.applied for _, _, done in placed):
        return
    with transaction.atomic():
        if changed:
            revoke(changed)
        insert_applied(placed)
        settle(CapCause.CHANGE if changed else CapCause.RESERVE, _wanted(placed))
        take_coupons(placed)


def _wanted(placed: Sequence[Placed]) -> list[Holding]:
    """What caps are to hold for the orders, beside what they hold for them now."""
    found: list[Holding] = []
    for order_id, _lines, done in placed:
        book, basket = done.book, done.basket
        assert basket is not None
        wanted: dict[int, Decimal] = {
            cap_id: Decimal(0) for held_by, cap_id in book.held if held_by == basket.order_id and basket.order_id
        }
        for applied in done.applied:
            for cap in book.caps_of(applied.root_id, basket.partnership_id):
                if not cap.each:
                    wanted[cap.id] = amount_for(cap, done, applied)
        for cap_id, reserved in sorted(wanted.items()):
            reserved_before, used_before = book.held.get((basket.order_id or 0, cap_id), NOTHING)
            found.append(Holding(cap_id, order_id, reserved_before, used_before, reserved, Decimal(0)))
    return found


def lock_applied(order_ids: Collection[int]) -> None:
    """Lock the caps and coupons that orders hold (level 3), before the caller locks the orders; 2 statements."""
    lock_of_orders(order_ids)
    lock_of_coupons(order_ids)


def use_all(actor: Actor, parts: Sequence[LinePart]) -> None:
    """Turn reserved into used by part value after shipping, or give amounts back after a return; idempotent.

    Orders without promotions cost one statement. Locks caps and coupons itself where `lock_applied` has not.
    """
    _follow(parts, ())


def free_all(actor: Actor, parts: Sequence[LinePart], whole: Collection[int] = ()) -> None:
    """Free what cancelled quantities had reserved; orders in `whole`, wholly cancelled, give back use and coupon."""
    _follow(parts, whole)


def take_again_all(actor: Actor, parts: Sequence[LinePart]) -> None:
    """Reserve again what closing an order had freed, as it is reopened.

    Raises PROMOTION_CHANGED where a cap has no room for it any more: nothing of it is reserved then.
    """
    _follow(parts, (), anew=True)


def _follow(parts: Sequence[LinePart], whole: Collection[int], anew: bool = False) -> None:
    orders = {part.order_id for part in parts} | set(whole)
    if not orders:
        return
    with transaction.atomic():
        moved = progressed(parts, whole)
        if not moved.orders:
            return
        lock_applied(moved.orders)
        keep(moved)
        wanted = [moved.wanted(holding) for holding in holdings_of(moved.orders)]
        if anew:
            raise_all(_beyond(wanted))
        settle(CapCause.FOLLOW, wanted)
        if moved.shipped:
            mark_used(moved.shipped)
        if whole:
            give_back(whole)


def _beyond(wanted: Sequence[Holding]) -> Iterator[DomainError]:
    """PROMOTION_CHANGED for each cap, all of them locked, that has less left than is to be reserved anew."""
    more: dict[int, Decimal] = {}
    for one in wanted:
        by = one.reserved + one.used - one.reserved_before - one.used_before
        more[one.cap_id] = more.get(one.cap_id, Decimal(0)) + by
    caps = PromotionCap.objects.filter(pk__in=[pk for pk, by in more.items() if by > 0])
    for pk, limit, reserved, used in caps.values_list("pk", "limit", "reserved", "used"):
        left = limit - reserved - used
        if more[pk] > left:
            values = {"needed": f"{more[pk].normalize():f}", "left": f"{left.normalize():f}"}
            text = _("A promotion gave %(needed)s to what is taken up again, and its limit has %(left)s left.") % values
            yield DomainError(PromotionErrorCode.PROMOTION_CHANGED, text, "promotions")
