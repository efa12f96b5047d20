"""From a signed-in user to an Actor: user, seat, organization and permissions in one statement (concepts/parties)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

from marketplace.core.actor import Actor
from marketplace.core.lean import lean_row
from marketplace.core.permissions import preset_permissions, reading
from marketplace.parties.models import Membership, Organization, OrganizationStatus, PartnershipStatus, User

# What a partner's view shows: what the buyer of a dealer may read.
VIEWED_PRESET = "dealer_buyer"
VIEW_PERMISSION = "partners.view_as"

Row = TypeVar("Row", bound=models.Model)

SQL = """
SELECT {user}, {membership}, {organization}, {partner},
       ARRAY(SELECT DISTINCT granted
               FROM parties_membership_roles AS held
               JOIN parties_role AS role ON role.id = held.role_id, unnest(role.permissions) AS granted
              WHERE held.membership_id = membership.id)
  FROM parties_user AS "user"
  LEFT JOIN LATERAL (
       SELECT seat.*
         FROM parties_membership AS seat
         JOIN parties_organization AS home ON home.id = seat.organization_id AND home.status <> %(closed)s
        WHERE seat.user_id = "user".id AND seat.is_active
        ORDER BY (seat.organization_id = %(organization)s::bigint) DESC NULLS LAST,
                 seat.last_used_at DESC NULLS LAST, seat.id
        LIMIT 1) AS membership ON true
  LEFT JOIN parties_organization AS organization ON organization.id = membership.organization_id
  LEFT JOIN LATERAL (
       SELECT viewed.*
         FROM parties_partnership AS partnership
         JOIN parties_organization AS viewed ON viewed.id = partnership.downstream_id
        WHERE partnership.upstream_id = organization.id AND partnership.downstream_id = %(on_behalf_of)s::bigint
          AND partnership.status = %(active)s
        LIMIT 1) AS partner ON true
 WHERE "user".id = %(user)s AND "user".is_active
"""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the answer make up one row of a model."""

    model: type[models.Model]
    names: tuple[str, ...]
    start: int

    def read(self, values: tuple[Any, ...]) -> Any:
        """The row, or None where the join found nothing."""
        part = values[self.start : self.start + len(self.names)]
        return None if part[0] is None else lean_row(self.model, self.names, part)


@lru_cache(maxsize=1)
def _statement() -> tuple[str, list[Columns]]:
    columns: list[Columns] = []
    parts: dict[str, str] = {}
    start = 0
    for alias, model in (
        ("user", User), ("membership", Membership), ("organization", Organization), ("partner", Organization),
    ):  # fmt: skip
        fields = model._meta.concrete_fields
        parts[alias] = ", ".join(f'"{alias}".{field.column}' for field in fields)
        columns.append(Columns(model, tuple(field.attname for field in fields), start))
        start += len(fields)
    return SQL.format(**parts), columns


def load_actor(user_id: int, organization_id: int | None = None, on_behalf_of: int | None = None) -> Actor:
    """The actor of a user: for the organization asked for if the user has a seat there, else for the one used last.

    `on_behalf_of` is the id of a downstream partner whose view is wanted. It is granted with `partners.view_as` and an
    active partnership, and is silently left out otherwise: a partnership may end while somebody looks. An unknown or
    deactivated user is anonymous; a user without a seat has no organization. A suspended organization only reads.
    """
    sql, columns = _statement()
    parameters = {
        "user": user_id,
        "organization": organization_id,
        "on_behalf_of": on_behalf_of,
        "closed": OrganizationStatus.CLOSED.value,
        "active": PartnershipStatus.ACTIVE.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        values = cursor.fetchone()
    if values is None:
        return Actor.anonymous()
    user, membership, organization, partner = (part.read(values) for part in columns)
    return _actor(user, membership, organization, partner, frozenset(values[-1]))


def _actor(
    user: User,
    membership: Membership | None,
    organization: Organization | None,
    partner: Organization | None,
    permissions: frozenset[str],
) -> Actor:
    if organization is None or membership is None:
        return Actor(user)
    membership.user, membership.organization = user, organization
    if organization.status == OrganizationStatus.SUSPENDED:
        permissions = reading(permissions)
    if partner is not None and VIEW_PERMISSION in permissions:
        return Actor(user, organization, membership, reading(preset_permissions(VIEWED_PRESET)), partner)
    return Actor(user, organization, membership, permissions)
