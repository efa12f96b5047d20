"""The invariants of docs/concepts/promotions.md as properties of the engine, over rules and lines of all kinds."""

import json
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.money import spread
from ordercenter.promotions.engine.entry import GiftFacts
from ordercenter.promotions.engine.refund import PaidLine, kept_value, refund, replayed
from ordercenter.promotions.engine.rules import rule_of
from ordercenter.promotions.engine.scale import QUANTITY, money
from tests.ordercenter.promotions.basket import item, line, order_rule, pool, rule, scope, tier, worked

MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
GIFTS = {(900 + n, 1): GiftFacts(45_0000 + n, QUANTITY) for n in range(2)}

percents = st.sampled_from(["1", "5", "8.5", "12", "33.33", "60", "100"])
sums = st.sampled_from(["0.01", "1", "7", "25", "80", "1000"])
stackings = st.fixed_dictionaries(
    {
        "stacking": st.sampled_from(["stackable", "stackable", "best_only", "exclusive"]),
        "best_group": st.sampled_from(["", "g"]),
        "priority": st.sampled_from([1, 100, 100, 200]),
        "stop": st.booleans(),
        "max_discount": st.sampled_from([None, None, "5", "50"]),
    }
)
scopes = st.sampled_from([[], [], [scope(variant=1)], [scope(variant=2), scope(variant=3)], [scope(True, variant=1)]])
minimums = st.sampled_from(["0", "0", "100", "500"])
line_effects = st.one_of(
    st.builds(lambda v: {"effect": "percent_off", "value": v}, percents),
    st.builds(
        lambda v, m: {"effect": "amount_off", "reward": "amount", "value": v, "max_quantity": m},
        sums,
        st.sampled_from([None, "3"]),
    ),
    st.builds(lambda v: {"effect": "fixed_price", "reward": "price", "value": v}, sums),
    st.builds(
        lambda x, y: {"effect": "gift", "buy": x, "get": y, "value": "100"},
        st.sampled_from("23"),
        st.sampled_from("12"),
    ),
)
order_effects = st.one_of(
    st.builds(lambda v: {"effect": "percent_off", "value": v}, percents),
    st.builds(lambda v: {"effect": "amount_off", "reward": "amount", "value": v}, sums),
    st.builds(
        lambda v: {"effect": "threshold_off", "reward": "amount", "value": v, "every": "100", "max_times": 3}, sums
    ),
    st.builds(lambda a, b: {"effect": "threshold_off", "tiers": [tier(100, a), tier(1000, b)]}, percents, percents),
    st.builds(
        lambda v, how: {
            "effect": "fixed_price",
            "reward": how,
            "value": v,
            "components": [{"quantity": "1"} | scope(variant=1), {"quantity": "2"} | scope(variant=2)],
        },
        st.sampled_from(["1", "20"]),
        st.sampled_from(["price", "percent", "amount"]),
    ),
    st.builds(
        lambda mode: {
            "effect": "gift",
            "reward": "gifts",
            "pool": pool(item(900), item(901), choose=2),
            "gift_mode": mode,
        },
        st.sampled_from(["zero", "spread"]),
    ),
)
rules = st.lists(
    st.one_of(
        st.builds(
            lambda e, s, c, m: rule(**(e | s | {"scope": c, "minimum": m})), line_effects, stackings, scopes, minimums
        ),
        st.builds(
            lambda e, s, c, m: order_rule(**({"scope": c} | e | s | {"minimum": m})),
            order_effects,
            stackings,
            scopes,
            minimums,
        ),
    ),
    max_size=6,
)
lines = st.lists(
    st.builds(
        lambda price, quantity, floor: (price, quantity, floor),
        st.sampled_from(["0", "0.01", "3.33", "110", "333.35"]),
        st.sampled_from(["1", "3", "10", "12.5"]),
        st.sampled_from([None, None, "1", "100"]),
    ),
    min_size=1,
    max_size=5,
).map(
    lambda rows: [
        line(price, quantity, variant=place, key=place, position=place, **({"floor_price": floor} if floor else {}))
        for place, (price, quantity, floor) in enumerate(rows, 1)
    ]
)


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1),
    st.integers(1, 99),
)
def test_1_a_spread_sums_to_the_total_or_the_caps_and_knows_no_scale(total, pairs, scale):
    weights, caps = [weight for weight, _ in pairs], [cap for _, cap in pairs]
    if not any(weights):
        return
    parts = spread(total, weights, caps)
    room = sum(cap for weight, cap in pairs if weight)
    assert abs(sum(parts)) == min(abs(total), room)
    assert all(0 <= abs(part) <= cap and (weight or not part) for part, (weight, cap) in zip(parts, pairs, strict=True))
    assert spread(total, [weight * scale for weight in weights], caps) == parts
    assert spread(total, [Decimal(weight) / 8 for weight in weights], caps) == parts


@MANY
@given(lines, rules, st.sampled_from([100, 100, 30]), st.booleans())
def test_2_no_line_falls_below_its_floor_or_rises_above_its_list_amount(basket, known, most, best):
    run, _ = worked(basket, *known, most=most, gift_facts=GIFTS, best=best)
    sheet = run.sheet
    for running, floor, listed in zip(sheet.running, sheet.floor, sheet.list, strict=True):
        assert floor <= running <= listed


def outcome(basket, known, **how):
    run, _ = worked(basket, *known, gift_facts=GIFTS, **how)
    return (
        sorted(
            (
                e.rule.id,
                e.amount,
                sorted((str(run.sheet.keys[s] if isinstance(s, int) else s), a) for s, a in e.shares.items()),
            )
            for e in run.applied
        ),
        dict(zip(run.sheet.keys, run.sheet.running, strict=True)),
    )


@MANY
@given(lines, rules, st.randoms(), st.booleans())
def test_3_the_order_in_which_rules_and_lines_are_given_changes_nothing(basket, known, random, best):
    before = outcome(basket, known, best=best)
    shuffled_rules, shuffled_lines = list(known), list(basket)
    random.shuffle(shuffled_rules), random.shuffle(shuffled_lines)
    assert outcome(shuffled_lines, shuffled_rules, best=best) == before


@MANY
@given(lines, rules)
def test_4_removing_a_rule_that_is_not_eligible_changes_nothing(basket, known):
    run, _ = worked(basket, *known, gift_facts=GIFTS, trace=True)
    told = {}
    for fate in run.fates:
        told.setdefault(fate.rule.id, []).append(fate.failed_at)
    absent = {key for key, steps in told.items() if all(1 <= step <= 5 for step in steps)}
    assert outcome(basket, [one for one in known if one.id not in absent]) == outcome(basket, known)


@MANY
@given(lines, rules, st.booleans())
def test_5_shares_sum_to_what_applied_and_discounts_to_the_shares(basket, known, best):
    run, _ = worked(basket, *known, gift_facts=GIFTS, best=best)
    for entry in run.applied:
        assert sum(entry.shares.values()) == entry.amount
    for place, (listed, running) in enumerate(zip(run.sheet.list, run.sheet.running, strict=True)):
        assert listed - running == sum(entry.shares.get(place, 0) for entry in run.applied)


def placed(basket, known):
    """An order as it was paid, with its gift lines, and the rules it keeps."""
    run, _ = worked(basket, *known, gift_facts=GIFTS)
    paid = [PaidLine(one, money(run.sheet.running[place], 2)) for place, one in enumerate(run.sheet.lines)]
    for gift in run.gift_lines:
        off = sum(entry.shares.get(gift.key, 0) for entry in run.applied)
        made = line(gift.unit_price, gift.quantity, key=gift.key, variant=gift.variant_id)
        paid.append(PaidLine(made, gift.list_amount - money(off, 2), awards=int(gift.quantity)))
    kept = []
    for entry in run.applied:
        configuration = entry.rule.configuration
        if entry.left == 0:
            configuration["granted"] = str(money(entry.amount, 2))

        kept.append(rule_of(json.dumps(configuration)))
    return paid, kept, run


@MANY
@given(lines, rules, st.lists(st.tuples(st.integers(0, 6), st.integers(1, 12), st.booleans()), max_size=6))
def test_7_refunds_never_fall_never_exceed_what_was_paid_and_reach_it(basket, known, returns):
    paid, kept, _ = placed(basket, known)
    whole = sum((one.amount for one in paid), Decimal(0))
    total = Decimal(0)
    for place, wanted, fault in [*returns, *((place, 10**6, False) for place in range(len(paid)))]:
        one = paid[place % len(paid)]
        count = min(Decimal(wanted), one.line.quantity - one.returned)
        if count <= 0:
            continue
        asked = {one.line.key: count}
        found = refund(paid, kept, asked, "CNY", keep_benefit=fault)
        assert found.total >= 0
        assert sum(found.by_line.values(), Decimal(0)) == found.total
        one.returned += count
        for other in paid:
            other.refunded += found.by_line.get(other.line.key, Decimal(0))
        total += found.total
        assert total <= whole
    assert total == whole


@MANY
@given(lines, rules)
def test_8_a_document_replayed_from_its_snapshots_gives_its_stored_amounts(basket, known):
    paid, kept, run = placed(basket, known)
    again = replayed(paid, kept, "CNY")
    assert again.sheet.running == run.sheet.running
    assert {e.rule.id: e.amount for e in again.applied if e.amount} == {
        e.rule.id: e.amount for e in run.applied if e.amount
    }


@MANY
@given(lines, rules)
def test_what_is_kept_whole_costs_what_was_paid(basket, known):
    paid, kept, _ = placed(basket, known)
    assert kept_value(paid, kept, {}, "CNY") == sum((one.amount for one in paid), Decimal(0))
