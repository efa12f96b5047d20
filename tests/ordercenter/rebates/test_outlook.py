"""What a partner sees: progress, forecast, and what a cart would add."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.catalog.scope import ScopeKeys
from marketplace.core.verify import run_checks
from ordercenter.rebates.compute.outlook import forecast, outlook
from ordercenter.rebates.compute.tiers import Figures
from ordercenter.rebates.effective import BasketPart, effective_prices
from ordercenter.rebates.enums import RebateQualifier, TierMethod
from ordercenter.rebates.models import RebatePosition
from ordercenter.rebates.progress import progress_of
from tests.ordercenter.rebates.terms import terms
from tests.ordercenter.rebates.world import LADDER
from tests.statements import count_sql


def test_example_6_progress():
    line = terms(*LADDER, method=TierMethod.RETROSPECTIVE)
    view = outlook(line, Figures(Decimal(261_000)))
    assert (view.value, view.gap, view.at_next - view.value) == (5220, 39_000, 3780)
    amount, _quantity, value = forecast(line, Figures(Decimal(261_000)), 46, 92)
    assert (amount, value) == (522_000, 15_660)


def test_the_gap_of_growth_is_money():
    line = terms((0, 1), (10, 2), method=TierMethod.RETROSPECTIVE, qualifier=RebateQualifier.GROWTH)
    view = outlook(line, Figures(Decimal(200_000), baseline=Decimal("199999.99")))
    assert (view.next_bound, view.next_value, view.gap) == (10, Decimal("219999.99"), Decimal("19999.99"))


def test_in_the_last_band_there_is_no_gap():
    view = outlook(terms(*LADDER, method=TierMethod.RETROSPECTIVE), Figures(Decimal(300_000)))
    assert (view.gap, view.next_band) == (None, None)


def part(key: int, net: int) -> BasketPart:
    value = Decimal(net)
    return BasketPart(key, ScopeKeys(1, 1), Decimal(10), Decimal(10), value, value)


@pytest.fixture
def policy(shop):
    return shop.policy(*LADDER, period="whole_term")


def test_what_a_cart_adds_is_divided_over_its_lines(shop, policy):
    shop.buys(90_000)
    found = effective_prices(shop.dealer, shop.seller.pk, shop.buyer.pk, [part(1, 6000), part(2, 14_000)])
    assert [(gain.policy.pk, gain.amount) for gain in found.gains] == [(policy.pk, 1300)]
    assert [found.lines[key].rebate for key in (1, 2)] == [390, 910]
    assert found.lines[2].effective_price == Decimal(1309)
    assert shop.position(policy).basis_amount == 90_000


def test_an_earlier_rebate_lowers_what_a_cart_adds_to_a_later_one(shop):
    first = shop.policy((0, 8), sequence=1, period="whole_term")
    shop.policy((0, 5), sequence=2, deducts=[first], period="whole_term")
    found = effective_prices(shop.dealer, shop.seller.pk, shop.buyer.pk, [part(1, 10_000)])
    assert [gain.amount for gain in found.gains] == [800, 460]
    shop.buys(5000)
    found = effective_prices(shop.dealer, shop.seller.pk, shop.buyer.pk, [part(1, 10_000)])
    assert [gain.amount for gain in found.gains] == [800, 460]


def test_a_cart_at_a_seller_without_policies_costs_one_statement(shop):
    with count_sql() as counter:
        effective_prices(shop.dealer, shop.seller.pk, shop.buyer.pk, [part(1, 100)])
    assert counter.count == 1, counter


def test_progress_of_a_partner_stands_at_the_first_band_before_it_bought(shop, policy):
    (one,) = progress_of([shop.buyer.pk])
    assert (one.position_id, one.accrued, one.basis) == (None, 0, 0)
    assert (one.outlook.band, one.outlook.gap) == (0, 100_000)
    shop.buys(261_000)
    (one,) = progress_of([shop.buyer.pk])
    assert (one.outlook.gap, one.brings) == (39_000, 3780)
    assert not RebatePosition.objects.exclude(partnership=shop.buyer).exists()


def test_a_pooled_partner_sees_the_sum_of_the_group_and_its_own_share(shop):
    shop.policy((200_000, 2), (300_000, 4), pooling="together", period="whole_term")
    other, _dealer = shop.dealer_of("Jinli")
    shop.buys(150_000)
    shop.buys(50_000, partnership=other)
    (one,) = progress_of([other.pk])
    assert (one.group.amount, one.own.amount, one.accrued) == (200_000, 50_000, 1000)
    assert (one.outlook.gap, one.brings) == (100_000, 2000)


def test_verify_finds_nothing_and_then_what_is_wrong(shop):
    first = shop.policy((0, 8), sequence=1)
    shop.policy((0, 5), sequence=2, deducts=[first])
    shop.policy((0, 3), pooling="together")
    shop.buys(1000, -300, 50)
    assert run_checks() == []
    RebatePosition.objects.filter(line__policy=first).update(target_value=1)
    assert {difference.check for difference in run_checks()} >= {"rebates: positions", "rebates: target values"}
