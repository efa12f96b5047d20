import pytest

from tests.suppliers.auctions.world import World


@pytest.fixture
def world(db) -> World:
    return World()
