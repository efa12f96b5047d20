"""What people enter of a promotion. A name that is missing in `values`, or a part that is None, means: as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.catalog.scope import ProductScope

#: Columns of a promotion that may be entered.
ENTERED = (
    "code", "name_zh", "name_en", "label_zh", "label_en", "text_zh", "text_en", "effect", "level", "reward", "value",
    "buy", "get", "every", "max_quantity", "max_sets", "max_times", "uom_id", "currency", "priority", "stacking",
    "best_group", "stop", "threshold_on", "minimum", "minimum_over", "max_discount", "coupon_required", "on_short",
    "gift_mode", "hint_percent", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AudienceRowDraft:
    """For whom, or by which channel; all empty is everyone."""

    exclude: bool = False
    partnership_id: int | None = None
    group_id: int | None = None
    grade_id: int | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ScopeRowDraft:
    """Which goods, or with `exclude` which not."""

    scope: ProductScope
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class PoolItemDraft:
    """A gift, or an add-on with its price."""

    variant_id: int
    uom_id: int
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PoolDraft:
    """Gifts to choose from."""

    items: Sequence[PoolItemDraft]
    choose: int = 1
    on_short: str = "backorder"


@dataclass(frozen=True, slots=True)
class TierDraft:
    """From a threshold on, a reward."""

    threshold: Decimal
    reward: str
    value: Decimal | None = None
    pool: PoolDraft | None = None


@dataclass(frozen=True, slots=True)
class ComponentDraft:
    """A part of a combination."""

    quantity: Decimal
    scope: ProductScope | None


@dataclass(frozen=True, slots=True)
class FundingDraft:
    """Who bears what percent."""

    organization_id: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """A promotion as entered: `values` by the names of ENTERED; a part that is given replaces what is there."""

    values: Mapping[str, Any] = field(default_factory=dict)
    audience: Sequence[AudienceRowDraft] | None = None
    scope: Sequence[ScopeRowDraft] | None = None
    tiers: Sequence[TierDraft] | None = None
    components: Sequence[ComponentDraft] | None = None
    pool: PoolDraft | None = None
    pool_given: bool = False
    funding: Sequence[FundingDraft] | None = None


@dataclass(frozen=True, slots=True)
class CapDraft:
    """A limit of uses, amount, or quantity of a gift: in all, of one partner, or of each; None takes it away."""

    measure: str
    limit: Decimal | None
    partnership_id: int | None = None
    each: bool = False
    variant_id: int | None = None
    uom_id: int | None = None


@dataclass(frozen=True, slots=True)
class CouponsDraft:
    """Coupons to make: `count` random codes behind a prefix, or one named `code`; one for each partner where told."""

    count: int = 1
    prefix: str = ""
    code: str = ""
    limit: int = 1
    partnership_ids: Sequence[int] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
