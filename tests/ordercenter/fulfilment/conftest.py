import pytest

from tests.ordercenter.orders.shop import Shop


@pytest.fixture
def shop(db) -> Shop:
    """A seller that confirms by hand."""
    return Shop()


@pytest.fixture
def quick_shop(db) -> Shop:
    """A seller that confirms by itself."""
    return Shop(auto_confirm=True)
