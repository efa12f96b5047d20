"""What invoices do to credit and fund accounts, and that parts of any cutting sum to the line."""

import itertools
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.money import round_money
from marketplace.core.verify import run_checks
from marketplace.parties.tax import partner_tax_write
from ordercenter.credit.models import CreditAccount, CreditSettings
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.invoiceable import Invoiceable
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundCause, FundKind
from ordercenter.ledger.kinds import AccountKind
from ordercenter.orders.arithmetic import LineCalculator
from ordercenter.orders.cancel import cancel
from ordercenter.orders.close import close
from ordercenter.orders.drafts import Charge
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import OrderLine
from tests.ordercenter.invoicing.desk import money
from tests.refusals import raises


def topped_up(desk, kind: FundKind, amount: str, contra: AccountKind) -> None:
    draft = GrantDraft(
        desk.buyer.pk, kind, "CNY", D(amount), FundCause.TOP_UP, 1, AccountKey(desk.seller.pk, contra, "CNY")
    )
    grant_all(desk.sales, [draft])


def test_cash_that_an_order_reserved_pays_its_invoices_part_by_part(desk):
    topped_up(desk, FundKind.CASH, "500", AccountKind.BANK)
    desk.sells("ABC", "48", stock=10)
    order = desk.order(("ABC", 10), funds={"cash": D(100)})
    line = OrderLine.objects.get(order=order)
    assert line.funded == 100
    ship(desk.sales, ShipmentDraft(order.pk, {line.pk: D(6)}))
    first = desk.invoice(order)
    assert (first.gross, desk.items(first)[0].open) == (288, 228)
    ship(desk.sales, ShipmentDraft(order.pk))
    second = desk.invoice(order)
    assert (second.gross, desk.items(second)[0].open) == (192, 152)
    assert desk.balance(AccountKind.RECEIVABLE) == 380
    assert desk.balance(AccountKind.CASH) == -400
    assert run_checks() == []


def test_a_rebate_that_lowered_the_price_is_used_with_the_invoice(desk):
    topped_up(desk, FundKind.REBATE, "90", AccountKind.REBATE_COST)
    desk.sells("ABC", "48", stock=10)
    order = desk.order(("ABC", 10), funds={"rebate": D(90)})
    assert order.gross == 390
    ship(desk.sales, ShipmentDraft(order.pk))
    invoice = desk.invoice(order)
    assert (invoice.gross, desk.items(invoice)[0].open) == (390, 390)
    assert desk.balance(AccountKind.REBATE) == 0
    assert desk.balance(AccountKind.REVENUE) == -invoice.net - 90
    assert run_checks() == []


def test_credit_follows_from_shipped_to_owed_to_nothing(desk):
    CreditSettings.objects.create(organization=desk.seller, controls=True)
    from ordercenter.credit.accounts import AccountDraft, write_account
    from ordercenter.credit.enums import CreditMode

    write_account(desk.sales, AccountDraft((desk.buyer.pk,), mode=CreditMode.UNLIMITED))
    desk.sells("ABC", "10", stock=10)
    order = desk.order(("ABC", 10))
    line = OrderLine.objects.get(order=order)

    def buckets():
        row = CreditAccount.objects.get(members__partnership=desk.buyer)
        return row.open_orders, row.unbilled, row.receivable, row.unapplied

    assert buckets() == (100, 0, 0, 0)
    ship(desk.sales, ShipmentDraft(order.pk, {line.pk: D(6)}))
    assert buckets() == (40, 60, 0, 0)
    invoice = desk.invoice(order, lines={line.pk: D(5)})
    assert buckets() == (40, 10, 50, 0)
    credit(desk.sales, CreditNoteDraft(invoice.pk, "return", {desk.lines(invoice)[0].pk: D(2)}))
    assert buckets() == (40, 10, 30, 0)
    assert run_checks() == []


def test_charges_and_gifts_come_with_the_first_goods(desk):
    desk.sells("ABC", "10", stock=10)
    charge = Charge(D("25.00"), "运费", "Freight", D("0.09"))
    order = desk.order(("ABC", 10), actor=desk.sales, charges=[charge])
    line = OrderLine.objects.get(order=order, kind="goods")
    ship(desk.sales, ShipmentDraft(order.pk, {line.pk: D(4)}))
    first = desk.invoice(order)
    assert [row.kind for row in desk.lines(first)] == ["goods", "charge"]
    assert money(desk.lines(first)[1]) == [("22.94", "2.06", "25.00")]
    ship(desk.sales, ShipmentDraft(order.pk))
    second = desk.invoice(order)
    assert [row.kind for row in desk.lines(second)] == ["goods"]
    assert first.gross + second.gross == order.gross == D("125.00")
    order.refresh_from_db()
    assert order.billing_status == "invoiced"
    assert run_checks() == []


RATES = st.sampled_from([D(0), D("0.06"), D("0.09"), D("0.13"), D("0.0825")])
PRICES = st.decimals(D("0.0001"), D("99999"), places=4)


@settings(max_examples=200, deadline=None)
@given(PRICES, st.integers(1, 400), RATES, st.booleans(), st.data(), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_parts_of_any_cutting_sum_to_the_line(price, quantity, rate, included, data, currency):
    amounts = LineCalculator(currency, included).line(price, D(quantity), rate)
    line = Invoiceable(
        1,
        1,
        1,
        "goods",
        "A",
        "",
        "",
        1,
        D(quantity),
        price,
        rate,
        "",
        amounts.tax,
        amounts.gross,
        currency,
        D(0),
        D(0),
        D(quantity),
    )
    cuts = sorted({0, quantity, *data.draw(st.lists(st.integers(0, quantity), max_size=8))})
    parts = [line.money(D(a), D(b)) for a, b in itertools.pairwise(cuts)]
    assert tuple(map(sum, zip(*parts, strict=True))) == (amounts.net, amounts.tax, amounts.gross)
    assert all(net + tax == gross and gross >= 0 for net, tax, gross in parts)
    unit = round_money(D("0.0005"), "KWD") if currency == "KWD" else D("0.01") if currency == "CNY" else D(1)
    shares = [amounts.gross * (b - a) / quantity for a, b in itertools.pairwise(cuts)]
    assert all(abs(part[2] - share) <= unit for part, share in zip(parts, shares, strict=True))


@settings(max_examples=200, deadline=None)
@given(PRICES, st.integers(1, 999), RATES, st.sampled_from(["CNY", "JPY", "KWD"]))
def test_tax_of_a_line_with_and_without_tax_in_the_price(price, quantity, rate, currency):
    plus = LineCalculator(currency, False).line(price, D(quantity), rate)
    assert plus.net == plus.list_amount
    assert plus.tax == round_money(plus.net * rate, currency)
    assert plus.gross == plus.net + plus.tax
    within = LineCalculator(currency, True).line(price, D(quantity), rate)
    assert within.gross == within.list_amount
    assert within.net == round_money(within.gross / (1 + rate), currency)
    assert within.tax == within.gross - within.net


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [("1130.00", "0.13", "1000.00", "130.00"), ("99.99", "0.13", "88.49", "11.50"), ("0.05", "0.06", "0.05", "0.00")],
)
def test_the_worked_examples_of_gross(gross, rate, net, tax):
    """Reconciliation §12.9."""
    amounts = LineCalculator("CNY", True).line(D(gross), D(1), D(rate))
    assert (amounts.net, amounts.tax) == (D(net), D(tax))


def test_what_is_invoiced_stays_ordered_when_the_rest_is_dropped(desk):
    desk.sells("ABC", "10", stock=10)
    order = desk.order(("ABC", 10), actor=desk.sales, charges=[Charge(D("25.00"), "运费", "Freight", D("0.09"))])
    line = OrderLine.objects.get(order=order, kind="goods")
    ship(desk.sales, ShipmentDraft(order.pk, {line.pk: D(4)}))
    invoice = desk.invoice(order)
    close(desk.sales, order.pk, "No more")
    order.refresh_from_db()
    assert (order.status, order.total.gross.amount) == ("closed", invoice.gross)
    assert run_checks() == []


def test_goods_that_are_invoiced_before_they_ship_are_not_cancelled(desk):
    desk.rules.basis = "ordered"
    desk.rules.save()
    desk.sells("ABC", "10", stock=10)
    order = desk.order(("ABC", 10))
    line = OrderLine.objects.get(order=order)
    desk.invoice(order, lines={line.pk: D(6)})
    with raises(OrderErrorCode.ALREADY_INVOICED):
        cancel(desk.sales, order.pk, "No more")
    with raises(OrderErrorCode.ALREADY_INVOICED, field="quantity", index=0):
        cancel(desk.sales, order.pk, "No more", {line.pk: D(5)})
    cancel(desk.sales, order.pk, "No more", {line.pk: D(4)})
    assert run_checks() == []


def test_an_exempt_buyers_invoice_says_so(desk):
    partner_tax_write(
        desk.sales, desk.buyer.pk, "reverse_charge", "EU 123", since=timezone.localdate() - timedelta(days=2)
    )
    desk.sells("ABC", "10")
    invoice = desk.invoice(desk.shipped(("ABC", 5)))
    assert (invoice.tax, invoice.gross) == (0, 50)
    assert desk.lines(invoice)[0].tax_treatment == "reverse_charge"
