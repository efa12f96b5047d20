"""What the browser tests start from: a seller's goods, prices and stock, its dealer, and the people of both."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.parties.models import Membership
from marketplace.search.engine import index_products
from ordercenter.stock.visibility import VisibilityRule, write_visibility
from tests.factories import actor_of, make_member
from tests.ordercenter.orders.shop import Shop

SELLER = "sales@xinghe.example"
DEALER = "buyer@yunqi.example"
SKUS = [f"PAN-{number:03}" for number in range(1, 61)]


class Market(Shop):
    """PAN-001 to PAN-060 at 11.00, 12.00 ...; a hundred of each in stock; boxes of 12 for the first ten."""

    def __init__(self) -> None:
        super().__init__()
        for number, sku in enumerate(SKUS, 1):
            packs = {"BOX": 12} if number <= 10 else {}
            self.sells(sku, price=10 + number, stock=100, rule=(6, 6, 600) if number == 2 else None, **packs)
        write_visibility(self.sales, [VisibilityRule(show="band")])
        index_products([variant.product_id for variant in self.goods.values()])
        make_member(self.seller, "seller_owner", email=SELLER, name="Lin Yue")
        make_member(self.buyer.downstream, "dealer_owner", email=DEALER, name="Chen Mei")

    def person(self, email: str) -> Actor:
        """One of the people, as their requests act."""
        return actor_of(Membership.objects.get(user__email=email))


def sheet(rows: int, unknown: int = 0) -> str:
    """Lines as copied from a spreadsheet; the last ones with codes nobody sells."""
    known = [f"{sku}\t{6 * (1 + number % 3)}" for number, sku in enumerate(SKUS[: rows - unknown])]
    return "\n".join(known + [f"PAN-0O{1 + number}\t5" for number in range(unknown)])
