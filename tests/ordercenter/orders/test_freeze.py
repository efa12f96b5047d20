"""Prices that a cart keeps while its seller holds them (docs/concepts/pricing.md, Freezing)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.clock import database_now
from ordercenter.orders.carts import Checkout, place_cart, reprice_cart, write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, OrderLine
from ordercenter.pricing.models import PriceList, PriceRow, PricingSettings
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.shop import Shop
from tests.refusals import raises
from tests.statements import count_sql

CART = """{ carts { id pricesHeldUntil pricesDiffer total { gross { amount } } lines { id quantity errorCode
  unitPrice { amount } oldUnitPrice { amount } priceNow { amount } priceHeldUntil priceDiffers } } }"""


def holds(shop: Shop, hours: int) -> None:
    PricingSettings.objects.update_or_create(
        organization=shop.seller, currency="CNY", defaults={"draft_freeze_hours": hours}
    )


def put(shop: Shop, sku: str, quantity: Any, uom: str = "PCS", add: bool = False) -> Cart:
    wish = Wish(shop.goods[sku].pk, Decimal(str(quantity)), shop.uoms[uom].pk)
    return write_cart(shop.dealer, shop.seller.pk, [wish], add=add)


def moves(shop: Shop, sku: str, amount: Any, *, minimum: Any = 0, uom: str = "PCS") -> None:
    """The price of now becomes another; what it was before holds for the instants before."""
    shop.rows(shop.list, shop.goods[sku], (uom, minimum, amount, database_now()))


def ages(hours: float, **lines: Any) -> None:
    """As if the lines had been priced so long ago."""
    for line in CartLine.objects.filter(**lines):
        CartLine.objects.filter(pk=line.pk).update(priced_at=line.priced_at - timedelta(hours=hours))


def shown(shop: Shop) -> dict[str, Any]:
    (cart,) = ask(shop.dealer, CART)["carts"]
    return cart


def unit_prices(shop: Shop) -> list[str | None]:
    return [line["unitPrice"] and line["unitPrice"]["amount"] for line in shown(shop)["lines"]]


def test_a_held_price_is_the_one_of_the_page_of_the_total_and_of_the_order(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    cart = put(shop, "ABC", 3)
    before = PriceRow.objects.get()
    moves(shop, "ABC", "12")
    (line,) = shown(shop)["lines"]
    assert (line["unitPrice"]["amount"], line["priceNow"]["amount"]) == ("10.00", "12.00")
    assert line["priceDiffers"]
    assert line["oldUnitPrice"] is None
    priced_at = CartLine.objects.get().priced_at
    assert line["priceHeldUntil"] == shown(shop)["pricesHeldUntil"]
    assert line["priceHeldUntil"].startswith((priced_at + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M"))
    assert shown(shop)["pricesDiffer"]
    assert shown(shop)["total"]["gross"]["amount"] == "30.00"
    order = place_cart(shop.dealer, cart.pk, Checkout(accepted_total=Decimal("30.00")))
    placed = OrderLine.objects.get(order=order)
    assert (placed.unit_price, placed.list_price, order.gross) == (10, 10, 30)
    assert placed.snapshot["row"] == before.pk
    assert placed.snapshot["at"] == priced_at.isoformat()


def test_a_price_that_has_lapsed_is_that_of_now_and_placing_says_that_it_moved(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    cart = put(shop, "ABC", 3)
    moves(shop, "ABC", "12")
    ages(24)
    (line,) = shown(shop)["lines"]
    assert (line["unitPrice"]["amount"], line["oldUnitPrice"]["amount"]) == ("12.00", "10.00")
    assert (line["priceHeldUntil"], line["priceDiffers"]) == (None, False)
    with raises(OrderErrorCode.PRICE_CHANGED, field="price", index=0):
        place_cart(shop.dealer, cart.pk, Checkout())
    with raises(OrderErrorCode.PRICE_CHANGED, field="accepted_total"):
        place_cart(shop.dealer, cart.pk, Checkout(accepted_total=Decimal(30)))
    assert place_cart(shop.dealer, cart.pk, Checkout(accepted_total=Decimal(36))).gross == 36


def test_a_price_is_held_to_the_last_microsecond_and_not_one_longer(shop):
    holds(shop, 1)
    shop.sells("ABC", "10")
    cart = put(shop, "ABC", 3)
    moves(shop, "ABC", "12")
    # In a test all is one transaction, which has one instant.
    now = database_now()
    CartLine.objects.update(priced_at=now - timedelta(hours=1))
    assert unit_prices(shop) == ["12.00"]
    CartLine.objects.update(priced_at=now - timedelta(hours=1) + timedelta(microseconds=1))
    assert unit_prices(shop) == ["10.00"]
    assert place_cart(shop.dealer, cart.pk, Checkout()).gross == 30


def test_without_hours_nothing_is_held(shop):
    shop.sells("ABC", "10")
    put(shop, "ABC", 3)
    moves(shop, "ABC", "12")
    (line,) = shown(shop)["lines"]
    assert (line["unitPrice"]["amount"], line["oldUnitPrice"]["amount"]) == ("12.00", "10.00")
    assert shown(shop)["pricesHeldUntil"] is None


def test_the_hours_of_another_seller_or_currency_hold_nothing(shop):
    PricingSettings.objects.create(organization=shop.seller, currency="EUR", draft_freeze_hours=24)
    PricingSettings.objects.create(organization=shop.buyer.downstream, currency="CNY", draft_freeze_hours=24)
    shop.sells("ABC", "10")
    put(shop, "ABC", 3)
    moves(shop, "ABC", "12")
    assert unit_prices(shop) == ["12.00"]


def test_a_price_is_held_when_the_list_has_none_any_more(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    cart = put(shop, "ABC", 3)
    PriceList.objects.update(status="paused")
    (line,) = shown(shop)["lines"]
    assert (line["unitPrice"]["amount"], line["priceNow"], line["errorCode"]) == ("10.00", None, None)
    assert line["priceDiffers"]
    assert place_cart(shop.dealer, cart.pk, Checkout()).gross == 30


def test_goods_that_are_not_offered_any_more_are_refused_whatever_price_is_held(shop):
    holds(shop, 24)
    shop.sells("ABC", "10").listings.all().delete()
    shop.sells("DEF", "10")
    with raises(OrderErrorCode.NOT_IN_ASSORTMENT):
        put(shop, "ABC", 3)
    cart = put(shop, "DEF", 3)
    shop.goods["DEF"].listings.all().delete()
    with raises(OrderErrorCode.NOT_IN_ASSORTMENT):
        place_cart(shop.dealer, cart.pk, Checkout())


def test_writing_the_same_quantity_neither_moves_the_price_nor_prolongs_it(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    put(shop, "ABC", 3)
    moves(shop, "ABC", "12")
    ages(5)
    before = CartLine.objects.get().priced_at
    put(shop, "ABC", 3)
    assert unit_prices(shop) == ["10.00"]
    assert CartLine.objects.get().priced_at == before


def test_another_quantity_finds_its_tier_among_the_held_prices(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    shop.rows(shop.list, shop.goods["ABC"], ("PCS", 100, "8"))
    put(shop, "ABC", 120)
    ages(5)
    held_from = CartLine.objects.get().priced_at
    moves(shop, "ABC", "12")
    moves(shop, "ABC", "11", minimum=100)
    assert unit_prices(shop) == ["8.00"]
    put(shop, "ABC", 3)
    assert unit_prices(shop) == ["10.00"], "a tier is not kept by those who do not reach it"
    put(shop, "ABC", 97, add=True)
    assert unit_prices(shop) == ["8.00"]
    assert CartLine.objects.get().priced_at == held_from


def test_a_lapsed_line_that_is_written_again_is_held_anew_at_the_price_of_now(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    put(shop, "ABC", 3)
    moves(shop, "ABC", "12")
    ages(24)
    put(shop, "ABC", 3)
    moves_again(shop, 13)
    assert unit_prices(shop) == ["12.00"]


def test_what_is_added_is_priced_with_what_is_there(shop):
    shop.sells("ABC", "10", BOX=12)
    shop.list.tier_scope = "variant"
    shop.list.save()
    shop.rows(shop.list, shop.goods["ABC"], ("PCS", 100, "8"))
    put(shop, "ABC", 60, add=True)
    put(shop, "ABC", 40, add=True)
    assert CartLine.objects.get().unit_price == 8
    put(shop, "ABC", 60)
    put(shop, "ABC", 5, "BOX")
    put(shop, "ABC", 61)
    assert [line.unit_price for line in CartLine.objects.order_by("position")] == [8, 120]


def test_lines_held_from_different_instants_reach_a_tier_together(shop):
    holds(shop, 24)
    shop.sells("ABC", "10", BOX=12)
    shop.list.tier_scope = "variant"
    shop.list.save()
    shop.rows(shop.list, shop.goods["ABC"], ("PCS", 100, "8"))
    put(shop, "ABC", 60)
    ages(5)
    put(shop, "ABC", 5, "BOX")
    put(shop, "ABC", 61)
    assert [line.unit_price for line in CartLine.objects.order_by("position")] == [8, 120]


def test_the_buyer_may_take_the_prices_of_now(shop):
    holds(shop, 24)
    shop.sells("ABC", "10")
    shop.sells("DEF", "10")
    put(shop, "ABC", 3)
    cart = put(shop, "DEF", 3)
    for sku in ("ABC", "DEF"):
        moves(shop, sku, "7")
    first, _second = shown(shop)["lines"]
    document = """mutation($c: ID!, $l: [ID!]) { cartReprice(cart: $c, lines: $l) {
      cart { lines { unitPrice { amount } } } errors { code field index } } }"""
    cart_gid = shown(shop)["id"]
    done = ask(shop.dealer, document, c=cart_gid, l=[first["id"]])["cartReprice"]
    assert [line["unitPrice"]["amount"] for line in done["cart"]["lines"]] == ["7.00", "10.00"]
    reprice_cart(shop.dealer, cart.pk)
    assert unit_prices(shop) == ["7.00", "7.00"]
    _other, stranger = shop.dealer_of("Jinli")
    denied = ask(stranger, document, c=cart_gid)["cartReprice"]["errors"]
    assert [error["code"] for error in denied] == ["NOT_FOUND"]


def test_holding_takes_no_more_statements_for_many_lines(quick_shop):
    shop = quick_shop
    holds(shop, 24)
    skus = shop.sells_many(60, stock=100)
    counts = []
    for part in (skus[:1], skus):
        wishes = [Wish(shop.goods[sku].pk, Decimal(2)) for sku in part]
        with count_sql() as written:
            cart = write_cart(shop.dealer, shop.seller.pk, wishes, add=False)
        with count_sql() as read:
            shown(shop)
        with count_sql() as placed:
            place_cart(shop.dealer, cart.pk, Checkout())
        counts.append((written.count, read.count, placed.count))
    assert counts[0] == counts[1]


STEP = st.one_of(
    st.tuples(st.just("put"), st.integers(1, 200)),
    st.tuples(st.just("move"), st.integers(1, 50)),
    st.tuples(st.just("age"), st.integers(1, 12)),
)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=8))
def test_what_the_page_says_is_what_the_order_costs(steps):
    """Whatever is written, moved and waited; and a held price is the one of then, by its tier."""
    with transaction.atomic():
        shop = Shop()
        holds(shop, 24)
        shop.sells("ABC", "10")
        shop.rows(shop.list, shop.goods["ABC"], ("PCS", 100, "8"))
        cart = put(shop, "ABC", 10)
        ages(1)
        age = 1
        for kind, number in steps:
            lapsed = age >= 24
            if kind == "put":
                put(shop, "ABC", number)
            elif kind == "move":
                moves_again(shop, number)
            else:
                ages(number)
                age += number
            if lapsed or age >= 24:
                break
            (line,) = shown(shop)["lines"]
            assert line["unitPrice"]["amount"] == ("8.00" if Decimal(line["quantity"]) >= 100 else "10.00")
        total = Decimal(shown(shop)["total"]["gross"]["amount"])
        unit = Decimal(shown(shop)["lines"][0]["unitPrice"]["amount"])
        order = place_cart(shop.dealer, cart.pk, Checkout(accepted_total=total))
        assert order.gross == total
        placed = OrderLine.objects.get(order=order)
        assert (placed.unit_price, Decimal(placed.snapshot["unit_price"])) == (unit, unit)
        transaction.set_rollback(True)


def moves_again(shop: Shop, amount: int) -> None:
    """As `moves`; a test's transaction has one instant, so that two rows of it would be one slot."""
    PriceRow.objects.filter(min_quantity=0, valid_from=database_now()).delete()
    moves(shop, "ABC", amount)
