"""The engines of contracts, on the worked examples of the specification (contracts §9, §10)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordercenter.contracts.arbitration import Candidate, assign, newcomer_base
from ordercenter.contracts.enums import FormulaVerdict, PricePeriod, PricingDate, QuotaReason
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.formula import Term, evaluate, follow, period_starts, rounded
from ordercenter.contracts.limits import amount_limit, call_limit, is_off_pack
from ordercenter.contracts.pricing_day import holds, order_day, pricing_day
from ordercenter.contracts.shapes import (
    PriceTier,
    plan_amounts,
    plan_problems,
    tier_price,
    tier_problems,
    weight_problems,
)

ONE = Decimal(1)


def member(name, quota, allocated=0, **more):
    return Candidate(name, Decimal(quota), Decimal(allocated), number=name, **more)


def test_the_call_limit_is_floored_to_the_uom_and_the_amount_is_exact():
    assert call_limit(Decimal(1000), Decimal("2.5"), 0) == 1025
    assert call_limit(Decimal(33), Decimal(5), 0) == 34
    assert call_limit(Decimal(33), Decimal(5), 2) == Decimal("34.65")
    assert Decimal("9990.01") + Decimal("9.99") <= amount_limit(Decimal("10000.00"), Decimal(0))
    assert Decimal("9990.01") + Decimal("10.00") > amount_limit(Decimal("10000.00"), Decimal(0))
    assert amount_limit(Decimal("0.01"), Decimal("0.0001")) == Decimal("0.01000001")
    assert is_off_pack(Decimal(13), Decimal(12))
    assert not is_off_pack(Decimal(24), Decimal(12))
    assert not is_off_pack(Decimal(13), None)


def test_the_lowest_rating_takes_it_and_equal_ratings_the_higher_quota():
    members = [member("A", 50, 6000), member("B", 30, 3300), member("C", 20, base=Decimal(2200))]
    assert [one.rating for one in members] == [120, 110, 110]
    took = []
    for _turn in range(6):
        got = assign(members, Decimal(400), ONE).by_key()
        (name,) = [key for key, quantity in got.items() if quantity]
        assert got[name] == 400
        took.append(name)
        members = [
            Candidate(one.key, one.quota, one.allocated + got[one.key], one.base, number=one.number) for one in members
        ]
    assert took == ["B", "C", "A", "B", "A", "C"]
    assert {one.key: one.allocated for one in members} == {"A": 6800, "B": 4100, "C": 800}


@pytest.mark.parametrize(
    ("allocated", "expected"),
    [
        ((4000, 3000, 2000, 900), {"A": 400, "B": 300, "C": 0, "D": 300}),
        ((0,) * 4, {"A": 400, "B": 300, "C": 300, "D": 0}),
    ],
)
def test_a_split_gives_shares_and_its_small_rest_whole(allocated, expected):
    members = [member(*row) for row in zip("ABCD", (40, 30, 20, 10), allocated, strict=True)]
    assert assign(members, Decimal(1000), ONE, Decimal(400)).by_key() == expected


def test_a_split_comes_in_packs_by_largest_remainder():
    members = [member("A", 45, 4500), member("B", 30, 3000), member("C", 15, 1600), member("D", 10, 900)]
    done = assign(members, Decimal(1300), Decimal(12), Decimal(300))
    assert done.requirement == 1308
    assert done.by_key() == {"A": 588, "B": 396, "C": 192, "D": 132}
    assert done.short == 0


def test_a_newcomer_joins_level_and_a_guarantee_comes_first():
    assert newcomer_base([member("A", 60, 6000), member("B", 40, 4200)], Decimal(20)) == 2000
    assert newcomer_base([], Decimal(20)) == 0
    members = [member("C1", 30, 350, gap=Decimal(150)), member("C2", 70, 300)]
    done = assign(members, Decimal(400), ONE)
    assert done.by_key() == {"C1": 150, "C2": 250}
    assert [row.reason for row in done.rows] == [QuotaReason.GUARANTEED, QuotaReason.LOWEST_RATING]


def test_maximum_and_capacity_cut_and_the_rest_goes_on_by_rating():
    members = [
        member("A", 50, max_per_order=Decimal(100)),
        member("B", 30, 10, capacity=Decimal(70)),
        member("C", 20, 1000),
        member("X", 99, barred=QuotaReason.BARRED),
    ]
    done = assign(members, Decimal(200), ONE)
    assert done.by_key() == {"A": 100, "B": 70, "C": 30, "X": 0}
    assert done.rows[3].reason == QuotaReason.BARRED
    assert assign(members[:2], Decimal(200), ONE).short == 30
    assert assign(members[:1], Decimal(110), Decimal(12)).by_key() == {"A": 96}
    assert assign(members[3:], Decimal(5), ONE).short == 5


QUOTAS = st.integers(1, 100)
MEMBERS = st.lists(
    st.tuples(
        QUOTAS,
        st.integers(0, 5000),
        st.one_of(st.none(), st.integers(1, 5)),
        st.one_of(st.none(), st.integers(0, 400)),
        st.one_of(st.none(), st.integers(0, 400)),
        st.integers(0, 100),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(
    rows=MEMBERS,
    requirement=st.integers(1, 2000),
    pack=st.sampled_from([1, 5, 12]),
    split_from=st.one_of(st.none(), st.integers(1, 1000)),
)
def test_what_is_given_is_the_requirement_and_nobody_is_above_a_limit(rows, requirement, pack, split_from):
    """Invariant 4: the sum holds, nobody barred gets any, nobody passes maximum or capacity, it comes out the same."""
    members = [
        Candidate(
            f"S{place}",
            Decimal(quota),
            Decimal(allocated),
            priority=priority,
            number=f"S{place}",
            max_per_order=None if most is None else Decimal(most),
            capacity=None if capacity is None else Decimal(capacity),
            gap=Decimal(gap),
            barred=QuotaReason.BARRED if barred else None,
        )
        for place, (quota, allocated, priority, most, capacity, gap, barred) in enumerate(rows)
    ]
    split = None if split_from is None else Decimal(split_from)
    done = assign(members, Decimal(requirement), Decimal(pack), split)
    got = done.by_key()
    assert sum(got.values()) + done.short == done.requirement
    packs = -(-requirement // pack) * pack
    assert done.requirement == (packs if split is not None and requirement >= split else requirement)
    for one in members:
        limits = [limit for limit in (one.max_per_order, one.capacity) if limit is not None]
        assert 0 <= got[one.key] <= min(limits, default=done.requirement)
        assert not (one.barred and got[one.key])
    if done.short:
        assert all(
            one.barred
            or min([x for x in (one.max_per_order, one.capacity) if x is not None], default=10**9) - got[one.key]
            < max(pack, done.short)
            for one in members
        )
    assert assign(members, Decimal(requirement), Decimal(pack), split).by_key() == got


@settings(max_examples=40, deadline=None)
@given(quotas=st.lists(QUOTAS, min_size=1, max_size=5), size=st.integers(1, 50), turns=st.integers(1, 60))
def test_a_long_run_keeps_every_share_near_its_quota(quotas, size, turns):
    """Invariant 5: |allocated/sum - quota/sum of quotas| <= size/sum x members."""
    allocated = [Decimal(0)] * len(quotas)
    for _turn in range(turns):
        members = [member(str(n), quota, allocated[n]) for n, quota in enumerate(quotas)]
        got = assign(members, Decimal(size), ONE).by_key()
        allocated = [have + got[str(n)] for n, have in enumerate(allocated)]
    total = Fraction(sum(allocated))
    for have, quota in zip(allocated, quotas, strict=True):
        gap = abs(Fraction(have) / total - Fraction(quota, sum(quotas)))
        assert gap <= Fraction(size) / total * len(quotas)


@settings(max_examples=40, deadline=None)
@given(quotas=st.lists(QUOTAS, min_size=1, max_size=5), needs=st.lists(st.integers(1, 500), min_size=1, max_size=8))
def test_reversing_every_entry_restores_the_ratings(quotas, needs):
    """Invariant 6."""
    start = [member(str(n), quota, 7 * n) for n, quota in enumerate(quotas)]
    now, entries = start, []
    for need in needs:
        got = assign(now, Decimal(need), ONE, Decimal(100)).by_key()
        entries.append(got)
        now = [member(one.key, one.quota, one.allocated + got[one.key]) for one in now]
    for got in entries:
        now = [member(one.key, one.quota, one.allocated - got[one.key]) for one in now]
    assert [one.rating for one in now] == [one.rating for one in start]


def terms(steel, energy):
    return [
        Term(Decimal("0.45"), Decimal("105.0"), Decimal(steel)),
        Term(Decimal("0.20"), Decimal("101.2"), Decimal(energy)),
    ]


def test_a_formula_follows_its_indexes_beyond_the_threshold():
    base, fixed = Decimal("8.4000"), Decimal("0.35")
    exact = evaluate(base, fixed, terms("112.4", "98.7"))
    assert round(float(exact), 6) == 8.624898
    step = follow(base, exact, Decimal(2), None)
    assert (step.price, step.verdict, round(float(step.change), 2)) == (Decimal("8.6249"), FormulaVerdict.CHANGED, 2.68)
    exact = evaluate(base, fixed, terms("106.0", "101.0"))
    assert round(float(exact), 6) == 8.432680
    step = follow(base, exact, Decimal(2), None)
    assert (step.price, step.verdict, round(float(step.change), 2)) == (base, FormulaVerdict.KEPT, 0.39)
    up = follow(base, Fraction(10), Decimal(2), Decimal(5))
    assert (up.price, up.verdict) == (Decimal("8.8200"), FormulaVerdict.CAPPED)
    assert follow(base, Fraction(5), Decimal(2), Decimal(5)).price == Decimal("7.9800")
    assert rounded(Fraction(1, 8) / 1000) == Decimal("0.0001")
    assert rounded(Fraction(5, 100000)) == Decimal("0.0001")
    days = list(period_starts(date(2026, 2, 10), date(2026, 10, 1), PricePeriod.QUARTER))
    assert days == [date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)]


def test_a_contract_ends_with_its_day_where_the_buyer_is():
    zone, begin, end = "Asia/Shanghai", date(2026, 1, 1), date(2026, 6, 30)
    last, late = datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC), datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    for rule in (PricingDate.ORDER, PricingDate.REQUIRED):
        for at, expected in ((last, True), (late, False)):
            priced = pricing_day(rule, at, zone, end)
            assert holds(begin, end, order_day(at, zone), priced) is expected
    assert not holds(begin, end, date(2026, 6, 1), date(2026, 7, 1))
    assert not holds(begin, end, date(2025, 12, 1), date(2025, 12, 31))
    assert holds(begin, None, date(2036, 6, 1), date(2036, 7, 1))


def tier(up_to, price):
    return PriceTier(None if up_to is None else Decimal(up_to), Decimal(price))


def codes(problems):
    return [problem.code for problem in problems]


def test_tiers_rise_to_an_open_end():
    good = [tier(100, "9.5"), tier(500, 9), tier(None, 8)]
    assert codes(tier_problems(good)) == []
    assert [tier_price(good, Decimal(q)) for q in (1, 100, 101, 500, 501)] == [Decimal("9.5"), Decimal("9.5"), 9, 9, 8]
    assert tier_price([], ONE) is None
    for bad in (
        [tier(100, 9)],
        [tier(None, 9), tier(None, 8)],
        [tier(500, 9), tier(100, 8), tier(None, 7)],
        [tier(None, -1)],
    ):
        assert codes(tier_problems(bad)) == [ContractErrorCode.TIER_SHAPE]


@settings(max_examples=60, deadline=None)
@given(
    total=st.decimals(0, 10**9, places=2),
    weights=st.lists(st.integers(1, 50), min_size=1, max_size=6),
)
def test_a_payment_plan_comes_to_the_whole(total, weights):
    """Invariant 7."""
    percents = [Decimal(weight) for weight in weights]
    assert sum(plan_amounts(total, percents, "CNY")) == total
    wrong = sum(percents) != 100
    assert codes(plan_problems(percents)) == [ContractErrorCode.PAYMENT_SUM] * wrong


def test_weights_come_to_one():
    assert codes(weight_problems(Decimal("0.35"), [Decimal("0.45"), Decimal("0.20")])) == []
    assert codes(weight_problems(Decimal("0.35"), [Decimal("0.45"), Decimal("0.2001")])) == [
        ContractErrorCode.WEIGHTS_NOT_1
    ]
    assert codes(weight_problems(ONE, [])) == [ContractErrorCode.WEIGHTS_NOT_1]
