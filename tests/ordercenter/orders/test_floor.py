"""A price entered by hand below the floor: only with the permission, and never asked again of the past."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import OrderLine
from tests.factories import make_actor
from tests.refusals import raises


def test_a_price_by_hand_below_the_floor_needs_the_permission(shop):
    shop.sells("ABC", "10", 10)
    shop.policy(("floor_amount", "8"))
    low = shop.line("ABC", 1, agreed_price=Decimal("7.5"))
    clerk = make_actor(shop.seller, "seller_sales")
    clerk = type(clerk)(clerk.user, clerk.organization, permissions=clerk.permissions | {"orders.price"})
    with raises(OrderErrorCode.BELOW_FLOOR, field="price", index=0):
        shop.order(low, actor=clerk)
    assert not OrderLine.objects.exists()
    shop.order(shop.line("ABC", 1, agreed_price=Decimal("8")), actor=clerk)
    shop.order(low, actor=clerk, at=timezone.now() - timedelta(days=9))
    shop.order(low, actor=shop.sales)
    kept = OrderLine.objects.order_by("pk").values_list("unit_price", "floor_price")
    assert list(kept) == [(8, 8), (Decimal("7.5"), Decimal("7.5")), (Decimal("7.5"), Decimal("7.5"))]
