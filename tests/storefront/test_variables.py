"""From a form or an address to typed variables."""

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from graphql import OperationDefinitionNode, build_schema, parse

from storefront.documents import Operation
from storefront.variables import from_form, from_query, types_of

SCHEMA = build_schema("""
    scalar DateTime
    scalar Decimal
    scalar Upload
    enum Status { PLACED CONFIRMED }
    enum Direction { ASC DESC }
    enum Field { NUMBER GROSS }
    input Sort { field: Field! direction: Direction! }
    input Range { gte: String lte: String }
    input Attribute { code: String! values: [String!]! }
    input Filter { status: [Status!] open: Boolean placedAt: Range attributes: [Attribute!] }
    input Line { line: ID! quantity: Decimal! note: String }
    input Change { order: ID! version: Int! at: DateTime note: String lines: [Line!] day: ID }
    type Query { x(filter: Filter, sortBy: Sort, first: Int, last: Int, before: String, after: String): Int }
    input Message { text: String files: [Upload!] }
    type Mutation {
      send(input: Message!, file: Upload): Int
      change(input: Change!): Int
      confirm(ids: [ID!]!, all: Boolean): Int
    }
""")


def operation(text: str) -> Operation:
    node = parse(text).definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return Operation("x", node.operation.value, text, node)


CHANGE = types_of(SCHEMA, operation("mutation($input: Change!) { change(input: $input) }"))
CONFIRM = types_of(SCHEMA, operation("mutation($ids: [ID!]!, $all: Boolean) { confirm(ids: $ids, all: $all) }"))
LIST = types_of(
    SCHEMA,
    operation(
        "query($filter: Filter, $sortBy: Sort, $first: Int, $last: Int, $before: String, $after: String)"
        "{ x(filter: $filter, sortBy: $sortBy, first: $first, last: $last, before: $before, after: $after) }"
    ),
)


def form(types, text):
    return from_form(types, QueryDict(text), MultiValueDict())


def test_dotted_names_become_an_input_object_with_numbers_as_numbers():
    sent = form(CHANGE, "input.order=O1&input.version=3&input.lines.1.line=B&input.lines.1.quantity=2"
                        "&input.lines.0.line=A&input.lines.0.quantity=1")  # fmt: skip
    lines = [{"line": "A", "quantity": "1"}, {"line": "B", "quantity": "2"}]
    assert sent == {"input": {"order": "O1", "version": 3, "lines": lines}}


def test_what_is_left_empty_stays_unchanged_but_words_can_be_taken_away():
    assert form(CHANGE, "input.order=O1&input.day=&input.note=") == {"input": {"order": "O1", "note": ""}}


def test_a_field_that_is_to_be_cleared_is_null_where_it_is_left_empty_and_itself_where_not():
    assert form(CHANGE, "input.day=&_clears=input.day input.order&input.order=O1") == {
        "input": {"order": "O1", "day": None}
    }


def test_a_row_that_is_not_filled_in_is_left_out_and_so_is_one_that_says_skip():
    rows = "input.lines.0.line=A&input.lines.0.quantity=&input.lines.1.line=B&input.lines.1.quantity=0"
    assert form(CHANGE, rows) == {"input": {"lines": [{"line": "B", "quantity": "0"}]}}
    assert form(CHANGE, rows + "&_skip=0") == {}


def test_repeated_names_become_a_list_and_a_tick_a_truth():
    assert form(CONFIRM, "ids=1&ids=2&all=false&all=true") == {"ids": ["1", "2"], "all": True}


def test_a_local_time_gets_the_zone_of_its_form():
    assert form(CHANGE, "input.at=2026-11-20T09:00&_zone=Asia/Shanghai") == {
        "input": {"at": "2026-11-20T09:00:00+08:00"}
    }


@pytest.mark.parametrize(
    ("address", "variables"),
    [
        ("status=PLACED&status=CONFIRMED", {"filter": {"status": ["PLACED", "CONFIRMED"]}}),
        ("status=SOLD_TO_THE_MOON&open=true", {"filter": {"open": True}}),
        ("placedAt.gte=2026-01-01&placedAt.lte=", {"filter": {"placedAt": {"gte": "2026-01-01"}}}),
        ("attr.size=S&attr.size=M", {"filter": {"attributes": [{"code": "size", "values": ["S", "M"]}]}}),
        ("sort=-GROSS", {"sortBy": {"field": "GROSS", "direction": "DESC"}}),
        ("sort=NONSENSE&view=list", {}),
        ("before=abc", {"before": "abc", "last": 25, "first": None}),
    ],
)  # fmt: skip
def test_an_address_narrows_sorts_and_pages_and_old_links_do_no_harm(address, variables):
    assert from_query(LIST, QueryDict(address), size=25) == variables


def test_every_file_of_a_field_is_sent_along():
    types = types_of(
        SCHEMA, operation("mutation M($input: Message!, $file: Upload) { send(input: $input, file: $file) }")
    )
    files = MultiValueDict({"input.files": ["a", "b"], "file": ["c"]})
    data = QueryDict("input.text=Hello")
    assert from_form(types, data, files) == {"input": {"text": "Hello", "files": ["a", "b"]}, "file": "c"}
