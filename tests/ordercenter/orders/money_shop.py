"""A seller with promotions, fund accounts and credit control, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from marketplace.core.outbox import dispatch_all
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import CONTRA, FundCause, FundKind
from ordercenter.ledger.funds.models import FundAccount, FundGrant
from ordercenter.ledger.models import LedgerAccount
from ordercenter.promotions.caps_write import promotion_cap_write
from ordercenter.promotions.coupons import coupons_generate
from ordercenter.promotions.drafts import CapDraft, CouponsDraft, PromotionDraft
from ordercenter.promotions.models import Coupon, Promotion, PromotionCap
from ordercenter.promotions.write import promotion_create, promotion_submit
from tests.ordercenter.credit.books import CreditShop

_numbers = count(1)


class MoneyShop(CreditShop):
    """`shop.promotes(effect=.., value=..)`, `shop.grant("cash", 500)`, `shop.limit(1000)`; the rest is a CreditShop."""

    def promotes(
        self,
        effect: str = "percent_off",
        level: str = "order",
        value: Any = None,
        cap: tuple[str, Any] | None = None,
        parts: dict[str, Any] | None = None,
        **values: Any,
    ) -> Promotion:
        """A promotion in effect; `cap` as (measure, limit), `parts` are those of a PromotionDraft."""
        code = f"P{next(_numbers)}"
        given = {"code": code, "name_en": code, "label_en": code, "effect": effect, "level": level, "currency": "CNY"}
        given |= {"stacking": "stackable", **values}
        if value is not None:
            given["value"] = Decimal(str(value))
        promotion = promotion_create(self.sales, PromotionDraft(given, **(parts or {})))
        if cap is not None:
            promotion_cap_write(self.sales, promotion.pk, CapDraft(cap[0], Decimal(str(cap[1]))))
        return promotion_submit(self.sales, promotion.pk)

    def coupon(self, promotion: Promotion, code: str = "SPRING", limit: int = 1) -> None:
        coupons_generate(self.sales, promotion.pk, CouponsDraft(code=code, limit=limit))

    def grant(self, kind: str, amount: Any, **fields: Any) -> FundGrant:
        fund = FundKind(kind)
        contra = AccountKey(self.seller.pk, CONTRA[fund], "CNY")
        where = fields.pop("partnership", self.buyer).pk
        draft = GrantDraft(where, fund, "CNY", Decimal(amount), FundCause.TOP_UP, next(_numbers), contra, **fields)
        made = grant_all(self.sales, [draft])[0]
        dispatch_all()  # credit hears of cash
        return made

    def held_in(self, kind: str) -> tuple[Decimal, Decimal]:
        """What a fund account holds, and what of it is promised."""
        account = FundAccount.objects.get(partnership=self.buyer, kind=kind)
        return account.shown_balance, account.reserved

    def everything(self) -> dict[str, Any]:
        """Stock, credit, caps, coupons and funds, to be compared before and after."""
        caps = PromotionCap.objects.order_by("pk").values_list("reserved", "used")
        coupons = Coupon.objects.order_by("pk").values_list("used", "status")
        purses = LedgerAccount.objects.filter(partnership__isnull=False).order_by("pk")
        grants = FundGrant.objects.order_by("pk").values_list("remaining", "reserved")
        return {
            "allocated": {sku: self.allocated(sku) for sku in self.goods},
            "credit": self.buckets(),
            "caps": list(caps),
            "coupons": list(coupons),
            "purses": list(purses.values_list("balance", "reserved")),
            "grants": list(grants),
        }


def totals(rows: Sequence[Any], *names: str) -> tuple[Decimal, ...]:
    """Sums of the named columns over rows."""
    return tuple(sum((getattr(row, name) for row in rows), Decimal(0)) for name in names)
