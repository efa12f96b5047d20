"""How stock is kept, and what is told of it; what a buyer learns of stock that it may not see exactly."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from marketplace.catalog.models import Listing
from marketplace.core.errors import CoreErrorCode, DomainErrors
from marketplace.core.events import declared
from marketplace.core.models import OutboxEvent
from marketplace.graphql import to_global_id
from ordercenter.orders.models import Cart
from ordercenter.stock.entries import Adjustment, Paper, adjust, change_condition, post_count, transfer
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.keeping import Safety, write_safety_stock, write_settings
from ordercenter.stock.models import Reservation, SafetyStock, StockBalance, StockShow, StockVisibility, Warehouse
from ordercenter.stock.reservations import reserve
from ordercenter.stock.terms import Wish
from ordercenter.stock.visibility import VisibilityRule, end_visibility, write_visibility
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse
from tests.factories import make_actor
from tests.ordercenter.orders.ask import ask
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[tuple[str, dict]]:
    """The changes told of this kind, with the verb."""
    rows = OutboxEvent.objects.filter(kind=kind).order_by("pk")
    return [(row.payload.get("verb", ""), row.changes) for row in rows]


def test_a_warehouse_that_is_made_or_changed_is_told(shop):
    made = write_warehouse(shop.actor, WarehouseDraft("N1", name_en="North", priority=7))
    (_before, (_verb, changes)) = told("stock.warehouse_created")[-2:]
    assert changes["code"] == [None, "N1"]
    write_warehouse(shop.actor, WarehouseDraft("N1", name_en="North", priority=9), made.pk)
    assert told("stock.warehouse_changed") == [("", {"priority": [7, 9]})]
    write_warehouse(shop.actor, WarehouseDraft("N1", name_en="North", priority=9), made.pk)
    assert len(told("stock.warehouse_changed")) == 1, "nothing has changed"
    event = OutboxEvent.objects.filter(kind="stock.warehouse_changed").get()
    assert (event.aggregate, event.aggregate_id, event.organizations) == ("warehouse", made.pk, [shop.seller.pk])


def test_settings_are_told_with_what_they_were(shop):
    write_settings(shop.actor, 20, None)
    write_settings(shop.actor, None, shop.warehouses["W1"].pk)
    write_settings(shop.actor, 20, None)
    assert told("stock.settings_changed") == [
        ("", {"reservation_minutes": [10, 20]}),
        ("", {"default_warehouse_id": [None, shop.warehouses["W1"].pk]}),
    ]


def test_safety_stock_is_told_line_by_line(shop):
    place = shop.warehouses["W1"].pk
    a, b = shop.variant("A").pk, shop.variant("B").pk
    write_safety_stock(shop.actor, [Safety(place, a, D(5)), Safety(place, b, D(7))])
    write_safety_stock(shop.actor, [Safety(place, a, D(6)), Safety(place, b, D(7))])
    write_safety_stock(shop.actor, [Safety(place, a, D(0)), Safety(place, b, D(7))])
    verbs = [(verb, changes.get("quantity")) for verb, changes in told("stock.safety_stock_changed")]
    assert verbs == [
        ("created", [None, "5"]),
        ("created", [None, "7"]),
        ("updated", ["5", "6"]),
        ("deleted", ["6", None]),
    ]
    assert SafetyStock.objects.get().variant_id == b


def test_many_lines_of_safety_stock_take_no_more_statements(shop):
    place = shop.warehouses["W1"].pk
    variants = [shop.variant(f"V{number}").pk for number in range(40)]
    counts = []
    for part in (variants[:1], variants[1:]):
        with count_sql() as counter:
            write_safety_stock(shop.actor, [Safety(place, pk, D(5)) for pk in part])
        counts.append(counter.count)
    assert counts[0] == counts[1]


def test_rules_of_visibility_are_told(shop):
    rule = VisibilityRule(StockShow.BAND, partnership_id=shop.partnership.pk)
    (row,) = write_visibility(shop.actor, [rule])
    write_visibility(shop.actor, [VisibilityRule(StockShow.EXACT, partnership_id=shop.partnership.pk)])
    write_visibility(shop.actor, [VisibilityRule(StockShow.EXACT, partnership_id=shop.partnership.pk)])
    end_visibility(shop.actor, [row.pk])
    shown = [(verb, changes["show"]) for verb, changes in told("stock.visibility_changed")]
    assert shown == [("created", [None, "band"]), ("updated", ["band", "exact"]), ("deleted", ["exact", None])]
    assert not StockVisibility.objects.exists()


def test_what_is_refused_is_not_told(shop):
    before = OutboxEvent.objects.count()
    with pytest.raises(DomainErrors):
        write_safety_stock(shop.actor, [Safety(0, shop.variant("A").pk, D(5))])
    with raises(StockErrorCode.RESERVATION_TOO_LONG):
        write_settings(shop.actor, 5000, None)
    with raises(CoreErrorCode.NOT_FOUND):
        end_visibility(shop.actor, [0])
    assert OutboxEvent.objects.count() == before
    assert {"stock.warehouse_created", "stock.visibility_changed"} <= {kind.code for kind in declared()}


# --- what a buyer learns ----------------------------------------------------------------------------------------------


def shows(shop, show: StockShow) -> None:
    write_visibility(shop.actor, [VisibilityRule(show, partnership_id=shop.partnership.pk)])
    Listing.objects.get_or_create(organization=shop.seller, variant=shop.variant("A"))


def kept(shop, dealer, *quantities: int) -> list[D]:
    cart = Cart.objects.first() or shop.cart()
    wishes = [Wish(n, cart.pk, shop.variant("A").pk, D(quantity)) for n, quantity in enumerate(quantities)]
    got = reserve(dealer, shop.seller.pk, wishes)
    return [got.by_key.get(n, D(0)) for n in range(len(quantities))]


@pytest.mark.parametrize("show", [StockShow.NONE, StockShow.YES_NO, StockShow.BAND, StockShow.ROUNDED])
def test_who_may_not_see_the_figure_gets_a_line_whole_or_not_at_all(shop, show):
    dealer = make_actor(shop.partnership.downstream)
    shop.put("W1", A=7)
    shop.put("W2", A=6)
    shows(shop, show)
    assert kept(shop, dealer, 1000) == [0], "what is kept in part would be the figure"
    assert not Reservation.objects.exists()
    assert kept(shop, dealer, 5, 9, 1) == [5, 0, 0], "a line left out keeps its place"


def test_who_may_see_the_figure_gets_what_is_there(shop):
    dealer = make_actor(shop.partnership.downstream)
    shop.put("W1", A=7)
    shows(shop, StockShow.EXACT)
    assert kept(shop, dealer, 1000) == [7]


def test_a_buyer_reads_what_is_kept_in_all_and_not_place_by_place(shop):
    dealer = make_actor(shop.partnership.downstream)
    shop.put("W1", A=7)
    shop.put("W2", A=6)
    shows(shop, StockShow.YES_NO)
    cart = shop.cart()
    reserve(dealer, shop.seller.pk, [Wish(1, cart.pk, shop.variant("A").pk, D(10))])
    document = "{ reservations { totalCount edges { node { id quantity } } } }"
    assert [row["quantity"] for row in quantities(ask(dealer, document))] == ["10"]
    assert sorted(row["quantity"] for row in quantities(ask(make_actor(shop.seller), document))) == ["3", "7"]
    hidden = Reservation.objects.order_by("pk").last()
    document = "query($id: ID!) { node(id: $id) { id } }"
    assert ask(dealer, document, id=to_global_id("Reservation", hidden.pk)) == {"node": None}


def quantities(data: dict) -> list[dict]:
    return [edge["node"] for edge in data["reservations"]["edges"]]


# --- goods on their way -----------------------------------------------------------------------------------------------


def test_goods_on_their_way_are_not_set_right_by_hand(shop):
    shop.put("W1", A=7)
    here = StockBalance.objects.get()
    transit = Warehouse.objects.get(organization=shop.seller, kind="transit")
    moving = StockBalance.objects.create(
        organization=shop.seller, warehouse=transit, variant=shop.variant("A"), condition="sellable", on_hand=4
    )
    paper = Paper(reason="Lost")
    for act in (
        lambda: adjust(shop.actor, [Adjustment(here.pk, D(1)), Adjustment(moving.pk, D(-4))], paper),
        lambda: post_count(shop.actor, [Adjustment(here.pk, counted=D(1)), Adjustment(moving.pk, counted=D(0))], paper),
        lambda: transfer(shop.actor, [(here.pk, D(1)), (moving.pk, D(1))], shop.warehouses["W2"], paper),
    ):
        with raises(CoreErrorCode.INVALID, field="balance", index=1):
            act()
    with raises(CoreErrorCode.INVALID, field="balance"):
        change_condition(shop.actor, moving.pk, D(1), "defective", paper)
    moving.refresh_from_db()
    assert moving.on_hand == 4
    moving.delete()
