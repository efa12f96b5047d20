"""A seller, its dealer and another dealer who both order there, with something private in every room."""

from __future__ import annotations

from types import SimpleNamespace

from django.db import Error, models, transaction

from marketplace.graphql import get_schema
from marketplace.parties.models import Address, Organization
from tests.factories import make_actor, make_member
from tests.ordercenter.orders.shop import Shop

SELLER = "Xenolith"
"""Stands in what only the seller may read."""
DEALER = "Yttrium"
"""Stands in what belongs to the dealer."""

WRITTEN_BY_PEOPLE = ("note", "label", "contact", "remark", "reason", "title", "street", "buyer_reference")


def make_world() -> SimpleNamespace:
    """The three organizations with their people, goods, prices, stock and orders."""
    shop = Shop("Seller")
    for sku, price in (("A-1", "10"), ("B-2", "20")):
        shop.sells(sku, price, 100, BOX=12)
    partnership, buyer = shop.dealer_of(f"{DEALER} Trading")
    make_member(partnership.downstream, "dealer_buyer", name=f"{DEALER} Person")
    other, other_buyer = shop.dealer_of("Other")
    own_prices(shop, partnership)
    for actor, who in ((buyer, partnership), (other_buyer, other)):
        shop.buyer = who
        shop.order(("A-1", 3), ("B-2", 1, "BOX"), actor=actor)
    make_member(shop.seller, "seller_finance", name=f"{SELLER} Person")
    Address.objects.create(organization=shop.seller, contact=SELLER, street=SELLER)
    mark(partnership.downstream, DEALER)
    return SimpleNamespace(
        seller=shop.seller,
        dealer=partnership.downstream,
        other=other.downstream,
        partnership=partnership,
        seller_actor=make_actor(shop.seller, "seller_owner"),
        dealer_actor=buyer,
        other_actor=other_buyer,
    )


def own_prices(shop: Shop, partnership: models.Model) -> None:
    """A price list for the dealer alone, which another dealer must not see."""
    prices = shop.price_list(DEALER)
    shop.assign(prices, partnership=partnership)
    shop.rows(prices, shop.goods["A-1"], ("PCS", 0, "9.8765"))


def mark(organization: Organization, marker: str) -> None:
    """Put the marker into what the organization's people have written anywhere."""
    for model in get_schema().extensions["models"]:
        names = {field.name: field for field in model._meta.concrete_fields}
        sides = [side for side in ("organization", "buyer") if side in names]
        texts = [name for name in WRITTEN_BY_PEOPLE if name in names and not names[name].choices]
        for side in sides if texts else ():
            rows = model._base_manager.filter(**{side: organization})
            try:
                with transaction.atomic():
                    rows.update(**dict.fromkeys(texts, marker))
            except Error:
                continue  # what is written once and never changed
