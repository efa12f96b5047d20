"""Which live promotions a promotion meets: in window, audience, goods and phase (promotions §7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from marketplace.catalog.models import Category, Product, Variant
from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.models import PolicyStatus
from ordercenter.promotions.configuration import PARTS, configuration
from ordercenter.promotions.engine.rules import FREIGHT_LEVEL, LINE, Rule, rule_of
from ordercenter.promotions.models import Promotion


@dataclass(frozen=True, slots=True)
class Conflict:
    """A promotion in effect that may meet another; `together`: both may apply to one thing, else one keeps one out."""

    promotion: Promotion
    phase: str
    together: bool
    first: bool


def conflicts_of(actor: Actor, promotion_id: int) -> list[Conflict]:
    """Live and paused promotions of the seller that overlap; a constant number of statements. Raises NOT_FOUND."""
    rows = Promotion.objects.visible_to(actor).prefetch_related(*PARTS)
    asked = rows.filter(pk=promotion_id).first()
    if asked is None:
        raise not_found("id")
    others = (
        rows.filter(organization=asked.organization_id, status__in=(PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED))
        .filter(Q(ended_at=None), valid_from__lt=asked.valid_to, valid_to__gt=asked.valid_from)
        .exclude(code=asked.code)
        .order_by("priority", "pk")
    )
    mine = _rule(asked)
    met = [(row, rule) for row in others if (rule := _rule(row)) and phase_of(rule) == phase_of(mine)]
    met = [(row, rule) for row, rule in met if rule.currency == mine.currency and _audiences_meet(mine, rule)]
    goods = _Goods([mine, *(rule for _, rule in met)])
    return [
        Conflict(row, phase_of(mine), _together(mine, rule), rule.rank < mine.rank)
        for row, rule in met
        if goods.meet(mine, rule)
    ]


def _rule(promotion: Promotion) -> Rule:
    return rule_of(json.dumps(configuration(promotion)))


def phase_of(rule: Rule) -> str:
    """The phase a rule works in."""
    if rule.level in (LINE, FREIGHT_LEVEL):
        return rule.level
    return "gifts" if rule.gives else "order"


def _together(one: Rule, other: Rule) -> bool:
    if "exclusive" in (one.stacking, other.stacking):
        return False
    both = one.stacking == other.stacking == "best_only"
    return not (both and one.best_group == other.best_group)


def _audiences_meet(one: Rule, other: Rule) -> bool:
    """False only where it is sure that nobody is in both: two sets of named partners, or of channels, apart."""
    for name in ("partnership", "channel"):
        mine, others = _named(one, name), _named(other, name)
        if mine and others and not mine & others:
            return False
    return True


def _named(rule: Rule, name: str) -> set[object]:
    """The partners, or the channels, a rule is for; none where others come in by group, grade or as everyone."""
    terms = [term for term in rule.audience if not term.exclude and bool(term.channel) is (name == "channel")]
    found = {getattr(term, name) for term in terms}
    return set() if None in found else found


class _Goods:
    """Which goods scopes of several rules have in common, by the ids of all that they name; three statements."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        scopes = [scope for rule in rules for scope in _scopes(rule)]
        variants = {scope.variant_id for scope in scopes if scope.variant_id}
        products = {scope.product_id for scope in scopes if scope.product_id}
        self.product_of = dict(Variant.objects.filter(pk__in=variants).values_list("pk", "product_id"))
        rows = Product.objects.filter(pk__in={*products, *self.product_of.values()})
        known = rows.values_list("pk", "category_id", "brand_id")
        self.home_of = {pk: (category, brand) for pk, category, brand in known}
        wanted = {scope.category_id for scope in scopes} | {category for category, _ in self.home_of.values()}
        trees = Category.objects.filter(pk__in={key for key in wanted if key})
        self.ancestors = dict(trees.values_list("pk", "ancestors"))

    def meet(self, one: Rule, other: Rule) -> bool:
        """True where some goods may be in both."""
        return any(self._overlap(a, b) for a in _scopes(one) for b in _scopes(other))

    def _overlap(self, one: ProductScope, other: ProductScope) -> bool:
        a, b = self._levels(one), self._levels(other)
        for name in ("variant", "product", "brand"):
            if a[name] and b[name] and a[name] != b[name]:
                return False
        lower, upper = a["categories"], b["categories"]
        apart = lower and upper and lower[-1] not in upper and upper[-1] not in lower
        return not apart

    def _levels(self, scope: ProductScope) -> dict[str, Any]:
        variant = scope.variant_id
        product = scope.product_id or self.product_of.get(variant or 0)
        category, brand = self.home_of.get(product or 0, (scope.category_id, scope.brand_id))
        return {
            "variant": variant,
            "product": product,
            "brand": brand,
            "categories": tuple(self.ancestors.get(category or 0, ())),
        }


def _scopes(rule: Rule) -> list[ProductScope]:
    named = [component.scope for component in rule.components]
    named = named or [term.scope for term in rule.scope if not term.exclude]
    return named or [ProductScope()]
