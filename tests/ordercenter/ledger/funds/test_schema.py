"""Funds through GraphQL: who sees and does what, and how many statements lists take (credit-and-ledger §9)."""

from decimal import Decimal

import pytest

from marketplace.graphql import execute, to_global_id
from ordercenter.ledger.funds.models import FundUseRule
from ordercenter.ledger.funds.reserve import use_all
from tests.factories import make_actor, make_stranger
from tests.ordercenter.ledger.funds.purse import SYSTEM, Purse, part
from tests.statements import count_sql

POOL = """query($id: ID) { fundPool(partnership: $id) { currency total { amount currency }
  partnership { downstream { name } }
  accounts { id kind kindLabel balance { amount } reserved { amount } available { amount } usable { amount }
    later { amount } ends { amount } endsAt
    grants { amount { amount } remaining { amount } sourceLabel number validTo ruleName goods { sku } } } } }"""
ACCOUNTS = """{ fundAccounts(first: 50) { totalCount nodes { kind buyer { name } balance { amount } usable { amount }
  endsAt grants { remaining { amount } } } } }"""
USES = """{ fundUses(first: 50) { nodes { kindLabel amount { amount } documentLabel number orderNumber orderId
  treatmentLabel grant { number } } } }"""
TOP_UP = """mutation($input: FundTopUpInput!) { fundTopUpCreate(input: $input) {
  topUp { id number statusLabel amount { amount currency } } errors { field code message } } }"""
SUBMIT = """mutation($id: ID!) { fundTopUpSubmit(id: $id) { topUp { status postedAt } errors { field code } } }"""
RULE = """mutation($id: ID, $input: FundUseRuleInput!) { fundUseRuleWrite(id: $id, input: $input) {
  rule { id kind maxPercent treatmentLabel levelLabel goods { name excludes kind } } errors { field code } } }"""


def ask(actor, document, **variables):
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def gid(purse: Purse) -> str:
    return to_global_id("Partnership", purse.buyer.pk)


def test_both_sides_see_the_pool_and_a_stranger_none(purse: Purse):
    purse.grant("cash", 500)
    purse.grant("rebate", 80)
    for actor in (purse.sales, purse.dealer):
        pool = ask(actor, POOL, id=gid(purse))["fundPool"]
        assert pool["total"] == {"amount": "580.00", "currency": "CNY"}
        assert [one["kind"] for one in pool["accounts"]] == ["CASH", "REBATE"]
    assert ask(make_stranger(), POOL, id=gid(purse)) == {"fundPool": None}
    assert ask(make_stranger(), ACCOUNTS)["fundAccounts"]["totalCount"] == 0
    assert ask(make_stranger(), USES)["fundUses"]["nodes"] == []


def test_uses_name_their_documents(purse: Purse):
    purse.grant("cash", 500, number="FT-000001")
    order = purse.order(("A", 2))
    purse.reserve(order, cash=100)
    use_all(SYSTEM, [part(order, 2)])
    (use,) = ask(purse.dealer, USES)["fundUses"]["nodes"]
    assert use["orderNumber"] == order.number and use["number"] == "INV-1" and use["documentLabel"] == "Invoice"
    assert use["amount"] == {"amount": "100.00"} and use["grant"] == {"number": "FT-000001"}


def test_a_top_up_is_written_and_posted(purse: Purse):
    given = {"partnership": gid(purse), "kind": "CASH", "amount": "250.00", "reference": "Slip 9"}
    made = ask(purse.sales, TOP_UP, input=given)["fundTopUpCreate"]["topUp"]
    assert made["statusLabel"] == "Draft"
    posted = ask(purse.sales, SUBMIT, id=made["id"])["fundTopUpSubmit"]["topUp"]
    assert posted["status"] == "POSTED" and posted["postedAt"]
    errors = ask(purse.sales, TOP_UP, input=given | {"amount": "0", "reference": ""})["fundTopUpCreate"]["errors"]
    assert [(one["field"], one["code"]) for one in errors] == [("amount", "INVALID"), ("reference", "REQUIRED")]


def test_a_dealer_sees_a_top_up_once_it_is_posted(purse: Purse):
    listed = "{ fundTopUps { nodes { number } } }"
    given = {"partnership": gid(purse), "kind": "CASH", "amount": "250.00", "reference": "Slip 9"}
    made = ask(purse.sales, TOP_UP, input=given)["fundTopUpCreate"]["topUp"]
    assert ask(purse.dealer, listed)["fundTopUps"]["nodes"] == []
    ask(purse.sales, SUBMIT, id=made["id"])
    assert ask(purse.dealer, listed)["fundTopUps"]["nodes"] == [{"number": "FT-000001"}]


def test_what_a_role_may_not_is_refused(purse: Purse):
    given = {"partnership": gid(purse), "kind": "CASH", "amount": "250.00", "reference": "Slip 9"}
    for actor in (purse.dealer, make_actor(purse.seller, "seller_sales")):
        result = execute(TOP_UP, {"input": given}, actor=actor)
        assert result.errors[0].extensions["code"] == "PERMISSION_DENIED"
    result = execute("{ fundUseRules { nodes { name } } }", {}, actor=purse.dealer)
    assert result.errors[0].extensions["code"] == "PERMISSION_DENIED"


def test_a_rule_names_goods_by_their_ids(purse: Purse):
    goods = to_global_id("Variant", purse.goods["A"].pk)
    given = {
        "kind": "REBATE",
        "name": "Twenty",
        "maxPercent": "20",
        "treatment": "PRICE_REDUCTION",
        "excludes": [goods],
    }
    made = ask(purse.sales, RULE, input=given)["fundUseRuleWrite"]["rule"]
    assert made["maxPercent"] == "20" and made["goods"][0]["kind"] == "variant" and made["goods"][0]["excludes"]
    wrong = {"kind": "REBATE", "name": "Bad", "includes": [gid(purse), "x"]}
    errors = ask(purse.sales, RULE, input=wrong)["fundUseRuleWrite"]["errors"]
    assert [one["code"] for one in errors] == ["NOT_FOUND", "NOT_FOUND"] and FundUseRule.objects.count() == 1


def test_transfer_adjust_and_pay_out(purse: Purse):
    purse.grant("rebate", 100)
    move = """mutation($input: FundTransferInput!) { fundTransferCreate(input: $input) { transfer { id number } } }"""
    given = {"source": gid(purse), "sourceKind": "REBATE", "targetKind": "EXPENSE", "amount": "40"}
    made = ask(purse.sales, move, input=given)["fundTransferCreate"]["transfer"]
    post = """mutation($id: ID!) { fundTransferSubmit(id: $id) { transfer { statusLabel } errors { code } } }"""
    assert ask(purse.sales, post, id=made["id"])["fundTransferSubmit"]["transfer"] == {"statusLabel": "Posted"}
    set_right = """mutation($input: FundAmountInput!) { fundAdjust(input: $input) { account { available { amount } }
      adjustment { number } errors { code field } } }"""
    given = {"partnership": gid(purse), "kind": "CASH", "amount": "30", "reason": "Counted"}
    assert ask(purse.sales, set_right, input=given)["fundAdjust"]["account"]["available"]["amount"] == "30.00"
    pay = """mutation($input: FundAmountInput!) { fundRefund(input: $input) { account { available { amount } }
      errors { code field } } }"""
    assert ask(purse.sales, pay, input=given)["fundRefund"]["account"]["available"]["amount"] == "0.00"
    errors = ask(purse.sales, pay, input=given)["fundRefund"]["errors"]
    assert errors == [{"code": "FUND_INSUFFICIENT", "field": "amount"}]


@pytest.mark.parametrize("document", [ACCOUNTS, USES, POOL])
def test_lists_take_as_many_statements_for_many_rows_as_for_few(purse: Purse, document):
    def fill(times: int) -> int:
        for _n in range(times):
            order = purse.order(("A", 1))
            purse.grant("cash", 60)
            purse.grant("rebate", 5, variant_ids=[purse.goods["A"].pk])
            purse.reserve(order, cash=10)
            use_all(SYSTEM, [part(order, 1, document=order.pk)])
        with count_sql() as counter:
            ask(purse.dealer, document, **({"id": gid(purse)} if document is POOL else {}))
        return counter.count

    assert fill(2) == fill(4) <= 9


def test_settings_are_told_and_written(purse: Purse):
    write = 'mutation { fundSettingsWrite(restoreDays: 15, interestPercent: "3.5") { settings { restoreDays } } }'
    assert ask(purse.sales, write)["fundSettingsWrite"]["settings"] == {"restoreDays": 15}
    told = ask(purse.sales, "{ fundSettings { restoreDays interestPercent } }")["fundSettings"]
    assert told["restoreDays"] == 15 and Decimal(told["interestPercent"]) == Decimal("3.5")
