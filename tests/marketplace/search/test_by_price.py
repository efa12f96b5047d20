"""The catalogue by what its reader pays."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.graphql import execute
from marketplace.search import by_price
from marketplace.search.engine import index_products
from marketplace.search.price_bands import bands
from tests.factories import make_organization, make_partnership
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


BANDS = """query($filter: CatalogFilter, $sort: CatalogSort, $seller: ID) {
  catalog(seller: $seller, filter: $filter, sortBy: $sort, first: 9) {
    totalCount narrowedByPrice priceBands { low high count } edges { node { slug } } } }"""


def within(shop, price=None, **variables):
    asked = {"filter": {"price": price} if price else None, **variables}
    result = execute(BANDS, asked, actor=shop.dealer)
    assert not result.errors
    found = result.data["catalog"]
    return [edge["node"]["slug"] for edge in found["edges"]], found


def test_a_range_of_prices_narrows_and_its_ends_belong_to_it(shop):
    assert within(shop, {"gte": "2", "lte": "3"})[0] == ["a", "b", "d"]
    assert within(shop, {"lte": "1.99"})[0] == ["c"]
    slugs, found = within(shop, {"gte": "2"}, sort={"field": "PRICE", "direction": "DESC"})
    assert (slugs, found["totalCount"], found["narrowedByPrice"]) == (["b", "d", "a"], 3, True)
    assert within(shop, {"gte": "4"})[1]["totalCount"] == 0


def test_the_bands_tell_how_many_the_range_will_find(shop):
    found = within(shop, {"gte": "3"})[1]["priceBands"]  # whatever range is chosen now
    assert [(Decimal(band["low"]), Decimal(band["high"])) for band in found][-1][1] >= 3
    for band in found:
        assert within(shop, {"gte": band["low"], "lte": band["high"]})[1]["totalCount"] == band["count"]


def test_narrowing_many_products_takes_as_many_statements_as_few(shop):
    with count_sql() as few:
        within(shop, {"gte": "2"})
    more = shop.sells_many(30, price=5)
    index_products([shop.goods[sku].product_id for sku in more])
    with count_sql() as many:
        within(shop, {"gte": "2"})
    assert many.count == few.count


def test_too_much_to_be_priced_is_not_narrowed_and_says_so(shop, monkeypatch):
    monkeypatch.setattr(by_price, "MOST", 3)
    found = within(shop, {"gte": "2"})[1]
    assert (found["totalCount"], found["narrowedByPrice"], found["priceBands"]) == (4, False, None)


def test_prices_of_several_sellers_are_not_held_against_each_other(shop):
    other = make_partnership(make_organization("Other"), shop.buyer.downstream)
    assert other.upstream_id != shop.seller.pk
    result = execute(BANDS, {"filter": {"price": {"gte": "2"}}}, actor=shop.dealer)
    assert result.errors[0].code == "INVALID"
    assert within(shop)[1]["priceBands"] is None


@given(st.lists(st.decimals("0.01", "9999", places=2), max_size=40))
def test_bands_leave_no_price_out(prices):
    found = bands(prices)
    if len(set(prices)) > 1:
        assert all(any(band.low <= price <= band.high for band in found) for price in prices)
    for band in found:
        assert band.count == sum(band.low <= price <= band.high for price in prices) > 0
