"""Promotions: a seller makes one with tiers, caps it and puts it in effect; its dealer sees what is on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from ordercenter.promotions.drafts import PromotionDraft
from ordercenter.promotions.models import Promotion, PromotionCap
from ordercenter.promotions.write import promotion_create, promotion_submit
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEW = "/office/promotions/new/?effect=THRESHOLD_OFF&level=ORDER"


def clean(person) -> bool:
    assert person.flaws() == [] and not person.overflows() and person.errors == []
    return True


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_seller_makes_caps_and_starts_a_promotion(visit, market, language, width):
    seller = visit(SELLER, language, width)
    page = seller.sign_in("/office/promotions/")
    page.goto(NEW)
    page.locator("[name='input.nameEn']").fill("The more, the less")
    page.locator("[name='input.nameZh']").fill("多买多减")
    page.get_by_label(seller.says("Code")).fill("MORE")
    for place, (threshold, percent) in enumerate((("500", "5"), ("1000", "12"))):
        page.get_by_role("button", name=seller.says("Add a tier")).click()
        page.locator(f"[name='input.tiers.{place}.threshold']").fill(threshold)
        page.locator(f"[name='input.tiers.{place}.value']").fill(percent)
    page.get_by_role("button", name=seller.says("Create the draft")).click()
    page.wait_for_url("**/office/promotions/*/")
    assert clean(seller)
    made = Promotion.objects.get()
    assert [tier.value for tier in made.tiers.order_by("threshold")] == [5, 12]
    page.get_by_role("link", name=seller.says("Caps and coupons")).click()
    page.get_by_role("button", name=seller.says("Set a cap")).first.click()
    dialog = page.get_by_role("dialog", name=seller.says("Set a cap"))
    dialog.locator("[name='input.limit']").fill("100")
    dialog.get_by_role("button", name=seller.says("Save"), exact=True).click()
    expect(page.locator("main table").first).to_contain_text("100")
    assert PromotionCap.objects.get().limit == 100
    assert clean(seller)
    page.get_by_role("link", name=seller.says("Overlaps and preview")).click()
    assert clean(seller)
    page.get_by_role("button", name=seller.says("Put in effect")).first.click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator("#toasts")).to_contain_text(seller.says("The promotion is in effect."))
    made.refresh_from_db()
    assert made.approved_at is not None


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("zh-hans", 1440)])
def test_a_dealer_sees_what_is_on(visit, market, language, width):
    values = {"code": "TEN", "name_en": "Ten percent", "name_zh": "九折", "effect": "percent_off", "level": "order"}
    made = promotion_create(market.sales, PromotionDraft(values | {"value": Decimal(10)}))
    promotion_submit(market.sales, made.pk)
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/promotions/")
    expect(page.locator("main")).to_contain_text("九折" if language == "zh-hans" else "Ten percent")
    assert clean(dealer)
