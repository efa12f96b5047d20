"""The worked examples of docs/concepts/promotions.md, each under its own name, to the cent."""

from decimal import Decimal

import pytest

from ordercenter.promotions.engine.entry import GiftFacts
from ordercenter.promotions.engine.refund import PaidLine, refund
from ordercenter.promotions.engine.scale import QUANTITY
from ordercenter.promotions.terms import GiftKey
from tests.ordercenter.promotions.basket import amounts, evaluated, item, line, off, order_rule, pool, rule, tier


def test_example_1_levels_compute_on_the_amounts_at_their_start():
    thirty = order_rule("amount_off", value="30", reward="amount", priority=100)
    eight = order_rule(value="8", priority=200)
    twenty_five = order_rule("amount_off", value="25", reward="amount", priority=200)
    found = evaluated([line(1000)], thirty, eight, twenty_five)
    assert [one.amount for one in found.applied] == amounts("30.00", "77.60", "25.00")
    assert Decimal(1000) - found.total == Decimal("867.40")


def test_example_2_what_is_left_of_a_spread_goes_to_the_largest_remainders_in_line_order():
    one = order_rule("amount_off", value="1", reward="amount")
    assert off(evaluated([line(10) for _ in range(6)], one)) == amounts(0.17, 0.17, 0.17, 0.17, 0.16, 0.16)
    ten = order_rule("amount_off", value="10", reward="amount")
    assert off(evaluated([line(10) for _ in range(3)], ten)) == amounts(3.34, 3.33, 3.33)


def test_example_3_what_a_floor_does_not_take_goes_to_the_other_lines():
    lines = [line(300, floor_price=280), line(200), line(100, floor_price=30)]
    found = evaluated(lines, order_rule("amount_off", value="120", reward="amount"))
    assert off(found) == amounts("20.00", "66.67", "33.33")
    assert found.floored == (lines[0].key,)


def test_example_4_one_cent_below_a_tier_is_the_tier_below():
    tiers = [tier(500, "5"), tier(1000, "12")]
    rule_ = order_rule("threshold_off", tiers=tiers)
    above = evaluated([line(333.33), line(333.33), line(333.35)], rule_)
    assert (above.total, off(above)) == (Decimal("120.00"), amounts(40, 40, 40))
    below = evaluated([line(333.33) for _ in range(3)], rule_)
    assert (below.total, off(below)) == (Decimal("50.00"), amounts(16.67, 16.67, 16.66))


def test_example_5_buy_10_get_1_in_pieces_and_ordered_in_boxes():
    free = rule(effect="gift", buy="10", get="1", value="100")
    found = evaluated([line(117.60, 3, factor=12)], free)
    (share,) = found.applied[0].shares.values()
    assert (share.amount, share.free) == (Decimal("29.40"), 3)


def test_example_6_of_a_best_group_one_stays_and_a_stackable_one_follows():
    ten_percent = rule(value="10", stacking="best_only", best_group="g")
    seven_a_piece = rule(effect="amount_off", reward="amount", value="7", stacking="best_only", best_group="g")
    five_percent = rule(value="5", priority=200)
    found = evaluated([line(60, 10)], ten_percent, seven_a_piece, five_percent)
    assert {one.promotion_id: one.amount for one in found.applied} == {
        seven_a_piece.id: Decimal("70.00"),
        five_percent.id: Decimal("26.50"),
    }
    assert Decimal(600) - found.total == Decimal("503.50")


def test_example_6_one_level_computes_on_the_same_base():
    ten, fifteen = rule(value="10"), rule(value="15")
    two = rule(effect="amount_off", reward="amount", value="2", priority=300)
    found = evaluated([line(60, 10)], ten, fifteen, two)
    assert [one.amount for one in found.applied] == amounts("60.00", "90.00", "20.00")
    assert Decimal(600) - found.total == Decimal("430.00")


def test_example_7_every_full_amount_at_most_so_often():
    eighty = order_rule("threshold_off", reward="amount", value="80", every="1000", max_times=3)
    found = evaluated([line(2499.99), line(1200.01)], eighty)
    assert (found.total, off(found)) == (Decimal("240.00"), amounts("162.16", "77.84"))


@pytest.mark.parametrize("count", [1, 2])
def test_gifts_are_awarded_for_every_full_amount(count):
    gift = order_rule("gift", reward="gifts", every="1000", pool=pool(item(7, id=70)))
    facts = {(7, 1): GiftFacts(45_0000, QUANTITY)}
    found = evaluated([line(110, 10 * count)], gift, gift_facts=facts)
    (award,) = found.awards
    assert (award.automatic, award.chosen) == (True, count)
    (added,) = found.gift_lines()
    assert found.discounts[added.key] == added.list_amount == 45 * count


def returned(lines, rules, *returns):
    """Refunds of one return after the other: {place of a line: quantity}."""
    found = []
    for one in returns:
        asked = {lines[place].line.key: Decimal(count) for place, count in one.items()}
        refund_ = refund(lines, rules, asked, "CNY")
        for paid in lines:
            paid.returned += asked.get(paid.line.key, 0)
            paid.refunded += refund_.by_line.get(paid.line.key, Decimal(0))
        found.append(refund_)
    return found


def test_example_8_what_is_kept_must_still_earn_its_tier():
    rules = [order_rule("threshold_off", tiers=[tier(500, "5"), tier(1000, "12")])]
    lines = [PaidLine(line(110, 10), Decimal("968.00"))]
    first, second, third = returned(lines, rules, {0: 2}, {0: 3}, {0: 5})
    assert (first.kept_value, first.total) == (Decimal("836.00"), Decimal("132.00"))
    assert (second.kept_value, second.total, second.refunded) == (
        Decimal("522.50"),
        Decimal("313.50"),
        Decimal("445.50"),
    )
    assert (third.total, third.refunded) == (Decimal("522.50"), Decimal("968.00"))


def gift_order():
    rules = [order_rule("gift", reward="gifts", minimum="1000", pool=pool(item(7, id=70)))]
    gift = line(45, key=GiftKey(rules[0].id, 70), variant=7)
    return [PaidLine(line(110, 10), Decimal(1100)), PaidLine(gift, Decimal(0))], rules


def test_example_9_a_gift_that_stays_and_is_not_earned_any_more_is_paid_for():
    lines, rules = gift_order()
    (kept,) = returned(lines, rules, {0: 2})
    assert (kept.kept_value, kept.total) == (Decimal("925.00"), Decimal("175.00"))
    lines, rules = gift_order()
    (back,) = returned(lines, rules, {0: 2, 1: 1})
    assert back.total == Decimal("220.00")
