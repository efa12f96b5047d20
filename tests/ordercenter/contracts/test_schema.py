"""Contracts over GraphQL: each side sees what is its own, a stranger nothing; lists cost the same for many rows."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.graphql import to_global_id
from tests.factories import make_stranger
from tests.ordercenter.orders.ask import ask, on_page

LIST = """query { contracts(first: 10) { edges { node {
  number status isKeeper usedPercent daysLeft lines { name price { amount } leftQuantity usage { called } }
  signatures { id } changes { id } } } } }"""


def test_both_sides_see_a_contract_in_effect_and_a_stranger_none(shop):
    line = shop.line("A", "8", quantity=100)
    shop.calls(line, 40)
    for actor, keeps in ((shop.dealer, True), (shop.sales, False)):
        (edge,) = ask(actor, LIST)["contracts"]["edges"]
        node = edge["node"]
        assert (node["isKeeper"], node["usedPercent"]) == (keeps, 40)
        assert Decimal(node["lines"][0]["leftQuantity"]) == 60
    assert ask(make_stranger(), LIST)["contracts"]["edges"] == []
    gid = to_global_id("Contract", line.contract_id)
    assert ask(make_stranger(), "query($id: ID!) { contract(id: $id) { number } }", id=gid) == {"contract": None}
    assert ask(shop.sales, "query($id: ID!) { contractText(id: $id) { text } }", id=gid)["contractText"]


def test_a_draft_is_the_keepers_alone(shop):
    contract = shop.contract(status="draft")
    gid = to_global_id("Contract", contract.pk)
    text = "query($id: ID!) { contract(id: $id) { number } contractText(id: $id) { text } }"
    assert ask(shop.sales, text, id=gid) == {"contract": None, "contractText": []}
    assert ask(shop.dealer, text, id=gid)["contract"] == {"number": contract.number}


def test_a_list_of_contracts_asks_the_same_for_one_and_for_many(shop):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            ask(shop.dealer, LIST)
        return len(queries)

    shop.line("A", "8", quantity=100)
    one = statements()
    for _more in range(5):
        contract = shop.contract()
        shop.line("A", "8", contract, quantity=100)
        shop.line("B", "9", contract, quantity=100)
    assert statements() == one


def test_the_page_calls_off_and_tells_what_is_left(shop):
    line = shop.line("A", "8", quantity=100)
    where = {"id": to_global_id("Contract", line.contract_id)}
    wanted = {"line": to_global_id("ContractLine", line.pk), "quantity": "60"}
    done = on_page(shop.dealer, "contracts/contract", "CallOff", **where, lines=[wanted])["contractCallOff"]
    assert done["errors"] == []
    refused = on_page(shop.dealer, "contracts/contract", "CallOff", **where, lines=[wanted])["contractCallOff"]
    assert [one["code"] for one in refused["errors"]] == ["CONTRACT_EXHAUSTED"]
    assert "40" in refused["errors"][0]["message"]


def test_a_quota_is_simulated(shop):
    made = ask(
        shop.dealer,
        "mutation($input: SourceQuotaInput!) { sourceQuotaWrite(input: $input) { quota { id } errors { code } } }",
        input={
            "variant": to_global_id("Variant", shop.goods["A"].pk),
            "uom": to_global_id("UnitOfMeasure", shop.uoms["PCS"].pk),
            "validFrom": "2026-01-01",
        },
    )["sourceQuotaWrite"]
    assert made["errors"] == []
    key = made["quota"]["id"]
    member = ask(
        shop.dealer,
        "mutation($input: QuotaMemberInput!) { quotaMemberWrite(input: $input) { member { rating } errors { code } } }",
        input={"quota": key, "seller": to_global_id("Organization", shop.seller.pk), "share": "60"},
    )["quotaMemberWrite"]
    assert member["errors"] == []
    text = "query($id: ID!) { quotaSimulate(quota: $id, quantity: 30) { short shares { seller given reasonLabel } } }"
    found = ask(shop.dealer, text, id=key)["quotaSimulate"]
    assert [Decimal(one["given"]) for one in found["shares"]] == [30]
