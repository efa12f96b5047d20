from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.graphql import execute, to_global_id
from marketplace.parties.sides import SideAudience
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, Order, SavedList
from ordercenter.orders.schema.live import OrderChanged, OrderTimelineAppended
from ordercenter.orders.timeline import Step, append
from ordercenter.stock.models import StockVisibility
from tests.factories import actor_of, make_actor, make_member, make_stranger
from tests.ordercenter.orders.ask import ask, on_page
from tests.ordercenter.orders.shop import lines
from tests.refusals import raises
from tests.statements import count_sql

PLACE = """mutation($input: OrderPlaceInput!) {
  orderPlace(input: $input) { order { id number status } errors { code field index message } }
}"""


def gid(row) -> str:
    return to_global_id(type(row).__name__, row.pk)


def write(shop, *wanted, mode="ADD", actor=None):
    given = [
        {"variant": gid(shop.goods[sku]), "quantity": str(quantity), **({"uom": uom[0]} if uom else {})}
        for sku, quantity, *uom in wanted
    ]
    variables = {"seller": gid(shop.seller), "mode": mode, "lines": given}
    return on_page(actor or shop.dealer, "pad/pad", "ToCart", input=variables)["cartLinesWrite"]


def test_the_whole_journey_by_the_pages_own_documents(shop):
    StockVisibility.objects.create(organization=shop.seller, show="band")
    shop.sells("ABC", "19.99", 50, BOX=12)
    shop.sells("DEF", "5", 3)
    pad = on_page(shop.dealer, "pad/pad", "ReadText", seller=gid(shop.seller), text="ABC\t2\tBOX\nDEF 5\nXYZ 1")
    check = pad["orderPasteParse"]
    assert (check["goodCount"], check["badCount"]) == (2, 1)
    assert check["lines"][0]["availability"]["label"]
    assert write(shop, ("ABC", 2, "BOX"), ("DEF", 5))["errors"] == []
    cart = on_page(shop.dealer, "carts/carts", "Carts")["basket"]
    assert (cart["lineCount"], cart["hasProblems"], cart["total"]["gross"]["amount"]) == (2, False, "504.76")
    checkout = on_page(shop.dealer, "carts/checkout", "Checkout", id=cart["id"])
    address = checkout["addresses"][0]["id"]
    placing = {"cart": cart["id"], "address": address, "acceptedTotal": "504.76", "buyerReference": "PO-1"}
    placed = on_page(shop.dealer, "carts/checkout", "Place", input=placing)["orderPlace"]
    assert placed["errors"] == []
    again = on_page(shop.dealer, "carts/checkout", "Place", input=placing)["orderPlace"]
    assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]
    order_id = placed["order"]["id"]

    seen = on_page(shop.sales, "office/inbox", "Inbox")
    assert order_id in str(seen)
    assert on_page(shop.sales, "orders/order", "Confirm", id=order_id)["orderConfirm"]["errors"] == []
    page = on_page(shop.sales, "orders/order", "Order", id=order_id)["order"]
    assert page["allowedActions"] == ["CANCEL", "SHIP"]
    assert (page["viewerSide"], page["waitingFor"], page["statusLabel"]) == ("SELLER", "SHIPMENT", "Confirmed")
    shippable = [edge["node"]["shippable"] for edge in page["lines"]["edges"]]
    assert shippable == ["2", "3"]
    assert page["lines"]["edges"][1]["node"]["backordered"] == "2"
    shipping = {"order": order_id, "carrier": "SF", "trackingNumber": "SF1"}
    shipped = on_page(shop.sales, "orders/order", "Ship", input=shipping)["shipmentCreate"]
    assert shipped["errors"] == []
    closed = on_page(shop.sales, "orders/order", "Close", id=order_id, reason="Sold out")["orderClose"]
    assert closed["errors"] == []
    page = on_page(shop.dealer, "orders/order", "Order", id=order_id)["order"]
    assert page["allowedActions"] == ["RECEIVE", "REORDER"]
    (shipment,) = page["shipments"]
    assert (shipment["canReceive"], shipment["trackingNumber"]) == (True, "SF1")
    counts = [{"shipmentLine": line["id"], "received": line["quantity"]} for line in shipment["lines"]]
    received = on_page(shop.dealer, "orders/order", "Receive", input={"shipment": shipment["id"], "lines": counts})
    assert received["receiptPost"]["errors"] == []
    page = on_page(shop.dealer, "orders/order", "Order", id=order_id)["order"]
    assert (page["status"], page["fulfilmentStatus"], page["reason"]) == ("CLOSED", "RECEIVED", "Sold out")
    assert page["total"]["gross"]["amount"] == "494.76"
    story = [edge["node"]["message"] for edge in page["timeline"]["edges"]]
    assert story == [
        "Placed with 2 lines",
        "Confirmed, and stock promised",
        "2 lines shipped in SH-000001",
        "Closed: the rest of 1 line dropped",
        "2 lines received in GR-000001",
    ]
    reordered = on_page(shop.dealer, "orders/order", "Reorder", id=order_id)["orderReorder"]
    assert (reordered["cart"]["lineCount"], reordered["skipped"]) == (2, [])


def test_every_page_of_orders_answers(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    for page, name in [
        ("home/home", "Home"),
        ("orders/orders", "Orders"),
        ("pad/pad", "Pad"),
        ("carts/saved_lists", "SavedLists"),
    ]:
        on_page(shop.dealer, page, name)
    for page, name in [("office/home", "Office"), ("office/inbox", "Inbox")]:
        on_page(shop.sales, page, name)
    found = on_page(shop.dealer, "orders/orders", "Orders", search="SO-0")["orders"]
    assert found["totalCount"] == 1
    for search, count in [("abc", 1), ("xinghe", 1), ("nothing", 0)]:
        found = ask(shop.dealer, "query($s: String) { orders(search: $s) { totalCount } }", s=search)
        assert found["orders"]["totalCount"] == count
    bought = ask(
        shop.dealer,
        "{ previouslyBought { edges { node { lastQuantity orderCount variant { sku } seller { name } } } } }",
    )
    node = bought["previouslyBought"]["edges"][0]["node"]
    assert (node["lastQuantity"], node["variant"]["sku"]) == ("3", "ABC")
    assert order.pk


def test_an_order_is_there_for_both_sides_and_not_for_a_stranger_nor_without_permission(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    document = "query($id: ID!) { order(id: $id) { number } node(id: $id) { id } orders { totalCount } }"
    _other, stranger = shop.dealer_of("Jinli")
    for actor, sees in [
        (shop.dealer, True),
        (shop.sales, True),
        (make_actor(shop.seller, "seller_warehouse"), True),
        (stranger, False),
        (actor_of(make_member(shop.seller)), False),
        (actor_of(make_member(shop.buyer.downstream)), False),
        (Actor.anonymous(), False),
    ]:
        result = execute(document, {"id": gid(order)}, actor=actor)
        data = result.data or {}
        assert bool(data.get("order")) is sees, actor
        assert (data.get("orders") or {}).get("totalCount", 0) == int(sees)


def test_a_partners_view_reads_as_the_dealer_and_changes_nothing(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    viewer = actor_of(make_member(shop.seller, "seller_owner"), on_behalf_of=shop.buyer.downstream)
    assert viewer.on_behalf_of == shop.buyer.downstream
    data = ask(
        viewer, "query($id: ID!) { order(id: $id) { viewerSide allowedActions partner { name } } }", id=gid(order)
    )
    assert data["order"] == {"viewerSide": "BUYER", "allowedActions": [], "partner": {"name": shop.seller.name}}


def test_bulk_confirmation_tells_which_orders_it_did_not_confirm(shop):
    shop.sells("ABC", "10", 50)
    good, gone = shop.order(("ABC", 3)), shop.order(("ABC", 1))
    ask(shop.dealer, 'mutation($id: ID!) { orderCancel(id: $id, reason: "No") { errors { code } } }', id=gid(gone))
    document = "mutation($ids: [ID!]!) { orderBulkConfirm(ids: $ids) { orders { number } errors { code index } } }"
    data = ask(shop.sales, document, ids=[gid(gone), gid(good)])["orderBulkConfirm"]
    assert data == {
        "orders": [{"number": good.number}],
        "errors": [{"code": "INVALID_TRANSITION", "index": 0}],
    }


def test_bulk_confirmation_is_not_held_back_by_what_is_unknown(shop):
    shop.sells("ABC", "10", 50)
    orders = [shop.order(("ABC", 1)) for _number in range(3)]
    ask(shop.dealer, 'mutation($id: ID!) { orderCancel(id: $id, reason: "No") { errors { code } } }', id=gid(orders[2]))
    other = type(shop)("Other")
    other.sells("XYZ", "10", 50)
    foreign = other.order(("XYZ", 1))
    document = """mutation($ids: [ID!]!) {
      orderBulkConfirm(ids: $ids) { orders { number } errors { code field index } } }"""
    asked = ["nonsense", gid(orders[0]), gid(foreign), gid(orders[2]), gid(orders[1]), gid(orders[0]), gid(shop.list)]
    data = ask(shop.sales, document, ids=asked)["orderBulkConfirm"]
    assert data["orders"] == [{"number": orders[0].number}, {"number": orders[1].number}]
    assert [(error["code"], error["index"]) for error in data["errors"]] == [
        ("NOT_FOUND", 0),
        ("NOT_FOUND", 2),
        ("INVALID_TRANSITION", 3),
        ("DUPLICATE", 5),
        ("NOT_FOUND", 6),
    ]
    foreign.refresh_from_db()
    assert foreign.status == "placed"
    alone = ask(shop.sales, document, ids=[gid(foreign)])["orderBulkConfirm"]
    assert [(error["code"], error["index"]) for error in alone["errors"]] == [("NOT_FOUND", 0)]


def test_a_change_by_the_page(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    (line,) = lines(order)
    change = {
        "order": gid(order),
        "baseVersion": 1,
        "lines": [{"line": gid(line), "quantity": "4"}],
        "requestedOn": "2030-01-31",
    }
    assert on_page(shop.dealer, "orders/order", "Change", input=change)["orderChangePropose"]["errors"] == []
    stale = on_page(shop.dealer, "orders/order", "Change", input=change)["orderChangePropose"]["errors"]
    assert [(error["code"], error["field"]) for error in stale] == [("CHANGE_STALE", "baseVersion")]
    order.refresh_from_db()
    assert (order.gross, str(order.requested_on)) == (40, "2030-01-31")


def test_carts_keep_what_is_off_its_rule_and_snap_it_when_told(shop):
    shop.sells("ABC", "10", 50, rule=(20, 12, 70))
    assert write(shop, ("ABC", 25))["errors"] == []
    cart = Cart.objects.get()
    shown = on_page(shop.dealer, "carts/carts", "Carts")["basket"]
    line = shown["lines"][0]
    assert (line["errorCode"], line["snappedQuantity"], shown["hasProblems"]) == ("QUANTITY_STEP", "36", True)
    assert on_page(shop.dealer, "carts/carts", "Snap", cart=gid(cart))["orderLinesSnap"]["errors"] == []
    assert cart.lines.get().quantity == 36
    refused = write(shop, ("ABC", "1.5"), mode="SET")["errors"]
    assert [(error["code"], error["field"], error["index"]) for error in refused] == [
        ("QUANTITY_PRECISION", "quantity", 0)
    ]
    write(shop, ("ABC", 0), mode="SET")
    assert on_page(shop.dealer, "carts/carts", "Carts")["basket"] is None


def test_a_price_that_moved_shows_its_old_one_and_refuses_the_order(shop):
    shop.sells("ABC", "10", 50)
    write(shop, ("ABC", 2))
    Cart.objects.get().lines.update(unit_price=Decimal("9"))
    shown = on_page(shop.dealer, "carts/carts", "Carts")["basket"]
    assert shown["lines"][0]["oldUnitPrice"]["amount"] == "9.00"
    refused = ask(shop.dealer, PLACE, input={"cart": shown["id"], "acceptedTotal": "18"})["orderPlace"]["errors"]
    assert [error["code"] for error in refused] == ["PRICE_CHANGED"]
    assert not Order.objects.exists()
    done = ask(shop.dealer, PLACE, input={"cart": shown["id"], "acceptedTotal": "20"})["orderPlace"]
    assert done["errors"] == []
    assert not Cart.objects.exists()


def test_a_cart_is_its_owners_alone(shop):
    shop.sells("ABC", "10", 50)
    write(shop, ("ABC", 2))
    colleague = make_actor(shop.buyer.downstream, "dealer_owner")
    cart = Cart.objects.get()
    assert ask(colleague, "query($id: ID!) { cart(id: $id) { id } carts { id } }", id=gid(cart)) == {
        "cart": None,
        "carts": [],
    }
    refused = ask(colleague, PLACE, input={"cart": gid(cart)})["orderPlace"]["errors"]
    assert [error["code"] for error in refused] == ["NOT_FOUND"]


def test_a_saved_list_is_kept_shared_and_put_into_the_cart(shop):
    shop.sells("ABC", "10", 50, BOX=12)
    order = shop.order(("ABC", 2, "BOX"), ("ABC", 3), ("ABC", 1))
    made = on_page(shop.dealer, "carts/saved_lists", "Create", input={"name": "Weekly", "order": gid(order)})
    list_id = made["savedListWrite"]["savedList"]["id"]
    shown = on_page(shop.dealer, "carts/saved_list", "SavedList", id=list_id)["savedList"]
    assert [(line["quantity"], line["uom"]["code"]) for line in shown["lines"]] == [("2", "BOX"), ("4", "PCS")]
    again = on_page(shop.dealer, "carts/saved_lists", "Create", input={"name": "Weekly", "seller": gid(shop.seller)})
    assert [error["code"] for error in again["savedListWrite"]["errors"]] == ["DUPLICATE"]
    colleague = make_actor(shop.buyer.downstream, "dealer_owner")
    document = "{ savedLists { name lineCount } }"
    assert ask(colleague, document) == {"savedLists": []}
    share = (
        "mutation($id: ID!, $s: [SavedListShareInput!]!) { savedListShare(id: $id, shares: $s) { errors { code } } }"
    )
    ask(shop.dealer, share, id=list_id, s=[{"user": to_global_id("User", colleague.user_id), "access": "READ"}])
    assert ask(colleague, document) == {"savedLists": [{"name": "Weekly", "lineCount": 2}]}
    rename = "mutation($i: SavedListInput!) { savedListWrite(input: $i) { errors { code } } }"
    refused = ask(colleague, rename, i={"id": list_id, "name": "Mine"})["savedListWrite"]["errors"]
    assert [error["code"] for error in refused] == ["NOT_FOUND"]
    ask(shop.dealer, share, id=list_id, s=[{"access": "WRITE"}])
    assert ask(colleague, rename, i={"id": list_id, "name": "Ours"})["savedListWrite"]["errors"] == []
    _other, stranger = shop.dealer_of("Jinli")
    assert ask(stranger, document) == {"savedLists": []}
    on_page(shop.dealer, "carts/saved_lists", "Delete", id=list_id)
    assert not SavedList.objects.exists()


def test_what_is_no_longer_sold_is_named_when_ordering_again(shop):
    shop.sells("ABC", "10", 50)
    gone = shop.sells("GONE", "10", 50)
    order = shop.order(("ABC", 2), ("GONE", 1))
    gone.listings.all().delete()
    data = on_page(shop.dealer, "orders/orders", "Reorder", id=gid(order))["orderReorder"]
    assert data["cart"]["lineCount"] == 1
    assert [row["sku"] for row in data["skipped"]] == ["GONE"]


def test_a_list_costs_the_same_for_five_orders_and_for_ten(shop):
    shop.sells("ABC", "10", 500)
    counts = []
    for _round in range(2):
        for _number in range(5):
            shop.order(("ABC", 1))
        with count_sql() as counter:
            on_page(shop.dealer, "orders/orders", "Orders")
        counts.append(counter.count)
    assert counts[0] == counts[1], counter


@pytest.mark.parametrize("size", [5, 500])
def test_placing_by_the_api_takes_at_most_15_statements(quick_shop, sql_count, size):
    shop = quick_shop
    skus = shop.sells_many(size, stock=50)
    write_cart(shop.dealer, shop.seller.pk, [Wish(shop.goods[sku].pk, Decimal(2)) for sku in skus], add=True)
    cart = gid(Cart.objects.get())
    with sql_count(f"order placed at a seller that confirms by itself, {size} lines") as counter:
        data = ask(shop.dealer, PLACE, input={"cart": cart})["orderPlace"]
    assert data["errors"] == []
    assert data["order"]["status"] == "CONFIRMED"
    # One more loads the actor of a request, two more keep the answer for its Idempotency-Key.
    assert counter.count + 3 <= 15


@pytest.mark.parametrize("size", [1, 1000])
def test_reading_pasted_lines_takes_its_statements(shop, sql_count, size):
    shop.sells_many(100)
    text = "\n".join(f"M{number % 100:05}\t{number + 1}" for number in range(size - 1)) + "\nMX0001 1\nM00001 3"
    document = "query($s: ID!, $t: String) { orderPasteParse(seller: $s, text: $t) { goodCount badCount } }"
    with sql_count(f"pasted lines read, {size} lines") as counter:
        data = ask(shop.dealer, document, s=gid(shop.seller), t=text)["orderPasteParse"]
    assert data["badCount"] == 1
    assert counter.count <= 6


def test_each_step_is_told_to_those_who_watch_the_order_and_may_read_it(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    placed = OutboxEvent.objects.get(kind="order.placed")
    payload = {"event": placed.pk, "kind": placed.kind, "order": order.pk}
    for actor in (shop.dealer, shop.sales):
        assert OrderTimelineAppended.topic(actor, gid(order)) == f"order:{order.pk}"
        told = OrderTimelineAppended.event(actor, payload, gid(order))
        assert (told.seq, told.kind, told.order.number) == (1, "order.placed", order.number)
        assert OrderChanged.topic(actor) == f"orders:{actor.organization_id}"
        assert OrderChanged.event(actor, {"order": order.pk}).order == order
    _other, stranger = shop.dealer_of("Jinli")
    with raises(CoreErrorCode.NOT_FOUND, field="order"):
        OrderTimelineAppended.topic(stranger, gid(order))
    assert OrderTimelineAppended.event(stranger, payload, gid(order)) is None
    assert OrderChanged.event(stranger, {"order": order.pk}) is None


def test_who_says_how_far_it_has_read_is_told_what_came_since(shop):
    shop.sells("ABC", "10", 50)
    order = shop.order(("ABC", 3))
    _other, stranger = shop.dealer_of("Jinli")
    assert list(OrderTimelineAppended.missed(shop.dealer, gid(order))) == []
    assert OrderTimelineAppended.missed(shop.dealer, gid(order), after=1) == []
    assert OrderTimelineAppended.missed(stranger, gid(order), after=0) == []
    (payload,) = OrderTimelineAppended.missed(shop.dealer, gid(order), after=0)
    told = OrderTimelineAppended.event(shop.dealer, payload, gid(order), after=0)
    assert (told.seq, told.kind) == (1, "order.placed")


def test_a_seller_settles_how_it_takes_orders(shop):
    shop.sells("ABC", "10", 5)
    document = """mutation($i: OrderSettingsInput!) { orderSettingsUpdate(input: $i) {
      orderSettings { autoConfirm minimumValue reopenDays } errors { code field } } }"""
    wrong = ask(shop.sales, document, i={"minimumValue": "-1", "reopenDays": -2})["orderSettingsUpdate"]["errors"]
    assert {error["field"] for error in wrong} == {"minimumValue", "reopenDays"}
    data = ask(shop.sales, document, i={"autoConfirm": True, "minimumValue": "20"})["orderSettingsUpdate"]
    assert data["orderSettings"] == {"autoConfirm": True, "minimumValue": "20", "reopenDays": 30}
    assert shop.order(("ABC", 2)).status == "confirmed"
    with raises(OrderErrorCode.ORDER_MINIMUM):
        shop.order(("ABC", 1))
    clerk = make_actor(shop.seller, "seller_sales")
    assert execute(document, {"i": {"autoConfirm": False}}, actor=clerk).errors


def test_each_side_reads_its_own_part_of_the_story(shop):
    shop.sells("ABC", "10", 5)
    order = shop.order(("ABC", 1))
    sides = (SideAudience.SELLER, SideAudience.BUYER)
    append(
        shop.system,
        [Step(order.pk, order.seller_id, order.buyer_id, "order.changed", f"x:{side}", visible=side) for side in sides],
    )
    document = "query($o: ID!) { orderTimeline(order: $o) { edges { node { seq } } } }"
    viewer = actor_of(make_member(shop.seller, "seller_owner"), on_behalf_of=shop.buyer.downstream)
    for actor, seqs in ((shop.sales, [1, 2]), (shop.dealer, [1, 3]), (viewer, [1])):
        edges = ask(actor, document, o=gid(order))["orderTimeline"]["edges"]
        assert [edge["node"]["seq"] for edge in edges] == seqs
    assert ask(make_stranger(), document, o=gid(order))["orderTimeline"]["edges"] == []


def test_pasted_lines_go_into_the_cart_and_the_bad_ones_come_back(shop):
    shop.sells("ABC", "10", 5)
    document = """mutation($s: ID!, $t: String, $f: Upload) { cartLinesPaste(seller: $s, text: $t, file: $f) {
      cart { lineCount lines { quantity } } check { goodCount badCount lines { lineNumber errorCode } }
      errors { code field } } }"""
    pasted = ask(shop.dealer, document, s=gid(shop.seller), t="ABC 2\nXYZ 1")["cartLinesPaste"]
    assert pasted["cart"] == {"lineCount": 1, "lines": [{"quantity": "2"}]}
    assert [line["errorCode"] for line in pasted["check"]["lines"]] == [None, "UNKNOWN_VARIANT"]
    file = SimpleUploadedFile("lines.csv", b"SKU,Qty\nABC,3\n")
    pasted = ask(shop.dealer, document, s=gid(shop.seller), f=file)["cartLinesPaste"]
    assert pasted["cart"]["lines"] == [{"quantity": "5"}]
    refused = ask(shop.dealer, document, s=gid(shop.seller))["cartLinesPaste"]["errors"]
    assert [error["code"] for error in refused] == ["REQUIRED"]
    stranger = make_stranger()
    refused = ask(stranger, document, s=gid(shop.seller), t="ABC 1")["cartLinesPaste"]["errors"]
    assert [error["code"] for error in refused] == ["NOT_FOUND"]
