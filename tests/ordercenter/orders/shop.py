"""A seller with goods, stock and a dealer, in a few words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marketplace.catalog.models import Listing, OrderQuantityRule, Pack, Product, Variant
from marketplace.core.actor import Actor
from marketplace.parties.models import Organization, Partnership
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.models import Order, OrderLine, OrderSettings
from ordercenter.orders.place import place
from ordercenter.pricing.models import PriceRow
from ordercenter.stock.entries import StockLine, receive_stock
from ordercenter.stock.models import StockBalance, Warehouse
from tests.factories import make_actor, make_address, make_partnership
from tests.ordercenter.pricing.world import World


class Shop(World):
    """`shop.sells("ABC", price, stock)` puts up goods; `shop.order(("ABC", 3))` orders them as the dealer."""

    def __init__(self, name: str = "Xinghe", **settings: Any) -> None:
        super().__init__(name)
        self.buyer = make_partnership(self.seller, "Yunqi")
        make_address(self.buyer.downstream)
        self.settings = OrderSettings.objects.create(organization=self.seller, **settings)
        self.system = Actor.system()
        self.sales = make_actor(self.seller, "seller_owner")
        self.dealer = make_actor(self.buyer.downstream, "dealer_owner")
        self.list = self.price_list("EVERYONE")
        self.assign(self.list)
        self.shelf = self.warehouse("SH", 1)
        Warehouse.objects.get_or_create(
            organization=self.seller, kind="transit", defaults={"code": "TRANSIT", "allocates": False}
        )
        self.goods: dict[str, Variant] = {}

    def warehouse(self, code: str, priority: int = 100) -> Warehouse:
        return Warehouse.objects.create(organization=self.seller, code=code, name_en=code, priority=priority)

    def sells(
        self, sku: str, price: Any = "10", stock: Any = 0, *, tax: Any = "0.13", rule: Any = None, **packs: Any
    ) -> Variant:
        """Put up goods; `packs` by factor (BOX=12), `rule` as (min, step, max) in pieces."""
        product = Product.objects.create(
            organization=self.seller, name_en=f"Pan {sku}", name_zh=f"锅 {sku}", slug=sku.lower(), tax_rate=Decimal(tax)
        )
        variant = self.variant(product, **packs)
        Variant.objects.filter(pk=variant.pk).update(sku=sku)
        variant.sku = sku
        Listing.objects.create(organization=self.seller, variant=variant)
        self.rows(self.list, variant, ("PCS", 0, price), *((uom, 0, Decimal(price) * packs[uom]) for uom in packs))
        if rule:
            least, step, most = rule
            OrderQuantityRule.objects.create(
                organization=self.seller, variant=variant, uom=self.uoms["PCS"], min=least, step=step, max=most
            )
        self.goods[sku] = variant
        if stock:
            self.stock(sku, stock)
        return variant

    def sells_many(self, count: int, price: Any = "10", stock: Any = 0) -> list[str]:
        """Put up many goods sold by the piece, in a few statements; their SKUs."""
        skus = [f"M{number:05}" for number in range(count)]
        owner = self.seller
        products = Product.objects.bulk_create(
            Product(organization=owner, name_en=f"Pan {sku}", slug=sku.lower(), tax_rate=Decimal("0.13"))
            for sku in skus
        )
        variants = Variant.objects.bulk_create(
            Variant(organization=owner, product=product, sku=sku) for sku, product in zip(skus, products, strict=True)
        )
        pieces = self.uoms["PCS"]
        Pack.objects.bulk_create(
            Pack(organization=owner, variant=variant, uom=pieces, factor=1, is_base=True) for variant in variants
        )
        Listing.objects.bulk_create(Listing(organization=owner, variant=variant) for variant in variants)
        PriceRow.objects.bulk_create(
            PriceRow(organization=owner, price_list=self.list, variant=variant, uom=pieces, amount=Decimal(price))
            for variant in variants
        )
        self.goods |= dict(zip(skus, variants, strict=True))
        if stock:
            receive_stock(self.sales, self.shelf, [StockLine(variant.pk, Decimal(stock)) for variant in variants])
        return skus

    def stock(self, sku: str, quantity: Any, warehouse: Warehouse | None = None) -> None:
        line = StockLine(self.goods[sku].pk, Decimal(quantity))
        receive_stock(self.sales, warehouse or self.shelf, [line])

    def line(self, sku: str, quantity: Any, uom: str = "PCS", **fields: Any) -> DraftLine:
        return DraftLine(self.goods[sku].pk, self.uoms[uom].pk, Decimal(str(quantity)), **fields)

    def draft(self, *lines: tuple[Any, ...] | DraftLine, **fields: Any) -> OrderDraft:
        """Lines as (sku, quantity[, uom])."""
        made = [line if isinstance(line, DraftLine) else self.line(*line) for line in lines]
        return OrderDraft(self.seller.pk, self.buyer.downstream_id, made, **fields)

    def order(self, *lines: Any, actor: Actor | None = None, **fields: Any) -> Order:
        return place(actor or self.dealer, self.draft(*lines, **fields))

    def dealer_of(self, name: str) -> tuple[Partnership, Actor]:
        """Another dealer of the seller, with an address."""
        partnership = make_partnership(self.seller, name)
        make_address(partnership.downstream)
        return partnership, make_actor(partnership.downstream, "dealer_owner")

    def on_hand(self, sku: str, owner: Organization | None = None) -> dict[str, Decimal]:
        """By warehouse code: what lies there."""
        rows = StockBalance.objects.filter(variant=self.goods[sku], organization=owner or self.seller)
        return {row.warehouse.code: row.on_hand for row in rows.select_related("warehouse") if row.on_hand}

    def allocated(self, sku: str) -> Decimal:
        rows = StockBalance.objects.filter(variant=self.goods[sku], organization=self.seller)
        return sum((row.allocated for row in rows), Decimal(0))


def lines(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=order).order_by("position"))


def counters(order: Order, *names: str) -> list[tuple[Decimal, ...]]:
    """The named counters of each line."""
    return [tuple(getattr(line, name) for name in names) for line in lines(order)]
