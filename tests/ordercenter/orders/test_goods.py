"""What past orders say of goods: what is bought together, when one bought it; and lists that grow."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.catalog.models import Listing
from marketplace.core.actor import Actor
from marketplace.graphql import to_global_id
from ordercenter.orders import together
from ordercenter.orders.bought import purchases_of
from ordercenter.orders.entries import Wish
from ordercenter.orders.models import BoughtTogether, OrderLine
from ordercenter.orders.saved_lists import SavedListDraft, write_saved_list
from ordercenter.orders.together import bought_with, count_together
from ordercenter.orders.verify import together as check
from tests.ordercenter.orders.ask import ask
from tests.ordercenter.orders.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(shop, monkeypatch) -> Shop:
    """A with B in three orders, with C in two, and D beside it once."""
    monkeypatch.setattr(together, "SETTLED", timedelta(0))  # a test is one transaction, all at one instant
    for sku in "ABCD":
        shop.sells(sku, 10, stock=1000)
    for goods in ("AB", "ABC", "ABC", "AD"):
        shop.order(*((sku, 2) for sku in goods))
    return shop


def pairs() -> dict[tuple[str, str], int]:
    rows = BoughtTogether.objects.select_related("product", "other")
    return {(row.product.slug, row.other.slug): row.orders for row in rows}


def near(shop: Shop, actor: Actor, sku: str = "A") -> list[str]:
    product = shop.goods[sku].product_id
    return [row.slug for row in bought_with(actor, shop.seller.pk, [product]).get(product, [])]


def test_pairs_are_counted_by_orders_in_both_directions_and_once_is_chance(busy):
    count_together(Actor.system())
    assert pairs() == {
        ("a", "b"): 3, ("b", "a"): 3, ("a", "c"): 2, ("c", "a"): 2, ("b", "c"): 2, ("c", "b"): 2,
    }  # fmt: skip
    assert near(busy, busy.dealer) == ["b", "c"]
    assert list(check()) == []


def test_counting_again_replaces_what_was_counted(busy):
    for _ in range(2):
        count_together(Actor.system())
    assert pairs()["a", "b"] == 3
    busy.order(("A", 1), ("B", 1))
    count_together(Actor.system())
    assert pairs()["a", "b"] == 4


def test_an_order_of_everything_says_nothing(busy, monkeypatch):
    monkeypatch.setattr(together, "MOST_GOODS", 2)
    count_together(Actor.system())
    assert pairs() == {}


def test_a_wrong_figure_is_found(busy):
    count_together(Actor.system())
    BoughtTogether.objects.filter(product=busy.goods["A"].product).update(orders=9)
    assert {(one.expected, one.found) for one in check()} == {(3, 9), (2, 9)}


def test_only_what_the_reader_may_order_is_shown_and_a_stranger_sees_nothing(busy):
    count_together(Actor.system())
    Listing.objects.filter(variant=busy.goods["B"]).delete()
    assert near(busy, busy.dealer) == ["c"]
    assert near(busy, Shop("Other").dealer) == []


def test_counting_takes_the_same_statements_for_many_orders(busy):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            count_together(Actor.system())
        return len(seen)

    few = statements()
    for _ in range(5):
        busy.order(("A", 1), ("B", 1), ("C", 1), ("D", 1))
    assert statements() == few


def test_past_purchases_are_told_latest_first_and_only_to_their_buyer(busy):
    variant = busy.goods["A"].pk
    found = purchases_of(busy.dealer, [variant], busy.seller.pk, 2)[variant]
    newest = list(OrderLine.objects.filter(variant=variant).order_by("-order__placed_at", "-pk"))
    assert [(row.order_id, row.quantity, row.unit_price) for row in found] == [
        (line.order_id, D(2), D(10)) for line in newest[:2]
    ]
    assert found[0].times == 4
    _other, stranger = busy.dealer_of("Jinli")
    assert purchases_of(stranger, [variant], busy.seller.pk) == {}


def test_a_product_tells_what_goes_with_it_and_when_it_was_bought(busy):
    count_together(Actor.system())
    document = """query($id: ID!) { product(id: $id) {
        boughtTogether { slug seller { id } }
        variants { purchaseCount purchases(first: 1) { number quantity uom { code } unitPrice { amount } } } } }"""
    product = ask(busy.dealer, document, id=to_global_id("Product", busy.goods["A"].product_id))["product"]
    seller = {"id": to_global_id("Organization", busy.seller.pk)}
    assert product["boughtTogether"] == [{"slug": "b", "seller": seller}, {"slug": "c", "seller": seller}]
    [variant] = product["variants"]
    assert variant["purchaseCount"] == 4
    [last] = variant["purchases"]
    assert (last["quantity"], last["uom"]["code"], last["unitPrice"]["amount"]) == ("2", "PCS", "10.00")


def test_lines_are_added_below_those_of_a_list_and_equal_ones_grow(busy):
    goods = {sku: variant.pk for sku, variant in busy.goods.items()}
    first = SavedListDraft(
        seller_id=busy.seller.pk, name="Weekly", wishes=[Wish(goods["A"], D(2)), Wish(goods["B"], D(1))]
    )
    row = write_saved_list(busy.dealer, first)
    write_saved_list(
        busy.dealer, SavedListDraft(list_id=row.pk, added=[Wish(goods["A"], D(3)), Wish(goods["C"], D(4))])
    )
    kept = row.lines.order_by("position").values_list("variant__sku", "quantity")
    assert list(kept) == [("A", D(5)), ("B", D(1)), ("C", D(4))]
