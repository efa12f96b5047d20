"""Pages with money: an order that a rule holds, and a cart with what promotions make of it, in both languages."""

from decimal import Decimal

import pytest
from django.test import Client

from marketplace.core.actor import Actor
from marketplace.graphql import to_global_id
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import OrderHold
from tests.ordercenter.orders.money_shop import MoneyShop


@pytest.fixture
def money(db) -> MoneyShop:
    shop = MoneyShop()
    shop.limit(100)
    shop.rule(CreditRuleKind.LIMIT)
    shop.sells("A", "100", 50)
    shop.promotes("percent_off", value=10, minimum=Decimal(150), hint_percent=50)
    return shop


def visitor(actor: Actor, language: str) -> Client:
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(actor.user)
    client.cookies["django_language"] = language
    return client


@pytest.mark.parametrize(("language", "held", "release"), [("en", "On hold", "Release"), ("zh-hans", "已挂起", "放行")])
def test_a_held_order_says_why_and_is_released_on_its_page(money, language, held, release):
    order = money.order(("A", 2))
    address = f"/orders/{to_global_id('Order', order.pk)}/"
    seller, buyer = visitor(money.sales, language), visitor(money.dealer, language)
    shown, theirs = seller.get(address).content.decode(), buyer.get(address).content.decode()
    assert held in shown and held in theirs
    assert f">{release}</button>" in shown and f">{release}</button>" not in theirs
    assert "−¥20.00" in shown and "¥180.00" in shown
    hold = to_global_id("OrderHold", OrderHold.objects.get().pk)
    answer = seller.post(address, {"do": "Release", "hold": hold, "reason": "Known buyer"})
    assert answer.status_code in (200, 302, 303)
    order.refresh_from_db()
    assert order.open_holds == 0


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_cart_tells_what_is_nearly_earned_and_takes_a_coupon(money, language):
    money.coupon(money.promotes("amount_off", value=5, coupon_required=True), "SPRING")
    cart = write_cart(money.dealer, money.seller.pk, [Wish(money.goods["A"].pk, Decimal(1))], add=True)
    buyer, gid = visitor(money.dealer, language), to_global_id("Cart", cart.pk)
    shown = buyer.get(f"/carts/?cart={gid}").content.decode()
    assert "notice-line" in shown and "¥50" in shown
    buyer.post(f"/carts/?cart={gid}", {"do": "AddCoupon", "cart": gid, "code": "spring"})
    shown = buyer.get(f"/carts/?cart={gid}").content.decode()
    assert "¥95.00" in shown and "SPRING" in shown
