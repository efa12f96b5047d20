"""Prices beside goods, and prices of lines."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.catalog.schema.loaders import PacksOfVariant, UnitById, is_offered_by, is_own, seller_of
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money as Amount
from marketplace.core.money import round4
from marketplace.graphql import DateTime, Deferred, Field, Money, Quantity, from_global_id
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed
from ordercenter.pricing.offers import PriceOffer, PriceTier
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.schema.lines import LINES, AskedLines, asked_lines
from ordercenter.pricing.schema.loaders import PriceOf, TiersOf
from ordercenter.pricing.terms import PriceRequest, PriceResult

BROWSE = "catalog.browse"
VIEW = "prices.view"

SIDES = {
    "seller": graphene.ID(
        description="Who sells; unless told, who offers it to you. One that does not offer it to you tells no price."
    ),
    "buyer": graphene.ID(description="For a seller's people (`prices.view`): for which partner. Yourself unless told."),
}


class VariantPriceType(graphene.ObjectType):
    """What one buyer pays for a variant in one unit and quantity now."""

    class Meta:
        name = "VariantPrice"

    unit_price = Field(Money, required=True, description="Price of one unit.")
    list_price = Field(Money, required=True, description="Price of one unit by the list, before terms.")
    uom = Field(UnitOfMeasureType, required=True, description="The unit.")
    quantity = Field(Quantity, required=True, description="The quantity that was priced.")
    tax_included = Field(graphene.Boolean, required=True, description="The price includes tax.")

    def resolve_unit_price(root: PriceOffer, _info: Any) -> Amount:
        return Amount(root.result.unit_price or Number(0), root.result.currency)

    def resolve_list_price(root: PriceOffer, _info: Any) -> Amount:
        return Amount(root.result.list_price or Number(0), root.result.currency)

    def resolve_uom(root: PriceOffer, info: Any) -> Deferred:
        return UnitById.of(info).load(root.uom_id)

    def resolve_tax_included(root: PriceOffer, _info: Any) -> bool:
        return root.result.tax_included


class PriceTierType(graphene.ObjectType):
    """From a quantity on, a price."""

    class Meta:
        name = "PriceTier"

    uom = Field(UnitOfMeasureType, required=True, description="The unit.")
    min_quantity = Field(Quantity, required=True, description="From this quantity on.")
    unit_price = Field(Money, required=True, description="Price of one unit.")
    factor = Field(Quantity, required=True, description="Base units in one of `uom`.")
    base_price = Field(Money, required=True, description="What one base unit comes to, so that packs can be compared.")

    def resolve_uom(root: ShownTier, info: Any) -> Deferred:
        return UnitById.of(info).load(root.tier.uom_id)

    def resolve_min_quantity(root: ShownTier, _info: Any) -> Number:
        return root.tier.min_quantity

    def resolve_unit_price(root: ShownTier, _info: Any) -> Amount:
        return Amount(root.tier.unit_price, root.tier.currency)

    def resolve_base_price(root: ShownTier, _info: Any) -> Amount:
        return Amount(round4(root.tier.unit_price / root.factor), root.tier.currency)


@dataclass(frozen=True, slots=True)
class ShownTier:
    """A tier with the content of its unit."""

    tier: PriceTier
    factor: Number


def shown_tiers(info: Any, variant_id: int, tiers: list[PriceTier]) -> Any:
    """A promise of the tiers of a variant with what their units hold."""
    if not tiers:
        return []

    def held(packs: list[Any]) -> list[ShownTier]:
        factors = {pack.uom_id: pack.factor for pack in packs}
        return [ShownTier(tier, factors[tier.uom_id]) for tier in tiers if tier.uom_id in factors]

    return PacksOfVariant.of(info).load(variant_id).then(held)


@extend(VariantType)
class VariantPrices:
    """What a variant costs its reader."""

    price = Field(
        VariantPriceType,
        uom=graphene.String(description="Code of the unit; the one orders are entered in unless told."),
        quantity=Quantity(description="The quantity; the least that may be ordered unless told."),
        **SIDES,
        description="The price now, for this variant alone; null: no price.",
    )
    price_tiers = listed(
        PriceTierType, "Where the price steps with the quantity, in every unit with a price; the first included.",
        size=4, **SIDES,
    )  # fmt: skip

    def resolve_price(
        root: Any,
        info: Any,
        seller: str | None = None,
        buyer: str | None = None,
        uom: str | None = None,
        quantity: Number | None = None,
    ) -> Any:
        return between(info, root, seller, buyer).then(
            lambda sides: sides and PriceOf.of(info, *sides, uom, quantity).load(root.pk)
        )

    def resolve_price_tiers(root: Any, info: Any, seller: str | None = None, buyer: str | None = None) -> Any:
        return between(info, root, seller, buyer).then(
            lambda sides: (
                TiersOf.of(info, *sides).load(root.pk).then(lambda tiers: shown_tiers(info, root.pk, tiers))
                if sides
                else []
            )
        )


def between(info: Any, variant: Any, seller: str | None, buyer: str | None) -> Deferred:
    """A promise of seller and buyer of a price that the reader may see, None for no such."""
    actor: Actor = info.context.actor
    if buyer is not None:
        selling = actor.on_behalf_of is None and actor.may(VIEW)
        buyer_id = _key(buyer)
        return Deferred.of((actor.organization_id, buyer_id) if selling and buyer_id else None)
    if actor.buyer is None or not actor.may(BROWSE):
        return Deferred.of(None)
    if seller is not None:
        seller_id, buyer_id = _key(seller), actor.buyer.pk
        if not seller_id or not (actor.on_behalf_of is None or seller_id == actor.organization_id):
            return Deferred.of(None)
        offered = is_offered_by(info, variant, seller_id)
        return offered.then(lambda is_offered: (seller_id, buyer_id) if is_offered else None)
    if is_own(actor, variant):
        return Deferred.of(None)
    buyer_key = actor.buyer.pk
    return seller_of(info, variant).then(lambda found: (found, buyer_key) if found else None)


def _key(gid: str) -> int | None:
    try:
        return from_global_id(gid, "Organization")
    except DomainError:
        return None


class LinePriceType(graphene.ObjectType):
    """The price of one line, all lines of the request being one order."""

    class Meta:
        name = "LinePrice"

    variant = Field(VariantType, required=True, description="What is priced.")
    uom = Field(UnitOfMeasureType, required=True, description="The unit.")
    quantity = Field(Quantity, required=True, description="The quantity.")
    list_price = Field(Money, description="Price of one unit by the list, before terms.")
    unit_price = Field(Money, description="Price of one unit; null: see the error.")
    tax_included = Field(graphene.Boolean, required=True, description="The price includes tax.")
    error_code = Field(graphene.String, description="Why there is no price.")
    error_message = Field(graphene.String, description="The same for people.")

    def resolve_variant(root: tuple[PriceRequest, PriceResult], info: Any) -> Any:
        return VariantType.load(info, root[0].variant_id)

    def resolve_uom(root: tuple[PriceRequest, PriceResult], info: Any) -> Any:
        return UnitById.of(info).load(root[0].uom_id)

    def resolve_quantity(root: tuple[PriceRequest, PriceResult], _info: Any) -> Number:
        return root[0].quantity

    def resolve_list_price(root: tuple[PriceRequest, PriceResult], _info: Any) -> Amount | None:
        return money_of(root[1].list_price, root[1])

    def resolve_unit_price(root: tuple[PriceRequest, PriceResult], _info: Any) -> Amount | None:
        return money_of(root[1].unit_price, root[1])

    def resolve_tax_included(root: tuple[PriceRequest, PriceResult], _info: Any) -> bool:
        return root[1].tax_included

    def resolve_error_code(root: tuple[PriceRequest, PriceResult], _info: Any) -> str | None:
        return root[1].error.name if root[1].error else None

    def resolve_error_message(root: tuple[PriceRequest, PriceResult], _info: Any) -> str | None:
        return str(root[1].error.label) if root[1].error else None


def money_of(number: Number | None, result: PriceResult) -> Amount | None:
    """A price with its currency, None for none."""
    return None if number is None else Amount(number, result.currency)


class PriceQueries:
    """Mounted by the package."""

    prices = Field(
        graphene.List(graphene.NonNull(LinePriceType)),
        required=True,
        **SIDES,
        lines=LINES,
        at=DateTime(description="The instant of the prices; now unless told."),
        description="Prices of lines that would be ordered together.",
    )

    def resolve_prices(
        root: Any, info: Any, lines: list[Any], seller: str | None = None, buyer: str | None = None, at: Any = None
    ) -> Any:
        def priced(asked: AskedLines) -> list[tuple[PriceRequest, PriceResult]]:
            results = resolve(info.context.actor, asked.seller_id, asked.requests, at)
            return list(zip(asked.requests, results, strict=True))

        return asked_lines(info, lines, seller, buyer).then(priced)
