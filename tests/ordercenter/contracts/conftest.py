import pytest

from tests.ordercenter.contracts.world import ContractShop


@pytest.fixture
def shop(db) -> ContractShop:
    """A seller of pans A (list price 10.00) and B, and a dealer that keeps contracts with it."""
    made = ContractShop()
    made.sells("A", "10", 100_000)
    made.sells("B", "20", 100_000)
    return made
