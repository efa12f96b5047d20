"""A promotion with all its parts as one document: what the engine reads, and what an order keeps (promotions §2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ordercenter.promotions.engine.rules import Rule, rule_of
from ordercenter.promotions.models import GiftPool, Promotion

PARTS = ("audience", "scope", "tiers", "components", "funding", "pools__items", "pools__tier")
_SAME = (
    "version", "code", "name_zh", "name_en", "label_zh", "label_en", "effect", "level", "reward", "currency",
    "priority", "stacking", "best_group", "stop", "threshold_on", "minimum_over", "max_times", "max_sets",
    "coupon_required", "on_short", "gift_mode", "hint_percent",
)  # fmt: skip
_NUMBERS = ("value", "buy", "get", "every", "max_quantity", "minimum", "max_discount")


def configurations(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Configurations of promotions by id, from their rows as they stand; one statement for each kind of part."""
    rows = Promotion.objects.filter(pk__in=list(ids)).prefetch_related(*PARTS)
    return {row.pk: configuration(row) for row in rows}


def draft_rules(ids: Iterable[int]) -> list[Rule]:
    """Rules of promotions as their rows stand, approved or not: for trying and simulating."""
    return [rule_of(json.dumps(one)) for one in configurations(ids).values()]


def configuration(promotion: Promotion) -> dict[str, Any]:
    """The configuration of one promotion whose parts were fetched along; numbers are texts."""
    pools = {pool.tier_id: _pool(pool) for pool in promotion.pools.all()}
    return {
        "id": promotion.pk,
        "root": promotion.root_key,
        "uom": promotion.uom_id,
        **{name: getattr(promotion, name) for name in _SAME},
        "label_zh": promotion.label_zh or promotion.name_zh,
        "label_en": promotion.label_en or promotion.name_en,
        **{name: text_of(getattr(promotion, name)) for name in _NUMBERS},
        "audience": [
            {
                "exclude": row.exclude,
                "partnership": row.partnership_id,
                "group": row.group_id,
                "grade": row.grade_id,
                "channel": row.channel,
            }
            for row in _by_id(promotion.audience.all())
        ],
        "scope": [{"exclude": row.exclude, **_scope(row)} for row in _by_id(promotion.scope.all())],
        "tiers": [
            {
                "id": row.pk,
                "threshold": text_of(row.threshold),
                "reward": row.reward,
                "value": text_of(row.value),
                "pool": pools.get(row.pk),
            }
            for row in sorted(promotion.tiers.all(), key=lambda tier: tier.threshold)
        ],
        "components": [
            {"quantity": text_of(row.quantity), **_scope(row)}
            for row in sorted(promotion.components.all(), key=lambda component: component.position)
        ],
        "pool": pools.get(None),
        "funding": {str(row.bearer_id): text_of(row.share) for row in _by_id(promotion.funding.all())},
    }


def _by_id(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.pk)


def _scope(row: Any) -> dict[str, Any]:
    return {
        "variant": row.variant_id,
        "product": row.product_id,
        "category": row.category_id,
        "brand": row.brand_id,
    }


def _pool(pool: GiftPool) -> dict[str, Any]:
    items = sorted(pool.items.all(), key=lambda item: item.position)
    return {
        "choose": pool.choose,
        "on_short": pool.on_short,
        "items": [
            {
                "id": item.pk,
                "variant": item.variant_id,
                "uom": item.uom_id,
                "quantity": text_of(item.quantity),
                "price": text_of(item.price),
            }
            for item in items
        ],
    }


def text_of(number: Decimal | None) -> str | None:
    """A number as text, without zeros at its end; the same whether it was just entered or read back."""
    return None if number is None else format(Decimal(number).normalize() + 0, "f")
