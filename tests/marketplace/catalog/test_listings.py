"""Putting goods up and taking them down, now and by date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.listings import listing_state, listing_write, product_listing
from marketplace.catalog.models import Listing, ListingStatus
from marketplace.catalog.products import product_create
from marketplace.core.errors import CoreErrorCode
from marketplace.core.instants import FOREVER
from tests.refusals import raises

HOUR = timedelta(hours=1)


def test_listing_again_keeps_the_beginning(stall):
    product = stall.product()
    first = Listing.objects.get()
    listing_write(stall.owner, [product.pk])
    assert Listing.objects.get().valid_from == first.valid_from
    listing_write(stall.owner, [product.pk], listed=False)
    assert Listing.objects.get().status == ListingStatus.DELISTED
    listing_write(stall.owner, [product.pk])
    assert Listing.objects.get().valid_to == FOREVER


def test_taken_down_by_date(stall):
    product = stall.product()
    end = timezone.now() + HOUR
    listing_write(stall.owner, [product.pk], listed=False, start=end)
    listing = Listing.objects.get()
    assert (listing.status, listing.valid_to) == (ListingStatus.LISTED, end)
    listing_write(stall.owner, [product.pk], start=end + HOUR)
    listing_write(stall.owner, [product.pk], listed=False, start=end)
    assert Listing.objects.get().status == ListingStatus.DELISTED


def test_the_state_is_read_against_the_clock():
    now = timezone.now()
    listing = Listing(status="listed", valid_from=now, valid_to=now + HOUR)
    assert listing_state(listing, now - HOUR) == ListingStatus.SCHEDULED
    assert listing_state(listing, now) == ListingStatus.LISTED
    assert listing_state(listing, now + HOUR) == ListingStatus.DELISTED
    assert listing_state(None, now) is None
    later = Listing(status="listed", valid_from=now + HOUR, valid_to=FOREVER)
    assert product_listing([later, listing], now) == (ListingStatus.LISTED, listing)
    assert product_listing([], now) == (None, None)


def test_an_empty_window_and_foreign_goods_are_refused(stall):
    product = stall.product(listed=False)
    foreign = product_create(stall.stranger, {"name_en": "Foreign"})
    now = timezone.now()
    with raises(Code.WINDOW_EMPTY, field="to"):
        listing_write(stall.owner, [product.pk], start=now, end=now)
    with raises(CoreErrorCode.NOT_FOUND, field="products", index=1):
        listing_write(stall.owner, [product.pk, foreign.pk])
    assert not Listing.objects.exists()


@pytest.mark.parametrize("count", [1, 5])
def test_all_variants_of_a_product_are_put_up(stall, count):
    from marketplace.catalog.variants import variant_create

    product = stall.product(listed=False)
    for number in range(count):
        variant_create(stall.owner, product.pk, {"sku": f"MORE-{number}"})
    listing_write(stall.owner, [product.pk])
    assert Listing.objects.count() == count + 1
