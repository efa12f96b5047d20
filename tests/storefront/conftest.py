"""A market, and people who ask it for pages without a browser."""

import pytest
from django.test import Client

from marketplace.parties.models import User
from tests.e2e.market import DEALER, SELLER, Market


@pytest.fixture
def market(db) -> Market:
    return Market()


@pytest.fixture
def dealer(market) -> Client:
    return signed_in(DEALER)


@pytest.fixture
def seller(market) -> Client:
    return signed_in(SELLER)


def signed_in(email: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
