from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ordercenter.promotions.caps_write import promotion_cap_write
from ordercenter.promotions.drafts import CapDraft, PromotionDraft
from ordercenter.promotions.models import Promotion, PromotionCap
from ordercenter.promotions.write import promotion_create, promotion_submit
from tests.ordercenter.orders.shop import Shop


class Promoting(Shop):
    """A shop that confirms by itself and can promote: `shop.promotes("P1", effect="percent_off", value=8)`."""

    def __init__(self) -> None:
        super().__init__(auto_confirm=True)

    def drafted(self, code: str, **fields: Any) -> Promotion:
        """A draft; parts of a PromotionDraft by their names, all else as values."""
        parts = {name: fields.pop(name) for name in PARTS if name in fields}
        if "pool" in parts:
            parts["pool_given"] = True
        values = {"code": code, "name_en": code, "stacking": "stackable"} | fields
        return promotion_create(self.sales, PromotionDraft(values, **parts))

    def promotes(self, code: str = "P1", **fields: Any) -> Promotion:
        """A promotion in effect."""
        return promotion_submit(self.sales, self.drafted(code, **fields).pk)

    def cap(self, promotion: Promotion, measure: str, limit: Any, **fields: Any) -> PromotionCap:
        made = promotion_cap_write(self.sales, promotion.pk, CapDraft(measure, Decimal(limit), **fields))
        assert made is not None
        return made


PARTS = ("audience", "scope", "tiers", "components", "pool", "funding")


@pytest.fixture
def shop(db) -> Promoting:
    """A seller that confirms by itself."""
    return Promoting()
