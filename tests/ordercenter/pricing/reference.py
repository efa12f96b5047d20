"""Pricing once more, slowly and in plain Python, straight from the text of the rules: what the SQL is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from typing import Any

from marketplace.catalog.models import Pack
from marketplace.parties.models import Partnership, PriceScope
from ordercenter.pricing.models import PriceList, PricePolicyLine, PriceRow, PricingSettings
from ordercenter.pricing.terms import PriceRequest

UNIT = Decimal("0.0001")


@dataclass
class Offer:
    """What one list offers for one line."""

    rank: int
    merge: bool
    row: PriceRow
    threshold: Decimal
    value: Decimal


class Reference:
    """Reads all tables once; then every line is priced by itself."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        every = list(PricePolicyLine.objects.select_related("policy", "price_list"))
        self.lines = [line for line in every if line.kind == "list"]
        self.terms = [line for line in every if line.kind != "list"]
        self.rows = list(PriceRow.objects.select_related("price_list"))
        packs = Pack.objects.select_related("variant__product__category")
        self.packs = {(pack.variant_id, pack.uom_id): pack for pack in packs}
        self.base = {pack.variant_id: pack.uom_id for pack in self.packs.values() if pack.is_base}
        self.settings = {row.organization_id: row for row in PricingSettings.objects.all()}
        self.partners = {row.pk: row for row in Partnership.objects.select_related("group")}

    def prices(self, requests: Sequence[PriceRequest]) -> list[Decimal | None]:
        return [self.price(request, requests) for request in requests]

    def price(self, request: PriceRequest, together: Sequence[PriceRequest]) -> Decimal | None:
        """The unit price of a line, ordered together with others; None without one."""
        buyer = self.partners[request.partnership_id]
        offers = []
        for rank, line in enumerate(self.chain(buyer), 1):
            offer = self.offer(rank, line, request, together)
            if offer:
                offers.append(offer)
        won = self.winner(buyer, offers)
        if won is None:
            return None
        if won.row.price_list.fixed:
            return won.value.quantize(UNIT, ROUND_HALF_UP)
        return self.adjusted(won.value, request, buyer)

    def adjusted(self, value: Decimal, request: PriceRequest, buyer: Partnership) -> Decimal:
        """The value after every step and the floor, rounded only at the end."""
        factor, running = self.packs[request.variant_id, request.uom_id].factor, Fraction(value)
        for step in range(1, 10):
            line = self.most_specific([x for x in self.terms if x.step == step], request, buyer)
            if line:
                change = Fraction(line.value)
                percent = line.kind == "percent"
                running = running * (100 + change) / 100 if percent else running + change * Fraction(factor)
                running = max(running, Fraction(0))
        price = Decimal(floor(running * 10**4 + Fraction(1, 2))) / 10**4
        bound = self.bound(value, request, buyer)
        return price if bound is None else max(price, bound)

    def bound(self, value: Decimal, request: PriceRequest, buyer: Partnership) -> Decimal | None:
        """The floor of a line, rounded up; None without one."""
        line = self.most_specific([x for x in self.terms if x.step is None], request, buyer)
        if line is None:
            return None
        factor = self.packs[request.variant_id, request.uom_id].factor
        exact = line.value * factor if line.kind == "floor_amount" else value * line.value / 100
        return exact.quantize(UNIT, ROUND_CEILING)

    def most_specific(
        self, lines: list[PricePolicyLine], request: PriceRequest, buyer: Partnership
    ) -> PricePolicyLine | None:
        """Of the lines that hold for buyer and goods the first by the order of pricing §1."""
        product = self.packs[request.variant_id, request.uom_id].variant.product
        above = product.category.ancestors if product.category else []

        def goods(line: PricePolicyLine) -> tuple[int, int] | None:
            if line.variant_id:
                return (1, 0) if line.variant_id == request.variant_id else None
            if line.product_id:
                return (2, 0) if line.product_id == product.pk else None
            if line.category_id:
                return (3, -above.index(line.category_id)) if line.category_id in above else None
            if line.brand_id:
                return (4, 0) if line.brand_id == product.brand_id else None
            return (5, 0)

        fitting = [
            (self.audience(line, buyer), goods(line), line.priority, line.pk, line)
            for line in lines
            if goods(line) and self.audience(line, buyer) and self.in_force(line, buyer)
        ]
        return min(fitting)[-1] if fitting else None

    def in_force(self, line: PricePolicyLine, buyer: Partnership) -> bool:
        policy = line.policy
        effective = policy.status == "effective" and policy.organization_id == buyer.upstream_id
        return effective and policy.valid_from <= self.at < policy.valid_to

    def audience(self, line: PricePolicyLine, buyer: Partnership) -> tuple[int, int] | None:
        """Level and, for groups, depth, the deeper first; None where the line is not for this buyer."""
        groups = buyer.group.ancestors if buyer.group else []
        if line.partnership_id:
            return (1, 0) if line.partnership_id == buyer.pk else None
        if line.group_id:
            return (2, -groups.index(line.group_id)) if line.group_id in groups else None
        if line.grade_id:
            return (3, 0) if line.grade_id == buyer.grade_id else None
        return (4, 0)

    def chain(self, buyer: Partnership) -> list[PricePolicyLine]:
        """The assignments of the buyer's lists, best first, each list once."""
        found: dict[int, PricePolicyLine] = {}
        for line in sorted(
            (line for line in self.lines if self.holds(line, buyer)), key=lambda x: self.order(x, buyer)
        ):
            found.setdefault(line.price_list_id, line)
        return list(found.values())

    def holds(self, line: PricePolicyLine, buyer: Partnership) -> bool:
        if line.organization_id != buyer.upstream_id or line.price_list.currency != buyer.currency:
            return False
        if any(row.status != "effective" for row in (line.policy, line.price_list)):
            return False
        if not all(row.valid_from <= self.at < row.valid_to for row in (line.policy, line.price_list)):
            return False
        groups = buyer.group.ancestors if buyer.group else []
        partner = line.partnership_id == buyer.pk
        if buyer.price_scope == PriceScope.OWN:
            return partner
        everyone = not (line.partnership_id or line.group_id or line.grade_id)
        grade = line.grade_id is not None and line.grade_id == buyer.grade_id
        return partner or line.group_id in groups or grade or everyone

    def order(self, line: PricePolicyLine, buyer: Partnership) -> tuple[Any, ...]:
        level = 1 if line.partnership_id else 2 if line.group_id else 3 if line.grade_id else 4
        depth = buyer.group.ancestors.index(line.group_id) if level == 2 else 0
        return level, -depth, line.priority, line.pk

    def offer(
        self, rank: int, line: PricePolicyLine, request: PriceRequest, together: Sequence[PriceRequest]
    ) -> Offer | None:
        factor = self.packs[request.variant_id, request.uom_id].factor
        reached = self.reached(line.price_list, request, together)
        base = self.base[request.variant_id]
        own = self.best(line.price_list, request, request.uom_id, factor, reached)
        if own:
            return Offer(rank, line.merge, own, own.min_quantity * factor, own.amount)
        if line.price_list.uom_fallback == "base" and request.uom_id != base:
            derived = self.best(line.price_list, request, base, Decimal(1), reached)
            if derived:
                return Offer(rank, line.merge, derived, derived.min_quantity, derived.amount * factor)
        return None

    def reached(self, price_list: PriceList, request: PriceRequest, together: Sequence[PriceRequest]) -> Decimal:
        """The quantity the list's thresholds are compared with, in the base uom."""

        def counts(other: PriceRequest) -> bool:
            if price_list.tier_scope == "line":
                return other is request
            if (other.partnership_id, other.basket) != (request.partnership_id, request.basket):
                return False
            if price_list.tier_scope == "variant":
                return other.variant_id == request.variant_id
            return self.product(other) == self.product(request)

        return sum((x.quantity * self.packs[x.variant_id, x.uom_id].factor for x in together if counts(x)), Decimal(0))

    def product(self, request: PriceRequest) -> int:
        return self.packs[request.variant_id, request.uom_id].variant.product_id

    def best(
        self, price_list: PriceList, request: PriceRequest, uom: int, factor: Decimal, reached: Decimal
    ) -> PriceRow | None:
        """Of the rows in force in a uom whose threshold is reached, the one with the highest."""
        slots: dict[Decimal, PriceRow] = {}
        for row in self.rows:
            if (row.price_list_id, row.variant_id, row.uom_id) != (price_list.pk, request.variant_id, uom):
                continue
            if not row.valid_from <= self.at < row.valid_to:
                continue
            known = slots.get(row.min_quantity)
            if known is None or known.valid_from < row.valid_from:
                slots[row.min_quantity] = row
        fitting = [row for row in slots.values() if row.min_quantity * factor <= reached]
        return max(fitting, key=lambda row: row.min_quantity, default=None)

    def winner(self, buyer: Partnership, offers: list[Offer]) -> Offer | None:
        if not offers:
            return None
        settings = self.settings.get(buyer.upstream_id)
        if settings is not None and settings.strategy == "minimum":
            return min(offers, key=lambda offer: (offer.value, offer.rank))
        if not offers[0].merge:
            return offers[0]
        return min((x for x in offers if x.merge), key=lambda offer: (-offer.threshold, offer.rank))
