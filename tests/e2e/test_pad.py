"""The quick-order pad under the hands of somebody who knows keyboards."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.market import DEALER, SKUS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def at_the_pad(visit):
    """A dealer whose cursor stands in the first field."""
    page = visit(DEALER).sign_in("/orders/new/")
    expect(page.locator("[data-field=code]").first).to_be_focused()
    return page


def test_lines_are_typed_without_a_mouse(visit):
    page = visit(DEALER).sign_in("/home/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.locator("[data-field=code]").first).to_be_focused()
    page.keyboard.type("PAN-01")
    expect(page.locator(".pad-list [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.keyboard.type("PAN-020")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    expect(page.locator("[data-pad-gross]")).not_to_have_text("—")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/checkout/"))


def test_a_quantity_off_its_step_is_offered_and_never_changed_silently(visit):
    page = at_the_pad(visit)
    page.keyboard.type("PAN-002")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("7")
    row = page.locator(".pad-row").nth(1)
    expect(row.get_by_role("button", name="Take 12")).to_be_visible()
    expect(row.locator("[data-field=quantity]")).to_have_value("7")
    row.get_by_role("button", name="Take 12").click()
    expect(row.locator("[data-field=quantity]")).to_have_value("12")
    expect(page.locator(".pad-row.wrong")).to_have_count(0)


def test_a_thousand_pasted_rows_are_there_at_once(visit):
    page = at_the_pad(visit)
    lines = "\n".join(f"{SKUS[n % 60]}{'' if n < 60 else f'-{n}'};{6}" for n in range(1000))
    page.get_by_role("button", name="Paste", exact=True).click()
    page.get_by_label("Paste from a spreadsheet").fill(lines)
    started = time.monotonic()
    page.get_by_role("button", name="Read the lines").click()
    expect(page.locator(".pad-row")).to_have_count(1002)
    assert time.monotonic() - started < 5
    expect(page.locator("[data-pad-bad]")).to_contain_text("940")


def test_what_was_typed_survives_a_reload(visit):
    page = at_the_pad(visit)
    page.keyboard.type("PAN-030")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("4")
    expect(page.locator("[data-pad-gross]")).not_to_have_text("—")
    page.reload()
    expect(page.locator("[data-field=code]").first).to_have_value("PAN-030")
    expect(page.locator("[data-field=quantity]").first).to_have_value("4")


def test_a_spreadsheet_file_is_read(visit, tmp_path):
    file = tmp_path / "order.csv"
    file.write_text("sku,quantity\nPAN-040,6\nPAN-041,7\n")
    page = at_the_pad(visit)
    page.locator("[data-pad-file]").set_input_files(file)
    expect(page.locator("[data-field=code]").first).to_have_value("PAN-040")
