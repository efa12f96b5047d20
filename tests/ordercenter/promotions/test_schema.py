"""Promotions through the documents of their pages: what they answer, to whom, and in how many statements."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.catalog.scope import ProductScope
from marketplace.core.money import Money
from marketplace.graphql import execute, to_global_id
from marketplace.parties.models import PartnerGroup
from ordercenter.promotions.caps_write import promotion_cap_write
from ordercenter.promotions.coupons import coupons_generate
from ordercenter.promotions.drafts import AudienceRowDraft, CapDraft, CouponsDraft, ScopeRowDraft, TierDraft
from ordercenter.promotions.models import Promotion, PromotionSimulation
from ordercenter.promotions.simulate import promotion_simulate, run_simulation
from storefront.documents import operations
from tests.statements import count_sql

FEW, MANY = 1, 8


def ask(actor, page, name=None, **variables):
    """The answer to an operation of a page; its first one unless told."""
    known = operations(page)
    answer = execute(known[name or next(iter(known))].text, variables, actor=actor)
    assert not answer.errors, answer.errors
    return answer.data


def gid(row) -> str:
    return to_global_id(type(row).__name__, row.pk)


def several(shop, count):
    """Promotions with every kind of part."""
    for number in range(count):
        variant = shop.sells(f"S{number}", "100", stock=1000)
        shop.promotes(
            f"T{number}",
            effect="threshold_off",
            tiers=[TierDraft(Decimal(100 * n), "percent", Decimal(n)) for n in (1, 2)],
            scope=[ScopeRowDraft(ProductScope(variant.pk))],
            audience=[AudienceRowDraft(partnership_id=shop.buyer.pk)],
        )
        made = shop.promotes(f"C{number}", effect="amount_off", level="order", value=Decimal(1), coupon_required=True)
        promotion_cap_write(shop.sales, made.pk, CapDraft("uses", Decimal(5), each=True))
        coupons_generate(shop.sales, made.pk, CouponsDraft(count=3))


PAGES = ("promotions/promotions", "promotions/calendar", "promotions/offers")
OF_ONE = ("promotions/promotion", "promotions/limits", "promotions/preview")


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("page", [*PAGES, *OF_ONE])
def test_pages_take_the_same_statements_for_any_number_of_rows(shop, sql_count, page, count):
    several(shop, count)
    shop.order(*((f"S{number}", 3) for number in range(count)))
    asked = {"id": gid(Promotion.objects.earliest("pk"))} if page in OF_ONE else {}
    actor = shop.dealer if page.endswith("offers") else shop.sales
    ask(actor, page, **asked)
    with sql_count(f"page {page}, {operations(page) and next(iter(operations(page)))}"):
        ask(actor, page, **asked)


def test_a_dealer_sees_what_is_on_for_it_and_nothing_of_how_it_is_made(shop):
    shop.sells("A", "100", stock=100)
    shop.promotes("MINE", effect="percent_off", level="order", value=Decimal(5), name_en="Five")
    group = PartnerGroup.objects.create(organization=shop.seller, code="W", name_en="West", ancestors=[0])
    others = [AudienceRowDraft(group_id=group.pk)]
    shop.promotes("THEIRS", effect="percent_off", level="order", value=Decimal(9), audience=others)
    soon = timezone.now() + timedelta(days=1)
    shop.promotes("LATER", effect="percent_off", level="order", value=Decimal(9), valid_from=soon)
    (offer,) = ask(shop.dealer, "promotions/offers")["offers"]
    assert (offer["label"], offer["sentence"]) == ("Five", "5% off")
    refused = execute("{ promotions { edges { node { id } } } }", {}, actor=shop.dealer)
    assert "PERMISSION_DENIED" in repr(refused.errors[0])


def test_a_hint_says_what_is_missing(shop):
    variant = shop.sells("A", "100", stock=100)
    shop.promotes(effect="threshold_off", value=Decimal(80), every=Decimal(1000))
    document = """query($seller: ID!, $lines: [PromotionLineInput!]!) {
        promotionHints(seller: $seller, lines: $lines) { text gap progress nextTier } }"""
    lines = [{"variant": gid(variant), "quantity": "9"}]
    answer = execute(document, {"seller": gid(shop.seller), "lines": lines}, actor=shop.dealer)
    assert not answer.errors, answer.errors
    assert answer.data["promotionHints"] == [
        {"text": "Add ¥100 more and save ¥80", "gap": "100.00", "progress": 90, "nextTier": False}
    ]


def test_an_order_is_tried_step_by_step_and_nothing_is_written(shop):
    shop.sells("A", "100", stock=100)
    order = shop.order(("A", 6))
    draft = shop.drafted("TRY", effect="percent_off", level="order", value=Decimal(10))
    shop.promotes("HIGH", effect="amount_off", level="order", value=Decimal(5), minimum=Decimal(1000))
    trial = ask(shop.sales, "promotions/preview", id=gid(draft), order=gid(order))["trial"]
    assert [(step["code"], step["failedAt"]) for step in trial["steps"]] == [("TRY", 0), ("HIGH", 4)]
    assert Decimal(trial["after"]["amount"]) == 60
    assert order.lines.get().discount == 0


def test_a_simulation_replays_past_orders_with_a_draft(shop):
    shop.sells("A", "100", stock=100)
    shop.promotes("LIVE", effect="amount_off", level="order", value=Decimal(5))
    for _ in range(3):
        shop.order(("A", 6))
    draft = shop.drafted("TRY", effect="percent_off", level="order", value=Decimal(10))
    now = timezone.now()
    made = promotion_simulate(shop.sales, now - timedelta(days=1), now + timedelta(days=1), [draft.pk])
    run_simulation(made.pk)
    result = PromotionSimulation.objects.get().result
    assert (result["orders"], result["touched"], result["before"], result["after"]) == (3, 3, "15.0000", "195.00")
    assert [row["orders"] for row in result["promotions"]] == [3, 3]
    assert len(result["top"]) == 3


def test_promotions_that_meet_are_named(shop):
    one, other = shop.sells("A", "100"), shop.sells("B", "100")

    def about(**ids):
        return {"effect": "percent_off", "value": Decimal(5), "scope": [ScopeRowDraft(ProductScope(**ids))]}

    asked = shop.drafted("ONE", **about(variant_id=one.pk))
    shop.promotes("SAME", stacking="exclusive", **about(product_id=one.product_id))
    shop.promotes("APART", **about(variant_id=other.pk))
    shop.promotes("PHASE", effect="percent_off", level="order", value=Decimal(5))
    (met,) = ask(shop.sales, "promotions/preview", id=gid(asked))["conflicts"]
    assert (met["promotion"]["code"], met["together"]) == ("SAME", False)


def test_reading_everything_takes_one_statement(shop):
    from ordercenter.promotions.evaluate import evaluate_all
    from ordercenter.promotions.quoting import basket_of

    several(shop, 5)
    wanted = [(shop.goods[f"S{n}"].pk, None, Decimal(3)) for n in range(5)]
    basket = basket_of(shop.dealer, shop.seller.pk, wanted)
    with count_sql() as counter:
        (found,) = evaluate_all(shop.dealer, [basket])
    assert counter.count == 1, counter
    assert found.total > 0
    assert Money(found.total, "CNY")
