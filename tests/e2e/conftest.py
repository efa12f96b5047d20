"""A browser, a seller with goods, its dealer, and people who look at pages in their language."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.market import Market
from tests.e2e.person import Person
from tests.e2e.site import serving
from tests.kept import Kept
from tools.browser import chromium

# Playwright's synchronous interface keeps an event loop in this thread; the test still talks to the database itself.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
expect.set_options(timeout=15_000)  # two browsers, two servers and the database share what may be two cores
MARKET = Kept(Market)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; every person gets a profile of their own."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def market(transactional_db) -> Market:
    """A seller of sixty products, a dealer that may buy them, and who works there."""
    return MARKET()


@pytest.fixture
def site(market) -> Iterator[str]:
    """The address of the running application; who signed in for the tests before does not count against its limits."""
    cache.clear()
    with serving() as address:
        yield address


@pytest.fixture
def visit(browser, site) -> Iterator[Callable[..., Person]]:
    """`visit(email, language, width)`: somebody at a screen. Fails if any page of theirs wrote an error."""
    people: list[Person] = []

    def open_browser(email: str = "", language: str = "en", width: int = 1440, **options: Any) -> Person:
        person = Person(browser, site, email, language, width, **options)
        people.append(person)
        return person

    yield open_browser
    errors = [error for person in people for error in person.errors]
    for person in people:
        person.context.close()
    assert errors == [], "\n".join(errors)


@pytest.fixture
def photograph() -> Callable[..., None]:
    """Keep a picture of a page under `test-artifacts/`, for people to look at."""
    folder = Path(settings.BASE_DIR) / "test-artifacts"
    folder.mkdir(exist_ok=True)

    def keep(page: Page, name: str, whole: bool = False) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=whole)

    return keep
