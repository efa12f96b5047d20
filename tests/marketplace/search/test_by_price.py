"""The catalogue by what its reader pays."""

import pytest

from marketplace.graphql import execute
from marketplace.search import by_price
from marketplace.search.engine import index_products
from tests.ordercenter.orders.shop import Shop
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $direction: SortDirection) {
  catalog(sortBy: {field: PRICE, direction: $direction}, first: $first, after: $after, last: $last, before: $before) {
    sortedBy totalCount pageInfo { endCursor startCursor hasNextPage hasPreviousPage } edges { node { slug } } } }"""


@pytest.fixture
def shop(db) -> Shop:
    """C for 1.00, A for 2.00, D and B for 3.00."""
    shop = Shop()
    for sku, price in (("A", 2), ("B", 3), ("C", 1), ("D", 3)):
        shop.sells(sku, price)
    index_products([variant.product_id for variant in shop.goods.values()])
    return shop


def page(shop, **variables):
    result = execute(PAGE, variables, actor=shop.dealer)
    assert not result.errors
    found = result.data["catalog"]
    return [edge["node"]["slug"] for edge in found["edges"]], found


def test_goods_stand_by_price_both_ways(shop):
    assert page(shop, first=9)[0] == ["c", "a", "b", "d"]
    slugs, found = page(shop, first=9, direction="DESC")
    assert slugs == ["b", "d", "a", "c"]
    assert (found["sortedBy"], found["totalCount"]) == ("PRICE", 4)


def test_pages_follow_each_other_without_a_gap_and_go_back(shop):
    first, found = page(shop, first=3)
    second, rest = page(shop, first=3, after=found["pageInfo"]["endCursor"])
    assert (first, second) == (["c", "a", "b"], ["d"])
    assert (found["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    back, _found = page(shop, last=2, before=rest["pageInfo"]["startCursor"])
    assert back == ["a", "b"]


def test_too_much_to_be_priced_stands_by_name_and_says_so(shop, monkeypatch):
    monkeypatch.setattr(by_price, "MOST", 3)
    slugs, found = page(shop, first=2)
    assert (slugs, found["sortedBy"]) == (["a", "b"], "NAME")
    assert page(shop, first=9, after=found["pageInfo"]["endCursor"])[0] == ["c", "d"]


def test_many_products_take_as_many_statements_as_few(shop):
    with count_sql() as few:
        page(shop, first=2)
    more = shop.sells_many(30, price=5)
    index_products([shop.goods[sku].product_id for sku in more])
    with count_sql() as many:
        page(shop, first=20)
    assert many.count == few.count
