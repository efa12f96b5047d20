"""Part values of what is promised, without a database (credit-and-ledger §6, §11, §12)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercenter.ledger.funds.interest import interest
from ordercenter.ledger.funds.parts import Promise, drawn, to_free, to_return, to_use

D = Decimal


def test_worked_example_5_cash_uses_of_two_invoices():
    share = Promise(1, D("292.68"))
    share.used = to_use(share, D(6), D(10), "CNY")
    assert share.used == D("175.61")
    assert to_use(share, D(10), D(10), "CNY") == D("117.07")


steps = st.lists(st.tuples(st.sampled_from(["use", "free", "return"]), st.integers(0, 12)), min_size=1, max_size=25)


@given(st.integers(1, 10**8), st.integers(1, 12), steps)
def test_uses_and_freed_and_open_are_what_was_promised_in_any_order(cents, quantity, events):
    share = Promise(1, D(cents) / 100)
    invoiced = cancelled = back = 0
    for what, upto in events:
        if what == "use":
            invoiced = max(invoiced, min(upto, quantity - cancelled))
            share.used += to_use(share, D(invoiced), D(quantity), "CNY")
        elif what == "free":
            cancelled = max(cancelled, min(upto, quantity - invoiced))
            share.freed += max(to_free(share, D(cancelled), D(quantity), "CNY"), D(0))
        else:
            back = max(back, min(upto, invoiced))
            share.returned += to_return(share, D(back), D(quantity), "CNY")
        assert share.used + share.freed + share.open == share.amount
        assert min(share.used, share.freed, share.open, share.returned, share.kept) >= 0
        assert to_use(share, D(invoiced), D(quantity), "CNY") == 0  # the same event again does nothing
    if invoiced + cancelled == quantity:
        assert share.open == 0
    if back == quantity:
        assert share.kept == 0


def test_what_is_drawn_goes_through_the_grants_in_their_order():
    assert list(drawn([(2, D(90)), (1, D(100)), (3, D(60))], D(180))) == [(2, D(90)), (1, D(90))]
    with pytest.raises(ValueError, match="more than is promised"):
        list(drawn([(1, D(1))], D(2)))


def test_worked_example_6_a_return_gives_back_to_the_last_used_grant():
    last_used_first = [(1, D(90)), (2, D(90))]
    assert list(drawn(last_used_first, D(50))) == [(1, D(50))]


def test_interest_is_exact_per_day_and_rounded_once():
    assert interest([D("10000")] * 30, D("3"), "CNY") == D("24.66")
    assert interest([D("0.10")] * 31, D("3"), "CNY") == D("0.00")
    assert interest([D("1000"), D("2000")], D("3.65"), "JPY") == D("0")


@given(st.lists(st.integers(0, 10**9), max_size=31))
def test_interest_is_within_half_a_cent_of_exact(balances):
    amounts = [D(cents) / 100 for cents in balances]
    exact = sum(amounts, D(0)) * D("2.5") / 100 / 365
    assert abs(interest(amounts, D("2.5"), "CNY") - exact) <= D("0.005")
