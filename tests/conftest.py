"""What every test starts from."""

import os

import pytest
from django.conf import settings

from tests.locks import lock_order  # noqa: F401  (fixtures of every room)
from tests.statements import WRITING, sql_count  # noqa: F401


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Name the test database, and leave the suffix of a parallel worker to pytest-django."""


@pytest.fixture(autouse=True)
def _media_of_a_test(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def pytest_configure() -> None:
    name = os.environ.get("ENTREPOT_TEST_DB") or "test_entrepot"
    settings.DATABASES["default"]["TEST"] = {**settings.DATABASES["default"].get("TEST", {}), "NAME": name}
    # A cheap hash: the tests sign in hundreds of times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """While the counts of bench/sql_counts.json are written, only the tests that hold one are run."""
    if not os.environ.get(WRITING):
        return
    counting = [item for item in items if "sql_count" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in counting])
    items[:] = counting
