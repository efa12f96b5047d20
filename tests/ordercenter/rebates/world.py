"""A shop with rebate policies and sources, in a few words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import Sum

from marketplace.core.actor import Actor
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Partnership
from ordercenter.ledger.models import LedgerAccount
from ordercenter.rebates.accrue import Accrued, accrue_all
from ordercenter.rebates.enums import RebateBasis, RebateReward
from ordercenter.rebates.models import (
    RebateAccrual,
    RebateBeneficiary,
    RebateLine,
    RebatePolicy,
    RebatePosition,
    RebateTier,
)
from ordercenter.rebates.sources import Source
from tests.ordercenter.orders.shop import Shop
from tests.ordercenter.rebates.terms import bands

NOON = datetime(2026, 2, 10, 4, tzinfo=UTC)
LADDER = ((0, 1), (100_000, 2), (300_000, 3))


class RebateShop(Shop):
    """`shop.policy(*steps)` is in effect at once; `shop.buys(80_000)` accrues a source of its dealer."""

    def __init__(self, name: str = "Xinghe", **settings: Any) -> None:
        super().__init__(name, **settings)
        self.keeps_books()

    def keeps_books(self) -> RebateShop:
        """What rebates need beside a shop."""
        self.books = Actor.system(self.seller)
        self.numbers = count(1)
        self.codes = count(1)
        return self

    def policy(
        self,
        *steps: tuple[Any, Any],
        reward: RebateReward = RebateReward.PERCENT,
        line: dict[str, Any] | None = None,
        whom: dict[str, Any] | None = None,
        **fields: Any,
    ) -> RebatePolicy:
        defaults = {
            "code": f"R{next(self.codes)}",
            "name_en": "Rebate",
            "currency": "CNY",
            "basis": RebateBasis.ORDERED,
            "status": PolicyStatus.EFFECTIVE,
            "confirm_days": 0,
        }
        deducts = fields.pop("deducts", ())
        policy = RebatePolicy.objects.create(organization=self.seller, **(defaults | fields))
        policy.deducts.set(deducts)
        RebateBeneficiary.objects.create(organization=self.seller, policy=policy, **(whom or {}))
        row = RebateLine.objects.create(
            organization=self.seller, policy=policy, **({"method": "retrospective"} | (line or {}))
        )
        RebateTier.objects.bulk_create(
            RebateTier(
                organization=self.seller,
                line=row,
                lower=band.lower,
                upper=band.upper,
                reward=band.reward,
                value=band.value,
            )
            for band in bands(*(steps or LADDER), reward=reward)
        )
        return policy

    def source(self, amount: Any, partnership: Partnership | None = None, at: datetime = NOON, **fields: Any) -> Source:
        value = Decimal(str(amount))
        number = next(self.numbers)
        defaults = {
            "kind": "test",
            "id": number,
            "basis": RebateBasis.ORDERED,
            "seller_id": self.seller.pk,
            "partnership_id": (partnership or self.buyer).pk,
            "currency": "CNY",
            "occurred_at": at,
            "net": value,
            "gross": value,
            "list_net": value,
            "list_gross": value,
            "base_quantity": value,
            "seq": 0,
        }
        return Source(**(defaults | fields))

    def buys(self, *amounts: Any, partnership: Partnership | None = None, **fields: Any) -> Accrued:
        return accrue_all(self.books, [self.source(amount, partnership, **fields) for amount in amounts])

    def steps(self, policy: RebatePolicy | None = None) -> list[tuple[str, str]]:
        found = RebateAccrual.objects.order_by("position", "seq")
        if policy:
            found = found.filter(line__policy=policy)
        return [(row.cause.upper(), f"{row.amount:.2f}") for row in found]

    def position(self, policy: RebatePolicy, partnership: Partnership | None = None, **where: Any) -> RebatePosition:
        return RebatePosition.objects.get(line__policy=policy, partnership=partnership or self.buyer, **where)

    def owed(self) -> Decimal:
        """Credit balance of the accrual accounts."""
        rows = LedgerAccount.objects.filter(organization=self.seller, kind="rebate_accrual")
        return -(rows.aggregate(total=Sum("balance"))["total"] or Decimal(0))

    def opened(self) -> Decimal:
        """Accrued and not settled, over all positions."""
        return sum((one.open for one in RebatePosition.objects.filter(seller=self.seller)), Decimal(0))


QUARTER = (date(2026, 1, 1), date(2026, 4, 1))
