"""A seller, its dealer and another dealer who both order there, with something private in every room."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

from django.db import Error, transaction

from marketplace.catalog.models import Assortment, AssortmentLine, Product
from marketplace.core.actor import Actor
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import get_schema
from marketplace.graphql.api_keys import create_key
from marketplace.notifications.bulletins import publish_bulletin, write_bulletin
from marketplace.parties.invitations import InvitationDraft, invite_member
from marketplace.parties.models import Address, Organization, Partnership, Role
from marketplace.search.documents import index_documents
from ordercenter.fulfilment.receive import Count, ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from ordercenter.orders.carts import write_cart
from ordercenter.orders.entries import Wish
from ordercenter.orders.saved_lists import SavedListDraft, write_saved_list
from tests.factories import make_actor, make_member
from tests.ordercenter.orders.shop import Shop, lines

SELLER = "Xenolith"
"""Stands in what only the seller may read."""
DEALER = "Yttrium"
"""Stands in what belongs to the dealer."""

WRITTEN_BY_PEOPLE = ("note", "label", "contact", "remark", "reason", "title", "street", "buyer_reference")


def make_world() -> SimpleNamespace:
    """The three organizations with their people, goods, prices, stock, orders and deliveries."""
    shop = Shop("Seller", auto_confirm=True)
    for sku, price in (("A-1", "10"), ("B-2", "20"), (f"{DEALER}-3", "30")):
        shop.sells(sku, price, 100, BOX=12)
    partnership, buyer = shop.dealer_of(f"{DEALER} Trading")
    make_member(partnership.downstream, "dealer_buyer", name=f"{DEALER} Person")
    other, other_buyer = shop.dealer_of("Other")
    own_goods_and_prices(shop, partnership)
    for actor, who in ((buyer, partnership), (other_buyer, other)):
        shop.buyer = who
        trade(shop, actor)
    make_member(shop.seller, "seller_finance", name=f"{SELLER} Person")
    Address.objects.create(organization=shop.seller, contact=SELLER, street=SELLER)
    seller_actor = make_actor(shop.seller, "seller_owner")
    told_and_kept(shop, partnership)
    mark(partnership.downstream, DEALER)
    return SimpleNamespace(
        seller=shop.seller,
        dealer=partnership.downstream,
        other=other.downstream,
        partnership=partnership,
        seller_actor=seller_actor,
        dealer_actor=buyer,
        other_actor=other_buyer,
    )


def trade(shop: Shop, actor: Actor) -> None:
    """An order, shipped in part and counted in part; a cart, and a saved list."""
    order = shop.order(("A-1", 3), ("B-2", 1, "BOX"), actor=actor)
    first, _second = lines(order)
    (shipment,) = ship(shop.sales, ShipmentDraft(order.pk, {first.pk: Decimal(2)}))
    receive(actor, ReceiptDraft(shipment.pk, {shipment.lines.get().pk: Count(Decimal(1), Decimal(1))}))
    wishes = [Wish(shop.goods["A-1"].pk, Decimal(5))]
    write_cart(actor, shop.seller.pk, wishes, add=True)
    name = f"List of {actor.organization}"
    write_saved_list(actor, SavedListDraft(seller_id=shop.seller.pk, name=name, wishes=wishes))


def own_goods_and_prices(shop: Shop, partnership: Partnership) -> None:
    """An article and a price list that are there for the dealer alone."""
    special = shop.goods[f"{DEALER}-3"]
    Product.objects.filter(pk=special.product_id).update(name_en=f"{DEALER} Special", slug="special")
    for audience, held in ((None, ("A-1", "B-2")), (partnership, ("A-1", "B-2", f"{DEALER}-3"))):
        code = DEALER if audience else "ALL"
        range_ = Assortment.objects.create(organization=shop.seller, code=code, name_en=code, partnership=audience)
        for sku in held:
            AssortmentLine.objects.create(organization=shop.seller, assortment=range_, variant=shop.goods[sku])
    prices = shop.price_list(DEALER)
    shop.assign(prices, partnership=partnership)
    shop.rows(prices, shop.goods["A-1"], ("PCS", 0, "9.8765"))
    index_documents([variant.product_id for variant in shop.goods.values()])


def told_and_kept(shop: Shop, partnership: Partnership) -> None:
    """Bulletins, invitations and a key; then everybody is told, and the log written, of all that has happened."""
    news = write_bulletin(shop.sales, {"title_en": f"{DEALER} news", "partnership_id": partnership.pk})
    publish_bulletin(shop.sales, news.pk)
    write_bulletin(shop.sales, {"title_en": f"{SELLER} draft"})
    invite_member(shop.sales, InvitationDraft("new@seller.example", note=SELLER))
    create_key(shop.sales, f"{SELLER} key", Role.objects.get(organization=shop.seller, preset="seller_sales").pk)
    dispatch_all()


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
