"""Gifts that hold from different amounts are tiers, and a cap can be set on one of them: as the pages enter them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.graphql import to_global_id
from ordercenter.promotions.drafts import PoolDraft, PoolItemDraft
from ordercenter.promotions.models import GiftPoolItem, Promotion, PromotionCap
from tests.ordercenter.promotions.test_schema import ask, gid


@pytest.fixture
def gifts(shop):
    return [shop.sells(f"G{number}", "10", stock=100) for number in range(3)]


def entered(shop, variant, **fields):
    return {"variant": gid(variant), "uom": gid(shop.uoms["PCS"]), "quantity": "1", **fields}


def saved(shop, promotion, gifts):
    found = ask(shop.sales, "promotions/promotion", "Save", id=gid(promotion), input={"gifts": gifts})
    assert found["promotionUpdate"]["errors"] == []
    shown = ask(shop.sales, "promotions/promotion", id=gid(promotion))["promotion"]
    tiers = [
        (Decimal(tier["threshold"]), [item["label"].split()[0] for item in tier["pool"]["items"]])
        for tier in shown["tiers"]
    ]
    return tiers, shown["pool"] and [item["label"].split()[0] for item in shown["pool"]["items"]]


def test_gifts_from_different_amounts_make_tiers_and_one_pool_without(shop, gifts):
    pool = PoolDraft([PoolItemDraft(gifts[0].pk, shop.uoms["PCS"].pk)])
    draft = shop.drafted("GIFT", effect="gift", level="order", pool=pool)
    first, second, third = gifts
    rows = [
        entered(shop, second, threshold="3000"),
        entered(shop, first, threshold="500"),
        entered(shop, third, threshold="3000"),
    ]
    assert saved(shop, draft, rows) == ([(500, ["G0"]), (3000, ["G1", "G2"])], None)
    assert saved(shop, draft, [entered(shop, second, threshold="500"), entered(shop, third)]) == (
        [(0, ["G2"]), (500, ["G1"])],
        None,
    )
    assert saved(shop, draft, [entered(shop, second)]) == ([], ["G1"])


def test_a_tier_gives_its_own_gifts(shop, gifts):
    shop.sells("A", "100", stock=1000)
    pool = PoolDraft([PoolItemDraft(gifts[0].pk, shop.uoms["PCS"].pk)])
    draft = shop.drafted("GIFT", effect="gift", level="order", pool=pool)
    saved(shop, draft, [entered(shop, gifts[0], threshold="500"), entered(shop, gifts[1], threshold="3000")])
    found = ask(shop.sales, "promotions/promotion", "Submit", id=gid(draft))["promotionSubmit"]
    assert found["errors"] == [] and Promotion.objects.get(pk=draft.pk).status == "effective"
    for quantity, given in ((4, []), (5, ["G0"]), (30, ["G1"])):
        order = shop.order(("A", quantity))
        assert list(order.lines.filter(kind="gift").values_list("sku", flat=True)) == given


def test_a_cap_is_set_on_a_gift_of_the_pool(shop, gifts):
    pool = PoolDraft([PoolItemDraft(gift.pk, shop.uoms["PCS"].pk) for gift in gifts])
    promotion = shop.promotes("GIFT", effect="gift", level="order", minimum=Decimal(100), pool=pool)
    item = GiftPoolItem.objects.get(variant=gifts[1])
    asked = {"promotion": gid(promotion), "measure": "QUANTITY", "limit": "40", "gift": gid(item)}
    found = ask(shop.sales, "promotions/limits", "Cap", input=asked)["promotionCapWrite"]
    assert found["errors"] == []
    cap = PromotionCap.objects.get()
    assert (cap.variant_id, cap.limit, cap.measure) == (gifts[1].pk, 40, "quantity")
    wrong = {**asked, "gift": to_global_id("GiftPoolItem", item.pk + 100)}
    (error,) = ask(shop.sales, "promotions/limits", "Cap", input=wrong)["promotionCapWrite"]["errors"]
    assert error["code"] == "NOT_FOUND"
