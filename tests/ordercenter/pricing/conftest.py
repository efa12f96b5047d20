import pytest

from tests.ordercenter.pricing.world import World


@pytest.fixture
def world(db) -> World:
    return World()
