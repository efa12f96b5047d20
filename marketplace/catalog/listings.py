"""Putting goods up and taking them down, now or by date; what a listing's state is read against the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import Listing, ListingStatus, Variant
from marketplace.catalog.values import check, lock_products, window_problems
from marketplace.core.actor import Actor
from marketplace.core.changes import Changes
from marketplace.core.clock import database_now
from marketplace.core.errors import not_found
from marketplace.core.instants import BEGINNING, FOREVER

# A listing in force keeps its beginning unless another one is asked for.
PUT_UP = """
INSERT INTO catalog_listing AS listing (organization_id, variant_id, status, valid_from, valid_to)
SELECT %(seller)s::bigint, variant.id, 'listed', coalesce(%(start)s::timestamptz, now()), %(end)s::timestamptz
FROM unnest(%(variants)s::bigint[]) AS variant(id)
ON CONFLICT (variant_id, organization_id) DO UPDATE SET
    status = 'listed',
    valid_from = CASE
        WHEN %(start)s::timestamptz IS NULL AND listing.status = 'listed' AND listing.valid_from <= now()
            AND listing.valid_to > now() THEN listing.valid_from
        ELSE EXCLUDED.valid_from END,
    valid_to = EXCLUDED.valid_to
"""

TAKE_DOWN = """
UPDATE catalog_listing SET status = 'delisted'
WHERE organization_id = %(seller)s::bigint AND variant_id = ANY (%(variants)s::bigint[]) AND status <> 'delisted'
"""

# A listing that would only have begun by then is never shown at all.
TAKE_DOWN_LATER = """
UPDATE catalog_listing SET
    status = CASE WHEN valid_from < %(end)s::timestamptz THEN status ELSE 'delisted' END,
    valid_to = CASE WHEN valid_from < %(end)s::timestamptz THEN least(valid_to, %(end)s::timestamptz) ELSE valid_to END
WHERE organization_id = %(seller)s::bigint AND variant_id = ANY (%(variants)s::bigint[]) AND status = 'listed'
"""


def listing_write(
    actor: Actor,
    product_ids: Sequence[int] = (),
    variant_ids: Sequence[int] = (),
    listed: bool = True,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[int]:
    """List or delist products (all their variants) and variants; returns the ids of the products concerned.

    Listed: from `start` (None: now) until `end` (None: for good). Delisted: at `start` (None: now). One may list one's
    own goods and those one's own sellers offer. A constant number of statements. Raises NOT_FOUND with the index.
    """
    actor.require("catalog.manage")
    last = FOREVER if end is None else end
    with transaction.atomic():
        variants = _variants(actor, product_ids, variant_ids, listed)
        lock_products(variants.values())
        if listed:
            check(window_problems(start or database_now(), last))
        ids = sorted(variants)
        values = {"seller": actor.organization_id, "variants": ids}
        with connection.cursor() as cursor:
            if listed:
                cursor.execute(PUT_UP, values | {"start": stored(start), "end": stored(last)})
            elif start is None:
                cursor.execute(TAKE_DOWN, values)
            else:
                cursor.execute(TAKE_DOWN_LATER, values | {"end": start})
        products = sorted(set(variants.values()))
        owner, window = actor.organization_id or 0, [start.isoformat() if start else "", end.isoformat() if end else ""]
        change: Changes = {"listed": [None, listed], **({"window": [None, window]} if any(window) else {})}
        told = dict.fromkeys(products, change)
        tell(actor, "catalog.listing_changed", "Product", products, owner, {"listed": listed}, told)
        products_changed(products)
    return products


def stored(instant: datetime | None) -> datetime | str | None:
    """An instant for a raw statement: open ends by the names PostgreSQL has for them."""
    if instant == BEGINNING:
        return "-infinity"
    return "infinity" if instant == FOREVER else instant


def _variants(actor: Actor, product_ids: Sequence[int], variant_ids: Sequence[int], listed: bool) -> dict[int, int]:
    """Product by variant, for all that is meant; raises NOT_FOUND for what the actor may not put up or take down."""
    found: dict[int, int] = {}
    visible = Variant.objects.visible_to(actor)
    if product_ids:
        of_products = visible.filter(product__in=product_ids).exclude(status="retired")
        found.update(of_products.values_list("pk", "product_id"))
    if variant_ids:
        found.update(visible.filter(pk__in=variant_ids).values_list("pk", "product_id"))
    products = set(found.values())
    if not listed and not (products.issuperset(product_ids) and found.keys() >= set(variant_ids)):
        # What one has put up one may take down, even when one's own seller offers it no more.
        put_up = Variant.objects.filter(listings__organization=actor.organization_id)
        meant = put_up.filter(Q(product__in=product_ids) | Q(pk__in=variant_ids))
        found.update(meant.values_list("pk", "product_id"))
        products = set(found.values())
    missing = [not_found("products", index) for index, pk in enumerate(product_ids) if pk not in products]
    missing += [not_found("variants", index) for index, pk in enumerate(variant_ids) if pk not in found]
    check(missing)
    return found


def listing_state(listing: Listing | None, now: datetime) -> ListingStatus | None:
    """What people read: SCHEDULED before its window, DELISTED after it, else what is stored; None for none."""
    if listing is None:
        return None
    status = ListingStatus(listing.status)
    if status != ListingStatus.LISTED:
        return status
    if now < listing.valid_from:
        return ListingStatus.SCHEDULED
    return ListingStatus.LISTED if now < listing.valid_to else ListingStatus.DELISTED


# The best state among a product's variants stands for the product.
BEST_FIRST = (
    ListingStatus.LISTED,
    ListingStatus.SCHEDULED,
    ListingStatus.PENDING_APPROVAL,
    ListingStatus.DRAFT,
    ListingStatus.REJECTED,
    ListingStatus.DELISTED,
)


def product_listing(listings: Sequence[Listing], now: datetime) -> tuple[ListingStatus | None, Listing | None]:
    """The state of a product and the listing it comes from: that of the variant that is furthest."""
    states = [(state, listing) for listing in listings if (state := listing_state(listing, now)) is not None]
    if not states:
        return None, None
    return min(states, key=lambda pair: BEST_FIRST.index(pair[0]))
