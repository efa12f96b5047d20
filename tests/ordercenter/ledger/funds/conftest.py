import pytest

from tests.ordercenter.ledger.funds.purse import Purse


@pytest.fixture
def purse(db) -> Purse:
    """A shop whose dealer may have funds: goods A at 60 and B at 30, prices with tax."""
    return Purse()
