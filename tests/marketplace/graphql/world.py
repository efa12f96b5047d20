"""A seller, its dealer and another dealer, with something private in every room."""

from __future__ import annotations

from types import SimpleNamespace

from marketplace.parties.models import Address
from tests.factories import actor_of, make_member, make_organization, make_partnership

SELLER = "Xenolith"
"""Stands in what only the seller may read."""
DEALER = "Yttrium"
"""Stands in what belongs to the dealer."""


def make_world() -> SimpleNamespace:
    """The three organizations with their people and rows."""
    seller = make_organization("Seller", "seller")
    dealer = make_organization(f"{DEALER} Trading", "dealer")
    other = make_organization("Other", "dealer")
    partnership = make_partnership(seller, dealer, code=f"{DEALER}-1")
    make_partnership(seller, other, code="OTHER-1")
    owner = make_member(seller, "seller_owner", name=f"{SELLER} Owner")
    buyer = make_member(dealer, "dealer_owner", name=f"{DEALER} Buyer")
    Address.objects.create(organization=seller, contact=SELLER, street=SELLER)
    Address.objects.create(organization=dealer, contact=DEALER, street=DEALER)
    return SimpleNamespace(
        seller=seller,
        dealer=dealer,
        other=other,
        partnership=partnership,
        seller_actor=actor_of(owner),
        dealer_actor=actor_of(buyer),
    )
