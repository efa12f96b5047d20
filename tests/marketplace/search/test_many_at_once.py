"""Writers of the same goods at the same time: none waits for ever, and the index ends as the catalogue does."""

import random
import time

import pytest

from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Product
from marketplace.catalog.packs import PackDraft, pack_write
from marketplace.catalog.products import product_update
from marketplace.catalog.taxonomy import brand_create, brand_update
from marketplace.catalog.variants import variant_update
from marketplace.search import documents
from marketplace.search.models import SearchCode, SearchDocument
from marketplace.search.reindex import reindex
from tests.marketplace.catalog.stall import Stall
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stall(transactional_db):
    return Stall()


def index():
    rows = SearchDocument.objects.order_by("organization", "product")
    codes = SearchCode.objects.order_by("organization", "variant", "key")
    return (
        list(rows.values_list("organization", "product", "listed", "vector", "name_en", "sku")),
        list(codes.values_list("organization", "variant", "key")),
    )


def race(stall, monkeypatch):
    """A brand is renamed while a product of it is put up; both read for the index before either has written."""
    read = documents._read

    def slowly(ids):
        found = read(ids)
        time.sleep(0.3)
        return found

    brand = brand_create(stall.owner, {"name_en": "Lotus"})
    product = stall.product(brand_id=brand.pk, listed=False)
    monkeypatch.setattr(documents, "_read", slowly)
    work = [
        lambda: brand_update(stall.owner, brand.pk, {"name_en": "Peony"}),
        lambda: listing_write(stall.owner, [product.pk]),
    ]
    at_once(2, lambda number: work[number]())
    monkeypatch.setattr(documents, "_read", read)
    document = SearchDocument.objects.get(product=product)
    return document.listed and "peoni" in document.vector


def test_the_index_holds_what_both_of_two_writers_wrote(stall, monkeypatch):
    assert race(stall, monkeypatch)


def test_without_the_lock_one_of_them_is_lost(stall, monkeypatch):
    """The twin: it shows that the test above would see the fault."""
    monkeypatch.setattr(documents, "lock_products", lambda ids: None)
    monkeypatch.setattr("marketplace.catalog.listings.lock_products", lambda ids: None)
    assert not race(stall, monkeypatch)


def test_many_writers_of_few_goods_end_with_the_index_of_the_catalogue(stall):
    brand = brand_create(stall.owner, {"name_en": "Lotus"})
    for number in range(4):
        stall.product(f"P-{number}", f"Product {number}", brand_id=brand.pk)
    products = list(Product.objects.order_by("pk"))
    variants = [product.variants.get().pk for product in products]

    def write(luck, word):
        one, two = luck.sample(range(4), 2)
        return luck.choice(
            [
                lambda: listing_write(stall.owner, [products[one].pk, products[two].pk], listed=luck.random() < 0.5),
                lambda: product_update(stall.owner, products[one].pk, {"name_en": word}),
                lambda: variant_update(stall.owner, variants[one], {"name_en": word}),
                lambda: pack_write(stall.owner, variants[one], [PackDraft("PCS", barcode=word)]),
                lambda: brand_update(stall.owner, brand.pk, {"name_en": word}),
            ]
        )()

    def work(number):
        luck = random.Random(number)
        for turn in range(6):
            write(luck, f"word{number}x{turn}")

    at_once(6, work)
    found = index()
    list(reindex())
    assert index() == found
