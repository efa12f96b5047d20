"""Whom a bulletin reaches, as a condition of the database: the partnership, its group and those above, its grade."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func

from marketplace.core.actor import Actor
from marketplace.parties.models import PartnershipStatus

#: The partnerships that hear news: those that may trade, and those that may not for the moment.
HEARING = (PartnershipStatus.ACTIVE.value, PartnershipStatus.SUSPENDED.value)

AIMED = """(
    (bulletin.partnership_id IS NULL AND bulletin.group_id IS NULL AND bulletin.grade_id IS NULL)
    OR bulletin.partnership_id = partner.id OR bulletin.grade_id = partner.grade_id
    OR bulletin.group_id = ANY(own_group.ancestors)
)"""

REACHED = f"""EXISTS (
    SELECT 1 FROM notifications_bulletin AS bulletin
      JOIN parties_partnership AS partner ON partner.upstream_id = bulletin.organization_id
      LEFT JOIN parties_partnergroup AS own_group ON own_group.id = partner.group_id
     WHERE bulletin.id = {{pk}} AND partner.downstream_id = %s AND partner.status = ANY(%s::text[]) AND {AIMED}
)"""


class Reaches(Func):
    """A condition for WHERE: the bulletin of the key reaches a buyer."""

    output_field = models.BooleanField()

    def __init__(self, expression: Any, buyer_id: int | None) -> None:
        super().__init__(expression)
        self.buyer_id = buyer_id

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, params = compiler.compile(self.source_expressions[0])
        return REACHED.format(pk=outer), [*params, self.buyer_id, list(HEARING)]


def reaches(actor: Actor) -> Reaches:
    """The bulletin reaches whom the actor buys for; in a partner's view that is the partner."""
    return Reaches(F("pk"), actor.buyer.pk if actor.buyer else None)
