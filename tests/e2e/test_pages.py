"""Every page, as its users see it: nothing for axe to find, no word in the console, nothing cut off at 360 px."""

import pytest
from django.conf import settings

from marketplace.graphql import to_global_id
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUYING = (
    "/home/",
    "/catalog/",
    "/catalog/?view=list",
    "/orders/new/",
    "/carts/",
    "/orders/",
    "/lists/",
    "/promotions/",
    "/credit/",
    "/finance/",
    "/finance/statement/",
    "/finance/invoices/",
    "/finance/invoices/credit-notes/",
    "/finance/funds/",
    "/finance/payments/",
    "/finance/payments/new/",
    "/rebates/",
    "/contracts/",
    "/bulletins/",
    "/profile/",
)
SELLING = (
    "/office/",
    "/office/orders/",
    "/office/orders/new/",
    "/office/partners/",
    "/office/partners/invite/",
    "/office/partners/invitations/",
    "/office/partners/groups/",
    "/office/partners/grades/",
    "/office/partners/territories/",
    "/office/bulletins/",
    "/office/bulletins/new/",
    "/office/products/",
    "/office/products/sheet/",
    "/office/products/brands/",
    "/office/products/categories/",
    "/office/prices/",
    "/office/prices/calendar/",
    "/office/prices/settings/",
    "/office/prices/why/",
    "/office/prices/policies/",
    "/office/prices/policies/calendar/",
    "/office/prices/adjustments/",
    "/office/prices/simulations/",
    "/office/promotions/",
    "/office/promotions/calendar/",
    "/office/promotions/new/?effect=THRESHOLD_OFF&level=ORDER",
    "/office/promotions/new/?effect=GIFT&level=ORDER",
    "/office/stock/",
    "/office/stock/moves/",
    "/office/stock/adjust/",
    "/office/stock/receive/",
    "/office/stock/supply/",
    "/office/stock/warehouses/",
    "/office/stock/settings/",
    "/office/credit/",
    "/office/credit/holds/",
    "/office/credit/requests/",
    "/office/credit/rules/",
    "/office/finance/",
    "/office/finance/items/",
    "/office/finance/statement/",
    "/office/finance/ledger/",
    "/office/finance/accounts/",
    "/office/finance/dunning/",
    "/office/finance/budgets/",
    "/office/finance/opening/",
    "/office/finance/invoices/",
    "/office/finance/invoices/due/",
    "/office/finance/invoices/credit-notes/",
    "/office/finance/funds/",
    "/office/finance/payments/",
    "/office/finance/payments/bank/",
    "/office/finance/funds/top-ups/",
    "/office/finance/funds/transfers/",
    "/office/finance/funds/rules/",
    "/office/finance/funds/rules/new/",
    "/office/rebates/",
    "/office/rebates/positions/",
    "/office/rebates/settlements/",
    "/office/imports/",
)
SETTINGS = (
    "/company/",
    "/company/details/",
    "/company/security/",
    "/company/notifications/",
    "/company/addresses/",
    "/company/tax-profile/",
    "/company/numbers/",
    "/company/departments/",
    "/company/users/",
    "/company/roles/",
    "/company/roles/new/",
    "/company/keys/",
    "/company/audit/",
)
SECURITY = ("/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/")


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1440, "light"), ("zh-hans", 360, "dark")],
)
def test_every_page_is_clean(visit, photograph, market, language, width, scheme):
    order = f"/orders/{to_global_id('Order', market.order(('PAN-001', 6), ('PAN-011', 2)).pk)}/"
    found = []
    for email, pages in (
        (DEALER, (*BUYING, *SETTINGS, *SECURITY, order)),
        (SELLER, (*SELLING, "/company/rules/", "/company/tax/", "/company/invoicing/", order)),
    ):
        person = visit(email, language, width, color_scheme=scheme)
        person.sign_in(pages[0])
        for address in pages:
            person.page.goto(address)
            found += person.flaws()
            found += [f"{address} is wider than its screen"] if person.overflows() else []
            photograph(person.page, f"page{address.replace('/', '-')}{language}-{width}-{scheme}")
    assert found == []


def test_nobody_sees_a_page_without_signing_in(visit):
    person = visit()
    for address in (*BUYING, *SELLING, *SETTINGS, *SECURITY):
        person.page.goto(address)
        assert settings.LOGIN_URL in person.page.url, address


def test_one_click_changes_the_language_and_it_is_remembered(visit):
    person = visit(DEALER)
    page = person.sign_in("/home/")
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.url.endswith("/home/")
    elsewhere = visit(DEALER)
    assert elsewhere.sign_in("/home/").locator("html").get_attribute("lang") == "zh-hans"


def test_the_keyboard_goes_everywhere(visit):
    page = visit(DEALER).sign_in("/home/")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/orders/")
    page.keyboard.press("/")
    page.keyboard.type("PAN-003")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalog/?search=PAN-003")
    page.locator("main").focus()
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()


def test_a_seller_sees_what_the_dealer_sees_and_can_change_nothing(visit):
    person = visit(SELLER)
    page = person.sign_in("/office/partners/")
    person.page.get_by_role("button", name="View as this dealer Yunqi").click()
    page.wait_for_url("**/home/")
    banner = page.get_by_role("status").filter(has_text="Yunqi")
    assert "Nothing can be changed" in banner.inner_text()
    page.goto("/catalog/")
    assert page.get_by_role("button", name="Add PAN-011 to the cart").count() == 0
    person.button("Leave this view").click()
    page.wait_for_url("**/office/partners/")
