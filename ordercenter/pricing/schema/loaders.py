"""Batch loaders of prices: a page of goods or lists costs one statement for each kind of thing shown beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marketplace.graphql import BatchLoader, grouped
from marketplace.parties.audience import AudienceLevel
from ordercenter.pricing.models import PolicyLineKind, PricePolicyLine
from ordercenter.pricing.offers import PriceOffer, PriceTier, offered_prices, price_tiers
from ordercenter.pricing.policy_terms import Overlap, overlaps_of


class PriceOf(BatchLoader):
    """By variant: its price; the parameters are seller, buyer, uom code and quantity, the last two perhaps None."""

    def batch(self, keys: list[int]) -> list[PriceOffer | None]:
        seller_id, buyer_id, uom, quantity = self.params
        found = offered_prices(self.actor, seller_id, buyer_id, keys, uom, quantity)  # type: ignore[arg-type]
        return [found.get(key) for key in keys]


class TiersOf(BatchLoader):
    """By variant: its quantity tiers; the parameters are seller and buyer."""

    def batch(self, keys: list[int]) -> list[list[PriceTier]]:
        seller_id, buyer_id = self.params
        found = price_tiers(self.actor, seller_id, buyer_id, keys)  # type: ignore[arg-type]
        return [found.get(key, []) for key in keys]


class AssignmentsOfList(BatchLoader):
    """By list that the reader sees: the lines of policies that assign it, most specific audience first."""

    def batch(self, keys: list[int]) -> list[list[PricePolicyLine]]:
        return grouped(_lines().filter(price_list__in=keys), by="price_list_id", keys=keys)


class LinesOfPolicy(BatchLoader):
    """By policy that the reader sees: its lines that assign lists."""

    def batch(self, keys: list[int]) -> list[list[PricePolicyLine]]:
        rows = _lines().filter(policy__in=keys, kind=PolicyLineKind.LIST)
        return grouped(rows, by="policy_id", keys=keys)


class TermsOfPolicy(BatchLoader):
    """By policy that the reader sees: its lines that change or bound prices, by step, floors last."""

    def batch(self, keys: list[int]) -> list[list[PricePolicyLine]]:
        return grouped(_terms().filter(policy__in=keys), by="policy_id", keys=keys)


class TermById(BatchLoader):
    """Such lines by id, for traces: whoever gets a trace sees them."""

    def batch(self, keys: list[int]) -> list[PricePolicyLine | None]:
        found = {line.pk: line for line in _terms().filter(pk__in=keys)}
        return [found.get(key) for key in keys]


class OverlapsOfPolicy(BatchLoader):
    """By policy that the reader sees: which of its lines share goods, audience, step and time with another."""

    def batch(self, keys: list[int]) -> list[list[Overlap]]:
        found = overlaps_of(keys)
        return [found[key] for key in keys]


class AssignmentById(BatchLoader):
    """Lines of policies by id, with list and audience, for traces: whoever gets a trace sees them."""

    def batch(self, keys: list[int]) -> list[PricePolicyLine | None]:
        found = {line.pk: line for line in _lines().filter(pk__in=keys)}
        return [found.get(key) for key in keys]


def _lines() -> Any:
    related = ("policy", "price_list", "partnership__downstream", "group", "grade")
    rows = PricePolicyLine.objects.select_related(*related).cleared()
    return rows.order_by("partnership", "group", "grade", "priority", "pk")


def _terms() -> Any:
    related = (
        "policy",
        "variant__product",
        "product",
        "category",
        "brand",
        "partnership__downstream",
        "group",
        "grade",
    )
    rows = PricePolicyLine.objects.exclude(kind=PolicyLineKind.LIST).select_related(*related).cleared()
    return rows.order_by("step", "product_key", "priority", "pk")


@dataclass(frozen=True, slots=True)
class Assignment:
    """For whom a list holds, in words."""

    audience: str
    level: AudienceLevel
    priority: int
    merge: bool
    policy_name: str
    line: PricePolicyLine


def assignment_of(line: PricePolicyLine) -> Assignment:
    """A line of a policy in words."""
    name = line.policy.name or line.policy.code
    return Assignment(audience_name(line), line.level, line.priority, line.merge, name, line)


def audience_name(line: PricePolicyLine) -> str:
    """Partner, group or grade by name, or everyone."""
    if line.partnership is not None:
        return line.partnership.downstream.name
    named = line.group or line.grade
    return (named.name or named.code) if named is not None else _("Everyone")
