"""What the catalogue adds to partnerships: the assortments that decide what a partner may see and order."""

from __future__ import annotations

from typing import Any

import graphene
from django.db import connection

from marketplace.catalog.models import Assortment
from marketplace.catalog.schema.offers import AssortmentType
from marketplace.graphql import BatchLoader, Field
from marketplace.graphql.extending import extend
from marketplace.parties.schema.trade_types import PartnershipType, is_upstream

# By audience as in `assortments.HELD`, but with those that are paused, in draft or still to come.
AIMED = """
SELECT partner.id, chosen.id
  FROM parties_partnership partner LEFT JOIN parties_partnergroup grouped ON grouped.id = partner.group_id
  JOIN catalog_assortment chosen ON chosen.organization_id = partner.upstream_id
       AND chosen.status <> 'voided' AND chosen.valid_to > now()
       AND (chosen.partnership_id = partner.id OR chosen.group_id = ANY (grouped.ancestors)
           OR chosen.grade_id = partner.grade_id
           OR num_nonnulls(chosen.partnership_id, chosen.group_id, chosen.grade_id) = 0)
 WHERE partner.id = ANY (%(partnerships)s::bigint[]) AND partner.upstream_id = %(seller)s::bigint
 ORDER BY partner.id, (chosen.partnership_id IS NULL), (chosen.group_id IS NULL), (chosen.grade_id IS NULL), chosen.id
"""


class AssortmentsOfPartner(BatchLoader):
    """By downstream partnership of the reader's organization: the assortments that aim at it, the narrowest first."""

    def batch(self, keys: list[int]) -> list[list[Assortment]]:
        with connection.cursor() as cursor:
            cursor.execute(AIMED, {"partnerships": list(keys), "seller": self.actor.own_id})
            pairs = cursor.fetchall()
        rows = Assortment.objects.visible_to(self.actor).in_bulk({pk for _partnership, pk in pairs})
        found: dict[int, list[Assortment]] = {key: [] for key in keys}
        for partnership_id, pk in pairs:
            found[partnership_id].append(rows[pk])
        return [found[key] for key in keys]


@extend(PartnershipType)
class PartnershipGoods:
    """The goods of a partnership."""

    assortments = Field(
        graphene.List(graphene.NonNull(AssortmentType)),
        size=3,
        description="What decides which of your goods the partner may see and order: its own, those of its group and"
        " grade, and those for everyone, in force, paused or to come. For its seller with `catalog.view`.",
    )

    def resolve_assortments(root: Any, info: Any) -> Any:
        actor = info.context.actor
        seen = is_upstream(root, actor) and actor.may("catalog.view")
        return AssortmentsOfPartner.of(info).load(root.pk) if seen else None
