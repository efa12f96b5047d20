"""What reading pasted, uploaded or typed lines found, as the schema shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import graphene

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.core.money import Money as Amount
from marketplace.core.money import TaxedMoney as TaxedAmount
from marketplace.graphql import BatchLoader, Deferred, Field, Money, Quantity, TaxedMoney, to_global_id
from marketplace.graphql.mutations import ErrorRow
from marketplace.parties.schema.types import listed, text
from marketplace.search.suggest import similar
from ordercenter.orders.entries import CheckedLines, EntryCheck, EntryLine
from ordercenter.orders.offer import DraftOffer, Wanted, offer_of
from ordercenter.orders.schema.entry import OrderError, gross_of, price_of, shown_stock, taxed, units_of
from ordercenter.orders.schema.tiers import OrderEntryTierType, better_price
from ordercenter.orders.schema.wants import CartOfferType, Of
from ordercenter.orders.terms import BuyingTerms
from ordercenter.stock.schema.goods import AvailabilityType, Shown


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line that was read, with the terms of its check."""

    line: EntryLine
    terms: BuyingTerms

    @property
    def currency(self) -> str:
        return self.terms.currency


SUGGESTIONS = 5


class SimilarTo(BatchLoader):
    """By unknown code: variants of a seller with similar codes or names; the parameter is the seller. One statement."""

    def batch(self, keys: list[str]) -> list[list[int]]:
        (seller_id,) = self.params
        found = similar(self.actor, seller_id, keys, SUGGESTIONS)  # type: ignore[arg-type]
        return [found.get(key, []) for key in keys]


class OrderEntryLineType(graphene.ObjectType):
    """One line that was pasted, uploaded or typed, and what it means."""

    class Meta:
        name = "OrderEntryLine"

    line_number = Field(graphene.Int, required=True, description="Its line from 1; of merged ones, the first.")
    code = text("The code as it was given.")
    quantity_text = text("The quantity as it was given.")
    variant = Field(VariantType, description="The goods, where they were found.")
    variant_id = Field(graphene.ID, description="The id of the goods, where they were found.")
    sku = Field(graphene.String, description="The seller's code of the goods, where they were found.")
    name = Field(graphene.String, description="What the goods are called, where they were found.")
    quantity = Field(Quantity, description="The quantity, where it reads as one.")
    uom = Field(UnitOfMeasureType, description="In what it is counted.")
    uoms = listed(UnitOfMeasureType, "In what it may be ordered.", size=3)
    uom_code = Field(graphene.String, description="The code of the unit it is counted in.")
    uom_codes = Field(
        graphene.List(graphene.NonNull(graphene.String)), required=True, description="Codes of the units it is sold in."
    )
    unit_price = Field(Money, description="The price of one unit; null where there is none.")
    total = Field(Money, description="What it comes to with tax.")
    availability = Field(AvailabilityType, description="What you may see of the stock.")
    error_code = Field(graphene.String, description="What is wrong with it, for programs; null: it is good.")
    error_message = Field(graphene.String, description="What is wrong with it, for people.")
    snapped_quantity = Field(Quantity, description="The next allowed quantity, where this one is off its rule.")
    step = Field(Quantity, description="By how much its quantity may be raised, in its unit.")
    next_tier = Field(
        OrderEntryTierType, cost=2, description="The next better price and what is missing to it; null: there is none."
    )
    suggestions = listed(VariantType, "Goods with similar codes or names, where the code is unknown.", size=5)

    def resolve_line_number(root: ReadLine, _info: Any) -> int:
        return root.line.raw.number

    def resolve_code(root: ReadLine, _info: Any) -> str:
        return root.line.raw.code

    def resolve_quantity_text(root: ReadLine, _info: Any) -> str:
        return root.line.raw.quantity

    def resolve_variant(root: ReadLine, info: Any) -> Any:
        goods = root.line.checked.goods
        return VariantType.load(info, goods.variant_id) if goods else None

    def resolve_variant_id(root: ReadLine, _info: Any) -> str | None:
        goods = root.line.checked.goods
        return to_global_id("Variant", goods.variant_id) if goods else None

    def resolve_sku(root: ReadLine, _info: Any) -> str | None:
        goods = root.line.checked.goods
        return goods.sku if goods else None

    def resolve_name(root: ReadLine, _info: Any) -> str | None:
        goods = root.line.checked.goods
        return goods.name if goods else None

    def resolve_uom_code(root: ReadLine, _info: Any) -> str | None:
        goods = root.line.checked.goods
        return goods.uom_code if goods and goods.uom_known else None

    def resolve_uom_codes(root: ReadLine, _info: Any) -> list[str]:
        goods = root.line.checked.goods
        return [pack.uom_code for pack in goods.packs] if goods else []

    def resolve_step(root: ReadLine, _info: Any) -> Decimal | None:
        goods = root.line.checked.goods
        return goods.rule.stride if goods else None

    def resolve_next_tier(root: ReadLine, info: Any) -> Any:
        return better_price(info, root.line.checked, root.terms)

    def resolve_quantity(root: ReadLine, _info: Any) -> Decimal | None:
        return root.line.checked.wish.quantity

    def resolve_uom(root: ReadLine, info: Any) -> Any:
        goods = root.line.checked.goods
        return UnitById.of(info).load(goods.uom_id) if goods and goods.uom_known else None

    def resolve_uoms(root: ReadLine, info: Any) -> Any:
        return units_of(info, root.line.checked)

    def resolve_unit_price(root: ReadLine, _info: Any) -> Amount | None:
        return price_of(root.line.checked, root.currency)

    def resolve_total(root: ReadLine, _info: Any) -> Amount | None:
        return gross_of(root.line.checked, root.currency)

    def resolve_availability(root: ReadLine, _info: Any) -> Shown | None:
        return shown_stock(root.line.checked)

    def resolve_error_code(root: ReadLine, _info: Any) -> str | None:
        return root.line.checked.code

    def resolve_error_message(root: ReadLine, _info: Any) -> str | None:
        return root.line.checked.message

    def resolve_snapped_quantity(root: ReadLine, _info: Any) -> Decimal | None:
        return root.line.checked.snapped

    def resolve_suggestions(root: ReadLine, info: Any) -> Any:
        if root.line.checked.code != "UNKNOWN_VARIANT" or not root.line.raw.code:
            return []

        def goods(found: list[int]) -> Any:
            rows = Deferred.all([VariantType.load(info, pk) for pk in found])
            return rows.then(lambda known: [row for row in known if row is not None])

        return SimilarTo.of(info, root.terms.seller_id).load(root.line.raw.code).then(goods)


@dataclass(frozen=True, slots=True)
class Check:
    """What reading lines found, or why they could not be read."""

    found: EntryCheck | None
    errors: list[ErrorRow]
    offers: list[DraftOffer | None] = field(default_factory=list)

    def offer(self, actor: Actor) -> DraftOffer | None:
        """The good lines as an order of now, worked out once; None where nothing but prices counts."""
        if self.found is None:
            return None
        if not self.offers:
            lines = [line.checked for line in self.found.lines]
            checked = CheckedLines(self.found.currency, lines, self.found.totals)
            self.offers.append(offer_of(actor, self.found.terms, checked, Wanted()))
        return self.offers[0]


class OrderEntryCheckType(graphene.ObjectType):
    """What reading lines found; nothing was written."""

    class Meta:
        name = "OrderEntryCheck"

    lines = listed(OrderEntryLineType, "The lines, in the order in which they were given.", size=40)
    total = Field(TaxedMoney, description="What the good lines come to, after promotions and funds.")
    offer = Field(CartOfferType, description="Promotions, funds and credit; null where its seller has none of it.")
    merged_count = Field(graphene.Int, required=True, description="Lines that were added up into others.")
    good_count = Field(graphene.Int, required=True, description="Lines that can be ordered.")
    bad_count = Field(graphene.Int, required=True, description="Lines that cannot.")
    errors = listed(OrderError, "Why nothing could be read.", cost=0)

    def resolve_lines(root: Check, _info: Any) -> list[ReadLine]:
        return [ReadLine(line, root.found.terms) for line in root.found.lines] if root.found else []

    def resolve_total(root: Check, info: Any) -> TaxedAmount | None:
        if root.found is None:
            return None
        offer = root.offer(info.context.actor)
        return taxed(offer.totals if offer else root.found.totals, root.found.currency)

    def resolve_offer(root: Check, info: Any) -> Of | None:
        offer = root.offer(info.context.actor)
        return Of(offer, root.found.currency) if offer and root.found else None

    def resolve_merged_count(root: Check, _info: Any) -> int:
        return root.found.merged if root.found else 0

    def resolve_good_count(root: Check, _info: Any) -> int:
        return len(root.found.good) if root.found else 0

    def resolve_bad_count(root: Check, _info: Any) -> int:
        return len(root.found.lines) - len(root.found.good) if root.found else 0
