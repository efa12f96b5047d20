"""Only what is in stock: the filter of the catalogue, which must not tell what a buyer may not see."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db.models.functions import Now

from marketplace.catalog.listings import listing_write
from marketplace.catalog.products import product_create, product_update
from marketplace.catalog.taxonomy import category_create
from marketplace.catalog.units import common_units
from marketplace.graphql import execute
from ordercenter.orders.models import Cart
from ordercenter.stock.availability import available_of
from ordercenter.stock.entries import Paper, StockLine, receive_stock
from ordercenter.stock.models import Reservation, SafetyStock, StockVisibility
from ordercenter.stock.reservations import reserve
from ordercenter.stock.terms import Wish
from ordercenter.stock.warehouses import WarehouseDraft, write_warehouse
from tests.factories import make_actor, make_organization, make_partnership

pytestmark = pytest.mark.django_db
DOCUMENT = "{ catalog(filter: {inStock: true}) { edges { node { name } } } }"


@pytest.fixture
def shop():
    """A seller with three products, of which the first lies in a warehouse, and a dealer."""
    common_units()
    seller = make_organization("Xinghe Home")
    owner = make_actor(seller)
    dealer = make_actor(make_partnership(seller, "Yunqi").downstream)
    products = [product_create(owner, {"name_en": name}, sku=name) for name in ("Cup", "Pan", "Mop")]
    listing_write(owner, [product.pk for product in products])
    place = write_warehouse(owner, WarehouseDraft("W1", name_en="W1"))
    receive_stock(owner, place, [StockLine(products[0].variants.get().pk, D(5))], Paper())
    return owner, dealer, products, place


def names(actor):
    result = execute(DOCUMENT, {}, actor=actor)
    assert not result.errors, result.errors
    return [edge["node"]["name"] for edge in result.data["catalog"]["edges"]]


def show(owner, how, **scope):
    StockVisibility.objects.create(organization=owner.organization, show=how, **scope)


def test_what_lies_there_is_found_and_what_is_withheld_is_not(shop):
    owner, dealer, products, place = shop
    StockVisibility.objects.filter(organization=owner.organization).delete()
    show(owner, "yes_no")
    assert names(dealer) == ["Cup"]
    variant = products[0].variants.get()
    SafetyStock.objects.create(organization=owner.organization, variant=variant, warehouse=place, quantity=5)
    assert names(dealer) == []


def test_stock_that_a_buyer_may_not_see_is_not_told_by_the_filter(shop):
    owner, dealer, products, _place = shop
    StockVisibility.objects.filter(organization=owner.organization).delete()
    assert names(dealer) == []
    show(owner, "exact")
    assert names(dealer) == ["Cup"]
    show(owner, "none", product=products[0])
    assert names(dealer) == []


def test_the_deeper_category_decides_whichever_rule_was_written_first(shop):
    owner, dealer, products, _place = shop
    StockVisibility.objects.filter(organization=owner.organization).delete()
    kitchen = category_create(owner, {"name_en": "Kitchen"})
    cups = category_create(owner, {"name_en": "Cups", "parent_id": kitchen.pk})
    product_update(owner, products[0].pk, {"category_id": cups.pk})
    show(owner, "none", category=cups)
    show(owner, "exact", category=kitchen)
    assert names(dealer) == []
    assert available_of(dealer, [products[0].variants.get().pk]) == {}


def test_what_was_kept_for_a_cart_is_in_stock_again_when_its_time_is_over(shop):
    owner, dealer, products, _place = shop
    StockVisibility.objects.filter(organization=owner.organization).delete()
    show(owner, "yes_no")
    cart = Cart.objects.create(organization=dealer.organization, seller=owner.organization)
    reserve(owner, owner.organization.pk, [Wish(1, cart.pk, products[0].variants.get().pk, D(5))])
    assert names(dealer) == []
    Reservation.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert names(dealer) == ["Cup"]
