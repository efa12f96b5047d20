"""Invoices: drawn and issued by the seller, read and printed by the dealer, lowered by a credit note; and tax pages."""

import re
from decimal import Decimal

import pytest

from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.invoicing.draw import InvoiceDraft, draw_all
from ordercenter.invoicing.issue import issue_all
from ordercenter.orders.confirm import confirm_all
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def shipped(market):
    """Two orders that left."""
    made = []
    for sku in ("PAN-011", "PAN-012"):
        order = market.order((sku, 6))
        confirm_all(market.sales, [order.pk])
        ship(market.sales, ShipmentDraft(order.pk))
        made.append(order)
    return made


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_what_left_is_drawn_issued_read_and_credited(visit, photograph, market, shipped, language, width):
    seller = visit(SELLER, language, width)
    page = seller.sign_in("/office/finance/invoices/due/")
    assert page.locator("tbody tr").count() == 2
    assert seller.flaws() == []
    seller.button("Draw all").click()
    seller.page.get_by_role("dialog").get_by_role("button", name=seller.says("Draw invoices")).click()
    page.wait_for_url("**/office/finance/invoices/?status=DRAFT")
    page.locator("tbody tr a").first.click()
    seller.button("Issue").first.click()
    page.get_by_role("dialog").get_by_role("button", name=seller.says("Issue"), exact=True).click()
    page.get_by_role("heading", name="INV-000001").wait_for()
    assert seller.flaws() == []
    photograph(page, f"invoice-{language}-{width}")
    seller.button("Credit note").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("PAN-01")).first.fill("2")
    assert seller.flaws() == []
    dialog.get_by_role("button", name=seller.says("Issue the credit note")).click()
    page.get_by_text("CN-000001").first.wait_for()
    assert not seller.overflows()

    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/finance/invoices/")
    assert page.locator("tbody tr").count() == 1
    assert dealer.flaws() == []
    page.locator("tbody tr a").first.click()
    page.get_by_role("heading", name="INV-000001").wait_for()
    address = page.get_by_role("link", name="PDF", exact=True).first.get_attribute("href")
    paper = page.request.get(f"{dealer.site}{address}")
    assert paper.headers["content-type"] == "application/pdf" or paper.status == 503
    page.goto(str(address).replace("invoice.pdf", "print/"))
    assert "INV-000001" in page.content()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_a_company_keeps_its_tax(visit, photograph, market, shipped, language, width):
    seller = visit(SELLER, language, width)
    page = seller.sign_in("/company/tax/")
    seller.button("Set up Chinese VAT").click()
    page.get_by_role("heading", name=seller.says("Tax categories and rates")).wait_for()
    page.locator("section.card").nth(4).wait_for()
    assert seller.flaws() == []
    assert not seller.overflows()
    photograph(page, f"tax-{language}-{width}")
    page.goto("/company/tax-profile/")
    page.get_by_label(seller.says("Tax number")).fill("91310115MA1K3XYZ01")
    page.get_by_role("button", name=seller.says("Save")).last.click()
    page.get_by_text(seller.says("Saved.")).first.wait_for()
    assert seller.flaws() == []
    page.goto("/company/invoicing/")
    assert seller.flaws() == []


def test_many_drafts_are_issued_at_once(visit, market, shipped):
    drafts = draw_all(market.sales, [InvoiceDraft([order.pk]) for order in shipped])
    assert [row.gross > Decimal(0) for row in drafts] == [True, True]
    seller = visit(SELLER)
    page = seller.sign_in("/office/finance/invoices/?status=DRAFT")
    page.locator("tbody input[type=checkbox]").nth(0).check()
    page.locator("tbody input[type=checkbox]").nth(1).check()
    page.locator("button[value=IssueMany]").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Issue").click()
    page.get_by_text("2 invoices issued.").wait_for()
    assert issue_all(market.sales, [drafts[0].pk])[0].number.startswith("INV-")
