"""What the order pad asks of the server: a thousand lines at once, hints, lines from elsewhere, and for a dealer."""

from decimal import Decimal

import pytest

from marketplace.core.models import OutboxEvent
from marketplace.graphql import execute, to_global_id
from marketplace.search.engine import index_products
from ordercenter.orders.enums import EntryMode
from ordercenter.orders.models import Cart, Order, OrderEvent, SavedList
from tests.factories import make_actor
from tests.ordercenter.orders.ask import ask, on_page
from tests.statements import count_sql

ENTER = """mutation($input: OrderEnterInput!) {
  orderEnter(input: $input) { order { id number } errors { code field index message } }
}"""
READ = """query($seller: ID!, $order: ID, $savedList: ID, $cart: ID, $buyer: ID, $lines: [OrderEntryInput!]) {
  orderPasteParse(seller: $seller, order: $order, savedList: $savedList, cart: $cart, buyer: $buyer, lines: $lines) {
    errors { code field } total { gross { amount } }
    lines { code quantityText uomCode sku errorCode unitPrice { amount } } } }"""


def gid(row) -> str:
    return to_global_id(type(row).__name__, row.pk)


def typed(*lines) -> list[dict[str, str]]:
    return [{"code": code, "quantity": str(quantity)} for code, quantity in lines]


def read(actor, shop, **given):
    return ask(actor, READ, seller=gid(shop.seller), **given)["orderPasteParse"]


@pytest.mark.parametrize("count", [1, 1000])
def test_pasted_lines_take_five_statements_to_prices_and_stock(shop, count):
    skus = shop.sells_many(count, stock=50)
    lines = [*typed(*((sku, 3) for sku in skus)), *typed(("NOBODY-1", 1))]
    with count_sql() as counter:
        found = on_page(shop.dealer, "pad/pad", "CheckLines", seller=gid(shop.seller), lines=lines)["orderPasteParse"]
    assert (found["goodCount"], found["badCount"]) == (count, 1)
    assert counter.count == 5, counter


def test_a_hint_tells_what_is_missing_to_the_next_price(shop):
    variant = shop.sells("ABC", "10")
    shop.rows(shop.list, variant, ("PCS", 24, "8.90"), ("PCS", 48, "8.00"))
    asked = {"seller": gid(shop.seller), "lines": typed(("ABC", 12), ("ABD", 1))}
    good, unknown = on_page(shop.dealer, "pad/pad", "Hints", **asked)["orderPasteParse"]["lines"]
    assert good["nextTier"]["missing"] == "12"
    assert Decimal(good["nextTier"]["unitPrice"]["amount"]) == Decimal("8.90")
    assert unknown["nextTier"] is None
    top = on_page(shop.dealer, "pad/pad", "Hints", **(asked | {"lines": typed(("ABC", 48))}))["orderPasteParse"][
        "lines"
    ]
    assert top[0]["nextTier"] is None


def test_an_order_is_read_again_and_what_is_gone_comes_back_wrong(shop):
    shop.sells("ABC", "10", 50)
    shop.sells("GONE", "5", 50)
    order = shop.order(("ABC", 3), ("GONE", 2))
    shop.goods["GONE"].listings.all().delete()
    found = read(shop.dealer, shop, order=gid(order))["lines"]
    assert [(line["code"], line["quantityText"], line["errorCode"]) for line in found] == [
        ("ABC", "3", None),
        ("GONE", "2", "UNKNOWN_VARIANT"),
    ]


def test_lists_and_carts_are_read_by_those_who_may(shop):
    shop.sells("ABC", "10", 50, BOX=12)
    line = {"variant": gid(shop.goods["ABC"]), "quantity": "2", "uom": "BOX"}
    written = {"seller": gid(shop.seller), "mode": "ADD", "lines": [line]}
    on_page(shop.dealer, "pad/pad", "ToCart", input=written)
    cart = Cart.objects.get()
    saved = {"input": {"name": "Weekly", "cart": gid(cart)}}
    ask(shop.dealer, "mutation($input: SavedListInput!) { savedListWrite(input: $input) { errors { code } } }", **saved)
    for given in ({"cart": gid(cart)}, {"savedList": gid(SavedList.objects.get())}):
        (found,) = read(shop.dealer, shop, **given)["lines"]
        assert (found["sku"], found["quantityText"], found["uomCode"]) == ("ABC", "2", "BOX")
    colleague = make_actor(shop.buyer.downstream, "dealer_buyer")
    refused = read(colleague, shop, cart=gid(cart))
    assert (refused["lines"], [error["code"] for error in refused["errors"]]) == ([], ["NOT_FOUND"])


def test_a_seller_sees_the_prices_of_its_dealer_and_enters_the_order(shop):
    shop.sells("ABC", "10", 50)
    buyer = gid(shop.buyer.downstream)
    assert read(shop.sales, shop, buyer=buyer, lines=typed(("ABC", 3)))["total"]["gross"]["amount"] == "30.00"
    asked = {"buyer": buyer, "lines": [{"variant": gid(shop.goods["ABC"]), "quantity": "3"}], "acceptedTotal": "30.00"}
    answer = on_page(shop.sales, "pad/pad", "Enter", input=asked)["orderEnter"]
    assert answer["errors"] == []
    order = Order.objects.get()
    assert (order.entry_mode, order.buyer_id) == (EntryMode.SELLER, shop.buyer.downstream_id)
    placed = OrderEvent.objects.get(order=order, kind="order.placed")
    assert placed.actor_user_id == shop.sales.user_id
    assert OutboxEvent.objects.filter(kind="order.placed").exists()


def test_a_seller_completes_codes_among_its_own_goods(shop):
    variant = shop.sells("ABC", "10", 50)
    index_products([variant.product_id])
    found = on_page(shop.sales, "pad/pad", "CompleteOwn", search="ABC")["products"]["edges"]
    assert [one["sku"] for edge in found for one in edge["node"]["variants"]] == ["ABC"]


def test_nobody_else_enters_an_order_for_a_dealer(shop):
    shop.sells("ABC", "10", 50)
    other, _dealer = shop.dealer_of("Other")
    asked = {"buyer": gid(other.downstream), "lines": [{"variant": gid(shop.goods["ABC"]), "quantity": "3"}]}
    refused = execute(ENTER, {"input": asked}, actor=shop.dealer)
    assert refused.codes == {"PERMISSION_DENIED"}
    stock_keeper = make_actor(shop.seller, "seller_warehouse")
    assert execute(ENTER, {"input": asked}, actor=stock_keeper).codes == {"PERMISSION_DENIED"}
    found = read(shop.dealer, shop, buyer=gid(other.downstream), lines=typed(("ABC", 1)))
    assert [error["code"] for error in found["errors"]] == ["NOT_FOUND"]
    assert not Order.objects.exists()
