"""Batch loaders of parties."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Count, F

from marketplace.graphql import BatchLoader, grouped
from marketplace.parties.models import Membership, OrganizationStatus, PartnerGrade, PartnerGroup, Role, Territory

_BELOW = """
SELECT node.id, (SELECT count(*) FROM parties_partnership AS partnership
                   JOIN {table} AS below ON below.id = partnership.{column}_id
                  WHERE partnership.upstream_id = %(organization)s AND below.ancestors @> ARRAY[node.id])
  FROM {table} AS node WHERE node.id = ANY(%(keys)s) AND node.organization_id = %(organization)s
"""
_TREES: dict[str, Any] = {"group": PartnerGroup, "territory": Territory}


class SeatsOfUser(BatchLoader):
    """The seats that count of a person, for that person."""

    def batch(self, keys: list[Any]) -> list[Any]:
        seats = (
            Membership.objects.filter(user__in=keys, is_active=True)
            .exclude(organization__status=OrganizationStatus.CLOSED)
            .select_related("organization")
            .order_by(F("last_used_at").desc(nulls_last=True), "pk")
        )
        return grouped(seats, by="user_id", keys=keys)


class RolesOfMembership(BatchLoader):
    """The roles of seats; whoever sees a seat sees what it may do."""

    def batch(self, keys: list[Any]) -> list[Any]:
        held = Role.objects.filter(memberships__in=keys).annotate(seat=F("memberships")).order_by("code")
        return grouped(held.filter(seat__in=keys), by="seat", keys=keys)


class MembersOfRole(BatchLoader):
    """How many active members have a role."""

    def batch(self, keys: list[Any]) -> list[int]:
        seats = Membership.objects.visible_to(self.actor).filter(is_active=True, roles__in=keys)
        counts = dict(seats.values_list("roles").annotate(n=Count("pk")).order_by())
        return [counts.get(key, 0) for key in keys]


class SecondFactorOfUser(BatchLoader):
    """Whether people have a second factor."""

    def batch(self, keys: list[Any]) -> list[bool]:
        rows = Authenticator.objects.filter(user__in=keys).exclude(type=Authenticator.Type.RECOVERY_CODES)
        having = set(rows.values_list("user", flat=True))
        return [key in having for key in keys]


class PartnersOfNode(BatchLoader):
    """How many partners of the actor's organization have a grade, or are in a group or territory or below it."""

    def batch(self, keys: list[Any]) -> list[int]:
        counts = self._graded(keys) if self.params[0] == "grade" else self._below(keys)
        return [counts.get(key, 0) for key in keys]

    def _graded(self, keys: list[Any]) -> dict[Any, int]:
        grades = PartnerGrade.objects.visible_to(self.actor).filter(pk__in=keys)
        return dict(grades.values_list("pk").annotate(n=Count("partnerships")))

    def _below(self, keys: list[Any]) -> dict[Any, int]:
        column = str(self.params[0])
        table = connection.ops.quote_name(_TREES[column]._meta.db_table)
        with connection.cursor() as cursor:
            sql = _BELOW.format(table=table, column=column)
            cursor.execute(sql, {"keys": keys, "organization": self.actor.organization_id})
            return dict(cursor.fetchall())
