import pytest

from tests.ordercenter.ledger.funds.purse import Purse
from tests.ordercenter.orders.shop import Shop


@pytest.fixture
def shop(db) -> Shop:
    """A seller that confirms by hand."""
    return Shop()


@pytest.fixture
def quick_shop(db) -> Shop:
    """A seller that confirms by itself."""
    return Shop(auto_confirm=True)


@pytest.fixture
def purse(db) -> Purse:
    """A shop whose dealer may have funds: goods A at 60 and B at 30."""
    return Purse()
