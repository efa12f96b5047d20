"""Which price lists answer a partner now, in the order in which they are asked (docs/concepts/pricing.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from marketplace.parties.audience import AudienceLevel
from ordercenter.pricing.statement import BUYER, CHAIN

# The buyers and their chain are those of `resolve`: what is shown here is what prices come from.
SQL = f"""
WITH input AS (SELECT given.id AS partnership_id, now() AS at FROM unnest(%(partnerships)s::bigint[]) AS given(id)),
{BUYER.format(condition="partnership.upstream_id = %(seller)s::bigint")}{CHAIN}
SELECT partnership_id, list_id, level, priority, merge FROM chain ORDER BY partnership_id, rank
"""
LEVELS = tuple(AudienceLevel)


@dataclass(frozen=True, slots=True)
class ListInForce:
    """A list that answers a partner, and by which kind of audience."""

    price_list_id: int
    level: AudienceLevel
    priority: int
    merge: bool


def lists_in_force(seller_id: int, partnership_ids: Sequence[int]) -> dict[int, list[ListInForce]]:
    """By downstream partnership of the seller: the lists in its chain now, best first. One statement."""
    found: dict[int, list[ListInForce]] = {pk: [] for pk in partnership_ids}
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"partnerships": list(partnership_ids), "seller": seller_id})
        for partnership_id, list_id, level, priority, merge in cursor.fetchall():
            found[partnership_id].append(ListInForce(list_id, LEVELS[level - 1], priority, merge))
    return found
