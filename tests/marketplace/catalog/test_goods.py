"""Loading goods for the lines of a document."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.goods import GoodsRequest, find_codes, load_goods
from marketplace.catalog.models import Listing, OrderQuantityRule, PartnerItemCode
from marketplace.catalog.packs import PackDraft, pack_write
from marketplace.catalog.products import product_create
from marketplace.catalog.quantities import quantity_problems
from marketplace.catalog.rules import RuleDraft, quantity_rules_write
from marketplace.catalog.values import AudienceDraft
from tests.marketplace.catalog.stall import leaves_out
from tests.refusals import raises
from tests.statements import count_sql


def ask(stall, variant, partnership=None, **fields):
    return GoodsRequest("line", (partnership or stall.partnership).pk, variant.pk, **fields)


def load(stall, *requests, **options):
    return load_goods(stall.dealer, stall.seller.pk, requests, **options)


def test_a_line_knows_names_pack_and_tax(stall):
    variant = stall.variant("CUP-1", "Steel cup", name_zh="钢杯", tax_rate=D("0.13"), packs={"BOX": 12})
    goods = load(stall, ask(stall, variant, uom_code="box"), with_packs=True)["line"]
    assert (goods.sku, goods.name_zh, goods.name_en) == ("CUP-1", "钢杯", "Steel cup")
    assert (goods.uom_code, goods.factor, goods.tax_rate) == ("BOX", 12, D("0.13"))
    assert goods.orderable
    assert goods.uom_known
    assert [(pack.uom_code, pack.factor) for pack in goods.packs] == [("PCS", 1), ("BOX", 12)]
    assert load(stall, ask(stall, variant))["line"].uom_code == "PCS"


def test_an_unknown_unit_is_told(stall):
    variant = stall.variant()
    goods = load(stall, ask(stall, variant, uom_code="KG"))["line"]
    assert not goods.uom_known
    assert [e.code for e in quantity_problems([(3, goods, D(1))])] == [Code.UNKNOWN_UOM]


def test_goods_nobody_offers_are_as_if_not_there(stall):
    foreign = product_create(stall.stranger, {"name_en": "Foreign"}, sku="F-1").variants.get()
    found = load(stall, ask(stall, foreign))
    assert found == {}
    problems = list(quantity_problems([(0, found.get("line"), D(1))]))
    assert [(e.code, e.field, e.index) for e in problems] == [(Code.UNKNOWN_VARIANT, "variant", 0)]


def test_goods_outside_the_assortment_are_refused(stall):
    variant = stall.variant()
    stall.assortment(leaves_out(variant_id=variant.pk), partnership_id=stall.partnership.pk)
    goods = load(stall, ask(stall, variant))["line"]
    assert not goods.orderable
    assert [e.code for e in quantity_problems([(0, goods, D(1))])] == [Code.NOT_IN_ASSORTMENT]
    assert load(stall, ask(stall, variant, stall.other))["line"].orderable


def test_another_sellers_partnership_orders_nothing(stall):
    variant = stall.variant()
    assert not load(stall, GoodsRequest("line", None, variant.pk))["line"].orderable
    assert load_goods(stall.dealer, stall.stranger.organization_id, [ask(stall, variant)]) == {}


def test_the_instant_asked_for_decides(stall):
    variant = stall.variant()
    then = timezone.now() - timedelta(days=400)
    assert not load(stall, ask(stall, variant, at=then))["line"].orderable
    Listing.objects.update(valid_from=then - timedelta(days=1))
    assert load(stall, ask(stall, variant, at=then))["line"].orderable


def test_the_most_specific_rule_holds(stall):
    variant = stall.variant(packs={"BOX": 12})
    everyone = RuleDraft(variant.pk, "PCS", min=D(2), step=D(2))
    grade = RuleDraft(variant.pk, "PCS", min=D(4), step=D(2), audience=AudienceDraft(grade_id=stall.grade.pk))
    root = RuleDraft(variant.pk, "PCS", min=D(6), step=D(2), audience=AudienceDraft(group_id=stall.groups[0].pk))
    group = RuleDraft(variant.pk, "PCS", min=D(8), step=D(2), audience=AudienceDraft(group_id=stall.groups[1].pk))
    partner = RuleDraft(
        variant.pk, "PCS", min=D(10), step=D(2), audience=AudienceDraft(partnership_id=stall.partnership.pk)
    )
    for draft, least in ((everyone, 2), (grade, 4), (root, 6), (group, 8), (partner, 10)):
        quantity_rules_write(stall.owner, [draft])
        assert load(stall, ask(stall, variant))["line"].rule.least == least
    assert load(stall, ask(stall, variant, stall.other))["line"].rule.least == 2
    assert load(stall, ask(stall, variant, uom_code="BOX"))["line"].rule.least == 1  # 12 pieces are >= 10 and even
    quantity_rules_write(stall.owner, [RuleDraft(variant.pk, "BOX", min=D(3))])
    assert load(stall, ask(stall, variant, uom_code="BOX"))["line"].rule.least == 3


def test_a_rule_is_written_over_and_removed(stall):
    variant = stall.variant()
    quantity_rules_write(stall.owner, [RuleDraft(variant.pk, "PCS", min=D(2))])
    quantity_rules_write(stall.owner, [RuleDraft(variant.pk, "PCS", min=D(5))])
    assert OrderQuantityRule.objects.get().min == 5
    quantity_rules_write(stall.owner, [RuleDraft(variant.pk, "PCS", remove=True)])
    assert not OrderQuantityRule.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"min": D(-1)}, Code.INVALID, "min"),
        ({"step": D(0)}, Code.INVALID, "step"),
        ({"min": D(20), "step": D(12), "max": D(23)}, Code.RULE_EMPTY, "max"),
        ({"uom": "KG"}, Code.UNKNOWN_UOM, "uom"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(stall, fields, code, field):
    variant = stall.variant()
    good = RuleDraft(variant.pk, "PCS")
    bad = RuleDraft(**({"variant_id": variant.pk, "uom": "PCS"} | fields))
    with raises(code, field=field, index=1):
        quantity_rules_write(stall.owner, [good, bad])
    assert not OrderQuantityRule.objects.exists()


def test_codes_are_found_whatever_their_letters_and_width(stall):
    one, two, three = stall.variant("CUP-1"), stall.variant("CUP-2"), stall.variant("CUP-3")
    pack_write(stall.owner, two.pk, [PackDraft("PCS", barcode="6901234567892")])
    PartnerItemCode.objects.create(organization=stall.partnership.downstream, variant=three, code="My-3")
    found = find_codes(
        stall.dealer,
        stall.seller.pk,
        stall.partnership.downstream_id,
        ["ＣＵＰ－１", " cup-1 ", "6901234567892", "my-3", "x"],
    )
    assert found == {"ＣＵＰ－１": one.pk, " cup-1 ": one.pk, "6901234567892": two.pk, "my-3": three.pk}
    assert find_codes(stall.dealer, stall.seller.pk, stall.other.downstream_id, ["my-3"]) == {}


def test_an_exact_sku_wins_over_one_that_only_reads_alike(stall):
    small, large = stall.variant("abc-1"), stall.variant("ABC-1")
    found = find_codes(stall.dealer, stall.seller.pk, None, ["abc-1", "ABC-1"])
    assert found == {"abc-1": small.pk, "ABC-1": large.pk}


def test_one_statement_for_one_line_and_for_many(stall):
    variants = [stall.variant(f"CUP-{number}", packs={"BOX": 12}) for number in range(40)]
    requests = [
        GoodsRequest((variant.pk, partnership.pk), partnership.pk, variant.pk, uom_code="BOX")
        for variant in variants
        for partnership in (stall.partnership, stall.other)
    ]
    with count_sql() as counter:
        found = load_goods(stall.dealer, stall.seller.pk, requests)
        assert not list(quantity_problems((i, found[r.key], D(1)) for i, r in enumerate(requests)))
    assert len(found) == 80
    assert counter.count == 1
