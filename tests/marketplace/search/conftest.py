import pytest

from tests.marketplace.catalog.stall import Stall


@pytest.fixture
def stall(db) -> Stall:
    return Stall()
