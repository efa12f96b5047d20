"""Many plain articles at once."""

import pytest

from marketplace.catalog.errors import CatalogErrorCode
from marketplace.catalog.models import Listing, Pack, Product
from marketplace.catalog.plain import PlainProduct, plain_products_create
from marketplace.catalog.units import common_units
from marketplace.core.actor import Actor
from tests.factories import make_organization
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    common_units()
    return Actor.system(make_organization("Xinghe Home", "seller"))


def test_articles_are_made_with_a_pack_and_put_up(actor):
    made = plain_products_create(actor, [PlainProduct("85123A", "Lamp"), PlainProduct("71053", "", "灯")])
    assert [(variant.sku, variant.product.slug) for variant in made] == [("85123A", "85123a"), ("71053", "71053")]
    assert Pack.objects.filter(is_base=True, is_default=True, uom__code="PCS").count() == 2
    assert Listing.objects.count() == 2


def test_all_that_is_wrong_is_told_and_nothing_is_made(actor):
    plain_products_create(actor, [PlainProduct("85123A", "Lamp")])
    drafts = [PlainProduct("85123A", "Lamp"), PlainProduct("1", "Mug"), PlainProduct("1", "Mug"), PlainProduct("2")]
    with raises(CatalogErrorCode.UNIQUE, field="sku", index=0) as refusal:
        plain_products_create(actor, drafts)
    assert [error.index for error in refusal.errors] == [0, 2, 3]
    assert Product.objects.count() == 1


def test_three_hundred_take_as_many_statements_as_one(actor):
    with count_sql() as one:
        plain_products_create(actor, [PlainProduct("A", "Lamp")])
    with count_sql() as many:
        plain_products_create(actor, [PlainProduct(f"B{n}", "Lamp") for n in range(300)])
    assert many.count == one.count, many
