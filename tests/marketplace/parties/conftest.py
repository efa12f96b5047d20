"""A seller, its owner, a dealer and a stranger."""

import pytest

from marketplace.core.actor import Actor
from marketplace.parties.models import Organization, Partnership
from tests.factories import make_actor, make_organization, make_partnership, make_stranger


@pytest.fixture
def seller(db) -> Organization:
    return make_organization("Xinghe Home")


@pytest.fixture
def owner(seller) -> Actor:
    return make_actor(seller, "seller_owner")


@pytest.fixture
def partnership(seller) -> Partnership:
    return make_partnership(seller, "Yunqi Trading")


@pytest.fixture
def dealer(partnership) -> Actor:
    return make_actor(partnership.downstream, "dealer_owner")


@pytest.fixture
def stranger(db) -> Actor:
    return make_stranger()
