"""Lines to price as the schema takes them: whose they are, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import graphene
from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack
from marketplace.catalog.schema.loaders import seller_of
from marketplace.catalog.schema.types import VariantType
from marketplace.catalog.visibility import offered_variant
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.graphql import BadInput, Deferred, Quantity, from_global_id, ids_of
from marketplace.parties.models import Partnership
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.terms import PriceRequest

MOST_LINES = 500


class PriceLineInput(graphene.InputObjectType):
    """A quantity of a variant."""

    variant = graphene.InputField(graphene.ID, required=True, description="The variant.")
    uom = graphene.InputField(graphene.String, description="Code of the unit; the default one unless told.")
    quantity = graphene.InputField(Quantity, required=True, description="The quantity in that unit.")


LINES = graphene.Argument(
    graphene.NonNull(graphene.List(graphene.NonNull(PriceLineInput))), description=f"{MOST_LINES} at most."
)


@dataclass(frozen=True, slots=True)
class AskedLines:
    """Lines of one seller, ready to be priced."""

    seller_id: int
    requests: list[PriceRequest]


def asked_lines(info: Any, lines: list[Any], seller: str | None, buyer: str | None, most: int = MOST_LINES) -> Deferred:
    """A promise of the lines as requests, all of one order.

    A seller's people with `prices.view` name the buyer, everybody else asks for itself. Raises NOT_FOUND for variants
    that the reader does not see and for partners that are none, UNKNOWN_UOM.
    """
    if not 0 < len(lines) <= most:
        raise BadInput(f"Give 1 to {most} lines.")
    actor = info.context.actor
    keys = ids_of([line["variant"] for line in lines], "Variant", "lines")
    seen = VariantType.visible(actor).filter(pk__in=keys)
    seller_key = None if seller is None else from_global_id(seller, "Organization", "seller")
    if seller_key is not None and buyer is None:
        # Another of one's sellers may offer it, too: its price here is told only if it is offered here.
        seen = seen.filter(offered_variant("pk", actor, seller_key))
    variants = {variant.pk: variant for variant in seen}
    raise_all(not_found("lines", index) for index, key in enumerate(keys) if key not in variants)
    buyer_id = _buyer(info, buyer)

    def requested(seller_id: int | None) -> AskedLines:
        found = Partnership.objects.visible_to(actor).filter(upstream=seller_id, downstream=buyer_id).first()
        if seller_id is None or found is None:
            raise not_found("seller" if buyer is None else "buyer")
        return AskedLines(seller_id, _requests(found.pk, keys, lines))

    if seller_key is not None:
        return Deferred.of(seller_key).then(requested)
    if buyer is not None:
        return Deferred.of(actor.organization_id).then(requested)
    return seller_of(info, variants[keys[0]]).then(requested)


def _buyer(info: Any, buyer: str | None) -> int:
    actor = info.context.actor
    if buyer is not None:
        if actor.on_behalf_of is None:
            actor.require("prices.view")
        return from_global_id(buyer, "Organization", "buyer")
    if actor.buyer is None:
        raise DomainError(CoreErrorCode.NOT_FOUND, _("Choose an organization first."), "buyer")
    actor.require("catalog.browse")
    return actor.buyer.pk


def _requests(partnership_id: int, keys: list[int], lines: list[Any]) -> list[PriceRequest]:
    uoms: dict[tuple[int, str | None], int] = {}
    packs = Pack.objects.filter(variant__in=keys).order_by("is_default", "is_base", "-pk")
    for variant_id, code, uom_id in packs.values_list("variant_id", "uom__code", "uom_id"):
        uoms[variant_id, code.upper()] = uoms[variant_id, None] = uom_id
    named = [(key, line.get("uom") and line["uom"].strip().upper()) for key, line in zip(keys, lines, strict=True)]
    code = PricingErrorCode.UNKNOWN_UOM
    raise_all(DomainError(code, code.label, "lines", index) for index, name in enumerate(named) if name not in uoms)
    return [
        PriceRequest(index, partnership_id, name[0], uoms[name], line["quantity"])
        for index, (name, line) in enumerate(zip(named, lines, strict=True))
    ]
