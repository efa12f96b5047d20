"""What funds would pay of a cart, and what an order placed of it really takes (credit-and-ledger §6)."""

from decimal import Decimal

from marketplace.graphql import execute, to_global_id
from ordercenter.orders.models import Cart
from tests.factories import make_stranger
from tests.ordercenter.ledger.funds.purse import Purse
from tests.statements import count_sql

ADD = """mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { cart { id } errors { code message } } }"""
OFFERS = """query($id: ID!) { orderFundOffers(cart: $id) { kind mode treatmentLabel usable { amount } most { amount }
  amount { amount } asked { amount } } }"""
CART = """query($id: ID!) { cart(id: $id) { total { gross { amount } } offer { toPay { amount } reduction { amount }
  fundOffers { kind most { amount } amount { amount } } } } }"""
SET = """mutation($cart: ID!, $funds: [FundAskInput!]!) { orderFundsSet(cart: $cart, funds: $funds) {
  errors { code field message } } }"""
PLACE = """mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
  order { gross: total { gross { amount } } funded { amount } } errors { code message } } }"""


def ask(actor, document, **variables):
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def filled(purse: Purse) -> str:
    """A cart of ten A and ten B: 900 with tax."""
    cart = Cart.objects.create(organization=purse.buyer.downstream, seller=purse.seller, user=purse.dealer.user)
    for place, sku in enumerate(("A", "B")):
        cart.lines.create(
            organization=purse.buyer.downstream,
            position=place,
            variant=purse.goods[sku],
            uom=purse.uoms["PCS"],
            quantity=10,
        )
    return to_global_id("Cart", cart.pk)


def test_a_cart_tells_what_funds_would_pay_and_the_order_takes_exactly_that(purse: Purse):
    purse.grant("rebate", 250)
    purse.grant("cash", 500)
    purse.rule("rebate", mode="auto", treatment="price_reduction", max_percent=20, with_promotions=True)
    purse.rule("cash", mode="manual", with_promotions=True)
    cart = filled(purse)
    gross = Decimal(ask(purse.dealer, CART, id=cart)["cart"]["total"]["gross"]["amount"])
    told = {one["kind"]: one for one in ask(purse.dealer, OFFERS, id=cart)["orderFundOffers"]}
    assert told["REBATE"]["amount"] == {"amount": "180.00"} and told["REBATE"]["asked"] is None
    assert told["CASH"]["most"] == {"amount": "500.00"} and told["CASH"]["amount"] == {"amount": "0.00"}
    wrong = ask(purse.dealer, SET, cart=cart, funds=[{"kind": "CASH", "amount": "500.01"}])["orderFundsSet"]["errors"]
    assert [one["code"] for one in wrong] == ["FUND_INSUFFICIENT"]
    assert not ask(purse.dealer, SET, cart=cart, funds=[{"kind": "CASH", "amount": "100"}])["orderFundsSet"]["errors"]
    offer = ask(purse.dealer, CART, id=cart)["cart"]["offer"]
    assert Decimal(offer["toPay"]["amount"]) == gross - 100
    placed = ask(purse.dealer, PLACE, input={"cart": cart, "acceptedTotal": str(gross)})["orderPlace"]
    assert not placed["errors"], placed
    assert placed["order"]["funded"] == {"amount": "100.00"}
    assert purse.held("cash") == (500, 100) and purse.held("rebate") == (250, 180)


def test_nobody_sees_what_funds_would_pay_of_another_cart(purse: Purse):
    purse.grant("cash", 500)
    result = execute(OFFERS, {"id": filled(purse)}, actor=make_stranger())
    assert result.errors or not result.data["orderFundOffers"]


def test_offers_take_two_statements_more_for_any_number_of_accounts(purse: Purse):
    cart = filled(purse)

    def counted() -> int:
        with count_sql() as counter:
            ask(purse.dealer, CART, id=cart)
        return counter.count

    purse.grant("cash", 500)
    few = counted()
    for kind in ("rebate", "expense", "goods"):
        purse.grant(kind, 100, variant_ids=[purse.goods["A"].pk])
    assert counted() == few
