"""Batch loaders of parties."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef

from marketplace.graphql import BatchLoader, grouped
from marketplace.parties.models import (
    Invitation,
    InvitationStatus,
    Membership,
    OrganizationStatus,
    PartnerGrade,
    PartnerGroup,
    Partnership,
    Role,
    Territory,
)
from marketplace.parties.roles import OWNER_PRESETS

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


class RolesByKey(BatchLoader):
    """Roles of the reader's organization by tuples of keys; those that are gone are left out."""

    def batch(self, keys: list[Any]) -> list[Any]:
        wanted = {pk for key in keys for pk in key}
        found = Role.objects.visible_to(self.actor).in_bulk(wanted)
        return [[found[pk] for pk in key if pk in found] for key in keys]


class MembersOfUnit(BatchLoader):
    """How many active members belong to a unit itself."""

    def batch(self, keys: list[Any]) -> list[int]:
        seats = Membership.objects.filter(organization=self.actor.organization_id, is_active=True, unit__in=keys)
        counts = dict(seats.values_list("unit").annotate(n=Count("pk")).order_by())
        return [counts.get(key, 0) for key in keys]


class PeopleOfPartner(BatchLoader):
    """The active members of downstream partners of the reader's organization, owners first."""

    def batch(self, keys: list[Any]) -> list[Any]:
        mine = Partnership.objects.filter(upstream=self.actor.organization_id, downstream__in=keys)
        seats = (
            Membership.objects.filter(organization__in=mine.values("downstream"), is_active=True, user__is_active=True)
            .select_related("user")
            .annotate(owns=Exists(Role.objects.filter(memberships=OuterRef("pk"), preset__in=OWNER_PRESETS)))
            .order_by("-owns", "user__name", "pk")
        )
        return grouped(seats, by="organization_id", keys=keys)


class InvitationsOfPartner(BatchLoader):
    """Invitations to partners that were sent and not answered, newest first."""

    def batch(self, keys: list[Any]) -> list[Any]:
        rows = Invitation.objects.visible_to(self.actor).filter(partnership__in=keys, status=InvitationStatus.SENT)
        return grouped(rows.order_by("-sent_at"), by="partnership_id", keys=keys)


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
