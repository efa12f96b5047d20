"""Stock through GraphQL (stock §10)."""

from decimal import Decimal as D

import pytest

from marketplace.catalog.models import Assortment, AssortmentLine, Listing
from marketplace.core.errors import CoreErrorCode
from marketplace.graphql import PermissionDenied, execute, to_global_id
from ordercenter.stock.allocation import allocate
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import StockShow, StockVisibility
from ordercenter.stock.reservations import reserve
from ordercenter.stock.schema.subscriptions import StockChanged
from ordercenter.stock.terms import Wish
from ordercenter.stock.visibility import VisibilityRule, write_visibility
from tests.factories import actor_of, make_actor, make_stranger
from tests.ordercenter.stock.shop import differences
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

BOARD = """query($filter: StockBalanceFilter, $sortBy: StockBalanceSort, $search: String, $first: Int) {
  warehouses { id code name kindLabel allocates }
  stockBalances(filter: $filter, sortBy: $sortBy, search: $search, first: $first) {
    totalCount edges { node {
      onHand allocated reserved available safetyStock level levelLabel batch conditionLabel updatedAt
      uom { code } warehouse { name } variant { sku } } } }
}"""


def ask(actor, document, **variables):
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def answer(actor, name, arguments, selection):
    """Run one mutation; its payload."""
    given = f"({arguments})" if arguments else ""
    document = f"mutation {{ {name}{given} {{ {selection} errors {{ field code index message }} }} }}"
    found = ask(actor, document)[name]
    for error in found["errors"]:
        error.pop("message")
    return found


@pytest.fixture
def owner(shop):
    return make_actor(shop.seller)


def balance_id(shop, warehouse, sku):
    return to_global_id("StockBalance", shop.balance(warehouse, sku).pk)


def test_the_board_shows_what_lies_where_and_what_is_left_of_it(shop, owner):
    shop.put("W1", A=12, B=3)
    shop.put("W2", A=5)
    allocate(shop.actor, shop.seller.pk, shop.order(("A", 4)), "partial")
    reserve(shop.actor, shop.seller.pk, [Wish(1, shop.cart().pk, shop.variant("B").pk, D(3))])
    found = ask(owner, BOARD, sortBy={"field": "AVAILABLE", "direction": "ASC"})
    rows = [edge["node"] for edge in found["stockBalances"]["edges"]]
    assert [(r["variant"]["sku"], r["warehouse"]["name"], r["available"], r["level"]) for r in rows] == [
        ("B", "W1", "0", "OUT_OF_STOCK"),
        ("A", "W2", "5", "LOW"),
        ("A", "W1", "8", "LOW"),
    ]
    assert (rows[2]["onHand"], rows[2]["allocated"], rows[0]["reserved"]) == ("12", "4", "3")
    assert [w["code"] for w in found["warehouses"]] == ["W1", "W2"]
    low = ask(owner, BOARD, filter={"level": ["LOW"]}, search="a")
    assert low["stockBalances"]["totalCount"] == 2


def test_a_page_of_the_board_takes_as_many_statements_for_fifty_rows_as_for_one(shop, owner, sql_count):
    shop.put("W1", A=1)
    ask(owner, BOARD, first=50)
    with count_sql() as one:
        ask(owner, BOARD, first=50)
    shop.put("W2", **{f"S{n}": n + 1 for n in range(49)})
    with sql_count("stock balances, page of 50") as fifty:
        ask(owner, BOARD, first=50)
    assert one.count == fifty.count <= 6, fifty


def test_pages_of_moves_promises_and_what_may_be_seen_take_their_statements(shop, owner, sql_count):
    shop.put("W1", **{f"S{n}": n + 1 for n in range(30)})
    allocate(shop.actor, shop.seller.pk, shop.order(*[(f"S{n}", 1) for n in range(30)]), "partial")
    moves = "quantity kindLabel documentNumber actorName variant { sku } warehouse { name } uom { code }"
    with sql_count("stock moves, page of 30"):
        ask(owner, f"{{ stockMoves(first: 30) {{ totalCount edges {{ node {{ {moves} }} }} }} }}")
    with sql_count("allocations, page of 30"):
        ask(owner, "{ allocations(first: 30) { edges { node { open status balance { variant { sku } } } } } }")
    ids = [to_global_id("Variant", variant.pk) for variant in shop.variants.values()]
    shown = "variant { sku } availability { label quantity uom { code } }"
    with sql_count("availability of 30 variants"):
        ask(owner, f"query($ids: [ID!]!) {{ stockAvailability(variants: $ids) {{ {shown} }} }}", ids=ids)


def test_goods_are_received_by_sku_in_any_unit_and_bad_lines_are_told(shop, owner):
    shop.variant("A")
    place = to_global_id("Warehouse", shop.warehouses["W1"].pk)
    got = answer(
        owner,
        "stockReceive",
        f'input: {{warehouse: "{place}", reference: "DN-1", lines: [{{sku: "A", quantity: "7"}}]}}',
        "moves { quantity kindLabel documentNumber variant { sku } warehouse { name } }",
    )
    assert got["errors"] == []
    assert [(m["quantity"], m["variant"]["sku"]) for m in got["moves"]] == [("7", "A")]
    lines = '{sku: "A", quantity: "1.5"}, {sku: "Nope", quantity: "1"}, {sku: "A", uom: "CTN", quantity: "1"}'
    got = answer(owner, "stockReceive", f'input: {{warehouse: "{place}", lines: [{lines}]}}', "moves { quantity }")
    assert [(e["code"], e["field"], e["index"]) for e in got["errors"]] == [
        ("QUANTITY_INVALID", "quantity", 0),
        ("NOT_FOUND", "sku", 1),
        ("UNKNOWN_UOM", "uom", 2),
    ]


def test_a_balance_is_set_right_counted_moved_and_set_aside(shop, owner):
    shop.put("W1", A=10)
    pk = balance_id(shop, "W1", "A")
    got = answer(
        owner,
        "stockAdjust",
        f'input: {{reason: "broken", lines: [{{balance: "{pk}", change: "-2"}}]}}',
        "balances { onHand }",
    )
    assert got == {"balances": [{"onHand": "8"}], "errors": []}
    count = f'input: {{lines: [{{balance: "{pk}", counted: "6"}}]}}'
    assert answer(owner, "stockCountPost", count, "balances { onHand }")["balances"] == [{"onHand": "6"}]
    aside = f'input: {{balance: "{pk}", quantity: "1", condition: DEFECTIVE}}'
    assert len(answer(owner, "stockConditionChange", aside, "moves { id }")["moves"]) == 2
    place = to_global_id("Warehouse", shop.warehouses["W2"].pk)
    move = f'input: {{warehouse: "{place}", lines: [{{balance: "{pk}", quantity: "2"}}]}}'
    assert answer(owner, "stockTransferCreate", move, "entry { number }")["errors"] == []
    story = ask(owner, "{ stockMoves { totalCount edges { node { kind actorName reason balance { onHand } } } } }")
    assert [edge["node"]["kind"] for edge in story["stockMoves"]["edges"]] == [
        "TRANSFER_IN", "TRANSFER_OUT", "CONDITION", "CONDITION", "COUNT", "ADJUSTMENT", "RECEIPT",
    ]  # fmt: skip
    assert differences() == []


def test_a_place_is_made_and_renamed(shop, owner):
    made = answer(owner, "warehouseWrite", 'input: {code: "W3", name: "Third"}', "warehouse { id name priority }")
    pk = made["warehouse"]["id"]
    changed = f'input: {{id: "{pk}", code: "W3", name: "Other", priority: 5}}'
    assert answer(owner, "warehouseWrite", changed, "warehouse { name priority }")["warehouse"] == {
        "name": "Other",
        "priority": 5,
    }
    taken = answer(owner, "warehouseWrite", 'input: {code: "W3", name: "Third"}', "warehouse { id }")
    assert [(e["code"], e["field"]) for e in taken["errors"]] == [("DUPLICATE", "code")]


def test_a_dealer_sees_availability_as_the_seller_lets_it_and_no_books(shop):
    shop.put("W1", A=30)
    Listing.objects.create(organization=shop.seller, variant=shop.variant("A"))
    dealer = make_actor(shop.partnership.downstream)
    pk = to_global_id("Variant", shop.variant("A").pk)
    shown = "availability { level label quantity uom { code } }"
    document = f"query($ids: [ID!]!) {{ stockAvailability(variants: $ids) {{ {shown} }} }}"
    assert ask(dealer, document, ids=[pk])["stockAvailability"] == [{"availability": None}]
    write_visibility(shop.actor, [VisibilityRule(StockShow.BAND)])
    assert ask(dealer, document, ids=[pk])["stockAvailability"] == [
        {"availability": {"level": "IN_STOCK", "label": "10–49", "quantity": None, "uom": {"code": "PCS"}}}
    ]
    refused = execute("{ stockBalances { totalCount } }", {}, actor=dealer)
    assert refused.errors


def test_of_goods_outside_the_assortment_nobody_tells_whether_there_are_any(shop):
    shop.put("W1", A=30, B=4)
    for sku in ("A", "B"):
        Listing.objects.create(organization=shop.seller, variant=shop.variant(sku))
    only = Assortment.objects.create(organization=shop.seller, code="b", name_en="B", status="effective")
    AssortmentLine.objects.create(organization=shop.seller, assortment=only, variant=shop.variant("B"))
    write_visibility(shop.actor, [VisibilityRule(StockShow.EXACT)])
    ids = [to_global_id("Variant", shop.variant(sku).pk) for sku in ("A", "B")]
    document = "query($ids: [ID!]!) { stockAvailability(variants: $ids) { availability { label } } }"
    found = ask(make_actor(shop.partnership.downstream), document, ids=ids)["stockAvailability"]
    assert found == [{"availability": None}, {"availability": {"label": "4"}}]


LONG = "x" * 300
BAD_INPUT = {
    'stockAdjust(input: {reason: "r", lines: [{balance: "%(balance)s", change: "1e15"}]})': "QUANTITY_INVALID",
    'stockAdjust(input: {reason: "r", lines: [{balance: "%(balance)s", change: "0.5"}]})': "QUANTITY_INVALID",
    f'stockAdjust(input: {{reason: "{LONG}", lines: [{{balance: "%(balance)s", change: "1"}}]}})': "INVALID",
    'stockCountPost(input: {lines: [{balance: "%(balance)s", counted: "0.0000001"}]})': "QUANTITY_INVALID",
    'stockConditionChange(input: {balance: "%(balance)s", quantity: "0.5", condition: DEFECTIVE})': "QUANTITY_INVALID",
    'stockTransferCreate(input: {warehouse: "%(place)s", lines: [{balance: "%(balance)s", quantity: "1"}]})': "INVALID",
    'stockReceive(input: {warehouse: "%(place)s", lines: [{sku: "A", quantity: "1e30"}]})': "QUANTITY_INVALID",
    f'stockReceive(input: {{warehouse: "%(place)s", externalNumber: "{LONG}", lines: [%(line)s]}})': "INVALID",
    'stockReceive(input: {warehouse: "%(place)s", occurredAt: "1500-01-01T00:00:00+08:00", lines: [%(line)s]})': (
        "INVALID"
    ),
    'safetyStockWrite(lines: [{warehouse: "%(place)s", variant: "%(variant)s", quantity: "1e15"}])': "QUANTITY_INVALID",
    "stockVisibilityWrite(rules: [{show: BAND}, {show: EXACT}])": "DUPLICATE",
    f'warehouseWrite(input: {{code: "{LONG}", name: "n"}})': "INVALID",
    'warehouseWrite(input: {code: "P", name: "n", priority: -5})': "INVALID",
}


@pytest.mark.parametrize(("mutation", "code"), BAD_INPUT.items(), ids=range(len(BAD_INPUT)))
def test_what_the_books_cannot_hold_is_refused_by_name(shop, owner, mutation, code):
    shop.put("W1", A=10)
    ids = {
        "balance": balance_id(shop, "W1", "A"),
        "place": to_global_id("Warehouse", shop.warehouses["W1"].pk),
        "variant": to_global_id("Variant", shop.variant("A").pk),
        "line": '{sku: "A", quantity: "1"}',
    }
    found = ask(owner, f"mutation {{ {mutation % ids} {{ errors {{ code }} }} }}")
    assert [error["code"] for payload in found.values() for error in payload["errors"]] == [code]
    assert shop.balance("W1", "A").on_hand == 10
    assert differences() == []


@pytest.mark.parametrize("quantity", ["0", "-1", "1e15", "0.0000001"])
def test_a_cart_keeps_no_quantity_that_is_none(shop, quantity):
    shop.put("W1", A=5)
    with raises(StockErrorCode.QUANTITY_INVALID, field="quantity", index=0):
        reserve(shop.actor, shop.seller.pk, [Wish(1, shop.cart().pk, shop.variant("A").pk, D(quantity))])
    assert shop.balance("W1", "A").reserved == 0


def test_a_stranger_finds_nothing(shop):
    shop.put("W1", A=30)
    allocate(shop.actor, shop.seller.pk, shop.order(("A", 4)), "partial")
    reserve(shop.actor, shop.seller.pk, [Wish(1, shop.cart().pk, shop.variant("A").pk, D(3))])
    write_visibility(shop.actor, [VisibilityRule(StockShow.BAND)])
    document = """query($ids: [ID!]!) { warehouses { id } stockBalances { totalCount } stockMoves { totalCount }
      allocations { totalCount } reservations { totalCount } stockVisibilities { totalCount }
      safetyStocks { totalCount } stockSettings { id } stockAvailability(variants: $ids) { availability { label } } }"""
    found = ask(make_stranger(), document, ids=[to_global_id("Variant", shop.variant("A").pk)])
    assert found["warehouses"] == []
    assert found["stockSettings"] is None
    assert found["stockAvailability"] == [{"availability": None}]
    assert all(value["totalCount"] == 0 for value in found.values() if isinstance(value, dict))


def test_a_cart_keeps_stock_for_its_buyer_alone(shop):
    shop.put("W1", A=5)
    dealer = make_actor(shop.partnership.downstream)
    cart = shop.cart()
    cart.user = dealer.user
    cart.save()
    gid, pk = to_global_id("Cart", cart.pk), to_global_id("Variant", shop.variant("A").pk)
    lines = f'cart: "{gid}", lines: [{{variant: "{pk}", quantity: "7"}}]'
    hidden = answer(dealer, "stockReserve", lines, "reserved")
    assert [(e["code"], e["field"], e["index"]) for e in hidden["errors"]] == [("NOT_FOUND", "variant", 0)]
    Listing.objects.create(organization=shop.seller, variant=shop.variant("A"))
    # Of goods whose figure is hidden, 7 are kept or none.
    assert answer(dealer, "stockReserve", lines, "reserved expiresAt")["reserved"] == ["0"]
    StockVisibility.objects.create(organization=shop.seller, show="exact")
    assert answer(dealer, "stockReserve", lines, "reserved expiresAt")["reserved"] == ["5"]
    assert ask(dealer, "{ reservations { totalCount } }")["reservations"]["totalCount"] == 1
    other = answer(make_stranger(), "stockReserve", lines, "reserved")
    assert [(e["code"], e["field"]) for e in other["errors"]] == [("NOT_FOUND", "cart")]
    assert answer(dealer, "reservationFree", f'cart: "{gid}"', "")["errors"] == []
    assert shop.balance("W1", "A").reserved == 0


def test_rules_settings_and_safety_stock_are_written(shop, owner):
    shop.put("W1", A=9)
    place, pk = to_global_id("Warehouse", shop.warehouses["W1"].pk), to_global_id("Variant", shop.variant("A").pk)
    rule = f'rules: [{{show: ROUNDED, variant: "{pk}"}}]'
    made = answer(owner, "stockVisibilityWrite", rule, "visibilities { id show showLabel variant { sku } warehouses }")
    assert made["visibilities"][0]["variant"] == {"sku": "A"}
    gone = f'remove: ["{made["visibilities"][0]["id"]}"]'
    assert answer(owner, "stockVisibilityWrite", gone, "visibilities { id }")["errors"] == []
    kept = f'lines: [{{warehouse: "{place}", variant: "{pk}", quantity: "4"}}]'
    assert answer(owner, "safetyStockWrite", kept, "")["errors"] == []
    board = ask(owner, BOARD)["stockBalances"]["edges"][0]["node"]
    assert (board["safetyStock"], board["available"]) == ("4", "5")
    settings = f'defaultWarehouse: "{place}", reservationMinutes: 20'
    got = answer(owner, "stockSettingsWrite", settings, "settings { reservationMinutes defaultWarehouse { code } }")
    assert got["settings"] == {"reservationMinutes": 20, "defaultWarehouse": {"code": "W1"}}
    assert answer(owner, "backordersFill", "", "lineCount") == {"lineCount": 0, "errors": []}


def test_who_keeps_stock_hears_of_its_changes_and_nobody_else_does(shop, owner):
    shop.put("W1", A=1)
    assert StockChanged.topic(owner) == f"stock:{shop.seller.pk}"
    (variant,) = StockChanged.event(owner, {"variants": [shop.variant("A").pk]}).variants
    assert variant == shop.variant("A")
    with pytest.raises(PermissionDenied):
        StockChanged.check(make_actor(shop.partnership.downstream))
    with raises(CoreErrorCode.NOT_FOUND):
        StockChanged.topic(actor_of(owner.membership, shop.partnership.downstream))
    assert StockChanged.event(make_stranger(), {"variants": [shop.variant("A").pk]}).variants == []
