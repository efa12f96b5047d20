"""What always holds of rebates, for any figures (docs/concepts/rebates.md, what always holds)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as some

from ordercenter.rebates.compute.change import deltas
from ordercenter.rebates.compute.pool import after_deductions, shares
from ordercenter.rebates.compute.tiers import Figures, LineTerms, target_value
from ordercenter.rebates.enums import RebateQualifier, RebateReward, RewardOn, TierMethod
from tests.ordercenter.rebates.terms import terms, value

CENT = Decimal("0.01")
amounts = some.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
bases = some.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
rates = some.integers(0, 10_000).map(lambda part: Decimal(part) / 100)


@some.composite
def ladders(draw, rising: bool = False) -> tuple:
    lowers = sorted(draw(some.sets(some.integers(1, 10**7), max_size=5)))
    steps = [Decimal(0), *(Decimal(lower) / 100 for lower in lowers)]
    values = draw(some.lists(rates, min_size=len(steps), max_size=len(steps)))
    return tuple(zip(steps, sorted(values) if rising else values, strict=True))


@some.composite
def lines(draw) -> LineTerms:
    steps = draw(ladders())
    method = draw(some.sampled_from(TierMethod))
    fields = {"method": method, "negative_basis": draw(some.booleans())}
    if draw(some.booleans()):
        fields["basis_cap"] = Decimal(draw(some.integers(1, 10**7)))
    if method == TierMethod.RETROSPECTIVE:
        relative = (RebateQualifier.AMOUNT, RebateQualifier.GROWTH, RebateQualifier.ACHIEVEMENT)
        fields["qualifier"] = draw(some.sampled_from(relative))
        fields["reward_on"] = draw(some.sampled_from(RewardOn))
    return terms(*steps, **fields)


def walk(line: LineTerms, start: Figures, changes: list[Decimal]) -> tuple[Figures, Decimal]:
    before, accrued = start, target_value(line, start)
    for change in changes:
        after = replace(before, amount=before.amount + change)
        accrued += sum((delta.amount for delta in deltas(line, before, after, accrued)), Decimal(0))
        assert accrued == target_value(line, after)
        before = after
    return before, accrued


@given(lines(), some.lists(amounts, max_size=8), bases, some.randoms())
def test_deltas_sum_to_the_target_value_in_any_order(line, changes, measure, random):
    start = Figures(baseline=measure, target=measure)
    first = walk(line, start, changes)
    random.shuffle(changes)
    assert walk(line, start, changes) == first


@given(ladders(), bases)
def test_an_incremental_rebate_never_falls_nor_jumps(steps, basis):
    line = terms(*steps)
    step = value(line, basis + CENT) - value(line, basis)
    assert 0 <= step <= CENT


@given(ladders(), some.integers(1, 10**7), bases)
def test_neighbouring_bands_of_equal_rate_can_be_merged(steps, cut, basis):
    bound = Decimal(cut) / 100
    assume(all(lower != bound for lower, _rate in steps))
    rate = [rate for lower, rate in steps if lower < bound][-1]
    split = sorted([*steps, (bound, rate)])
    for method in (TierMethod.INCREMENTAL, TierMethod.RETROSPECTIVE):
        assert value(terms(*split, method=method), basis) == value(terms(*steps, method=method), basis)


@given(ladders(rising=True), bases)
def test_methods_are_ordered_where_rates_rise(steps, basis):
    by = {method: value(terms(*steps, method=method), basis) for method in TierMethod}
    assert by[TierMethod.INCREMENTAL] <= by[TierMethod.RETROSPECTIVE] <= by[TierMethod.ROLLING]


@given(lines(), bases, amounts, bases)
def test_an_event_and_its_return_leave_the_rebate_as_it_was(line, basis, change, measure):
    start = Figures(amount=basis, baseline=measure, target=measure)
    assert walk(line, start, [change, -change]) == (start, target_value(line, start))


@given(lines(), bases, bases, some.fractions(0, 1), bases)
def test_splitting_a_source_changes_nothing(line, basis, change, where, measure):
    start = Figures(amount=basis, baseline=measure, target=measure)
    part = (change * where.numerator / where.denominator).quantize(CENT)
    assert walk(line, start, [part, change - part]) == walk(line, start, [change])


@given(amounts, some.dictionaries(some.integers(1, 99), amounts, min_size=1, max_size=9))
def test_shares_of_a_group_sum_to_its_rebate(total, members):
    assume(any(basis * total > 0 for basis in members.values()) or not total)
    parts = shares(total, members, "CNY")
    assert sum(parts.values()) == total
    assert not any(parts[key] for key, basis in members.items() if basis * total <= 0)


@given(bases, rates, rates)
def test_two_deducted_rebates_never_take_more_than_was_bought(basis, first, second):
    taken = value(terms((0, first)), basis)
    left = after_deductions(basis, [(taken, basis, basis)], "CNY")
    assert 0 <= left <= basis
    assert value(terms((0, second)), left) <= value(terms((0, second)), basis)


@given(bases, some.integers(0, 10**6))
def test_fixed_amounts_are_those_of_reached_bands(basis, amount):
    steps = ((Decimal(0), amount), (Decimal(1000), amount + 1))
    line = terms(*steps, reward=RebateReward.FIXED)
    expected = (amount if basis > 0 else 0) + (amount + 1 if basis >= 1000 else 0)
    assert value(line, basis) == expected
