"""How long the pages take to answer a hand: from a key or a click until the screen has changed (Event Timing API)."""

from collections.abc import Callable

from playwright.sync_api import Page

#: Keeps the longest event; the browser rounds durations to 8 ms.
WATCH = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries().filter((one) => one.interactionId))
      window.longest = Math.max(window.longest, entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
}"""


def home(page: Page) -> None:
    """The palette opens and searches."""
    page.keyboard.press("Control+k")
    page.keyboard.type("pan", delay=40)
    page.keyboard.press("Escape")


def catalogue(page: Page) -> None:
    """From the grid to the table, and a word in the search."""
    page.locator("[data-view='table'], a[href*='view=table']").first.click()
    page.wait_for_load_state()
    page.locator("input[type=search]").first.click()
    page.keyboard.type("pan", delay=40)


def pad(page: Page) -> None:
    """A SKU and a quantity are typed, and the next line."""
    page.locator("[role=gridcell]").first.click()
    for text in ("BIN02-WHITE-10000", "12"):
        page.keyboard.type(text, delay=30)
        page.keyboard.press("Tab")


def cart(page: Page) -> None:
    """A quantity is changed."""
    field = page.locator("main input[inputmode=decimal], main input[type=number]").first
    field.click()
    page.keyboard.type("3", delay=40)
    page.keyboard.press("Tab")


def order(page: Page) -> None:
    """From tab to tab."""
    for tab in page.get_by_role("tab").all():
        tab.click()


HANDS: dict[str, Callable[[Page], None]] = {
    "home": home,
    "catalogue": catalogue,
    "pad": pad,
    "cart": cart,
    "order": order,
}


def slowest(page: Page, name: str, url: str) -> int:
    """Milliseconds of the slowest answer while a page is used as it usually is; 16 is the least that is told apart."""
    page.goto(url)
    page.wait_for_timeout(1000)  # its scripts are there; a page that listens never falls silent
    page.evaluate(WATCH)
    HANDS[name](page)
    page.wait_for_timeout(400)
    return round(page.evaluate("window.longest"))
