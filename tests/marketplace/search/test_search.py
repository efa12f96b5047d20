"""Finding goods: words of both languages, codes, slips of the finger, facets, and only what this dealer may see."""

import pytest

from marketplace.catalog.attributes import attribute_create
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import PartnerItemCode
from marketplace.catalog.packs import PackDraft, pack_write
from marketplace.catalog.products import product_update, products_retire
from marketplace.catalog.taxonomy import brand_create, brand_update, category_create
from marketplace.catalog.variants import variant_create
from marketplace.search.engine import SearchRequest, Slice, engine
from marketplace.search.models import SearchCode, SearchDocument
from marketplace.search.reindex import reindex
from tests.marketplace.catalog.stall import holds, leaves_out
from tests.statements import count_sql


@pytest.fixture
def shop(stall):
    """Five products whose names, brands and properties overlap."""
    for code, name, of_variant in (("material", "Material", False), ("colour", "Colour", True)):
        choices = [
            {"value": value, "zh": zh, "en": value.title()}
            for value, zh in (("steel", "不锈钢"), ("glass", "玻璃"), ("red", "红色"), ("blue", "蓝色"))
        ]
        fields = {"code": code, "name_en": name, "kind": "choice", "choices": choices, "of_variant": of_variant}
        attribute_create(stall.owner, fields | {"is_facet": True})
    stall.kitchen = category_create(stall.owner, {"name_en": "Kitchen", "name_zh": "厨房"})
    stall.drink = category_create(
        stall.owner, {"name_en": "Drinkware", "name_zh": "水具", "parent_id": stall.kitchen.pk}
    )
    stall.lotus = brand_create(stall.owner, {"name_en": "Lotus", "name_zh": "莲花"})
    make = stall.product
    make(
        "BTL-500",
        "Vacuum bottle",
        name_zh="不锈钢真空保温杯",
        category_id=stall.drink.pk,
        attributes={"material": "steel"},
    )
    make("BTL-750", "Glass bottle", name_zh="玻璃水壶", category_id=stall.drink.pk, attributes={"material": "glass"})
    make("PAN-24", "Frying pan", name_zh="平底炒锅", category_id=stall.kitchen.pk, brand_id=stall.lotus.pk)
    make("BOX-1", "Lunch box", name_zh="学生饭盒", brand_id=stall.lotus.pk, attributes={"material": "steel"})
    make("MOP-1", "Mop", name_zh="旋转拖把", description_en="Cleans every bottle rack.")
    return stall


def find(shop, text="", actor=None, sort="RELEVANCE", **narrow):
    found = engine().find(actor or shop.dealer, SearchRequest(text=text, seller_id=shop.seller.pk, **narrow))
    return [sku_of(hit) for hit in found.page(Slice(sort=sort))]


def sku_of(hit):
    return SearchDocument.objects.get(organization=hit.seller_id, product=hit.row[0]).sku


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("保温杯", {"BTL-500"}),
        ("不锈钢", {"BTL-500", "BOX-1"}),
        ("不锈钢保温杯", {"BTL-500"}),
        ("bottles", {"BTL-500", "BTL-750", "MOP-1"}),
        ("vacu", {"BTL-500"}),
        ("ＢＴＬ－７５０", {"BTL-750"}),
        ("btl", {"BTL-500", "BTL-750"}),
        ("pan-2", {"PAN-24"}),
        ("lotus", {"PAN-24", "BOX-1"}),
        ("莲花 炒锅", {"PAN-24"}),
        ("水具", {"BTL-500", "BTL-750"}),
        ("厨房", {"BTL-500", "BTL-750", "PAN-24"}),
        ("glass", {"BTL-750"}),
        ("nothing like it", set()),
        ("!!!", set()),
    ],
)
def test_words_and_codes(shop, text, expected):
    assert set(find(shop, text)) == expected


def test_a_name_weighs_more_than_a_description(shop):
    assert find(shop, "bottle")[-1] == "MOP-1"


@pytest.mark.parametrize(
    ("text", "expected", "meant"),
    [
        ("vacum botle", "BTL-500", "vacuum bottle"),
        ("旋转脱把", "MOP-1", None),
        ("保湿杯", "BTL-500", "保温杯"),
        ("fryng", "PAN-24", "frying"),
    ],
)
def test_a_slip_is_forgiven_when_the_words_as_written_find_nothing(shop, text, expected, meant):
    found = engine().find(shop.dealer, SearchRequest(text=text, seller_id=shop.seller.pk))
    assert expected in [sku_of(hit) for hit in found.page(Slice(sort="RELEVANCE"))]
    if meant:
        assert found.better_spelling() == meant
    exact = engine().find(shop.dealer, SearchRequest(text="vacuum", seller_id=shop.seller.pk))
    assert len(exact.page(Slice(sort="RELEVANCE"))) == 1
    assert exact.better_spelling() is None


def test_only_what_this_dealer_may_see(shop):
    shop.assortment(leaves_out(category_id=shop.drink.pk), partnership_id=shop.partnership.pk)
    assert find(shop, "bottle") == ["MOP-1"]
    assert find(shop, "不锈钢") == ["BOX-1"]
    assert set(find(shop, "bottle", shop.second)) == {"BTL-500", "BTL-750", "MOP-1"}
    assert find(shop, "bottle", shop.stranger) == []
    values = {c.value for c in engine().find(shop.dealer, SearchRequest(seller_id=shop.seller.pk)).facets()}
    assert str(shop.drink.pk) not in values
    assert "glass" not in values
    assert engine().suggest(shop.dealer, "btl", shop.seller.pk, 10) == []
    assert engine().similar(shop.dealer, shop.seller.pk, ["BTX-500"], 5) == {}
    assert (
        engine().find(shop.dealer, SearchRequest(text="vacum botle", seller_id=shop.seller.pk)).better_spelling()
        is None
    )


def test_a_spelling_that_only_hidden_goods_have_is_not_told(shop):
    secret = shop.product("SEC-1", "Vacubox sealer")
    shop.product("SEEN-1", "Vacubex lamp")
    shop.assortment(leaves_out(product_id=secret.pk), partnership_id=shop.partnership.pk)
    spellings = []
    for dealer in (shop.dealer, shop.second):
        found = engine().find(dealer, SearchRequest(text="vacuboy", seller_id=shop.seller.pk))
        assert "SEEN-1" in [sku_of(hit) for hit in found.page(Slice(sort="RELEVANCE"))]
        spellings.append(found.better_spelling())
    assert spellings == [None, "vacubox"]


def test_a_product_of_which_one_variant_is_hidden_is_still_found_and_one_with_none_left_is_not(shop):
    product = shop.product("TWL-S", "Towel")
    second = variant_create(shop.owner, product.pk, {"sku": "TWL-L"})
    listing_write(shop.owner, [product.pk])
    first = product.variants.get(sku="TWL-S")
    range_ = shop.assortment(leaves_out(variant_id=first.pk), partnership_id=shop.partnership.pk)
    assert find(shop, "towel") == ["TWL-S"]
    assert [v for v, _s in engine().suggest(shop.dealer, "twl", shop.seller.pk, 10)] == [second.pk]
    shop.assortment(leaves_out(variant_id=second.pk), partnership_id=shop.partnership.pk)
    assert find(shop, "towel") == []
    assert find(shop, "towel", shop.second) == ["TWL-S"]
    range_.lines.all().delete()
    assert find(shop, "towel") == ["TWL-S"]
    shop.assortment(holds(variant_id=second.pk), group_id=shop.groups[0].pk)
    assert find(shop) == []


def test_variants_listed_from_different_days_are_told_apart(shop):
    from datetime import timedelta

    from django.utils import timezone

    product = shop.product("TWL-S", "Towel", listed=False)
    later = variant_create(shop.owner, product.pk, {"sku": "TWL-L"})
    tomorrow = timezone.now() + timedelta(days=1)
    listing_write(shop.owner, variant_ids=[later.pk], start=tomorrow)
    assert find(shop, "towel") == []
    listing_write(shop.owner, variant_ids=[product.variants.get(sku="TWL-S").pk], start=tomorrow - timedelta(days=2))
    assert find(shop, "towel") == ["TWL-S"]
    listing_write(shop.owner, variant_ids=[product.variants.get(sku="TWL-S").pk], listed=False)
    assert find(shop, "towel") == []


def test_the_index_follows_in_the_same_transaction(shop):
    product = shop.product("NEW-1", "Umbrella", listed=False)
    assert find(shop, "umbrella") == []
    listing_write(shop.owner, [product.pk])
    assert find(shop, "umbrella") == ["NEW-1"]
    product_update(shop.owner, product.pk, {"name_en": "Parasol"})
    assert find(shop, "parasol") == ["NEW-1"]
    assert find(shop, "umbrella") == []
    brand_update(shop.owner, shop.lotus.pk, {"name_en": "Peony"})
    assert set(find(shop, "peony")) == {"PAN-24", "BOX-1"}
    products_retire(shop.owner, [product.pk])
    assert find(shop, "parasol") == []


def test_facets_count_without_their_own_choice(shop):
    def counts(**narrow):
        found = engine().find(shop.dealer, SearchRequest(seller_id=shop.seller.pk, **narrow)).facets()
        return {(one.facet, one.name_en or one.value): one.count for one in found if one.facet != "owner"}

    everything = counts()
    assert everything[("@material", "steel")] == 2
    assert everything[("@material", "glass")] == 1
    assert everything[("brand", "Lotus")] == 2
    assert everything[("category", "Kitchen")] == 3
    assert everything[("category", "Drinkware")] == 2
    steel = counts(attributes={"material": ("steel",)})
    assert steel[("@material", "glass")] == 1  # one could still choose glass instead
    assert steel[("brand", "Lotus")] == 1
    assert steel[("category", "Drinkware")] == 1
    lotus = counts(brand_ids=(shop.lotus.pk,), attributes={"material": ("steel",)})
    assert lotus[("brand", "Lotus")] == 1
    assert lotus[("@material", "steel")] == 1
    assert ("@material", "glass") not in lotus


def test_a_choice_narrows(shop):
    assert set(find(shop, category_id=shop.kitchen.pk)) == {"BTL-500", "BTL-750", "PAN-24"}
    assert set(find(shop, attributes={"material": ("steel", "glass")})) == {"BTL-500", "BTL-750", "BOX-1"}
    assert find(shop, "bottle", attributes={"material": ("glass",)}) == ["BTL-750"]
    assert find(shop, brand_ids=()) == []
    assert find(shop, attributes={"x'; DROP TABLE parties_user; --": ("' OR true --",)}) == []


def test_pages_meet_without_gap_or_overlap_in_every_order(shop):
    for sort in ("NAME", "SKU", "NEWEST", "RELEVANCE"):
        for descending in (False, True):
            text = "bottle" if sort == "RELEVANCE" else ""
            found = engine().find(shop.dealer, SearchRequest(text=text, seller_id=shop.seller.pk))
            whole = found.page(Slice(size=50, sort=sort, descending=descending))
            seen, after = [], None
            while True:
                part = found.page(Slice(size=2, sort=sort, descending=descending, after=after))
                seen += part[:2]
                if len(part) <= 2:
                    break
                after = part[1].key
            assert [hit.row[0] for hit in seen] == [hit.row[0] for hit in whole]
            backward = found.page(Slice(size=50, sort=sort, descending=descending, backward=True))
            assert [hit.row[0] for hit in backward] == [hit.row[0] for hit in whole][::-1]
            assert found.count() == len(whole)


def test_chinese_names_stand_in_the_order_of_their_sounds(shop):
    from django.utils import translation

    with translation.override("zh-hans"):
        found = engine().find(shop.dealer, SearchRequest(seller_id=shop.seller.pk)).page(Slice(sort="NAME"))
    # bo, bu, ping, xuan, xue
    assert [sku_of(hit) for hit in found] == ["BTL-750", "BTL-500", "PAN-24", "MOP-1", "BOX-1"]


def test_completion_of_codes_and_names(shop):
    def skus(text, actor=shop.dealer):
        from marketplace.catalog.models import Variant

        hits = [pk for pk, _seller in engine().suggest(actor, text, shop.seller.pk, 10)]
        found = Variant.objects.in_bulk(hits)
        return [found[pk].sku for pk in hits]

    assert skus("btl-") == ["BTL-500", "BTL-750"]
    assert skus("BTL-750")[0] == "BTL-750"
    assert skus("饭盒") == ["BOX-1"]
    assert skus("glass bo") == ["BTL-750"]
    assert skus("") == []
    assert skus("BTK-500") == ["BTL-500"]
    mop = SearchCode.objects.get(key="mop-1").variant
    pack_write(shop.owner, mop.pk, [PackDraft("PCS", barcode="69012345")])
    assert skus("6901") == ["MOP-1"]
    PartnerItemCode.objects.create(organization=shop.partnership.downstream, variant=mop, code="OUR-7")
    assert skus("our") == ["MOP-1"]
    assert skus("our", shop.second) == []
    assert skus("100%_") == []


def test_guesses_for_many_codes_are_one_statement(shop):
    with count_sql() as counter:
        found = engine().similar(shop.dealer, shop.seller.pk, ["BTL-50O", "PAM-24", "frying pan", "zzzz"], 3)
    assert counter.count == 1
    from marketplace.catalog.models import Variant

    names = {text: [Variant.objects.get(pk=pk).sku for pk in ids] for text, ids in found.items()}
    assert names["BTL-50O"][0] == "BTL-500"
    assert names["PAM-24"] == ["PAN-24"]
    assert names["frying pan"] == ["PAN-24"]
    assert "zzzz" not in names


def test_made_anew_the_index_is_the_same(shop):
    before = list(SearchDocument.objects.order_by("product").values_list("product", "vector", "facets", "listed"))
    SearchDocument.objects.all().delete()
    assert list(reindex(shop.seller.code))[-1] == (5, 5)
    assert (
        list(SearchDocument.objects.order_by("product").values_list("product", "vector", "facets", "listed")) == before
    )


def test_indexing_takes_as_many_statements_for_one_product_as_for_many(shop):
    from marketplace.catalog.models import Product

    ids = list(Product.objects.values_list("pk", flat=True))
    counts = []
    for some in (ids[:1], ids):
        with count_sql() as counter:
            engine().index(some)
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 10


def test_a_word_in_quotes_or_with_operators_is_only_a_word(shop):
    for text in ("bottle & | ! ( ) :*", "'bottle'", 'bottle" OR 1=1', "bottle\\", "don't", "a:b", "%s %(x)s"):
        find(shop, text)
    assert "BTL-500" in find(shop, "'vacuum'")
