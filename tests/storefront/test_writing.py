"""How money, quantities and days are written, in both languages."""

import pytest
from django.utils import timezone, translation

from storefront.frame import Frame
from storefront.templatetags.trade import as_date, as_datetime, as_money, as_quantity, initials, plain


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.5", "CNY", "¥1,234.50"),
        ("0.125", "USD", "$0.125"),
        ("9.8000", "EUR", "€9.80"),
        ("-12.00", "CNY", "−¥12.00"),
        ("1500", "JPY", "JP¥1,500"),
        ("2.5", "KWD", "KWD 2.500"),
        ("7", "SEK", "SEK 7.00"),
    ],
)
def test_money_is_written_with_its_currency_and_at_least_its_decimals(amount, currency, written):
    assert as_money({"amount": amount, "currency": currency}) == written


def test_no_money_is_a_dash():
    assert as_money(None) == as_quantity(None) == "—"


@pytest.mark.parametrize(("value", "shown", "field"), [("1200.000000", "1,200", "1200"), ("0.250000", "0.25", "0.25")])
def test_a_quantity_has_decimals_only_where_there_are_some(value, shown, field):
    assert (as_quantity(value), plain(value)) == (shown, field)


def test_times_are_shown_in_the_zone_of_the_organization_and_days_stay_days():
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        assert as_datetime("2026-11-20T16:30:00+00:00") == "21 Nov 2026, 00:30"
        assert as_date("2026-11-20") == "20 Nov 2026"
        with translation.override("zh-hans"):
            assert as_datetime("2026-11-20T16:30:00+00:00") == "2026-11-21 00:30"


def test_initials_of_both_scripts():
    assert [initials("Northwind Hardware"), initials("华东五金"), initials("")] == ["NH", "华", "?"]


def frame(*permissions, buyer=True, seller=True, path="/"):
    organization = {"isBuyer": buyer, "isSeller": seller}
    return Frame({"actor": {"organization": organization, "permissions": permissions}}, path)


def test_the_menu_offers_only_what_the_actor_may_open():
    shown = frame("orders.sales", buyer=False).sections
    assert [place.url for _label, places in shown for place in places] == [
        "/office/",
        "/office/orders/",
        "/company/",
        "/graphql/",
    ]


def test_nothing_to_buy_is_offered_to_those_who_do_not_buy():
    shown = frame("orders.place", "catalog.browse", buyer=False).sections
    assert [place.url for _label, places in shown for place in places] == ["/company/", "/graphql/"]


def test_the_menu_marks_the_longest_address_a_page_stands_under():
    places = ("orders.purchases", "orders.place", "orders.sales")
    assert frame(*places, path="/orders/new/").here == "/orders/new/"
    assert frame(*places, path="/orders/T3JkZXI6MQ==/").here == "/orders/"
