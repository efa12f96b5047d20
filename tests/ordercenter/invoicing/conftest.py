import pytest

from tests.ordercenter.invoicing.desk import Desk


@pytest.fixture
def desk(db) -> Desk:
    """A seller that confirms by itself and invoices what it ships."""
    return Desk()
