"""Several carts at one seller: chosen, shared, handed on, copied, put together."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from marketplace.attachments.errors import AttachmentErrorCode
from marketplace.attachments.models import Attachment
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import to_global_id
from marketplace.notifications.models import Notification
from ordercenter.orders.arithmetic import LineCalculator, sums
from ordercenter.orders.carts import Checkout, discard_cart, place_cart, write_cart
from ordercenter.orders.delivery_days import Part
from ordercenter.orders.entries import Wish
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, ChosenCart, OrderLine
from ordercenter.orders.named_carts import (
    change_cart,
    choose_cart,
    copy_cart,
    hand_cart,
    make_cart,
    merge_carts,
    move_lines,
)
from tests.factories import actor_of, make_member
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.shop import Shop
from tests.refusals import raises

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = Shop()
    for sku in ("ABC", "DEF"):
        shop.sells(sku, price=10)
    return shop


@pytest.fixture
def colleague(shop):
    return actor_of(make_member(shop.buyer.downstream, "dealer_buyer", name="Wang Li"))


def put(shop, actor, sku, quantity, **where):
    return write_cart(actor, shop.seller.pk, [Wish(shop.goods[sku].pk, Decimal(quantity))], add=True, **where)


def lines(cart):
    return dict(CartLine.objects.filter(cart=cart).values_list("variant__sku", "quantity"))


def test_what_is_added_goes_into_the_chosen_cart(shop):
    usual = put(shop, shop.dealer, "ABC", 1)
    event = make_cart(shop.dealer, shop.seller.pk, " Trade fair ")
    assert event.name == "Trade fair"
    assert put(shop, shop.dealer, "ABC", 2) == event
    choose_cart(shop.dealer, usual.pk)
    assert put(shop, shop.dealer, "ABC", 4) == usual
    assert put(shop, shop.dealer, "DEF", 8, cart_id=event.pk) == event
    assert (lines(usual), lines(event)) == ({"ABC": 5}, {"ABC": 2, "DEF": 8})


def test_a_name_is_given_once_and_an_ordered_cart_is_no_choice_any_more(shop):
    event = make_cart(shop.dealer, shop.seller.pk, "Fair")
    with raises(CoreErrorCode.DUPLICATE, field="name"):
        make_cart(shop.dealer, shop.seller.pk, "Fair")
    with raises(CoreErrorCode.REQUIRED, field="name"):
        change_cart(shop.dealer, event.pk, "  ")
    put(shop, shop.dealer, "ABC", 1)
    place_cart(shop.dealer, event.pk, Checkout())
    assert not ChosenCart.objects.exists()
    assert put(shop, shop.dealer, "ABC", 1).name == ""


def test_a_shared_cart_is_written_and_ordered_by_colleagues_and_kept_from_the_others(shop, colleague):
    cart = put(shop, shop.dealer, "ABC", 1)
    with raises(CoreErrorCode.NOT_FOUND):
        put(shop, colleague, "DEF", 1, cart_id=cart.pk)
    change_cart(shop.dealer, cart.pk, shared=True)
    put(shop, colleague, "DEF", 1, cart_id=cart.pk)
    choose_cart(colleague, cart.pk)
    assert put(shop, colleague, "DEF", 1) == cart
    assert lines(cart) == {"ABC": 1, "DEF": 2}
    reader = actor_of(make_member(shop.buyer.downstream, "dealer_finance", name="Zhao"))
    assert not Cart.objects.visible_to(reader).exists()
    for refused in (lambda: discard_cart(colleague, cart.pk), lambda: change_cart(colleague, cart.pk, shared=False)):
        with raises(CoreErrorCode.PERMISSION_DENIED):
            refused()
    change_cart(shop.dealer, cart.pk, shared=False)
    assert put(shop, colleague, "ABC", 3) != cart
    change_cart(shop.dealer, cart.pk, shared=True)
    place_cart(colleague, cart.pk, Checkout())
    assert set(OrderLine.objects.values_list("sku", flat=True)) == {"ABC", "DEF"}


def test_an_old_version_is_refused_and_nothing_is_written(shop):
    cart = put(shop, shop.dealer, "ABC", 1)
    put(shop, shop.dealer, "ABC", 1, cart_id=cart.pk, version=cart.version)
    with raises(CoreErrorCode.CONFLICT, field="version"):
        put(shop, shop.dealer, "ABC", 1, cart_id=cart.pk, version=cart.version)
    with raises(CoreErrorCode.CONFLICT, field="version"):
        change_cart(shop.dealer, cart.pk, "Fair", version=cart.version)
    assert lines(cart) == {"ABC": 2}


def test_a_cart_is_handed_to_a_colleague_who_is_told(shop, colleague):
    put(shop, colleague, "ABC", 1)
    cart = put(shop, shop.dealer, "DEF", 2)
    choose_cart(shop.dealer, cart.pk)
    with raises(CoreErrorCode.NOT_FOUND, field="user"):
        hand_cart(shop.dealer, cart.pk, shop.sales.user_id)
    with raises(CoreErrorCode.NOT_FOUND, field="user"):
        hand_cart(shop.dealer, cart.pk, shop.dealer.user_id)
    hand_cart(shop.dealer, cart.pk, colleague.user_id, "Please order by Friday.")
    assert not Cart.objects.visible_to(shop.dealer).exists()
    assert not ChosenCart.objects.exists()
    given = Cart.objects.visible_to(colleague).get(pk=cart.pk)
    assert given.name
    dispatch_all()
    told = Notification.objects.get(user=colleague.user_id, kind="cart.handed")
    assert (told.document_kind, told.document_id, told.data["note"]) == ("Cart", cart.pk, "Please order by Friday.")


def test_carts_are_put_together_with_equal_lines_added_up(shop):
    one = put(shop, shop.dealer, "ABC", 1)
    two = make_cart(shop.dealer, shop.seller.pk, "Two")
    put(shop, shop.dealer, "ABC", 2)
    three = copy_cart(shop.dealer, two.pk)
    assert three.name == "Two (2)"
    put(shop, shop.dealer, "DEF", 4, cart_id=three.pk)
    merge_carts(shop.dealer, one.pk, [two.pk, three.pk])
    assert lines(one) == {"ABC": 5, "DEF": 4}
    assert list(Cart.objects.all()) == [one]
    kinds = list(OutboxEvent.objects.filter(aggregate="cart").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["cart.made", "cart.made", "cart.discarded", "cart.discarded", "cart.merged"]


def test_lines_move_to_another_cart_or_a_new_one(shop):
    cart = put(shop, shop.dealer, "ABC", 1)
    put(shop, shop.dealer, "DEF", 2)
    keys = dict(CartLine.objects.values_list("variant__sku", "pk"))
    new = move_lines(shop.dealer, cart.pk, [keys["ABC"]], None, "Later")
    assert (lines(cart), lines(new)) == ({"DEF": 2}, {"ABC": 1})
    with raises(CoreErrorCode.NOT_FOUND, field="lines", index=0):
        move_lines(shop.dealer, cart.pk, [keys["ABC"]], new.pk)


@pytest.mark.parametrize("size", [1, 40])
def test_putting_together_takes_as_many_statements_for_forty_lines_as_for_one(shop, django_assert_num_queries, size):
    skus = shop.sells_many(size)
    wishes = [Wish(shop.goods[sku].pk, Decimal(1)) for sku in skus]
    one = write_cart(shop.dealer, shop.seller.pk, wishes, add=True)
    two = copy_cart(shop.dealer, one.pk, "Two")
    with django_assert_num_queries(MERGE):
        merge_carts(shop.dealer, one.pk, [two.pk])
    assert set(lines(one).values()) == {2}


MERGE = 17

CARTS = """query { carts { id name label isOwn isShared isChosen version owner { displayName } lineCount
  lines { nextTier { missing } step } } cartColleagues { displayName } }"""


def test_the_schema_tells_of_whose_a_cart_is_and_which_is_chosen(shop, colleague):
    put(shop, shop.dealer, "ABC", 1)
    cart = make_cart(shop.dealer, shop.seller.pk, "Fair", shared=True)
    seen = {one["name"]: one for one in ask(shop.dealer, CARTS)["carts"]}
    assert [seen[name]["isChosen"] for name in ("", "Fair")] == [False, True]
    assert seen[""]["label"] == "My cart"
    theirs = ask(colleague, CARTS)
    assert [(one["id"], one["isOwn"], one["isChosen"]) for one in theirs["carts"]] == [
        (to_global_id("Cart", cart.pk), False, False)
    ]
    assert [one["displayName"] for one in theirs["cartColleagues"]] == [shop.dealer.user.name]


def test_a_line_for_several_days_becomes_lines_at_the_price_of_the_whole(shop):
    shop.rows(shop.list, shop.goods["ABC"], ("PCS", 10, "8"))
    cart = put(shop, shop.dealer, "ABC", 12)
    put(shop, shop.dealer, "DEF", 1)
    keys = dict(CartLine.objects.values_list("variant__sku", "pk"))
    days = [Part(Decimal(5), date(2027, 3, 1)), Part(Decimal(7), date(2027, 4, 1))]
    wrong = Checkout(parts={keys["ABC"]: days[:1]})
    with raises(CoreErrorCode.INVALID, field="parts", index=0):
        place_cart(shop.dealer, cart.pk, wrong)
    good = Checkout(parts={keys["ABC"]: days}, requested_on=date(2027, 2, 1), accepted_total=Decimal(106))
    order = place_cart(shop.dealer, cart.pk, good)
    placed = OrderLine.objects.filter(order=order).order_by("position")
    assert list(placed.values_list("sku", "quantity", "unit_price", "requested_on")) == [
        ("ABC", 5, 8, date(2027, 3, 1)),
        ("ABC", 7, 8, date(2027, 4, 1)),
        ("DEF", 1, 10, None),
    ]
    assert order.gross == 106
    assert not Cart.objects.exists()


@given(
    price=st.decimals(min_value="0.0001", max_value="999", places=4),
    parts=st.lists(st.integers(1, 10_000), min_size=2, max_size=12),
    rate=st.sampled_from(["0", "0.06", "0.13"]),
    included=st.booleans(),
)
def test_the_parts_of_a_line_come_to_the_line(price, parts, rate, included):
    calculator = LineCalculator("CNY", included)
    whole_quantity, start, cut = Decimal(sum(parts)), Decimal(0), []
    whole = calculator.line(price, whole_quantity, Decimal(rate))
    for part in parts:
        cut.append(calculator.between(whole, start, start + part, whole_quantity))
        start += part
    assert sums(cut) == whole
    assert all(one.net + one.tax == one.gross for one in cut)


def test_a_line_in_parts_keeps_its_total_to_the_last_digit(shop):
    shop.sells("FINE", price="0.333")
    cart = put(shop, shop.dealer, "FINE", 3)
    key = CartLine.objects.get().pk
    parts = {key: [Part(Decimal(1)), Part(Decimal(1)), Part(Decimal(1))]}
    order = place_cart(shop.dealer, cart.pk, Checkout(parts=parts, accepted_total=Decimal("1.00")))
    assert sorted(OrderLine.objects.filter(order=order).values_list("gross", flat=True)) == [
        Decimal("0.33"),
        Decimal("0.33"),
        Decimal("0.34"),
    ]


def test_a_part_off_its_rule_is_told_at_the_line_of_the_cart(shop):
    shop.sells("GHI", rule=(6, 6, 600))
    cart = put(shop, shop.dealer, "ABC", 3)
    put(shop, shop.dealer, "GHI", 12)
    keys = dict(CartLine.objects.values_list("variant__sku", "pk"))
    parts = {keys["ABC"]: [Part(Decimal(1)), Part(Decimal(2))], keys["GHI"]: [Part(Decimal(6)), Part(Decimal(6))]}
    off = {**parts, keys["GHI"]: [Part(Decimal(5)), Part(Decimal(7))]}
    with raises(OrderErrorCode.QUANTITY_MINIMUM, field="quantity", index=1):
        place_cart(shop.dealer, cart.pk, Checkout(parts=off))
    assert place_cart(shop.dealer, cart.pk, Checkout(parts=parts)).line_count == 4


def test_files_come_with_the_order_and_one_that_is_refused_refuses_it(shop):
    cart = put(shop, shop.dealer, "ABC", 3)
    with raises(AttachmentErrorCode.FILE_EMPTY):
        place_cart(shop.dealer, cart.pk, Checkout(files=[ContentFile(b"", "empty.txt")]))
    order = place_cart(shop.dealer, cart.pk, Checkout(files=[ContentFile(b"Our drawing.", "drawing.txt")]))
    assert list(
        Attachment.objects.filter(document_kind="order", document_id=order.pk).values_list("name", flat=True)
    ) == ["drawing.txt"]
