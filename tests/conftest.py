"""What every test starts from."""

import os

import pytest
from django.conf import settings


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
