"""What the pad sends: once under one key, however often it arrives."""

import json

import pytest

from marketplace.graphql import to_global_id
from ordercenter.orders.models import CartLine

pytestmark = pytest.mark.django_db


def send(client, seller, quantity, key):
    """The lines of the pad as its script sends them."""
    lines = [{"code": "PAN-011", "quantity": quantity}, {"code": "NOBODY", "quantity": "1"}]
    body = json.dumps(
        {"do": "SendLines", "variables": {"seller": to_global_id("Organization", seller.pk), "lines": lines}}
    )
    headers = {"Accept": "application/json", "Idempotency-Key": key}
    return client.post("/orders/new/", body, content_type="application/json", headers=headers)


def test_what_is_sent_twice_under_one_key_is_in_the_cart_once(dealer, market):
    first = send(dealer, market.seller, "6", "pad-1").json()["cartLinesPaste"]
    assert (first["check"]["goodCount"], first["check"]["badCount"], first["errors"]) == (1, 1, [])
    assert send(dealer, market.seller, "6", "pad-1").json()["cartLinesPaste"] == first
    assert CartLine.objects.get().quantity == 6
    send(dealer, market.seller, "6", "pad-2")
    assert CartLine.objects.get().quantity == 12


def test_a_key_that_stood_for_something_else_is_refused(dealer, market):
    send(dealer, market.seller, "6", "pad-1")
    assert send(dealer, market.seller, "7", "pad-1").status_code == 400
    assert CartLine.objects.get().quantity == 6
