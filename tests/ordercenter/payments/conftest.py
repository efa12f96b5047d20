import pytest

from tests.ordercenter.ledger.books import Books, make_books


@pytest.fixture
def books(db) -> Books:
    """A seller with one dealer, in CNY."""
    return make_books()
