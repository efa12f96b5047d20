"""What orders keep of promotions, from placing to the last return (promotions §5)."""

from decimal import Decimal

import pytest

from marketplace.core.verify import run_checks
from ordercenter.orders.cancel import cancel
from ordercenter.promotions.coupons import coupon_void, coupons_generate
from ordercenter.promotions.drafts import CouponsDraft, PoolDraft, PoolItemDraft, PromotionDraft, TierDraft
from ordercenter.promotions.errors import PromotionErrorCode
from ordercenter.promotions.models import AppliedPromotion, AppliedShare, Coupon, CouponUse, PromotionCap
from ordercenter.promotions.snapshots import refund_of, replay
from ordercenter.promotions.write import promotion_revise, promotion_submit, promotion_update
from tests.refusals import raises


def clean() -> list:
    return [one for one in run_checks() if one.check.startswith("promotions")]


def discounts(order) -> list[Decimal]:
    return [line.discount for line in order.lines.order_by("position")]


def test_an_order_keeps_what_applied_with_its_shares(shop):
    shop.sells("A", "110", stock=100)
    shop.promotes(
        effect="threshold_off",
        tiers=[TierDraft(Decimal(500), "percent", Decimal(5)), TierDraft(Decimal(1000), "percent", Decimal(12))],
    )
    order = shop.order(("A", 10))
    (applied,) = AppliedPromotion.objects.filter(order=order)
    assert (applied.amount, applied.basis, applied.tier_id is not None) == (132, 1100, True)
    assert discounts(order) == [Decimal(132)]
    assert replay([order.pk]) == {order.pk: {order.lines.get().pk: Decimal(132)}}
    assert refund_of(order.pk, {order.lines.get().pk: Decimal(2)}).total == Decimal("132.00")
    assert clean() == []


def test_an_old_order_is_never_evaluated_from_the_live_rule(shop):
    shop.sells("A", "100", stock=100)
    first = shop.promotes(effect="percent_off", level="order", value=Decimal(10))
    order = shop.order(("A", 1))
    second = promotion_revise(shop.sales, first.pk)
    promotion_update(shop.sales, second.pk, PromotionDraft({"value": Decimal(50)}))
    promotion_submit(shop.sales, second.pk)
    assert replay([order.pk])[order.pk] == {order.lines.get().pk: Decimal(10)}
    assert discounts(shop.order(("A", 1))) == [Decimal(50)]
    with raises(PromotionErrorCode.VERSION_FROZEN):
        promotion_update(shop.sales, first.pk, PromotionDraft({"value": Decimal(1)}))


def test_a_cap_is_reserved_by_placing_and_given_back_by_cancelling(shop):
    shop.sells("A", "110", stock=100)
    promotion = shop.promotes(effect="percent_off", level="order", value=Decimal(12))
    amount, uses = shop.cap(promotion, "amount", 1000), shop.cap(promotion, "uses", 5)
    order = shop.order(("A", 10))
    amount.refresh_from_db(), uses.refresh_from_db()
    assert (amount.reserved, amount.used, uses.reserved, uses.used) == (132, 0, 1, 0)
    cancel(shop.sales, order.pk, "Mistake")
    amount.refresh_from_db(), uses.refresh_from_db()
    assert (amount.reserved, amount.used, uses.reserved, uses.used) == (0, 0, 0, 0)
    assert clean() == []


def test_a_limit_of_each_partner_counts_by_partner_and_over_versions(shop):
    shop.sells("A", "100", stock=100)
    promotion = shop.promotes(effect="amount_off", level="order", value=Decimal(10))
    shop.cap(promotion, "uses", 1, each=True)
    assert [discounts(shop.order(("A", 1))) for _ in range(2)] == [[10], [0]]
    again = promotion_submit(shop.sales, promotion_revise(shop.sales, promotion.pk).pk)
    assert again.version == 2
    assert discounts(shop.order(("A", 1))) == [0]
    other, buyer = shop.dealer_of("Jinli")
    from dataclasses import replace

    from ordercenter.orders.place import place

    order = place(buyer, replace(shop.draft(("A", 1)), buyer_id=other.downstream_id))
    assert discounts(order) == [10]
    assert PromotionCap.objects.filter(template__isnull=False).count() == 2
    assert clean() == []


def test_a_coupon_is_locked_by_an_order_and_comes_back_with_it(shop):
    shop.sells("A", "100", stock=100)
    promotion = shop.promotes(effect="amount_off", level="order", value=Decimal(10), coupon_required=True)
    assert coupons_generate(shop.sales, promotion.pk, CouponsDraft(code="Spring")) == 1
    assert discounts(shop.order(("A", 1))) == [0]
    order = shop.order(("A", 1), coupons=["spring "])
    coupon = Coupon.objects.get()
    assert (discounts(order), coupon.status, coupon.used) == ([10], "locked", 1)
    with raises(PromotionErrorCode.COUPON_EXHAUSTED):
        shop.order(("A", 1), coupons=["SPRING"])
    cancel(shop.sales, order.pk, "Mistake")
    coupon.refresh_from_db()
    assert (coupon.status, coupon.used, CouponUse.objects.get().status) == ("unused", 0, "unused")
    with raises(PromotionErrorCode.COUPON_UNKNOWN):
        shop.order(("A", 1), coupons=["winter"])
    coupon_void(shop.sales, coupon.pk)
    with raises(PromotionErrorCode.COUPON_ENDED):
        shop.order(("A", 1), coupons=["SPRING"])
    assert clean() == []


def test_coupons_are_made_by_the_hundred_each_with_its_own_code(shop):
    promotion = shop.promotes(effect="amount_off", level="order", value=Decimal(10), coupon_required=True)
    assert coupons_generate(shop.sales, promotion.pk, CouponsDraft(count=300, prefix="vip-")) == 300
    codes = set(Coupon.objects.values_list("code", flat=True))
    assert len(codes) == 300
    assert all(code.startswith("VIP-") for code in codes)


def test_a_gift_is_a_line_at_no_charge_and_its_cap_counts_pieces(shop):
    shop.sells("A", "110", stock=100)
    gift = shop.sells("G", "45", stock=100)
    pieces = shop.uoms["PCS"].pk
    pool = PoolDraft([PoolItemDraft(gift.pk, pieces)])
    promotion = shop.promotes(effect="gift", level="order", minimum=Decimal(1000), pool=pool)
    cap = shop.cap(promotion, "quantity", 10, variant_id=gift.pk, uom_id=pieces)
    order = shop.order(("A", 10))
    goods, free = order.lines.order_by("position")
    assert (free.kind, free.list_amount, free.discount, free.gross) == ("gift", 45, 45, 0)
    cap.refresh_from_db()
    assert cap.reserved == 1
    assert replay([order.pk])[order.pk] == {free.pk: Decimal(45)}
    assert AppliedShare.objects.get().free_quantity == 1
    assert refund_of(order.pk, {goods.pk: Decimal(2)}).total == Decimal(175)
    assert clean() == []


@pytest.mark.parametrize("count", [1, 40])
def test_placing_with_promotions_takes_the_same_statements_for_any_number_of_lines(shop, sql_count, count):
    skus = shop.sells_many(count, stock=100)
    for number in range(20):
        shop.promotes(f"P{number}", effect="percent_off", level="order", value=Decimal(1), priority=100 + number)
    capped = shop.promotes("CAPPED", effect="percent_off", value=Decimal(1))
    shop.cap(capped, "amount", 100000)
    draft = [(sku, 3) for sku in skus]
    shop.order(*draft)
    with sql_count("order placed with 21 promotions and a cap"):
        shop.order(*draft)
