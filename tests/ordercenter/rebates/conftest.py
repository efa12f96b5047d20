import pytest

from tests.ordercenter.rebates.world import RebateShop


@pytest.fixture
def shop(db) -> RebateShop:
    """A seller that confirms by hand, with one dealer."""
    return RebateShop()
