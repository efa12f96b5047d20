"""Who may see and order which goods."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.catalog.assortments import orderable
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Brand, Category, Listing, Pack, Product, Variant
from marketplace.catalog.products import product_update, products_retire
from marketplace.catalog.ranges import assortment_end
from marketplace.catalog.taxonomy import brand_create, category_create
from marketplace.catalog.variants import variants_retire
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.graphql.clearance import NotCleared, require_cleared
from marketplace.parties.models import PartnershipStatus
from tests.factories import make_actor, make_organization, make_partnership
from tests.marketplace.catalog.stall import holds, leaves_out, skus
from tests.refusals import raises
from tests.statements import count_sql

MODELS = (Product, Variant, Pack, Listing)


def seen_by(actor):
    return skus(Variant.objects.visible_to(actor))


def test_a_dealer_sees_what_is_listed_and_a_stranger_nothing(stall):
    stall.product("CUP-1")
    stall.product("CUP-2", listed=False)
    assert seen_by(stall.owner) == ["CUP-1", "CUP-2"]
    assert seen_by(stall.dealer) == ["CUP-1"]
    for model in MODELS:
        assert not model.objects.visible_to(stall.stranger).exists()
        assert not model.objects.visible_to(Actor.anonymous()).exists()
        assert model.objects.visible_to(stall.dealer).count() == 1


def test_rows_that_nobody_checked_do_not_leave(stall):
    with pytest.raises(NotCleared):
        require_cleared(Variant.objects.filter(sku="CUP-1"))


def test_drafts_are_for_those_who_manage_products(stall):
    product = stall.product(status="draft")
    assert seen_by(stall.owner) == ["CUP-1"]
    warehouse = make_actor(stall.seller, "seller_warehouse")
    assert not Product.objects.visible_to(warehouse).exists()
    assert seen_by(stall.dealer) == []
    product_update(stall.owner, product.pk, {"status": "active"})
    assert seen_by(stall.dealer) == ["CUP-1"]
    assert Product.objects.visible_to(warehouse).exists()


@pytest.mark.parametrize("status", [one for one in PartnershipStatus if one != PartnershipStatus.ACTIVE])
def test_only_an_active_partnership_shows_goods(stall, status):
    stall.product()
    stall.partnership.status = status
    stall.partnership.save()
    assert seen_by(stall.dealer) == []


def test_a_window_opens_and_closes_by_itself(stall):
    product = stall.product(listed=False)
    now = timezone.now()
    listing_write(stall.owner, [product.pk], start=now + timedelta(hours=1))
    assert seen_by(stall.dealer) == []
    listing_write(stall.owner, [product.pk], start=now - timedelta(hours=1), end=now + timedelta(hours=1))
    assert seen_by(stall.dealer) == ["CUP-1"]
    Listing.objects.update(valid_from=now - timedelta(hours=2), valid_to=now - timedelta(hours=1))
    assert seen_by(stall.dealer) == []


def test_what_is_retired_is_gone_for_buyers(stall):
    product = stall.product()
    variants_retire(stall.owner, [product.variants.get().pk])
    assert seen_by(stall.dealer) == []
    variants_retire(stall.owner, [product.variants.get().pk], back=True)
    assert seen_by(stall.dealer) == ["CUP-1"]
    products_retire(stall.owner, [product.pk])
    assert seen_by(stall.dealer) == []
    assert seen_by(stall.owner) == ["CUP-1"]


def test_an_assortment_that_leaves_out_hides_from_its_audience_only(stall):
    hidden = stall.variant("CUP-1")
    stall.product("CUP-2")
    stall.assortment(leaves_out(variant_id=hidden.pk), partnership_id=stall.partnership.pk)
    assert seen_by(stall.dealer) == ["CUP-2"]
    assert seen_by(stall.second) == ["CUP-1", "CUP-2"]


def test_an_assortment_that_holds_shows_nothing_else(stall):
    root = category_create(stall.owner, {"name_en": "Kitchen"})
    cups = category_create(stall.owner, {"name_en": "Cups", "parent_id": root.pk})
    brand = brand_create(stall.owner, {"name_en": "Lotus"})
    stall.product("CUP-1", category_id=cups.pk)
    stall.product("CUP-2", category_id=cups.pk, brand_id=brand.pk)
    stall.product("POT-1", brand_id=brand.pk)
    stall.product("MOP-1")
    below = stall.assortment(holds(category_id=root.pk), group_id=stall.groups[0].pk)
    assert seen_by(stall.dealer) == ["CUP-1", "CUP-2"]
    stall.assortment(holds(brand_id=brand.pk), grade_id=stall.grade.pk)
    assert seen_by(stall.dealer) == ["CUP-1", "CUP-2", "POT-1"]
    stall.assortment(leaves_out(brand_id=brand.pk))
    assert seen_by(stall.dealer) == ["CUP-1"]
    assert seen_by(stall.second) == ["CUP-1", "MOP-1"]
    assortment_end(stall.owner, below.pk)
    assert seen_by(stall.dealer) == []


def test_everything_but_something(stall):
    gone = stall.product("CUP-1")
    stall.product("CUP-2")
    stall.assortment(holds(), leaves_out(product_id=gone.pk), partnership_id=stall.partnership.pk)
    assert seen_by(stall.dealer) == ["CUP-2"]


def test_brands_and_categories_are_seen_with_their_goods(stall):
    root = category_create(stall.owner, {"name_en": "Kitchen"})
    cups = category_create(stall.owner, {"name_en": "Cups", "parent_id": root.pk})
    category_create(stall.owner, {"name_en": "Empty"})
    brand = brand_create(stall.owner, {"name_en": "Lotus"})
    hidden = brand_create(stall.owner, {"name_en": "Hidden"})
    stall.product("CUP-1", category_id=cups.pk, brand_id=brand.pk)
    stall.product("CUP-2", listed=False, brand_id=hidden.pk)
    assert set(Category.objects.visible_to(stall.dealer)) == {root, cups}
    assert set(Brand.objects.visible_to(stall.dealer)) == {brand}
    assert not Brand.objects.visible_to(stall.stranger).exists()
    assert Category.objects.visible_to(stall.owner).count() == 3


def test_whoever_sells_goods_on_shows_them_to_its_own_dealers(stall):
    product = stall.product()
    reseller = make_actor(stall.partnership.downstream, "dealer_owner", "seller_owner")
    below = make_partnership(stall.partnership.downstream, "Below")
    buyer = make_actor(below.downstream)
    assert seen_by(buyer) == []
    listing_write(Actor(reseller.user, reseller.organization, permissions=frozenset(["catalog.manage"])), [product.pk])
    assert seen_by(buyer) == ["CUP-1"]
    assert orderable(stall.partnership.downstream_id, below.pk, [product.variants.get().pk])


def test_what_one_sells_on_may_be_taken_down_when_ones_seller_offers_it_no_more(stall):
    product = stall.product()
    dealer = stall.dealer
    reseller = Actor(dealer.user, dealer.organization, permissions=frozenset(["catalog.manage"]))
    buyer = make_actor(make_partnership(stall.partnership.downstream, "Below").downstream)
    listing_write(reseller, [product.pk])
    listing_write(stall.owner, [product.pk], listed=False)
    assert seen_by(buyer) == ["CUP-1"]
    with raises(CoreErrorCode.NOT_FOUND, field="products"):
        listing_write(reseller, [product.pk])
    assert listing_write(reseller, [product.pk], listed=False) == [product.pk]
    assert seen_by(buyer) == []
    with raises(CoreErrorCode.NOT_FOUND, field="products"):
        listing_write(stall.stranger, [product.pk], listed=False)


def test_who_views_as_a_partner_sees_that_partners_goods_only(stall):
    hidden = stall.variant("CUP-1")
    stall.product("CUP-2")
    stall.product("CUP-3", listed=False)
    stall.assortment(leaves_out(variant_id=hidden.pk), partnership_id=stall.partnership.pk)
    viewing = Actor(stall.owner.user, stall.seller, stall.owner.membership, on_behalf_of=stall.partnership.downstream)
    assert seen_by(viewing) == ["CUP-2"]


def test_what_a_partner_buys_elsewhere_is_not_shown_to_who_views_as_it(stall):
    elsewhere = make_organization("Elsewhere")
    make_partnership(elsewhere, stall.partnership.downstream)
    foreign = make_actor(elsewhere)
    from marketplace.catalog.products import product_create

    product = product_create(foreign, {"name_en": "Foreign"}, sku="F-1")
    listing_write(foreign, [product.pk])
    assert seen_by(stall.dealer) == ["F-1"]
    viewing = Actor(stall.owner.user, stall.seller, stall.owner.membership, on_behalf_of=stall.partnership.downstream)
    assert seen_by(viewing) == []


def test_orderable_is_one_statement_for_any_number(stall):
    variants = [stall.variant(f"CUP-{number}").pk for number in range(30)]
    with count_sql() as counter:
        assert orderable(stall.seller.pk, stall.partnership.pk, variants) == set(variants)
    assert counter.count == 1
    assert orderable(stall.stranger.organization_id, stall.partnership.pk, variants) == set()
