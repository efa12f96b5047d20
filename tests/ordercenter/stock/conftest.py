import pytest

from tests.ordercenter.stock.shop import Shop, make_shop


@pytest.fixture
def shop(db) -> Shop:
    """A seller with two warehouses, W1 first, and one dealer."""
    made = make_shop()
    made.warehouse("W1", priority=1)
    made.warehouse("W2", priority=2)
    return made
