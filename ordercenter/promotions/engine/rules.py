"""A promotion as the engine reads it, made from its configuration: the same for a live rule and for a snapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marketplace.catalog.scope import ProductScope
from marketplace.core.money import exponent
from ordercenter.promotions.engine.scale import optional, quantity, scaled

LINE, ORDER, FREIGHT_LEVEL = "line", "order", "freight"


@dataclass(frozen=True, slots=True)
class AudienceTerm:
    """One row of the audience: at most one of the four is set, none for everyone."""

    exclude: bool
    partnership: int | None
    group: int | None
    grade: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class ScopeTerm:
    """One row of the product scope."""

    exclude: bool
    scope: ProductScope


@dataclass(frozen=True, slots=True)
class PoolItem:
    """A gift or add-on: quantity of one award (millionths of its uom), price of one uom in ten-thousandths."""

    id: int
    variant_id: int
    uom_id: int
    quantity: int
    price: int | None


@dataclass(frozen=True, slots=True)
class PoolRule:
    """Gifts to choose from: `choose` for each award."""

    choose: int
    on_short: str
    items: tuple[PoolItem, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """From `threshold` on (minor units, or millionths of a quantity) this reward."""

    id: int | None
    threshold: int
    reward: str
    value: int | None
    pool: PoolRule | None


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a combination: so much of these goods makes one set."""

    quantity: int
    scope: ProductScope


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a promotion. Amounts in minor units, quantities in millionths, `value` in ten-thousandths.

    `granted`: of a snapshot, what a cap left of it when it was granted.
    """

    id: int
    root: int
    version: int
    code: str
    label_zh: str
    label_en: str
    effect: str
    level: str
    currency: str
    digits: int
    priority: int
    stacking: str
    best_group: str
    stop: bool
    threshold_on: str
    minimum: int
    minimum_over: str
    every: int | None
    max_times: int | None
    max_sets: int | None
    max_quantity: int | None
    buy: int
    get: int
    value: int
    reward: str
    uom: int | None
    max_discount: int | None
    coupon_required: bool
    on_short: str
    gift_mode: str
    hint_percent: int
    audience: tuple[AudienceTerm, ...]
    scope: tuple[ScopeTerm, ...]
    tiers: tuple[Tier, ...]
    components: tuple[Component, ...]
    pool: PoolRule | None
    granted: int | None
    text: str

    @property
    def rank(self) -> tuple[int, int]:
        """Where it comes among others: by priority, then by id."""
        return (self.priority, self.id)

    @property
    def by_quantity(self) -> bool:
        """Its thresholds are quantities."""
        return self.threshold_on == "quantity"

    @property
    def gives(self) -> bool:
        """It adds lines to the order: gifts or add-ons."""
        return self.level == ORDER and self.effect in ("gift", "add_on")

    @property
    def configuration(self) -> dict[str, Any]:
        """The configuration it was made from."""
        return json.loads(self.text)

    @property
    def pools(self) -> tuple[PoolRule, ...]:
        """Its own pool and those of its tiers."""
        return tuple(pool for pool in (self.pool, *(tier.pool for tier in self.tiers)) if pool)


@lru_cache(maxsize=4096)
def rule_of(text: str) -> Rule:
    """A rule from its configuration as JSON. It is a function of the text alone, so remembering it is harmless."""
    data = json.loads(text)
    digits = exponent(data["currency"])
    threshold = 6 if data["threshold_on"] == "quantity" else digits
    return Rule(
        **{name: data[name] for name in _SAME},
        digits=digits,
        minimum=scaled(data["minimum"], threshold),
        every=optional(data["every"], threshold),
        max_quantity=optional(data["max_quantity"], 6),
        buy=scaled(data["buy"] or 0, 6),
        get=scaled(data["get"] or 0, 6),
        value=scaled(data["value"] or 0, 4),
        max_discount=optional(data["max_discount"], digits),
        audience=tuple(AudienceTerm(**term) for term in data["audience"]),
        scope=tuple(ScopeTerm(term["exclude"], _scope(term)) for term in data["scope"]),
        tiers=tuple(sorted((_tier(tier, threshold) for tier in data["tiers"]), key=lambda tier: tier.threshold)),
        components=tuple(Component(quantity(one["quantity"]), _scope(one)) for one in data["components"]),
        pool=_pool(data["pool"]),
        granted=optional(data.get("granted"), digits),
        text=text,
    )


_SAME = (
    "id", "root", "version", "code", "label_zh", "label_en", "effect", "level", "currency", "priority", "stacking",
    "best_group", "stop", "threshold_on", "minimum_over", "max_times", "max_sets", "reward", "uom", "coupon_required",
    "on_short", "gift_mode", "hint_percent",
)  # fmt: skip


def _scope(term: Mapping[str, Any]) -> ProductScope:
    return ProductScope(term["variant"], term["product"], term["category"], term["brand"])


def _tier(data: Mapping[str, Any], threshold: int) -> Tier:
    value = optional(data["value"], 4)
    return Tier(data["id"], scaled(data["threshold"], threshold), data["reward"], value, _pool(data["pool"]))


def _pool(data: Mapping[str, Any] | None) -> PoolRule | None:
    if data is None:
        return None
    items = (
        PoolItem(one["id"], one["variant"], one["uom"], quantity(one["quantity"]), optional(one["price"], 4))
        for one in data["items"]
    )
    return PoolRule(data["choose"], data["on_short"], tuple(items))
