"""A shop to ask: a schema of its own behind the real view."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from marketplace.graphql import engine
from marketplace.graphql.documents import Documents
from marketplace.graphql.limits import Limits
from marketplace.graphql.tokens import make_access_token
from marketplace.parties.models import Address
from tests.factories import make_member, make_organization, make_partnership
from tests.marketplace.graphql.shop import shop_schema

_kept: dict[Limits, Documents] = {}


@pytest.fixture
def shop(monkeypatch, db):
    """The engine works on the shop's schema for the length of a test."""
    limits = Limits()
    if limits not in _kept:
        _kept[limits] = Documents(shop_schema(), limits)
    documents = _kept[limits]
    monkeypatch.setattr(engine, "documents", lambda: documents)
    return documents


@pytest.fixture
def people(db):
    """A seller with three dealers, each with an address, and a stranger."""
    seller = make_organization("Seller", "seller")
    dealers = [make_organization(name, "dealer") for name in ("Alpha", "Beta", "Gamma")]
    partnerships = [make_partnership(seller, dealer, code=f"D{n}") for n, dealer in enumerate(dealers)]
    stranger = make_organization("Stranger", "seller", "dealer")
    for organization in (seller, *dealers, stranger):
        Address.objects.create(organization=organization, contact=f"C {organization.name}", street="1")
    return SimpleNamespace(
        seller=seller,
        dealers=dealers,
        partnerships=partnerships,
        stranger=stranger,
        owner=make_member(seller, "seller_owner"),
        dealer=make_member(dealers[0], "dealer_owner"),
        outsider=make_member(stranger, "seller_owner", "dealer_owner"),
    )


@pytest.fixture
def http(shop):
    """Posts an operation: `http(document, variables, member=..., **headers)` gives the response with `.answer`."""

    def post(text: Any, variables: Any = None, member: Any = None, client: Any = None, **headers: str) -> Any:
        if member is not None:
            token = make_access_token(member.user_id, member.organization_id, 0)
            headers["Authorization"] = f"Bearer {token}"
        body = text if isinstance(text, bytes) else json.dumps({"query": text, "variables": variables})
        if isinstance(text, dict | list):
            body = json.dumps(text)
        sender = client or Client(enforce_csrf_checks=True)
        response = sender.post("/graphql/", body, content_type="application/json", headers=headers)
        response.answer = json.loads(response.content)
        return response

    return post
