"""One form of bytes for one meaning (docs/concepts/sourcing-sealed.md)."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.canonical import amount_text, canonical, instant_text, price_text, quantity_text


def test_keys_are_sorted_as_utf_16_and_nothing_is_escaped_that_need_not_be():
    assert canonical({"€": "a/b", "a": 1, "\U0001f600": None, "ﬁ": True}) == (
        '{"a":1,"€":"a/b","\U0001f600":null,"ﬁ":true}'.encode()
    )


@pytest.mark.parametrize("value", [0.1, Decimal("1.5"), {"a": [1.0]}, {1: "a"}, 2**53, b"bytes"])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_money_and_quantities_carry_all_their_decimals():
    assert price_text(Decimal("10.5")) == "10.5000"
    assert quantity_text(Decimal(41)) == "41.000000"
    assert amount_text(Decimal("7"), "CNY") == "7.00"
    assert amount_text(Decimal("7"), "JPY") == "7"
    assert price_text(Decimal("-0")) == "0.0000"
    assert price_text(Decimal("1E+3")) == "1000.0000"


def test_a_price_of_five_decimals_is_not_cut_in_silence():
    with pytest.raises(ValueError, match="more decimals"):
        price_text(Decimal("1.00001"))


def test_an_instant_is_told_in_utc_with_microseconds():
    shanghai = timezone(timedelta(hours=8))
    assert instant_text(datetime(2026, 6, 1, 10, tzinfo=shanghai)) == "2026-06-01T02:00:00.000000Z"
    assert instant_text(datetime(2026, 6, 1, 2, 0, 0, 7, tzinfo=UTC)) == "2026-06-01T02:00:00.000007Z"


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=4), st.integers(-99, 99) | st.text(max_size=6), max_size=6))
def test_the_order_in_which_a_value_was_put_together_does_not_matter(value):
    assert canonical(value) == canonical(dict(reversed(value.items())))
