"""The endpoint from outside: what is answered, what is refused, and in which words."""

import json
import logging
from hashlib import sha256

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from graphql import GraphQLError, get_introspection_query

from marketplace.graphql import DateTime, to_global_id
from marketplace.graphql.persisted import _known
from marketplace.graphql.tokens import make_access_token
from marketplace.parties.models import Address, Membership

pytestmark = pytest.mark.django_db


def codes(response):
    return [error["extensions"]["code"] for error in response.answer["errors"]]


def test_a_query_is_answered_with_its_cost(http, people):
    response = http("{ partnerships(first: 2) { nodes { code } totalCount } }", member=people.owner)
    assert response.answer["data"] == {"partnerships": {"nodes": [{"code": "D0"}, {"code": "D1"}], "totalCount": 3}}
    assert response.answer["extensions"]["cost"] == {"requested": 4, "maximum": 10_000}
    assert response.status_code == 200


def test_what_is_asked_twice_is_parsed_once(http, people, shop):
    http("{ addresses { totalCount } }", member=people.owner)
    known = shop.get("{ addresses { totalCount } }")
    http("{ addresses { totalCount } }", member=people.owner)
    assert shop.get("{ addresses { totalCount } }") is known


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "BAD_REQUEST"),
        (b"[]", "BAD_REQUEST"),
        (b'[{"query": "{ language }"}]', "BAD_REQUEST"),
        (b'{"query": 5}', "BAD_REQUEST"),
        (b'{"query": "{ language }", "variables": []}', "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query": "{ language"}', "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ languages }"}', "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query A { language } query B { language }"}', "BAD_REQUEST"),
        (b'{"query": "query A { language }", "operationName": "C"}', "BAD_REQUEST"),
        (b'{"query": "subscription { rang(partnership: 1) { note } }"}', "BAD_REQUEST"),
    ],
)
def test_what_is_no_operation_is_refused(http, body, code):
    response = http(body)
    assert codes(response) == [code]
    assert response.status_code == 400
    assert "data" not in response.answer


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{ " + "language " * 4000 + "}", "tokens"),
        ("{ " + "partnership(id: 1) {" + " ".join(f"a{n}: code" for n in range(31)) + " } }", "aliases"),
        ("{ language " + " @skip(if: false)" * 51 + " }", "directives"),
        ("query " + " @x" * 51 + " { language }", "directives"),
        (get_introspection_query(input_value_deprecation=True), None),
        ("{ partnership(id: 1) { " + "... { " * 5 + "code " + "} " * 5 + " } }", None),
        ("{ __schema { types { " + "fields { type { " * 8 + "name" + " } }" * 8 + " } } }", "depth"),
        ("{ " + "language " * 21 + "}", "root_fields"),
        ("mutation { a: explode { errors { code } } b: explode { errors { code } } }", "mutations"),
        (
            "mutation { explode { errors { code } } ...F } fragment F on Mutation { b: explode { __typename } }",
            "mutations",
        ),
        ("{ partnerships(first: 100) { nodes { upstream { addressesPage(first: 100) { nodes { id } } } } } }", "cost"),
    ],
)
def test_a_document_that_is_too_large_is_refused(http, people, text, limit):
    response = http(text, member=people.owner)
    found = [(e["extensions"]["code"], e["extensions"].get("limit")) for e in response.answer.get("errors", [])]
    assert found == ([("LIMIT_EXCEEDED", limit)] if limit else [])


def test_the_cost_of_a_page_follows_the_variable(http, people):
    text = "query($n: Int) { partnerships(first: $n) { nodes { upstream { id } } } }"
    cost = [http(text, {"n": n}, people.owner).answer["extensions"]["cost"]["requested"] for n in (1, 10, None)]
    assert cost == [1 + 1 * 2, 1 + 10 * 2, 1 + 20 * 2]


def test_an_internal_error_is_told_by_a_reference_that_is_in_the_log(http, people, caplog):
    with caplog.at_level(logging.ERROR, "marketplace.graphql"):
        response = http("{ broken language }", member=people.owner, **{"Accept-Language": "en"})
    (error,) = response.answer["errors"]
    assert response.answer["data"] == {"broken": None, "language": "en"}
    assert error["extensions"]["code"] == "INTERNAL" and error["path"] == ["broken"]
    assert "secret" not in json.dumps(response.answer)
    assert error["extensions"]["reference"] in caplog.text and "a secret of the house" in caplog.text


def test_a_refusal_in_a_query_is_a_typed_error(http, people):
    (error,) = http("{ refused }").answer["errors"]
    assert error["message"] == "No."
    assert error["extensions"] == {"code": "CONFLICT", "field": "someField", "index": 3}


def test_rows_that_nobody_cleared_do_not_leave(http, people):
    for field in ("leak { nodes { id } }", "leakedList { id }"):
        response = http(f"{{ {field} }}", member=people.owner)
        assert codes(response) == ["INTERNAL"]


def test_a_field_with_a_permission_is_refused_to_others(http, people):
    assert codes(http("{ secret }")) == ["UNAUTHENTICATED"]
    assert codes(http("{ secret }", member=people.owner)) == ["PERMISSION_DENIED"]
    assert codes(http("{ partnerships { totalCount } }", member=people.dealer)) == ["PERMISSION_DENIED"]


def test_decimals_are_strings_and_floats_are_refused(http):
    text = "query($q: Decimal!) { twice(quantity: $q) }"
    assert http(text, {"q": "1.250"}).answer["data"] == {"twice": "2.5"}
    assert http(text, {"q": 50}).answer["data"] == {"twice": "100"}
    for wrong in (1.25, "1e999999", "x", "NaN", True):
        response = http(text, {"q": wrong})
        assert codes(response) == ["BAD_USER_INPUT"] and response.answer["data"] is None
    assert http('{ twice(quantity: "0.1") }').answer["data"] == {"twice": "0.2"}
    assert codes(http("{ twice(quantity: 0.1) }")) == ["GRAPHQL_VALIDATION_FAILED"]


def test_an_instant_that_has_no_day_in_some_zone_is_refused():
    for wrong in ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-02-30T00:00:00Z"):
        with pytest.raises(GraphQLError):
            DateTime.parse_value(wrong)
    assert DateTime.parse_value("2026-03-01T09:30:00+08:00").isoformat() == "2026-03-01T09:30:00+08:00"


def test_the_answer_speaks_the_language_asked_for(http, people):
    assert http("{ language }", **{"Accept-Language": "zh-CN,zh;q=0.9"}).answer["data"] == {"language": "zh-hans"}
    assert http("{ language }", **{"Accept-Language": "en"}).answer["data"] == {"language": "en"}
    people.owner.user.language = "zh-hans"
    people.owner.user.save()
    assert http("{ language }", member=people.owner).answer["data"] == {"language": "zh-hans"}


# --- persisted queries ------------------------------------------------------------------------------------------------


def test_a_persisted_query_is_known_by_its_hash_after_it_was_sent_once(http):
    text = "{ language }  # persisted"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}
    cache.delete(f"graphql:document:{extensions['persistedQuery']['sha256Hash']}")
    _known.clear()
    assert codes(http({"extensions": extensions})) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert http({"query": text, "extensions": extensions}).answer["data"] == {"language": "en"}
    assert http({"extensions": extensions}).answer["data"] == {"language": "en"}
    _known.clear()  # another process finds it in Redis
    assert http({"extensions": extensions}).answer["data"] == {"language": "en"}


def test_a_hash_of_another_document_is_refused(http):
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    assert codes(http({"query": "{ language }", "extensions": extensions})) == ["BAD_REQUEST"]


# --- cookies and files ------------------------------------------------------------------------------------------------


def test_a_cookie_needs_the_token_of_our_page_and_a_bearer_does_not(http, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.owner.user)
    text = "{ addresses { nodes { contact } } }"
    assert codes(http(text, client=client)) == ["CSRF_FAILED"]
    # What a browser sends to a proxy by itself proves nothing: the cookie signs in, and needs its token.
    assert codes(http(text, client=client, Authorization="Basic cHJveHk6cHJveHk=")) == ["CSRF_FAILED"]
    client.get("/graphql/", headers={"Accept": "text/html"})
    token = client.cookies["csrftoken"].value
    response = http(text, client=client, **{"X-CSRFToken": token})
    assert response.answer["data"] == {"addresses": {"nodes": [{"contact": "C Seller"}]}}
    assert http(text, member=people.owner).answer["data"] == response.answer["data"]


def test_the_explorer_is_for_browsers_only(client, shop):
    page = client.get("/graphql/", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 200 and b'id="explorer"' in page.content
    assert client.get("/graphql/", headers={"Accept": "application/json"}).status_code == 400


def test_a_get_reads_and_never_writes(client, shop, people):
    assert client.get("/graphql/", {"query": "{ language }"}).json()["data"] == {"language": "en"}
    answer = client.get("/graphql/", {"query": "mutation { explode { errors { code } } }"}).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def upload(member, operations, places, **files):
    token = make_access_token(member.user_id, member.organization_id, 0)
    sent = {"operations": json.dumps(operations), "map": json.dumps(places), **files}
    return Client().post("/graphql/", sent, headers={"Authorization": f"Bearer {token}"}).json()


def test_files_arrive_as_variables_of_a_multipart_request(shop, people):
    operations = {
        "query": "mutation($files: [Upload!]!) { fileSum(files: $files) { size } }",
        "variables": {"files": [None, None]},
    }
    places = {"0": ["variables.files.0"], "1": ["variables.files.1"]}
    files = {str(n): SimpleUploadedFile(f"{n}.txt", b"x" * (n + 1)) for n in range(2)}
    assert upload(people.owner, operations, places, **files)["data"] == {"fileSum": {"size": 3}}
    wrong = upload(people.owner, operations, {"0": ["variables.files.7"]}, **files)
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


# --- who asks ---------------------------------------------------------------------------------------------------------


def test_a_token_that_is_not_valid_fails_the_request(http, people):
    response = http("{ language }", Authorization="Bearer nonsense")
    assert response.status_code == 401 and codes(response) == ["UNAUTHENTICATED"]


def test_the_actor_costs_one_statement(http, people, django_assert_num_queries):
    with django_assert_num_queries(2):
        http("{ addresses { nodes { contact } } }", member=people.owner)


def test_the_header_names_the_organization_and_only_one_with_a_seat(http, people):
    Membership.objects.create(user=people.owner.user, organization=people.dealers[1])
    text = "{ addresses { nodes { contact } } }"
    wanted = to_global_id("Organization", people.dealers[1].pk)
    response = http(text, member=people.owner, **{"Entrepot-Organization": wanted})
    assert response.answer["data"]["addresses"]["nodes"] == [{"contact": "C Beta"}]
    foreign = to_global_id("Organization", people.stranger.pk)
    assert codes(http(text, member=people.owner, **{"Entrepot-Organization": foreign})) == ["PERMISSION_DENIED"]


def test_a_mutation_that_fails_inside_leaves_nothing(http, people):
    response = http("mutation { explode { errors { code } } }", member=people.owner)
    assert codes(response) == ["INTERNAL"] and response.answer["data"] == {"explode": None}
    assert not Address.objects.filter(contact="Gone").exists()
