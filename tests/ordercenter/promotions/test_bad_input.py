"""What is refused, with which code (docs/concepts/promotions.md, Bad input)."""

from decimal import Decimal

import pytest

from marketplace.core.errors import CoreErrorCode
from ordercenter.promotions.caps_write import promotion_cap_write
from ordercenter.promotions.drafts import CapDraft, ComponentDraft, FundingDraft, PoolDraft, TierDraft
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.models import Promotion
from ordercenter.promotions.write import promotion_funding_write, promotion_submit
from tests.refusals import raises


def tiers(*thresholds):
    return [TierDraft(Decimal(one), "percent", Decimal(5)) for one in thresholds]


SET = {"effect": "fixed_price", "level": "order", "value": Decimal(5)}
NONE = [ComponentDraft(Decimal(0), None)]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (Code.TIER_DUPLICATE, {"effect": "threshold_off", "tiers": tiers(100, 100)}),
        (Code.EFFECT_MISMATCH, {"effect": "percent_off", "level": "order", "value": Decimal(5), "tiers": tiers(1)}),
        (Code.EFFECT_MISMATCH, {"effect": "threshold_off", "level": "line", "value": Decimal(5)}),
        (
            Code.EFFECT_MISMATCH,
            {"effect": "percent_off", "value": Decimal(5), "components": NONE},
        ),
        (Code.COMPONENT_EMPTY, SET | {"components": []}),
        (
            Code.COMPONENT_EMPTY,
            SET | {"components": NONE},
        ),
        (Code.VALUE_INVALID, {"effect": "percent_off", "value": Decimal(101)}),
        (Code.VALUE_INVALID, {"effect": "percent_off", "value": Decimal(-1)}),
        (Code.VALUE_INVALID, {"effect": "amount_off", "value": Decimal(-1)}),
        (Code.VALUE_INVALID, {"effect": "gift", "level": "line", "buy": Decimal(0), "get": Decimal(1)}),
        (Code.VALUE_INVALID, {"effect": "threshold_off", "value": Decimal(5), "every": Decimal(-1)}),
        (Code.THRESHOLD_INVALID, {"effect": "percent_off", "value": Decimal(5), "threshold_on": "net"}),
        (Code.LIMIT_REACHED, {"effect": "threshold_off", "tiers": tiers(*range(1, 22))}),
        (CoreErrorCode.REQUIRED, {"effect": "percent_off"}),
        (CoreErrorCode.REQUIRED, {"effect": "gift", "level": "order", "pool": PoolDraft([])}),
        (CoreErrorCode.REQUIRED, {"effect": "percent_off", "value": Decimal(5), "name_en": ""}),
    ],
)
def test_a_promotion_that_makes_no_sense_is_refused_and_nothing_is_written(shop, code, fields):
    with raises(code):
        shop.drafted("BAD", **fields)
    assert not Promotion.objects.exists()


def test_funding_must_sum_to_a_hundred_at_submitting(shop):
    made = shop.drafted("P", effect="percent_off", value=Decimal(5))
    promotion_funding_write(shop.sales, made.pk, [FundingDraft(shop.seller.pk, Decimal(60))])
    with raises(Code.FUNDING_INCOMPLETE):
        promotion_submit(shop.sales, made.pk)
    rows = [FundingDraft(shop.seller.pk, Decimal(60)), FundingDraft(shop.buyer.downstream_id, Decimal(40))]
    promotion_funding_write(shop.sales, made.pk, rows)
    assert promotion_submit(shop.sales, made.pk).configuration["funding"] == {
        str(shop.seller.pk): "60",
        str(shop.buyer.downstream_id): "40",
    }


def test_a_cap_is_not_lowered_below_what_is_taken(shop):
    shop.sells("A", "110", stock=100)
    made = shop.promotes(effect="percent_off", level="order", value=Decimal(10))
    shop.cap(made, "amount", 1000)
    shop.order(("A", 10))
    with raises(Code.CAP_BELOW_USE):
        promotion_cap_write(shop.sales, made.pk, CapDraft("amount", Decimal(109)))
    assert shop.cap(made, "amount", 110).limit == 110
    with raises(CoreErrorCode.IN_USE):
        promotion_cap_write(shop.sales, made.pk, CapDraft("amount", None))
