"""The sheet of the pad, as somebody looks at it: rows from 1, cells by what they hold."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.market import DEALER


def at_the_pad(visit: Any, **options: Any) -> Page:
    """A dealer whose cursor stands in the first cell."""
    page = visit(DEALER, **options).sign_in("/orders/new/")
    open_pad(page)
    return page


def open_pad(page: Page) -> None:
    """Until the sheet takes keys."""
    expect(page.locator("#pad[data-ready]")).to_be_visible(timeout=20_000)


def row(page: Page, number: int) -> Locator:
    """A row by its number."""
    return page.locator(f'.pad-row[aria-rowindex="{number + 1}"]')


def cell(page: Page, number: int, column: str) -> Locator:
    """What a cell shows."""
    return row(page, number).locator(f"[data-col={column}] > .pad-value")


def press(page: Page, number: int, column: str) -> None:
    """Click into a cell, whether or not the field stands in it."""
    row(page, number).locator(f"[data-col={column}]").click(force=True)


def typed(page: Page) -> list[tuple[str, str]]:
    """Code and quantity of the rows that are drawn and hold something."""
    told = page.locator(".pad-row").evaluate_all(
        "rows => rows.map(row => ['code', 'quantity'].map(name =>"
        " row.querySelector(`[data-col=${name}] > .pad-value`).textContent))"
    )
    return [tuple(line) for line in told if any(line)]


def write(page: Page, *lines: tuple[str, str]) -> None:
    """Type lines from where the cursor stands, as hands do."""
    for code, quantity in lines:
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.keyboard.type(quantity)
        page.keyboard.press("Enter")


def paste(page: Page, text: str) -> None:
    """What the clipboard gives to the field that has the focus."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def copied(page: Page, kind: str = "copy") -> str:
    """What the sheet gives to the clipboard."""
    return page.evaluate(
        """kind => {
            const data = new DataTransfer();
            const event = new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
            return data.getData("text/plain");
        }""",
        kind,
    )
