"""The demo's stock."""

import pytest

from marketplace.catalog.models import Pack, Product, Variant
from marketplace.catalog.units import common_units
from marketplace.parties.demo import demo_organization, organizations
from ordercenter.stock.demo import quantity_of, stock
from ordercenter.stock.models import StockBalance, StockEntry, StockSettings, Warehouse
from tests.ordercenter.stock.shop import differences

pytestmark = pytest.mark.django_db


def test_the_demo_fills_two_warehouses_and_leaves_them_alone_the_second_time():
    list(organizations("small"))
    seller = demo_organization("xinghe")
    for number in range(30):
        product = Product.objects.create(organization=seller, slug=f"p{number}", name_en=f"Pan {number}")
        variant = Variant.objects.create(organization=seller, product=product, sku=f"PAN-{number}")
        Pack.objects.create(
            organization=seller, variant=variant, uom=common_units()["PCS"], is_base=True, is_default=True
        )
    list(stock("small"))
    before = (StockEntry.objects.count(), list(StockBalance.objects.order_by("pk").values_list("on_hand", flat=True)))
    list(stock("small"))
    after = (StockEntry.objects.count(), list(StockBalance.objects.order_by("pk").values_list("on_hand", flat=True)))
    assert after == before
    assert set(Warehouse.objects.filter(organization=seller).values_list("code", flat=True)) == {"SH", "GZ", "TRANSIT"}
    assert StockSettings.objects.get().organization.code == "yunqi"
    assert differences() == []


def test_some_articles_are_out_and_some_are_low():
    quantities = [quantity_of(f"SKU-{n}", "SH") for n in range(200)]
    assert 0 in quantities
    assert any(0 < quantity < 10 for quantity in quantities)
    assert sum(quantity >= 24 for quantity in quantities) > 150
