"""Mutations: all of it or nothing, typed refusals, one answer for one Idempotency-Key."""

import json

import pytest

from marketplace.core.models import IdempotencyKey
from marketplace.parties.models import Address
from tests.threads import at_once

CREATE = """mutation($input: [AddressInput!]!) {
  addressesCreate(input: $input) { addresses { contact } errors { code message field index } } }"""


def rows(*names):
    return {"input": [{"contact": name} for name in names]}


def mine(people):
    return Address.objects.filter(organization=people.seller).exclude(contact="C Seller").count()


@pytest.mark.django_db
def test_a_mutation_answers_with_what_it_made(http, people):
    answer = http(CREATE, rows("Ann", "Bob"), people.owner).answer["data"]["addressesCreate"]
    assert answer == {"addresses": [{"contact": "Ann"}, {"contact": "Bob"}], "errors": []}


@pytest.mark.django_db
def test_all_refusals_come_at_once_and_nothing_is_written(http, people):
    answer = http(CREATE, rows("Ann", "x" * 30, "y" * 30), people.owner).answer["data"]["addressesCreate"]
    field = "contactPerson.firstName"
    assert answer["addresses"] is None
    assert answer["errors"] == [
        {"code": "TOO_LONG", "message": "Too long.", "field": field, "index": index} for index in (1, 2)
    ]
    assert mine(people) == 0


@pytest.mark.django_db
def test_a_mutation_needs_its_permission(http, people):
    people.owner.roles.clear()
    (error,) = http(CREATE, rows("Ann"), people.owner).answer["errors"]
    assert error["extensions"] == {"code": "PERMISSION_DENIED", "permission": "addresses.manage"}
    (error,) = http(CREATE, rows("Ann")).answer["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert mine(people) == 0


@pytest.mark.django_db
def test_a_code_that_the_room_forgot_to_list_is_still_a_refusal(http, people, caplog):
    answer = http("mutation { foreign { errors { code message } } }", None, people.owner).answer
    assert answer["data"]["foreign"]["errors"] == [{"code": "INVALID", "message": "Of another room."}]
    assert "Foreign refuses with INVALID_CODE" in caplog.text


@pytest.mark.django_db
def test_what_somebody_else_has_just_written_is_a_conflict_and_nothing_is_written(http, people, caplog):
    answer = http("mutation { collide { errors { code } } }", None, people.owner).answer
    assert answer["data"]["collide"]["errors"] == [{"code": "CONFLICT"}]
    assert mine(people) == 0
    assert "Collide met a row" in caplog.text
    (error,) = http("mutation { collide(check: true) { errors { code } } }", None, people.owner).answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"


# --- idempotency ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_key_is_one_mutation_and_one_answer(http, people):
    key = {"Idempotency-Key": "k1"}
    first = http(CREATE, rows("Ann"), people.owner, **key)
    again = http(CREATE, rows("Ann"), people.owner, **key)
    assert first.content == again.content and again.headers["Idempotency-Replayed"] == "true"
    assert mine(people) == 1


@pytest.mark.django_db
def test_a_key_used_for_another_call_is_refused(http, people):
    key = {"Idempotency-Key": "k1"}
    http(CREATE, rows("Ann"), people.owner, **key)
    (error,) = http(CREATE, rows("Bob"), people.owner, **key).answer["errors"]
    assert error["extensions"]["code"] == "IDEMPOTENCY_MISMATCH"
    assert mine(people) == 1


@pytest.mark.django_db
def test_a_key_belongs_to_its_user(http, people):
    key = {"Idempotency-Key": "k1"}
    http(CREATE, rows("Ann"), people.owner, **key)
    answer = http(CREATE, rows("Dan"), people.dealer, **key).answer
    assert answer["data"]["addressesCreate"]["addresses"] == [{"contact": "Dan"}]


@pytest.mark.django_db
def test_a_refused_mutation_keeps_no_key_and_may_be_sent_again(http, people):
    key = {"Idempotency-Key": "k1"}
    refused = http(CREATE, rows("Ann", "x" * 30), people.owner, **key).answer["data"]["addressesCreate"]
    assert refused["errors"] and not IdempotencyKey.objects.exists() and mine(people) == 0
    http("mutation { explode { errors { code } } }", None, people.owner, **key)
    assert not IdempotencyKey.objects.exists()
    assert http(CREATE, rows("Ann"), people.owner, **key).answer["data"]["addressesCreate"]["errors"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 129, "ключ".encode().decode("latin-1")])
def test_a_key_that_is_none_is_refused(http, people, key):
    (error,) = http(CREATE, rows("Ann"), people.owner, **{"Idempotency-Key": key}).answer["errors"]
    assert error["extensions"]["code"] == "IDEMPOTENCY_INVALID"
    assert mine(people) == 0


@pytest.mark.django_db
def test_a_key_costs_two_statements(http, people, django_assert_num_queries):
    http(CREATE, rows("warm"), people.owner)
    inside = 1 + 2 + 1 + 2  # the actor, the transaction (here a savepoint), the address and its savepoint
    with django_assert_num_queries(inside + 2):
        http(CREATE, rows("Ann"), people.owner, **{"Idempotency-Key": "k1"})
    with django_assert_num_queries(3 + 1):  # what is stored is found by the statement that takes the key
        http(CREATE, rows("Ann"), people.owner, **{"Idempotency-Key": "k1"})


@pytest.mark.django_db(transaction=True)
def test_of_eight_calls_at_once_with_one_key_one_is_performed(shop, http, people):
    """All eight get the answer of the one that won the key."""
    key = {"Idempotency-Key": "race"}
    answers = at_once(8, lambda _n: http(CREATE, rows("Ann"), people.owner, **key).content)
    assert len(set(answers)) == 1
    assert json.loads(answers[0])["data"]["addressesCreate"]["errors"] == []
    assert mine(people) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_key_eight_calls_at_once_are_eight_mutations(shop, http, people):
    """The twin of the test above: it can see the fault."""
    at_once(8, lambda _n: http(CREATE, rows("Ann"), people.owner))
    assert mine(people) == 8
