"""What a buyer sees of a seller's stock (stock §9)."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from marketplace.catalog.models import Category, Listing
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from ordercenter.stock.availability import AvailabilityLevel, available_by_place, available_of
from ordercenter.stock.models import Reservation, SafetyStock, StockShow, StockVisibility
from ordercenter.stock.reservations import reserve
from ordercenter.stock.terms import Wish
from ordercenter.stock.visibility import VisibilityRule, end_visibility, write_visibility
from tests.factories import make_grade, make_groups, make_stranger
from tests.ordercenter.stock.shop import make_shop
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer(shop):
    """The dealer's actor; the seller has 37 of A, put up for it."""
    shop.put("W1", A=30)
    shop.put("W2", A=7)
    Listing.objects.create(organization=shop.seller, variant=shop.variant("A"))
    return Actor.system(shop.partnership.downstream)


def seen(shop, actor, sku="A", **options):
    found = available_of(actor, [shop.variant(sku).pk], **options)
    return found.get(shop.variant(sku).pk)


def rule(shop, show, **scope):
    return write_visibility(shop.actor, [VisibilityRule(show, **scope)])[0]


def test_without_a_rule_a_buyer_sees_nothing_and_the_owner_everything(shop, dealer):
    assert seen(shop, dealer) is None
    assert (seen(shop, shop.actor).quantity, seen(shop, shop.actor).label) == (D(37), "37")


@pytest.mark.parametrize(
    ("show", "label", "quantity", "level"),
    [
        (StockShow.YES_NO, "In stock", None, "in_stock"),
        (StockShow.BAND, "10–49", None, "in_stock"),
        (StockShow.ROUNDED, "37", D(37), "in_stock"),
        (StockShow.EXACT, "37", D(37), "in_stock"),
    ],
)
def test_a_buyer_sees_as_exactly_as_the_rule_says(shop, dealer, show, label, quantity, level):
    rule(shop, show)
    found = seen(shop, dealer)
    assert (str(found.label), found.quantity, found.level) == (label, quantity, level)


def test_rounding_is_down_to_two_digits_and_says_so(shop, dealer):
    shop.put("W1", A=1200)
    rule(shop, StockShow.ROUNDED)
    assert (seen(shop, dealer).label, seen(shop, dealer).quantity) == ("1,200+", D(1200))


def test_few_are_told_as_few_but_not_to_those_who_only_see_yes_or_no(shop, dealer):
    shop.put("W1", B=3)
    Listing.objects.create(organization=shop.seller, variant=shop.variant("B"))
    written = rule(shop, StockShow.BAND)
    assert (seen(shop, dealer, "B").level, seen(shop, dealer, "B").label) == (AvailabilityLevel.LOW, "1–9")
    StockVisibility.objects.filter(pk=written.pk).update(show=StockShow.YES_NO)
    assert seen(shop, dealer, "B").level == AvailabilityLevel.IN_STOCK


def test_the_narrowest_audience_decides_then_the_narrowest_goods(shop, dealer):
    product = shop.variant("A").product
    product.category = Category.objects.create(organization=shop.seller, code="pans", name_en="Pans")
    Category.objects.filter(pk=product.category.pk).update(ancestors=[product.category.pk])
    product.save()
    upper, lower = make_groups(shop.seller, "east", "zhejiang")
    partnership = shop.partnership
    partnership.group, partnership.grade = lower, make_grade(shop.seller)
    partnership.save()
    steps = [
        ({}, StockShow.YES_NO),
        ({"category_id": product.category.pk}, StockShow.BAND),
        ({"product_id": product.pk}, StockShow.EXACT),
        ({"variant_id": shop.variant("A").pk}, StockShow.ROUNDED),
        ({"grade_id": partnership.grade_id}, StockShow.BAND),
        ({"group_id": upper.pk}, StockShow.YES_NO),
        ({"group_id": lower.pk}, StockShow.EXACT),
        ({"partnership_id": partnership.pk}, StockShow.BAND),
    ]
    for scope, show in steps:
        rule(shop, show, **scope)
        assert seen(shop, dealer).show == show, scope


def test_a_hidden_place_is_not_part_of_the_sum_and_the_coarsest_place_shows(shop, dealer):
    rule(shop, StockShow.EXACT)
    rule(shop, StockShow.NONE, warehouses=(shop.warehouses["W2"].pk,))
    assert seen(shop, dealer).quantity == 30
    rule(shop, StockShow.BAND, warehouses=(shop.warehouses["W2"].pk,))
    assert (seen(shop, dealer).label, seen(shop, dealer).quantity) == ("10–49", None)


def test_what_is_kept_back_or_reserved_is_not_available_and_what_has_expired_is(shop, dealer):
    rule(shop, StockShow.EXACT)
    SafetyStock.objects.create(
        organization=shop.seller, warehouse=shop.warehouses["W1"], variant=shop.variant("A"), quantity=5
    )
    reserve(shop.actor, shop.seller.pk, [Wish(1, shop.cart().pk, shop.variant("A").pk, D(10))])
    assert seen(shop, dealer).quantity == 22
    Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert seen(shop, dealer).quantity == 32


def test_goods_never_stocked_are_out_of_stock_and_a_stranger_sees_nothing(shop, dealer):
    rule(shop, StockShow.EXACT)
    Listing.objects.create(organization=shop.seller, variant=shop.variant("New"))
    assert seen(shop, dealer, "New").level == AvailabilityLevel.OUT_OF_STOCK
    assert available_of(make_stranger(), [shop.variant("A").pk]) == {}
    assert available_of(Actor.anonymous(), [shop.variant("A").pk]) == {}
    assert available_of(make_shop("Other").actor, [shop.variant("A").pk], shop.seller.pk) == {}


def test_a_page_of_goods_takes_one_statement(shop, dealer):
    rule(shop, StockShow.BAND)
    with count_sql() as counter:
        available_of(dealer, [shop.variant(f"S{n}").pk for n in range(1)])
    one = counter.count
    ids = [shop.variant(f"S{n}").pk for n in range(20)]
    with count_sql() as counter:
        available_of(dealer, ids)
    assert counter.count == 1 <= one


def test_a_rule_written_again_replaces_the_old_and_names_only_what_is_ones_own(shop, dealer):
    first = rule(shop, StockShow.BAND)
    again = rule(shop, StockShow.EXACT)
    assert StockVisibility.objects.get().show == StockShow.EXACT
    other = make_shop("Other")
    with raises(CoreErrorCode.NOT_FOUND, field="partnership", index=0):
        write_visibility(other.actor, [VisibilityRule("band", partnership_id=shop.partnership.pk)])
    with raises(CoreErrorCode.INVALID, field="partnership", index=0):
        write_visibility(shop.actor, [VisibilityRule("band", partnership_id=1, grade_id=1)])
    with raises(CoreErrorCode.NOT_FOUND, field="ids", index=0):
        end_visibility(other.actor, [first.pk])
    end_visibility(shop.actor, [again.pk or first.pk])
    assert not StockVisibility.objects.exists()


def places(shop, actor, **options):
    found = available_by_place(actor, [shop.variant("A").pk], **options).get(shop.variant("A").pk, [])
    return [(one.name, one.seen.quantity, str(one.seen.label)) for one in found]


def test_places_are_told_one_by_one_and_a_hidden_one_is_not_named(shop, dealer):
    rule(shop, StockShow.EXACT)
    assert places(shop, dealer) == [("W1", D(30), "30"), ("W2", D(7), "7")]
    rule(shop, StockShow.NONE, warehouses=(shop.warehouses["W2"].pk,))
    assert places(shop, dealer) == [("W1", D(30), "30")]
    rule(shop, StockShow.BAND, warehouses=(shop.warehouses["W1"].pk,))
    assert places(shop, dealer) == [("W1", None, "10–49")]
    assert places(shop, make_stranger()) == []
