"""Credit through GraphQL (credit-and-ledger §9): who may, what is refused, and how many statements it takes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.graphql import execute, to_global_id
from ordercenter.credit.enums import CreditRuleKind
from ordercenter.orders.schema.holds import OrderHoldChanged
from tests.factories import actor_of, make_actor, make_member, make_stranger
from tests.ordercenter.credit.books import holds
from tests.ordercenter.orders.ask import ask
from tests.statements import count_sql

ACCOUNTS = """query($first: Int) { creditAccounts(first: $first) { totalCount edges { node {
  name modeLabel statusLabel currency seller { name }
  exposure { exposure { amount } limit { amount } available { amount } pastDue { amount } overdueDays usedPercent
             buckets { bucket bucketLabel amount { amount } } }
  members { partnership { code downstream { name } } }
  limits { kindLabel amount { amount } validTo inForce } } } } }"""
MOVEMENTS = """query { creditMovements(first: 50) { edges { node {
  sourceLabel targetLabel amount { amount } causeLabel madeBy
  order { number } partnership { code } account { id } } } } }"""
HOLDS = """query { creditHolds(first: 50) { edges { node {
  explanation reasonLabel ruleLabel checkpointLabel over { amount } value { amount } since canRelease canReject
  order { number status } account { id mode } } } } }"""
RULES = (
    "query { creditRules(first: 50) { edges { node { kindLabel modeLabel checkpointLabels levelLabel threshold } } } }"
)
REQUESTS = """query { creditRequests(first: 50) { edges { node {
  amount { amount currency } kindLabel statusLabel own askedByBuyer partnership { code } account { id } } } } }"""


def payload(actor, text, **variables):
    (found,) = ask(actor, text, **variables).values()
    return found


def nodes(actor, text, **variables):
    return [edge["node"] for edge in payload(actor, text, **variables)["edges"]]


@pytest.fixture
def held(shop):
    """A limit of 100, an order of 60 under it and one of 50 that is held."""
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100)
    shop.buys(60)
    return shop.buys(50)


def test_both_sides_see_the_account_and_a_stranger_sees_nothing(shop, held):
    for actor in (shop.sales, shop.dealer):
        (account,) = nodes(actor, ACCOUNTS)
        figures = account["exposure"]
        assert (figures["exposure"]["amount"], figures["available"]["amount"]) == ("60.00", "40.00")
        assert {one["bucket"]: one["amount"]["amount"] for one in figures["buckets"]}["HELD"] == "50.00"
        assert [row["explanation"] for row in nodes(actor, HOLDS)] == [
            "With this order the exposure is CNY 110.00, the limit 100.00: over by 10.00."
        ]
    for document in (ACCOUNTS, MOVEMENTS, HOLDS, RULES, REQUESTS):
        assert nodes(make_stranger(), document) == []


def test_a_member_of_a_shared_account_does_not_see_the_others(shop, held):
    other, dealer = shop.dealer_of("Second")
    shop.share(other)
    (account,) = nodes(dealer, ACCOUNTS)
    assert [row["partnership"]["downstream"]["name"] for row in account["members"]] == ["Second"]
    assert len(nodes(shop.sales, ACCOUNTS)[0]["members"]) == 2
    assert nodes(dealer, MOVEMENTS) == []


def test_lines_of_an_order_that_move_together_are_one_row(shop):
    shop.sells("TWO", "2", tax="0")
    shop.limit(100)
    shop.order(("ONE", 30), ("TWO", 5))
    shop.stands(receivable=7)
    text = (
        """query($d: Boolean) { creditMovements(byDocument: $d) { totalCount edges { node { amount { amount } } } } }"""
    )
    assert [row["amount"]["amount"] for row in nodes(shop.sales, text, d=True)] == ["7.00", "40.00"]
    assert len(nodes(shop.sales, text)) == 3


def test_rules_are_the_sellers_own_and_who_may_not_see_gets_an_error(shop, held):
    assert [row["kindLabel"] for row in nodes(shop.sales, RULES)] == ["Exposure above the limit"]
    warehouse = make_actor(shop.seller, "seller_warehouse")
    assert nodes(warehouse, ACCOUNTS) == []
    for document in (MOVEMENTS, HOLDS, RULES, REQUESTS):
        assert execute(document, {}, actor=warehouse).errors
    assert execute(RULES, {}, actor=shop.dealer).errors


def test_a_hold_is_released_by_somebody_else_with_a_reason(shop, held):
    release = """mutation($id: ID!, $reason: String!) { orderHoldRelease(id: $id, reason: $reason) {
        order { number holds { status answer answeredByName } } errors { code field } } }"""
    (hold,) = holds(held)
    gid = to_global_id("OrderHold", hold.pk)
    assert payload(shop.sales, release, id=gid, reason=" ")["errors"] == [
        {"code": "REASON_REQUIRED", "field": "reason"}
    ]
    assert payload(shop.dealer, release, id=gid, reason="mine")["errors"][0]["code"] == "PERMISSION_DENIED"
    done = payload(shop.sales, release, id=gid, reason="bank guarantee came")
    assert done["errors"] == [] and done["order"]["holds"][0]["status"] == "RELEASED"
    assert shop.exposure() == 110
    assert payload(shop.sales, release, id=gid, reason="again")["errors"][0]["code"] == "HOLD_CLOSED"


def test_many_holds_are_answered_each_by_itself(shop, held):
    text = """mutation($ids: [ID!]!) { orderHoldsAnswer(ids: $ids, reason: "no", reject: true) {
        answered refused { id message } errors { code } } }"""
    second = shop.buys(70)
    ids = [to_global_id("OrderHold", hold.pk) for order in (held, second) for hold in holds(order)]
    done = payload(shop.sales, text, ids=ids)
    assert (done["answered"], done["refused"]) == (2, [])
    assert shop.buckets() == {"open_orders": 60}
    assert len(payload(shop.sales, text, ids=ids)["refused"]) == 2


def test_evaluating_answers_how_many_were_let_go(shop, held):
    text = "mutation { creditHoldsEvaluate { released errors { code } } }"
    assert payload(shop.sales, text) == {"released": 0, "errors": []}
    shop.limit(110)
    assert payload(shop.sales, text) == {"released": 1, "errors": []}
    assert execute(text, {}, actor=make_actor(shop.seller, "seller_sales")).errors


def test_a_rule_is_written_and_refused(shop):
    text = """mutation($input: CreditRuleInput!) { creditRuleWrite(input: $input) {
        rule { kind mode thresholdAmount { amount currency } checkpoints } errors { code field } } }"""
    given = {"kind": "ORDER_AMOUNT", "mode": "WARN", "threshold": "500", "currency": "CNY", "checkpoints": ["PLACE"]}
    rule = payload(shop.sales, text, input=given)["rule"]
    assert rule["thresholdAmount"] == {"amount": "500.00", "currency": "CNY"}
    assert payload(shop.sales, text, input=given)["errors"] == [{"code": "DUPLICATE", "field": "kind"}]
    bad = {"kind": "PAST_DUE_SHARE", "threshold": "101", "checkpoints": [], "tolerance": "-1"}
    fields = {error["field"] for error in payload(shop.sales, text, input=bad)["errors"]}
    assert fields == {"threshold", "checkpoints", "tolerance"}


def test_a_buyer_asks_and_the_seller_grants(shop):
    partnership = to_global_id("Partnership", shop.buyer.pk)
    create = """mutation($input: CreditRequestInput!) { creditRequestCreate(input: $input, submit: true) {
        request { id status own } errors { code field } } }"""
    given = {"partnership": partnership, "amount": "500", "reason": "season"}
    request = payload(shop.dealer, create, input=given)["request"]
    assert (request["status"], request["own"]) == ("PENDING_APPROVAL", True)
    grant = """mutation($id: ID!) { creditRequestApprove(id: $id, amount: "300") {
        request { status amount { amount } } errors { code } } }"""
    assert execute(grant, {"id": request["id"]}, actor=shop.dealer).errors
    assert payload(shop.sales, grant, id=request["id"])["request"]["amount"]["amount"] == "300.00"
    exposure = "query($p: ID!) { creditExposure(partnership: $p) { limit { amount } } }"
    assert payload(shop.dealer, exposure, p=partnership) == {"limit": {"amount": "300.00"}}


def test_who_listens_hears_of_holds_of_its_own_orders(shop, held):
    topic = OrderHoldChanged.topic(shop.sales)
    assert topic != OrderHoldChanged.topic(shop.dealer)
    assert OrderHoldChanged.event(shop.sales, {"order": held.pk}).order == held
    assert OrderHoldChanged.event(make_stranger(), {"order": held.pk}) is None


@pytest.mark.parametrize("document", [ACCOUNTS, MOVEMENTS, HOLDS, RULES, REQUESTS])
def test_a_list_takes_as_many_statements_for_many_rows_as_for_one(shop, held, document):
    nodes(shop.sales, document)
    with count_sql() as one:
        nodes(shop.sales, document)
    for number in range(3):
        partnership, dealer = shop.dealer_of(f"Dealer {number}")
        shop.limit(10, partnership)
        make_member(partnership.downstream, "dealer_owner")
        from dataclasses import replace

        from ordercenter.orders.place import place

        place(dealer, replace(shop.draft(("ONE", 20)), buyer_id=partnership.downstream_id))
    with count_sql() as many:
        assert len(nodes(shop.sales, document)) >= len(nodes(shop.sales, RULES))
    assert many.count <= one.count + len([s for s in many.statements if "creditrule" in s]), many


def test_placing_against_a_limit_takes_its_statements(shop, sql_count):
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(10_000)
    shop.buys(1)
    with sql_count("order placed under credit control, 1 line"):
        shop.buys(1)


def test_placing_many_lines_against_a_limit_takes_as_many_statements_as_one(shop):
    skus = shop.sells_many(50, "1")
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(Decimal(10_000))
    shop.order((skus[0], 1))
    with count_sql() as one:
        shop.order((skus[0], 1))
    with count_sql() as many:
        shop.order(*((sku, 1) for sku in skus))
    assert many.count == one.count, many


def test_evaluating_takes_as_many_statements_for_many_orders_as_for_one(shop):
    from ordercenter.credit.queue import evaluate

    shop.rule(CreditRuleKind.LIMIT)
    account = shop.limit(1)
    counts = []
    for orders in (1, 6):
        for _number in range(orders):
            shop.buys(10)
        shop.limit(10_000)
        with count_sql() as counter:
            assert len(evaluate(shop.system, account.pk)) == orders
        counts.append(counter.count)
        shop.limit(1)
    assert counts[0] == counts[1]


def test_the_locks_are_taken_in_their_order(shop, lock_order):
    shop.rule(CreditRuleKind.LIMIT)
    shop.limit(100)
    shop.stock("ONE", 100)
    order = shop.buys(50)
    from ordercenter.fulfilment.ship import ShipmentDraft, ship
    from ordercenter.orders.cancel import cancel
    from ordercenter.orders.confirm import confirm

    confirm(shop.sales, order.pk)
    assert lock_order.tables[0] == "credit_creditaccount"
    ship(shop.sales, ShipmentDraft(order.pk, {order.lines.get().pk: Decimal(20)}))
    assert lock_order.tables[0] == "credit_creditaccount"
    cancel(shop.sales, order.pk, "enough", {order.lines.get().pk: Decimal(10)})
    assert lock_order.tables[0] == "credit_creditaccount"


def test_a_partner_seen_through_its_sellers_eyes_shows_its_own_account(shop, held):
    looking = actor_of(make_member(shop.seller, "seller_owner"), shop.buyer.downstream)
    assert len(nodes(looking, ACCOUNTS)) == 1
    other, _dealer = shop.dealer_of("Second")
    looking = actor_of(make_member(shop.seller, "seller_owner"), other.downstream)
    assert nodes(looking, ACCOUNTS) == []
