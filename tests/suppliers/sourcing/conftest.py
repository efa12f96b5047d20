import pytest

from tests.suppliers.sourcing.world import Sourcing


@pytest.fixture
def world(db) -> Sourcing:
    """A buyer and three of its suppliers."""
    return Sourcing()
