"""What every test starts from."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.utils import timezone, translation

from tests import flush
from tests.locks import lock_order  # noqa: F401  (fixtures of every room)
from tests.statements import WRITING, sql_count  # noqa: F401
from tools.browser import chromium


def pytest_configure() -> None:
    """Name the test database, and take a cheap hash: the tests sign in hundreds of times."""
    name = os.environ.get("ENTREPOT_TEST_DB") or "test_entrepot"
    settings.DATABASES["default"]["TEST"] = {**settings.DATABASES["default"].get("TEST", {}), "NAME": name}
    flush.install()
    # How long an example takes says more of the machine than of the code.
    hypothesis.settings.register_profile("entrepot", deadline=None)
    hypothesis.settings.load_profile("entrepot")
    # No worker runs beside the tests: those of the outbox dispatch themselves.
    settings.OUTBOX_WAKES = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what can and should be run."""
    skip_without_browser(items)
    # Playwright leaves an event loop running in its thread, in which no other test could start one.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if os.environ.get(WRITING):
        keep_counting(config, items)


def skip_without_browser(items: list[pytest.Item]) -> None:
    """Count browser tests as skipped, by name and with the reason, where there is no browser."""
    reason = os.environ.get("ENTREPOT_NO_BROWSER") or (None if chromium() else "no Chromium; `make test` installs one")
    for item in items:
        if reason and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"{item.name}: no browser ({reason})"))


def keep_counting(config: pytest.Config, items: list[pytest.Item]) -> None:
    """While the counts of bench/sql_counts.json are written, only the tests that hold one are run."""
    counting = [item for item in items if "sql_count" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in counting])
    items[:] = counting


@pytest.fixture(autouse=True)
def _media_of_a_test(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _language_and_zone_of_a_test() -> Iterator[None]:
    """A request leaves the language and zone of its user to the thread; the next test starts without."""
    yield
    translation.deactivate()
    timezone.deactivate()
