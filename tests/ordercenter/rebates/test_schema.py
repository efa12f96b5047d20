"""Rebates through GraphQL: who sees what, and in how many statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from marketplace.core.actor import Actor
from marketplace.graphql import execute, to_global_id
from ordercenter.ledger.funds.models import FundUseRule
from ordercenter.rebates.settle import propose, submit
from tests.factories import make_stranger
from tests.statements import count_sql

POSITIONS = """query($first: Int) { rebatePositions(first: $first) { totalCount edges { node {
  id partnerName periodName basisAmount { amount } accrued { amount } open { amount }
  policy { id name }
  progress { band rate share gap brings { amount } forecastValue { amount } tiers { lower value } } } } } }"""
PROGRESS = """{ rebateProgress { policyName basisAmount { amount } groupAmount { amount } accrued { amount } gap
  brings { amount } tiers { lower value } } }"""
SETTLEMENTS = "{ rebateSettlements { edges { node { id number status total { amount } canAnswer canPost } } } }"
POLICY = """query($id: ID!) { rebatePolicy(id: $id) { name beneficiaries { name } lines { tiers { lower value } }
  scopes { name } } }"""
CREATE = """mutation($input: RebatePolicyInput!) { rebatePolicyCreate(input: $input) {
  policy { code lines { method tiers { lower upper value } } validTo } errors { field code index } } }"""


def ask(actor: Actor, document: str, **variables: Any) -> Any:
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


@pytest.fixture
def policy(shop):
    return shop.policy(period="whole_term")


def test_each_side_sees_its_own_positions_and_a_stranger_none(shop, policy):
    other, _dealer = shop.dealer_of("Jinli")
    shop.buys(90_000)
    shop.buys(50_000, partnership=other)
    assert ask(shop.sales, POSITIONS)["rebatePositions"]["totalCount"] == 2
    (mine,) = ask(shop.dealer, POSITIONS)["rebatePositions"]["edges"]
    assert mine["node"]["accrued"]["amount"] == "900.00"
    assert ask(make_stranger(), POSITIONS)["rebatePositions"]["totalCount"] == 0


def test_a_partner_does_not_read_whom_a_policy_is_for(shop, policy):
    shop.buys(10)
    gid = to_global_id("RebatePolicy", policy.pk)
    assert ask(shop.sales, POLICY, id=gid)["rebatePolicy"]["beneficiaries"] == [{"name": "Everyone"}]
    assert ask(shop.dealer, POLICY, id=gid)["rebatePolicy"]["beneficiaries"] == []
    assert ask(make_stranger(), POLICY, id=gid)["rebatePolicy"] is None


def test_progress_is_that_of_the_one_who_asks(shop, policy):
    shop.buys(261_000)
    (one,) = ask(shop.dealer, PROGRESS)["rebateProgress"]
    assert (float(one["gap"]), one["brings"]["amount"]) == (39_000, "3780.00")
    assert ask(make_stranger(), PROGRESS)["rebateProgress"] == []


def test_the_statements_of_positions_do_not_grow_with_their_number(shop, policy):
    shop.buys(90_000)
    for name in ("A", "B", "C", "D"):
        shop.buys(1000, partnership=shop.dealer_of(name)[0])
    with count_sql() as one:
        ask(shop.sales, POSITIONS, first=1)
    with count_sql() as many:
        ask(shop.sales, POSITIONS, first=5)
    assert one.count == many.count, many


def test_a_settlement_is_seen_by_its_partner_once_it_is_approved(shop, policy):
    shop.buys(90_000)
    made = propose(shop.sales, policy.pk, date(2026, 2, 1))
    assert ask(shop.dealer, SETTLEMENTS)["rebateSettlements"]["edges"] == []
    submit(shop.sales, [one.pk for one in made])
    (row,) = ask(shop.dealer, SETTLEMENTS)["rebateSettlements"]["edges"]
    assert (row["node"]["total"]["amount"], row["node"]["canAnswer"]) == ("900.00", True)
    assert not ask(make_stranger(), SETTLEMENTS)["rebateSettlements"]["edges"]


def test_a_policy_is_made_of_days_and_bands(shop):
    bands = [{"lower": "0", "upper": "100", "value": "1"}, {"lower": "100", "value": "2"}]
    given = {
        "code": "X",
        "nameEn": "X",
        "validFrom": "2026-01-01",
        "validTo": "2026-12-31",
        "lines": [{"method": "RETROSPECTIVE"}],
        "tiers": bands,
    }
    found = ask(shop.sales, CREATE, input=given)["rebatePolicyCreate"]
    assert not found["errors"]
    assert found["policy"]["validTo"].startswith("2026-12-31T16:00:00")
    assert [tier["value"] for tier in found["policy"]["lines"][0]["tiers"]] == ["1.000000", "2.000000"]
    again = ask(shop.sales, CREATE, input=given | {"tiers": [bands[0], {"lower": "50", "value": "2"}]})
    codes = {error["code"] for error in again["rebatePolicyCreate"]["errors"]}
    assert codes == {"DUPLICATE", "TIER_OVERLAP"}


TABLES = """mutation($input: RebatePolicyInput!) { rebatePolicyCreate(input: $input) {
  policy { useRuleName lines { qualifier tiers { lower value } } } errors { field code index } } }"""


def test_a_policy_has_several_tables_and_grants_under_a_rule(shop):
    rule = FundUseRule.objects.create(organization=shop.seller, kind="rebate", name_en="Half of an order")
    given = {"code": "TWO", "nameEn": "Two", "useRule": to_global_id("FundUseRule", rule.pk)}
    given["lines"] = [{"method": "RETROSPECTIVE"}, {"method": "RETROSPECTIVE", "qualifier": "QUANTITY"}]
    given["tiers"] = [
        {"line": 1, "lower": "0", "value": "1"},
        {"line": 2, "lower": "10", "value": "0.5", "reward": "PER_UOM"},
    ]
    made = ask(shop.sales, TABLES, input=given)["rebatePolicyCreate"]
    assert made["errors"] == [] and made["policy"]["useRuleName"] == "Half of an order"
    assert [(line["qualifier"], len(line["tiers"])) for line in made["policy"]["lines"]] == [
        ("AMOUNT", 1),
        ("QUANTITY", 1),
    ]
    cash = FundUseRule.objects.create(organization=shop.seller, kind="cash", name_en="Cash")
    wrong = {**given, "code": "THREE", "useRule": to_global_id("FundUseRule", cash.pk)}
    (error,) = ask(shop.sales, TABLES, input=wrong)["rebatePolicyCreate"]["errors"]
    assert (error["field"], error["code"]) == ("useRule", "NOT_FOUND")
