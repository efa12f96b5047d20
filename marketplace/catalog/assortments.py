"""What a buyer may see and order of a seller: one definition, as SQL, for browsing, search, placing and prices.

Goods are offered to a buyer when the seller has them listed and in force, product and variant are active, the
partnership is, and the assortments in force for the buyer hold them. Of all assortments whose audience holds the buyer:
what their lines include, or everything where none includes anything, less whatever any of them excludes
(docs/concepts/catalog.md, Assortments).

Two common table expressions carry the definition. `scope`: one row for each seller a buyer looks at, with the key `k`
by which the rest refers to it. `held`: the lines of the assortments in force for it. The condition `within` is made of
hashed sub-selects over `held`, so that it costs the same for an assortment of 10 lines and of 10,000.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from marketplace.core.actor import Actor

# Of one buyer: every seller it may look at, or only the one named.
BUYER_SCOPE = """scope AS (
    SELECT partner.id AS k, partner.id AS partnership_id, partner.upstream_id AS seller_id, partner.grade_id,
        grouped.ancestors AS groups, now() AS at
    FROM parties_partnership partner LEFT JOIN parties_partnergroup grouped ON grouped.id = partner.group_id
    WHERE partner.downstream_id = %(buyer)s::bigint AND partner.status = 'active'
        AND (%(seller)s::bigint IS NULL OR partner.upstream_id = %(seller)s::bigint)
)"""

HELD = """held AS (
    SELECT scope.k, line.variant_id, line.product_id, line.category_id, line.brand_id, line.excluded
    FROM scope
    JOIN catalog_assortment chosen ON chosen.organization_id = scope.seller_id AND chosen.status = 'effective'
        AND chosen.valid_from <= scope.at AND chosen.valid_to > scope.at
        AND (chosen.partnership_id = scope.partnership_id OR chosen.group_id = ANY (scope.groups)
            OR chosen.grade_id = scope.grade_id
            OR num_nonnulls(chosen.partnership_id, chosen.group_id, chosen.grade_id) = 0)
    JOIN catalog_assortmentline line ON line.assortment_id = chosen.id
)"""

LISTED = "listing.status = 'listed' AND listing.valid_from <= scope.at AND listing.valid_to > scope.at"


def _named_by(excluded: bool, variant: str, product: str, brand: str, category: str) -> str:
    side = "held.excluded" if excluded else "NOT held.excluded"

    def among(key: str, column: str) -> str:
        rows = f"SELECT held.k, held.{column} FROM held WHERE {side} AND held.{column} IS NOT NULL"
        return f"(scope.k, coalesce({key}, 0)) IN ({rows})"

    below = f"""(scope.k, coalesce({category}, 0)) IN (SELECT held.k, below.id FROM held
        JOIN catalog_category below ON below.ancestors @> ARRAY[held.category_id]
        WHERE {side} AND held.category_id IS NOT NULL)"""
    everything = f"""scope.k IN (SELECT held.k FROM held
        WHERE {side} AND num_nonnulls(held.variant_id, held.product_id, held.category_id, held.brand_id) = 0)"""
    parts = (among(variant, "variant_id"), among(product, "product_id"), among(brand, "brand_id"), below, everything)
    return " OR ".join(parts)


def within(variant: str, product: str, brand: str, category: str) -> str:
    """The condition that the assortments of `scope` hold a variant; the arguments are SQL expressions."""
    included = _named_by(False, variant, product, brand, category)
    excluded = _named_by(True, variant, product, brand, category)
    open_to_all = "NOT (scope.k IN (SELECT held.k FROM held WHERE NOT held.excluded))"
    return f"({open_to_all} OR {included}) AND NOT ({excluded})"


WITHIN = within("variant.id", "product.id", "product.brand_id", "product.category_id")

# Rows (listing, variant, product, scope) of what is offered; a caller adds its own `AND`.
OFFERS = f"""FROM scope
    JOIN catalog_listing listing ON listing.organization_id = scope.seller_id AND {LISTED}
    JOIN catalog_variant variant ON variant.id = listing.variant_id AND variant.status = 'active'
    JOIN catalog_product product ON product.id = variant.product_id AND product.status = 'active'
WHERE {WITHIN}"""


def scope_of(actor: Actor, seller_id: int | None = None) -> dict[str, Any]:
    """Parameters of BUYER_SCOPE for whoever the actor looks at goods for.

    Someone who views as a partner sees what their own organization offers that partner, and nothing of other sellers.
    """
    buyer, own = actor.buyer, actor.organization_id
    if actor.on_behalf_of is not None and actor.on_behalf_of.pk != own:
        seller_id = own if seller_id in (None, own) else 0
    return {"buyer": buyer.pk if buyer else 0, "seller": seller_id}


ORDERABLE = f"""WITH scope AS (
    SELECT partner.id AS k, partner.id AS partnership_id, partner.upstream_id AS seller_id, partner.grade_id,
        grouped.ancestors AS groups, coalesce(%(at)s::timestamptz, now()) AS at
    FROM parties_partnership partner LEFT JOIN parties_partnergroup grouped ON grouped.id = partner.group_id
    WHERE partner.id = %(partnership)s::bigint AND partner.upstream_id = %(seller)s::bigint
), {HELD}
SELECT variant.id {OFFERS} AND variant.id = ANY (%(variants)s::bigint[])"""


def orderable(seller_id: int, partnership_id: int, variant_ids: Iterable[int], at: datetime | None = None) -> set[int]:
    """Of these variants, those that the buyer of a partnership may order of the seller at an instant (default: now).

    One statement for any number of variants. Whether the partnership itself may order is for the caller to ask.
    """
    ids = list(dict.fromkeys(variant_ids))
    values: dict[str, Any] = {"seller": seller_id, "partnership": partnership_id, "variants": ids, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(ORDERABLE, values)
        return {row[0] for row in cursor.fetchall()}
