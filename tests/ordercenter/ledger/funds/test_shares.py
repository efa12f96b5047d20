"""What funds pay of a document, without a database (credit-and-ledger §6, §12)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import CoreErrorCode
from marketplace.core.money import round_money
from ordercenter.ledger.funds.choices import choices
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.funds.shares import take_stage
from ordercenter.ledger.funds.take import payments, reductions
from tests.ordercenter.ledger.funds.asks import PAYMENT, REDUCTION, ask, book, grant, line, rule

D = Decimal


def codes(taken) -> list:
    return [problem.code for problem in taken.problems]


def test_worked_example_5_funds_on_tax_included_lines():
    rebate = rule(FundKind.REBATE, treatment=REDUCTION, max_percent=20, excludes="C", id=1)
    cash = rule(FundKind.CASH, mode="manual", id=2, priority=20)
    held = book(rebate, cash, rebate=[grant(1, 250)], cash=[grant(2, 5000, account=2)])
    lines = [line("A", 600), line("B", 300), line("C", 100)]
    (cut,) = reductions(held, [ask(*lines, cash=500)])
    assert cut.amount == 180 and cut.lines == {"A": D(120), "B": D(60)}
    left = {one.key: one.unpaid - cut.lines.get(one.key, 0) for one in lines}
    assert left == {"A": 480, "B": 240, "C": 100}
    net = {key: round_money(gross / D("1.13"), "CNY") for key, gross in left.items()}
    assert net == {"A": D("424.78"), "B": D("212.39"), "C": D("88.50")}
    taxed = [line(one.key, one.unpaid, left[one.key]) for one in lines]
    (paid,) = payments(held, [ask(*taxed, cash=500)])
    assert paid.lines == {"A": D("292.68"), "B": D("146.34"), "C": D("60.98")} and not paid.problems
    value = {key: left[key] - paid.lines[key] for key in left}
    assert sum(value.values()) == 320 and value == {"A": D("187.32"), "B": D("93.66"), "C": D("39.02")}


def test_worked_example_6_grants_by_earliest_end():
    first = grant(1, 100, ends=datetime(2026, 8, 1, tzinfo=UTC))
    second = grant(2, 90, ends=datetime(2026, 7, 1, tzinfo=UTC))
    held = book(rule(FundKind.REBATE), rebate=[first, second, grant(3, 60)])
    taken = take_stage(held, ask(line("A", 180)), PAYMENT)
    assert taken.takes[0].grants == {2: D(90), 1: D(90)}
    assert [one.available for one in held.grants[1, "CNY", FundKind.REBATE]] == [0, 10, 60]


def test_grants_of_one_end_go_by_their_start_and_then_their_number():
    end = datetime(2026, 8, 1, tzinfo=UTC)
    early = grant(9, 10, ends=end, starts=datetime(2026, 1, 1, tzinfo=UTC))
    late = grant(2, 10, ends=end, starts=datetime(2026, 3, 1, tzinfo=UTC))
    held = book(rule(FundKind.REBATE), rebate=[late, early, grant(3, 10, ends=end, starts=late.starts_at)])
    taken = take_stage(held, ask(line("A", 25)), PAYMENT)
    assert taken.takes[0].grants == {9: D(10), 2: D(10), 3: D(5)}


def test_funds_are_used_in_the_order_of_their_rules_and_none_pays_what_another_paid():
    rules = [rule(kind, id=place, priority=100) for place, kind in enumerate(FundKind, 1) if kind != "deposit"]
    held = book(*rules, **{kind: [grant(place, 40, account=place)] for place, kind in enumerate(FundKind, 1)})
    taken = take_stage(held, ask(line("A", 100)), PAYMENT)
    assert [(one.kind, one.amount) for one in taken.takes] == [
        (FundKind.EXPENSE, D(40)),
        (FundKind.GOODS, D(40)),
        (FundKind.REBATE, D(20)),
    ]


def test_gifts_goods_out_of_scope_and_promoted_lines_are_not_paid():
    held = book(rule(FundKind.CASH, excludes="B"), cash=[grant(1, 1000)])
    lines = [line("A", 100), line("B", 100), line("C", 100, is_gift=True), line("D", 100, has_promotion=True)]
    assert take_stage(held, ask(*lines), PAYMENT).lines == {"A": 100}
    promoted = book(rule(FundKind.CASH, with_promotions=True, includes="AD"), cash=[grant(1, 1000)])
    assert take_stage(promoted, ask(*lines), PAYMENT).lines == {"A": 100, "D": 100}


def test_below_its_minimum_a_rule_takes_nothing():
    held = book(rule(FundKind.CASH, min_order="100.01"), cash=[grant(1, 1000)])
    assert take_stage(held, ask(line("A", 100)), PAYMENT).amount == 0
    assert take_stage(held, ask(line("A", "100.01")), PAYMENT).amount == D("100.01")


def test_goods_credit_pays_the_goods_it_names_and_no_others():
    named = [grant(1, 50, variant_ids=frozenset({ord("A")})), grant(2, 500)]
    taken = take_stage(book(goods=named), ask(line("A", 30), line("B", 70), goods=30), REDUCTION)
    assert taken.lines == {"A": 30} and taken.takes[0].grants == {1: 30}
    refused = take_stage(book(goods=[grant(2, 500)]), ask(line("A", 30), goods=30), REDUCTION)
    assert codes(refused) == [FundErrorCode.FUND_CAP]


def test_a_grant_with_a_rule_of_its_own_is_used_by_that_rule_alone():
    general = rule(FundKind.REBATE, id=1, max_percent=10)
    special = rule(FundKind.REBATE, id=2, includes="B", is_general=False, priority=20)
    held = book(general, special, rebate=[grant(1, 500), grant(2, 500, rule_id=2)])
    taken = take_stage(held, ask(line("A", 100), line("B", 100)), PAYMENT)
    assert [(one.rule_id, one.amount, dict(one.grants)) for one in taken.takes] == [(1, 20, {1: 20}), (2, 90, {2: 90})]


@pytest.mark.parametrize(
    ("rules", "grants", "wanted", "code"),
    [
        ([], [grant(1, 50)], "50.01", FundErrorCode.FUND_INSUFFICIENT),
        ([], [], "1", FundErrorCode.FUND_INSUFFICIENT),
        ([], [grant(1, 50), grant(2, 50, ends=datetime(2026, 6, 15, tzinfo=UTC))], "60", FundErrorCode.FUND_ENDED),
        ([], [grant(1, 50, starts=datetime(2026, 6, 16, tzinfo=UTC))], "10", FundErrorCode.FUND_INSUFFICIENT),
        ([rule(FundKind.CASH, max_percent=20)], [grant(1, 500)], "20.01", FundErrorCode.FUND_CAP),
        ([], [grant(1, 500)], "100.01", FundErrorCode.FUND_CAP),
        ([rule(FundKind.CASH, min_order=500)], [grant(1, 500)], "10", FundErrorCode.FUND_NOT_ALLOWED),
        ([rule(FundKind.CASH, includes="Z")], [grant(1, 500)], "10", FundErrorCode.FUND_NOT_ALLOWED),
        ([rule(FundKind.CASH, mode="off")], [grant(1, 500)], "10", FundErrorCode.FUND_NOT_ALLOWED),
        ([], [grant(1, 500)], "10.001", FundErrorCode.AMOUNT_PRECISION),
        ([], [grant(1, 500)], "-1", CoreErrorCode.INVALID),
        ([], [grant(1, 500)], "NaN", CoreErrorCode.INVALID),
        ([], [grant(1, 500)], "1E+40", CoreErrorCode.INVALID),
    ],
)
def test_what_is_asked_for_and_cannot_be_is_told(rules, grants, wanted, code):
    taken = take_stage(book(*rules, cash=grants), ask(line("A", 100), cash=wanted), PAYMENT)
    assert codes(taken) == [code]


def test_a_deposit_pays_no_order():
    taken = take_stage(book(deposit=[grant(1, 500)]), ask(line("A", 100), deposit=1), PAYMENT)
    assert codes(taken) == [FundErrorCode.FUND_NOT_ALLOWED] and not taken.takes


def test_a_lenient_ask_takes_what_is_possible_and_tells_nothing():
    taken = take_stage(book(cash=[grant(1, 50)]), ask(line("A", 100), cash=80, lenient=True), PAYMENT)
    assert taken.amount == 50 and not taken.problems


def test_by_hand_means_not_by_itself():
    held = book(rule(FundKind.CASH, mode="manual"), cash=[grant(1, 50)])
    assert take_stage(held, ask(line("A", 100)), PAYMENT).amount == 0
    assert take_stage(held, ask(line("A", 100), cash=0), PAYMENT).problems == ()


def test_what_one_stage_took_is_not_asked_for_again():
    both = [
        rule(FundKind.REBATE, "manual", REDUCTION, id=1, max_percent=10),
        rule(FundKind.REBATE, "manual", id=2, is_general=False),
    ]
    held = book(*both, rebate=[grant(1, 50), grant(2, 50, rule_id=2)])
    (cut,) = reductions(held, [ask(line("A", 100), rebate=25)])
    (paid,) = payments(held, [ask(line("A", 100, 90), rebate=25)])
    assert (cut.amount, paid.amount) == (10, 15) and not cut.problems and not paid.problems


def test_a_currency_without_cents_is_spread_in_its_own_units():
    held = book(rule(FundKind.CASH, max_percent="33.33"), cash=[])
    held.grants = {(1, "JPY", FundKind.CASH): [grant(1, 1000)]}
    taken = take_stage(held, ask(line("A", 100), line("B", 101), currency="JPY"), PAYMENT)
    assert taken.lines == {"A": 33, "B": 33} and taken.amount == 66


amounts = st.integers(0, 10**7).map(lambda cents: D(cents) / 100)
rules = st.builds(
    lambda kind, mode, percent, least, first: rule(
        kind, mode, max_percent=percent, min_order=least, priority=first, includes="ABC"[: 1 + first % 3]
    ),
    st.sampled_from([FundKind.REBATE, FundKind.CASH, FundKind.EXPENSE]),
    st.sampled_from(["auto", "manual", "off"]),
    st.integers(1, 100),
    st.integers(0, 200),
    st.integers(1, 9),
)


@given(st.lists(amounts, min_size=1, max_size=6), st.lists(amounts, max_size=4), st.lists(rules, max_size=4), amounts)
def test_no_line_is_paid_twice_and_no_account_gives_more_than_it_holds(unpaid, held, some, wanted):
    kinds = ("rebate", "cash", "expense")
    grants = {
        kind: [grant(place * 10 + n, amount, account=place) for n, amount in enumerate(held)]
        for place, kind in enumerate(kinds)
    }
    lines = [line("ABCDEF"[n], amount) for n, amount in enumerate(unpaid)]
    numbered = [rule(one.kind, one.mode, max_percent=one.max_percent, id=n) for n, one in enumerate(some, 1)]
    taken = take_stage(book(*some, *numbered, **grants), ask(*lines, cash=wanted, lenient=True), PAYMENT)
    paid = taken.lines
    assert all(0 < paid[key] <= one.unpaid for one in lines if (key := one.key) in paid)
    for take in taken.takes:
        assert sum(take.lines.values()) == take.amount == sum(take.grants.values()) <= take.cap
    for kind in kinds:
        got = sum(take.amount for take in taken.takes if take.kind == kind)
        assert got <= sum(held) and (kind != "cash" or got <= wanted)
        assert all(one.available >= 0 for one in grants[kind])
        assert got + sum(one.available for one in grants[kind]) == sum(held)


def test_a_buyer_is_told_the_most_it_may_ask_of_each_account():
    held = book(
        rule(FundKind.REBATE, treatment=REDUCTION, max_percent=20, id=1),
        rule(FundKind.CASH, mode="manual", id=2, max_percent=50),
        rebate=[grant(1, 250)],
        cash=[grant(2, 5000, account=2)],
    )
    wanted = ask(line("A", 900), cash=100)
    told = choices(held, wanted, ask(line("A", 900, 720), cash=100))
    assert [(one.kind, one.usable, one.most, one.amount, one.asked) for one in told] == [
        (FundKind.REBATE, 250, 180, 180, None),
        (FundKind.CASH, 5000, 360, 100, 100),
    ]
    assert held.of(wanted, FundKind.CASH)[0].available == 5000
