"""Money of carts and orders through the schema: coupons, offers, what was taken off, and holds that are answered."""

from decimal import Decimal

import pytest

from marketplace.graphql import to_global_id
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import OrderHold
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.money_shop import MoneyShop

D = Decimal

OFFER = """offer { discount { amount } toPay { amount } promotions { label amount { amount } } hints { message }
                  funds { kind available { amount } used { amount } }
                  credit { available { amount } after { amount } } }"""


@pytest.fixture
def money(db) -> MoneyShop:
    shop = MoneyShop()
    shop.limit(1000)
    shop.sells("A", "100", 50)
    return shop


def test_a_cart_shows_what_its_order_will_cost(money):
    coupon = money.promotes("percent_off", value=10, coupon_required=True)
    money.coupon(coupon, "SPRING")
    money.grant("cash", 40)
    cart = write_cart(money.dealer, money.seller.pk, [Wish(money.goods["A"].pk, D(3))], add=True)
    gid = to_global_id("Cart", cart.pk)
    add = f"""mutation($cart: ID!, $code: String!) {{ orderCouponAdd(cart: $cart, code: $code) {{
        errors {{ code field }} cart {{ coupons {OFFER} }} }} }}"""
    refused = ask(money.dealer, add, cart=gid, code="NONE")["orderCouponAdd"]
    assert refused["errors"] == [{"code": "COUPON_UNKNOWN", "field": "code"}]
    added = ask(money.dealer, add, cart=gid, code="spring")["orderCouponAdd"]
    assert added["errors"] == []
    assert added["cart"]["offer"]["discount"] == {"amount": "30.00"}
    assert added["cart"]["offer"]["credit"] == {"available": {"amount": "1040.00"}, "after": {"amount": "770.00"}}
    funds = """mutation($cart: ID!) { orderFundsSet(cart: $cart, funds: [{kind: CASH, amount: 40}]) {
        errors { code } cart { offer { toPay { amount } } total { gross { amount } } } } }"""
    asked = ask(money.dealer, funds, cart=gid)["orderFundsSet"]
    assert asked == {
        "errors": [],
        "cart": {"offer": {"toPay": {"amount": "230.00"}}, "total": {"gross": {"amount": "270.00"}}},
    }
    place = """mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { errors { code message } order {
        discount { amount } funded { amount } creditValue { amount } paymentStatus openHolds
        promotions { label coupon amount { amount } } funds { kind treatment amount { amount } }
        lines(first: 5) { edges { node { discount { amount } promotions { amount { amount } }
            priceSteps { price { amount } } } } } } } }"""
    placed = ask(money.dealer, place, input={"cart": gid, "acceptedTotal": "270.00"})["orderPlace"]
    assert placed["errors"] == []
    order = placed["order"]
    assert (order["discount"]["amount"], order["funded"]["amount"], order["creditValue"]["amount"]) == (
        "30.00",
        "40.00",
        "230.00",
    )
    assert order["promotions"][0]["coupon"] == "SPRING"
    assert order["funds"] == [{"kind": "CASH", "treatment": "PAYMENT", "amount": {"amount": "40.00"}}]
    (line,) = order["lines"]["edges"]
    assert [D(step["price"]["amount"]) for step in line["node"]["priceSteps"]] == [D(100), D(90)]


def test_a_hold_is_released_by_the_sellers_people_alone(money):
    money.rule(CreditRuleKind.LIMIT)
    order = money.order(("A", 20))
    hold = to_global_id("OrderHold", OrderHold.objects.get().pk)
    release = """mutation($id: ID!, $reason: String!) { orderHoldRelease(id: $id, reason: $reason) {
        errors { code field } order { openHolds waitingFor } } }"""
    assert ask(money.dealer, release, id=hold, reason="Please")["orderHoldRelease"]["errors"][0]["code"] in (
        "PERMISSION_DENIED",
        "NOT_FOUND",
    )
    blank = ask(money.sales, release, id=hold, reason=" ")["orderHoldRelease"]
    assert blank["errors"] == [{"code": "REASON_REQUIRED", "field": "reason"}]
    confirm = "mutation($id: ID!) { orderConfirm(id: $id) { errors { code } } }"
    held = ask(money.sales, confirm, id=to_global_id("Order", order.pk))["orderConfirm"]
    assert held["errors"] == [{"code": "ORDER_HELD"}]
    done = ask(money.sales, release, id=hold, reason="Known buyer")["orderHoldRelease"]
    assert done == {"errors": [], "order": {"openHolds": 0, "waitingFor": "SELLER_CONFIRMATION"}}
