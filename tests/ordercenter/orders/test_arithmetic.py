from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import part_value
from ordercenter.orders.arithmetic import LineCalculator, sums

RATES = st.sampled_from([Decimal(rate) for rate in ("0", "0.06", "0.13", "0.2", "0.075")])
PRICES = st.decimals(0, 10**6, places=4)
QUANTITIES = st.decimals("0.000001", 10**6, places=6)


def amounts(*values: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


def test_the_worked_examples_of_the_line_arithmetic():
    included, excluded = LineCalculator("CNY", True), LineCalculator("CNY", False)
    rate = Decimal("0.13")
    line = included.line(Decimal("19.9900"), Decimal(3), rate, discount=Decimal("5.00"))
    assert (line.list_amount, line.gross, line.net, line.tax) == amounts("59.97", "54.97", "48.65", "6.32")
    assert round(line.gross / 3, 4) == Decimal("18.3233")
    line = excluded.line(Decimal("12.3456"), Decimal(7), rate, discount=Decimal("8.64"))
    assert (line.list_amount, line.net, line.tax, line.gross) == amounts("86.42", "77.78", "10.11", "87.89")
    thirds = [excluded.line(Decimal("0.37"), Decimal(1), rate)] * 3
    assert [third.tax for third in thirds] == [Decimal("0.05")] * 3
    assert sums(thirds).tax == Decimal("0.15")


def test_the_worked_example_of_part_values():
    def parts(amount: str) -> list[Decimal]:
        cuts = [(0, 3), (3, 6), (6, 7)]
        return [part_value(Decimal(amount), Decimal(7), Decimal(a), Decimal(b), "CNY") for a, b in cuts]

    gross, tax = parts("100.00"), parts("11.50")
    assert gross == list(amounts("42.86", "42.85", "14.29"))
    assert tax == list(amounts("4.93", "4.93", "1.64"))
    assert [g - t for g, t in zip(gross, tax, strict=True)] == list(amounts("37.93", "37.92", "12.65"))


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("JPY", 0), ("KWD", 3)])
@given(price=PRICES, quantity=QUANTITIES, rate=RATES, included=st.booleans())
def test_gross_is_net_plus_tax_to_the_currencys_last_place(currency, places, price, quantity, rate, included):
    line = LineCalculator(currency, included).line(price, quantity, rate)
    assert line.gross == line.net + line.tax
    assert line.list_amount == (line.gross if included else line.net)
    unit = Decimal(1).scaleb(-places)
    assert abs(line.list_amount - price * quantity) <= unit / 2
    assert all(amount == amount.quantize(unit) for amount in line)
    exact_tax = line.net * rate if not included else line.gross - line.gross / (1 + rate)
    assert abs(line.tax - exact_tax) <= unit / 2 + Decimal("1e-20")


@given(gross=st.decimals(0, 10**7, places=2), quantity=st.integers(1, 1000), data=st.data())
def test_the_parts_of_any_cutting_sum_to_the_whole_and_are_near_their_share(gross, quantity, data):
    cuts = sorted(data.draw(st.sets(st.integers(1, quantity), max_size=6)) | {quantity})
    start, parts = 0, []
    for end in cuts:
        parts.append(part_value(gross, Decimal(quantity), Decimal(start), Decimal(end), "CNY"))
        assert abs(parts[-1] - gross * (end - start) / quantity) <= Decimal("0.01")
        start = end
    assert sum(parts) == gross


@given(gross=st.decimals(0, 10**7, places=2), part=st.integers(0, 999), rest=st.integers(1, 999))
def test_what_is_cancelled_and_what_is_left_are_parts_of_one_cutting(gross, part, rest):
    whole = part + rest
    calculator = LineCalculator("CNY", True)
    assert calculator.part(gross, Decimal(part), Decimal(whole)) == part_value(
        gross, Decimal(whole), Decimal(0), Decimal(part), "CNY"
    )
