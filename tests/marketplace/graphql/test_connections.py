"""Lists: pages by keyset in every order, filters, and totals that are counted only when asked for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.graphql import QuerySource, enum_of, to_global_id
from marketplace.graphql.failure import BadInput
from marketplace.graphql.keyset import ListSource, PageRequest
from marketplace.graphql.sorting import Order, SortKey
from marketplace.parties.models import Organization, PartnerGrade, Partnership, PartnershipStatus
from tests.marketplace.graphql.shop import AddressesOf, PartnershipSort

pytestmark = pytest.mark.django_db

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $filter: PartnershipFilter,
 $sort: PartnershipSort) {
  partnerships(first: $first, after: $after, last: $last, before: $before, filter: $filter, sortBy: $sort) {
    edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def page(http, people, **variables):
    response = http(PAGE, variables, people.owner)
    assert "errors" not in response.answer, response.answer
    found = response.answer["data"]["partnerships"]
    return [edge["node"]["code"] for edge in found["edges"]], found["pageInfo"]


def test_pages_follow_each_other_in_both_directions(http, people):
    codes, info = page(http, people, first=2)
    assert codes == ["D0", "D1"] and info["hasNextPage"] and not info["hasPreviousPage"]
    codes, info = page(http, people, first=2, after=info["endCursor"])
    assert codes == ["D2"] and not info["hasNextPage"] and info["hasPreviousPage"]
    codes, info = page(http, people, last=2, before=info["startCursor"])
    assert codes == ["D0", "D1"] and info["hasNextPage"] and not info["hasPreviousPage"]


def test_a_list_is_sorted_as_asked(http, people):
    assert page(http, people, sort={"field": "NAME", "direction": "DESC"})[0] == ["D2", "D1", "D0"]
    first, info = page(http, people, first=1, sort={"field": "NAME"})
    second, _ = page(http, people, first=1, sort={"field": "NAME"}, after=info["endCursor"])
    assert (first, second) == (["D0"], ["D1"])


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"text": "eta"}, ["D1"]),
        ({"text": "d2"}, ["D2"]),
        ({"status": ["ACTIVE"]}, ["D0", "D1", "D2"]),
        ({"status": []}, []),
        ({"status": ["SUSPENDED"]}, []),
        ({"downstream": ["T3JnYW5pemF0aW9uOng="]}, []),
        ({"created": {"gte": "2020-01-01T00:00:00Z"}}, ["D0", "D1", "D2"]),
        ({"created": {"lt": "2020-01-01T00:00:00Z"}}, []),
        ({"even": True}, ["D0", "D1", "D2"]),
        ({"even": False, "text": None}, []),
    ],
)
def test_filters_narrow_a_list(http, people, given, codes):
    assert page(http, people, filter=given)[0] == codes


def test_a_filter_by_id_finds_the_objects(http, people):
    gid = to_global_id("Organization", people.dealers[2].pk)
    assert page(http, people, filter={"downstream": [gid]})[0] == ["D2"]


def test_sizes_out_of_bounds_and_foreign_cursors_are_refused(http, people):
    _, info = page(http, people, first=1)
    for variables in (
        {"first": 101}, {"first": -1}, {"last": 101}, {"first": 1, "last": 1}, {"after": "x"}, {"after": "W10"},
        {"after": info["endCursor"], "sort": {"field": "NAME"}},
    ):  # fmt: skip
        (error,) = http(PAGE, variables, people.owner).answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT", variables


def test_a_total_is_counted_only_when_it_is_asked_for(http, people):
    for selection, counts in (("nodes { code }", 0), ("nodes { code } totalCount", 1), ("totalCount", 1)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            http(f"{{ partnerships {{ {selection} }} }}", member=people.owner)
        assert sum("COUNT(" in query["sql"] for query in queries) == counts
        assert len(queries) == 1 + counts + ("nodes" in selection)


def test_a_hundred_parents_cost_what_one_costs(http, people, django_assert_num_queries):
    text = "{ partnerships(first: %d) { nodes { downstream { name addresses { city } more: addresses { id } } } } }"
    http(text % 1, member=people.owner)
    for size in (1, 3):
        AddressesOf.batches.clear()
        with django_assert_num_queries(4):  # actor, partnerships, organizations, addresses
            http(text % size, member=people.owner)
        assert [len(batch) for batch in AddressesOf.batches] == [size]


def test_a_connection_below_an_object_pages_through_a_loaders_list(http, people):
    text = """query($after: String) { partnerships(first: 1) { nodes { upstream {
      addressesPage(first: 1, after: $after) {
        totalCount nodes { contact } pageInfo { hasNextPage endCursor } } } } } }"""
    answer = http(text, member=people.owner).answer["data"]["partnerships"]["nodes"][0]["upstream"]["addressesPage"]
    assert answer["totalCount"] == 1 and answer["nodes"] == [{"contact": "C Seller"}]
    after = answer["pageInfo"]["endCursor"]
    answer = http(text, {"after": after}, people.owner).answer["data"]["partnerships"]["nodes"][0]
    assert answer["upstream"]["addressesPage"]["nodes"] == []


@pytest.fixture(scope="module")
def rows(django_db_setup, django_db_blocker):
    """Forty partnerships with many equal and many missing grades, for all examples of the property below."""
    with django_db_blocker.unblock():
        seller = Organization.objects.create(name="Keyset", code="keyset")
        grades = [PartnerGrade.objects.create(organization=seller, code=str(n), position=n % 3) for n in range(4)]
        for n in range(40):
            dealer = Organization.objects.create(name=f"K{n % 7}", code=f"keyset-{n}")
            grade = grades[n % 5] if n % 5 < 4 else None
            Partnership.objects.create(
                upstream=seller, downstream=dealer, code=f"K{n:02}", currency="CNY", grade=grade, payment_days=n % 4
            )
        yield Partnership.objects.filter(upstream=seller).cleared()
        Partnership.objects.filter(upstream=seller).delete()
        PartnerGrade.objects.filter(organization=seller).delete()
        Organization.objects.filter(code__startswith="keyset").delete()  # what this leaves, every later test would find


ORDERS = [Order.of(key, down) for key in [*PartnershipSort.keys.values(), None] for down in (False, True)]
ORDERS.append(Order.of(SortKey.of("created_at", description="", nullable=False), True))


@given(order=st.sampled_from(ORDERS), sizes=st.lists(st.integers(1, 13), min_size=1, max_size=4), back=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_are_the_whole_list_once(rows, order, sizes, back):
    whole = [row.pk for row in order.arrange(rows, False)]
    found, cursor, turn = [], None, 0
    while True:
        size = sizes[turn % len(sizes)]
        request = PageRequest(size, True, None, cursor) if back else PageRequest(size, False, cursor, None)
        got = QuerySource(rows, order).page(request)
        keys = [row.pk for row in got.nodes]
        found = keys + found if back else found + keys
        if not (got.has_previous if back else got.has_next):
            break
        cursor = got.cursors(0 if back else len(keys) - 1)
        turn += 1
    assert found == whole


def test_a_list_in_memory_pages_like_a_table():
    source = ListSource(["a", "b", "c", "d"])
    first = source.page(PageRequest(3))
    assert list(first.nodes) == ["a", "b", "c"] and first.has_next
    rest = source.page(PageRequest(3, after=first.cursors(2)))
    assert list(rest.nodes) == ["d"] and rest.has_previous and not rest.has_next
    assert list(source.page(PageRequest(2, True, before=rest.cursors(0))).nodes) == ["b", "c"]
    with pytest.raises(BadInput):
        source.page(PageRequest(3, after="nonsense"))


def test_an_enum_is_made_once_and_described_by_its_labels():
    assert enum_of(PartnershipStatus) is enum_of(PartnershipStatus)
