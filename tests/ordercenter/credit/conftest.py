import pytest

from tests.ordercenter.credit.books import CreditShop


@pytest.fixture
def shop(db) -> CreditShop:
    """A seller that confirms by hand and controls credit, without any rule yet."""
    return CreditShop()
