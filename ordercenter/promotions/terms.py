"""What one asks of the promotions and what comes back: plain values, which every room can use without our tables.

basket = PromotionAsk(key=order_id, seller_id=.., partnership_id=.., currency="CNY", at=now, lines=[...])
(found,) = evaluate_all(actor, [basket])
found.discounts          # {line key: amount off}, gift lines included
found.gift_lines()       # lines to add: each with the key under which its share stands in `discounts`
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from marketplace.catalog.scope import ScopeKeys
from marketplace.core.errors import DomainError

ZERO = Decimal(0)

#: The key under which the share of freight promotions stands: of the order's CHARGE line for freight.
FREIGHT = "freight"


class GiftKey(NamedTuple):
    """The key of a gift or add-on line: it is the line of this pool item of this promotion."""

    promotion_id: int
    item_id: int


@dataclass(slots=True)
class BasketLine:
    """A priced line of goods. `list_amount` = R(unit_price x quantity); `quantity` is in its own uom.

    `floor_price` as the line keeps it (pricing §5), None for none. `promotable` False: an agreed price that no
    promotion touches. `position` orders lines, the place in the basket where it is None. Gift and add-on lines are not
    given here: they come out of `PromotionAsk.gifts`.
    """

    key: Hashable
    scope: ScopeKeys
    uom_id: int
    quantity: Decimal
    factor: Decimal
    base_quantity: Decimal
    unit_price: Decimal
    list_amount: Decimal
    floor_price: Decimal | None = None
    promotable: bool = True
    kind: str = "goods"
    position: int | None = None


@dataclass(frozen=True, slots=True)
class GiftChoice:
    """How many awards a buyer takes of one pool item; for an add-on likewise. Stale choices are refused, not fatal."""

    promotion_id: int
    item_id: int
    count: int = 1

    @property
    def key(self) -> GiftKey:
        """The key of the line that comes of it."""
        return GiftKey(self.promotion_id, self.item_id)


@dataclass(slots=True)
class PromotionAsk:
    """What promotions look at: one draft or cart of one partnership, at its price instant.

    `group_ids` (root first) and `grade_id` are read along where `group_ids` is None. `coupons` are codes as typed.
    `order_id`: evaluated anew for an order that has its promotions already; what it holds of caps and coupons itself
    then counts as left. `kept`: snapshots (`AppliedPromotion.configuration`) that are evaluated beside the rules in
    force, and stand in for the versions of the same promotion (promotions §5).
    """

    key: Hashable
    seller_id: int
    partnership_id: int
    currency: str
    channel: str
    at: datetime
    lines: Sequence[BasketLine]
    group_ids: tuple[int, ...] | None = None
    grade_id: int | None = None
    coupons: Sequence[str] = ()
    gifts: Sequence[GiftChoice] = ()
    freight: Decimal = ZERO
    order_id: int | None = None
    kept: Sequence[Mapping[str, Any]] = ()


class Share(NamedTuple):
    """What a promotion takes off one line, and how many pieces of it (base units) that makes free."""

    amount: Decimal
    free: Decimal = ZERO


@dataclass(slots=True)
class Applied:
    """A promotion as it applied to one basket; what an order keeps of it for good.

    `basis` is the amount or quantity it was worked out on, `amount` the sum of its shares. `funding` is {organization
    id: percent}. `configuration` is fit for JSON and all that replaying needs.
    """

    promotion_id: int
    root_id: int
    version: int
    code: str
    level: str
    label_zh: str
    label_en: str
    configuration: dict[str, Any]
    coupon_id: int | None
    coupon_code: str
    tier_id: int | None
    basis: Decimal
    amount: Decimal
    shares: dict[Hashable, Share]
    funding: dict[int, Decimal]


@dataclass(slots=True)
class Gift:
    """A gift or add-on of a pool, as it stands for this basket.

    `quantity` is that of one award in `uom_id`; `count` how many awards were chosen; `unit_price` of that uom (0 where
    it has no price); `price` what the buyer pays for one uom of an add-on, None for a gift. `room`: how many awards
    caps and stock still hold, None for any number.
    """

    item_id: int
    variant_id: int
    uom_id: int
    factor: Decimal
    quantity: Decimal
    unit_price: Decimal
    price: Decimal | None
    count: int = 0
    room: int | None = None


@dataclass(slots=True)
class Award:
    """Gifts earned, or add-ons offered: `choose` awards in all, of which `chosen` were taken.

    `triggers` are the keys of the lines that earned them. `automatic`: the pool leaves nothing to choose.
    """

    promotion_id: int
    label_zh: str
    label_en: str
    add_on: bool
    choose: int
    on_short: str
    gifts: list[Gift]
    triggers: tuple[Hashable, ...]
    automatic: bool = False

    @property
    def chosen(self) -> int:
        """How many awards are taken."""
        return sum(gift.count for gift in self.gifts)

    @property
    def open(self) -> int:
        """How many awards the buyer may still take."""
        return self.choose - self.chosen


@dataclass(slots=True)
class GiftLine:
    """A line to add for a chosen gift or add-on; its share stands in `Evaluated.discounts` under `key`."""

    key: GiftKey
    variant_id: int
    uom_id: int
    factor: Decimal
    quantity: Decimal
    unit_price: Decimal
    list_amount: Decimal
    add_on: bool
    on_short: str
    triggers: tuple[Hashable, ...]


@dataclass(slots=True)
class Hint:
    """A near miss: what is still to be put in for a reward. `gap` and `threshold` are money unless `quantity`."""

    promotion_id: int
    label_zh: str
    label_en: str
    effect: str
    quantity: bool
    gap: Decimal
    threshold: Decimal
    uom_id: int | None
    reward: str
    value: Decimal | None
    benefit: Decimal
    next_tier: bool = False
    currency: str = "CNY"


@dataclass(slots=True)
class Step:
    """How one rule fared (promotions §3): the number of the step it failed at, 0 where it applied.

    `line` is None where the rule stands or falls for the whole basket.
    """

    promotion_id: int
    code: str
    failed_at: int
    line: Hashable | None = None
    benefit: Decimal = ZERO
    amount: Decimal = ZERO
    reached: Decimal | None = None
    needed: Decimal | None = None
    beaten_by: int | None = None


@dataclass(slots=True)
class Evaluated:
    """What promotions make of one basket. `refused`: coupons and choices that do not hold, told beside the result."""

    key: Hashable
    applied: list[Applied] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    discounts: dict[Hashable, Decimal] = field(default_factory=dict)
    freight_discount: Decimal = ZERO
    refused: list[DomainError] = field(default_factory=list)
    floored: tuple[Hashable, ...] = ()
    steps: list[Step] = field(default_factory=list)
    lines: list[GiftLine] = field(default_factory=list)
    basket: PromotionAsk | None = None
    buyer_id: int = 0
    book: Any = field(default=None, repr=False)

    @property
    def total(self) -> Decimal:
        """All that is taken off goods, gifts and add-ons, at their list amounts."""
        return sum(self.discounts.values(), ZERO)

    def gift_lines(self) -> Iterator[GiftLine]:
        """The lines that chosen gifts and add-ons become, in the order of promotions and pools."""
        yield from self.lines


@dataclass(frozen=True, slots=True)
class LinePart:
    """How far a line of an order has come, in its own uom and all told: what follows from it needs no history."""

    order_id: int
    order_line_id: int
    quantity: Decimal
    shipped: Decimal = ZERO
    cancelled: Decimal = ZERO
    returned: Decimal = ZERO
