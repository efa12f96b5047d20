"""Adjustments, safety stock and places as people name them: by SKU and code."""

from decimal import Decimal

import pytest

from marketplace.core.errors import CoreErrorCode
from marketplace.parties.models import Address
from ordercenter.stock.entries import Paper
from ordercenter.stock.goods import NamedAdjustment, adjust_named
from ordercenter.stock.keeping import Safety, write_safety_stock
from ordercenter.stock.models import SafetyStock, StockBalance, StockEntry
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse
from tests.ordercenter.orders.shop import Shop
from tests.refusals import raises
from tests.statements import count_sql

WHY = Paper(reason="Count")


@pytest.fixture
def shop(db):
    made = Shop()
    made.sells("A", stock=10)
    made.sells("B", stock=20)
    made.sells("C")
    return made


def test_lines_are_named_by_sku_and_warehouse_and_one_without_stock_begins_at_0(shop):
    lines = [
        NamedAdjustment(counted=Decimal(7), sku="A", warehouse="sh"),
        NamedAdjustment(change=Decimal(-5), sku="B", warehouse=shop.shelf.pk),
        NamedAdjustment(change=Decimal(4), sku=" C ", warehouse="SH"),
    ]
    adjust_named(shop.sales, lines, WHY)
    assert [shop.on_hand(sku)["SH"] for sku in "ABC"] == [7, 15, 4]
    assert StockEntry.objects.cleared().filter(kind="adjustment").count() == 1


def test_what_is_not_there_is_refused_by_line_and_leaves_nothing(shop):
    before = StockBalance.objects.cleared().count()
    good = NamedAdjustment(counted=Decimal(7), sku="A", warehouse="SH")
    with raises(CoreErrorCode.NOT_FOUND, field="sku", index=1):
        adjust_named(shop.sales, [good, NamedAdjustment(change=Decimal(1), sku="NO", warehouse="SH")], WHY)
    with raises(CoreErrorCode.NOT_FOUND, field="warehouse", index=1):
        adjust_named(shop.sales, [good, NamedAdjustment(change=Decimal(1), sku="B", warehouse="XX")], WHY)
    with raises(CoreErrorCode.REQUIRED, field="counted", index=0):
        adjust_named(shop.sales, [NamedAdjustment(sku="C", warehouse="SH")], WHY)
    assert shop.on_hand("A") == {"SH": 10}
    assert StockBalance.objects.cleared().count() == before


def test_many_lines_take_the_statements_of_one(shop):
    skus = [f"M{number}" for number in range(30)]
    for sku in skus:
        shop.sells(sku, stock=5)
    with count_sql() as one:
        adjust_named(shop.sales, [NamedAdjustment(Decimal(1), sku="A", warehouse="SH")], WHY)
    with count_sql() as many:
        adjust_named(shop.sales, [NamedAdjustment(Decimal(1), sku=sku, warehouse="SH") for sku in skus], WHY)
    assert many.count == one.count


def test_safety_stock_is_named_by_sku(shop):
    write_safety_stock(shop.sales, [Safety(shop.shelf.pk, 0, Decimal(3), "A")])
    assert SafetyStock.objects.cleared().get().quantity == 3
    with raises(CoreErrorCode.NOT_FOUND, field="sku", index=0):
        write_safety_stock(shop.sales, [Safety(shop.shelf.pk, 0, Decimal(3), "NO")])


def address(owner):
    return Address.objects.create(organization=owner, contact="Dock", country="CN", city="Shanghai", street="1 Port Rd")


def test_a_warehouse_stands_at_an_address_of_its_own_organization(shop):
    own = address(shop.sales.organization)
    made = write_warehouse(shop.sales, WarehouseDraft("AN", name_en="Annex", address_id=own.pk))
    assert made.address_id == own.pk
    strange = address(shop.buyer.downstream)
    with raises(CoreErrorCode.NOT_FOUND, field="address"):
        write_warehouse(shop.sales, WarehouseDraft("BN", name_en="Other", address_id=strange.pk))
