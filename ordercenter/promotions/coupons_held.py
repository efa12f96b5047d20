"""Which of the coupons on a basket are good, and what is wrong with the others (promotions §3, §9)."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.core.errors import DomainError
from ordercenter.promotions.book import Book, CouponRow, code_of
from ordercenter.promotions.engine.entry import CouponHeld
from ordercenter.promotions.engine.rules import Rule
from ordercenter.promotions.enums import CouponStatus
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.terms import PromotionAsk


def coupons_of(
    book: Book, basket: PromotionAsk, rules: Iterable[Rule]
) -> tuple[dict[int, CouponHeld], list[DomainError]]:
    """Good coupons by the root of their promotion, and the refusals of the others, by their place in the basket."""
    live = {rule.root for rule in rules}
    most = book.settings.get(basket.seller_id, ("stack", 1))[1]
    good: dict[int, CouponHeld] = {}
    refused: list[DomainError] = []
    seen: set[str] = set()
    for index, typed in enumerate(basket.coupons):
        code = code_of(typed)
        if not code or code in seen:
            continue
        seen.add(code)
        row = book.coupons.get((basket.seller_id, code))
        problem = _problem(book, basket, row, live)
        if problem is None and len(good) >= most:
            problem = PromotionErrorCode.COUPON_LIMIT
        if problem is not None or row is None:
            found = problem or PromotionErrorCode.COUPON_UNKNOWN
            refused.append(DomainError(found, found.label, "coupons", index))
        else:
            good[row.root] = CouponHeld(row.id, row.code, row.root)
    return good, refused


def _problem(book: Book, basket: PromotionAsk, row: CouponRow | None, live: set[int]) -> PromotionErrorCode | None:
    """Another partner's coupon is as unknown as one that does not exist."""
    if row is None or row.partnership_id not in (None, basket.partnership_id):
        return PromotionErrorCode.COUPON_UNKNOWN
    if basket.order_id and (basket.order_id, row.id) in book.coupon_uses:
        return None
    at = basket.at.timestamp()
    if row.status == CouponStatus.VOIDED or not row.valid_from <= at < row.valid_to or row.root not in live:
        return PromotionErrorCode.COUPON_ENDED
    return PromotionErrorCode.COUPON_EXHAUSTED if row.used >= row.limit else None
