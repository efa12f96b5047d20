"""What a list changes before it is put in effect: its prices for one partner beside those the partner has now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import not_found
from marketplace.parties.models import Partnership
from ordercenter.pricing.models import PolicyLineKind, PriceList, PricePolicyLine
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import Assumption, PriceRequest, PriceResult

MOST_SLOTS = 2000
MOST_PARTNERS = 50

# A price is asked for at the least quantity that reaches its threshold.
SLOTS = """
SELECT DISTINCT ON (row.variant_id, row.uom_id, row.min_quantity) row.variant_id, row.uom_id,
    greatest(row.min_quantity, 1 / 10::numeric ^ unit.exponent)
FROM pricing_pricerow AS row JOIN catalog_unitofmeasure AS unit ON unit.id = row.uom_id
WHERE row.price_list_id = %(list)s AND row.valid_from <= %(at)s AND row.valid_to > %(at)s
ORDER BY row.variant_id, row.uom_id, row.min_quantity, row.valid_from DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class SlotChange:
    """What one SKU costs a partner in one unit from a quantity on; None: no price. `answers`: by the list itself."""

    variant_id: int
    uom_id: int
    quantity: Decimal
    old: Decimal | None
    new: Decimal | None
    answers: bool

    @property
    def percent(self) -> Decimal | None:
        """By how much it rises or, below 0, falls."""
        if self.old is None or self.new is None or not self.old:
            return None
        return round((self.new - self.old) / self.old * 100, 2)


@dataclass(frozen=True, slots=True)
class ListDifference:
    """The change of each slot for one partner, the largest first; the partners whom the list is for."""

    price_list: PriceList
    partnership: Partnership | None
    partners: list[Partnership]
    changes: list[SlotChange]
    is_cut: bool


def difference_of(actor: Actor, found: PriceList, partnership_id: int | None = None) -> ListDifference:
    """What a list that is not in effect would change for a partner it is for, the first unless told.

    Prices are those of `resolve`, once as is and once with the list; of a list that begins later, as of then. Raises
    NOT_FOUND for a partner it is not for. As many statements for 2,000 prices as for one.
    """
    partners = _partners(found)
    chosen = next((one for one in partners if partnership_id in (None, one.pk)), None)
    if partnership_id is not None and chosen is None:
        raise not_found("partnership")
    if chosen is None:
        return ListDifference(found, None, [], [], False)
    at = max(database_now(), found.valid_from)
    requests = _requests(found, chosen, at)
    seller = found.organization_id
    before = resolve(actor, seller, requests, at)
    after = resolve(actor, seller, requests, at, Assumption(at, lists=(found.pk,)))
    changes = [_change(found, *both) for both in zip(requests, before, after, strict=True)]
    changes.sort(key=lambda one: (-abs(one.percent or Decimal(0)), one.variant_id, one.uom_id, one.quantity))
    return ListDifference(found, chosen, partners, changes, len(requests) == MOST_SLOTS)


def _change(found: PriceList, request: PriceRequest, before: PriceResult, after: PriceResult) -> SlotChange:
    slot = request.variant_id, request.uom_id, request.quantity
    return SlotChange(*slot, before.unit_price, after.unit_price, after.list_id == found.pk)


def _requests(found: PriceList, partner: Partnership, at: datetime) -> Sequence[PriceRequest]:
    with connection.cursor() as cursor:
        cursor.execute(SLOTS, {"list": found.pk, "at": at, "most": MOST_SLOTS})
        rows = cursor.fetchall()
    return [
        PriceRequest(number, partner.pk, variant_id, uom_id, quantity, basket=number)
        for number, (variant_id, uom_id, quantity) in enumerate(rows)
    ]


def _partners(found: PriceList) -> list[Partnership]:
    """Whom the policies that name a list give it to, in its currency; by name, 50 at most."""
    wanted = Q(pk__in=[])
    for line in PricePolicyLine.objects.filter(price_list=found, kind=PolicyLineKind.LIST):
        if line.partnership_id:
            wanted |= Q(pk=line.partnership_id)
        elif line.group_id:
            wanted |= Q(group__ancestors__contains=[line.group_id])
        elif line.grade_id:
            wanted |= Q(grade=line.grade_id)
        else:
            wanted |= Q(upstream=found.organization_id)
    rows = Partnership.objects.filter(wanted, upstream=found.organization_id, currency=found.currency)
    return list(rows.select_related("downstream").order_by("downstream__name", "pk")[:MOST_PARTNERS])
