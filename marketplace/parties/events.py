"""Domain events of parties."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent, EventKind
from marketplace.parties.models import Address, Membership, Organization, Partnership, User

KINDS = (
    EventKind("organization.created", _("Organization created")),
    EventKind("organization.changed", _("Organization changed")),
    EventKind("unit.changed", _("Unit changed")),
    EventKind("partnership.created", _("Partnership created")),
    EventKind("partnership.changed", _("Partnership changed")),
    EventKind("partnership.suspended", _("Partnership suspended")),
    EventKind("partnership.resumed", _("Partnership resumed")),
    EventKind("partnership.terminated", _("Partnership terminated")),
    EventKind("partnership.tax_changed", _("Tax treatment of a partner changed")),
    EventKind("tax_profile.changed", _("Tax profile changed")),
    EventKind("partner_group.changed", _("Partner group changed")),
    EventKind("partner_grade.changed", _("Partner grade changed")),
    EventKind("territory.changed", _("Territory changed")),
    EventKind("role.changed", _("Role changed")),
    EventKind("member.created", _("Member added")),
    EventKind("member.changed", _("Member changed")),
    EventKind("member.deactivated", _("Member deactivated")),
    EventKind("member.reactivated", _("Member reactivated")),
    EventKind("invitation.sent", _("Invitation sent")),
    EventKind("invitation.accepted", _("Invitation accepted")),
    EventKind("invitation.declined", _("Invitation declined")),
    EventKind("invitation.withdrawn", _("Invitation withdrawn")),
    EventKind("address.changed", _("Address changed")),
    EventKind("user.changed", _("User changed")),
)


def organization_event(kind: str, organization: Organization, changes: Changes | None = None) -> DomainEvent:
    """An event of an organization itself; only its own people hear it."""
    return DomainEvent(kind, "organization", organization.pk, (organization.pk,), changes=changes or {})


def partnership_event(kind: str, partnership: Partnership, changes: Changes, **payload: Any) -> DomainEvent:
    """An event both sides hear: its payload holds nothing of the upstream's own view, its changes do."""
    sides = (partnership.upstream_id, partnership.downstream_id)
    return DomainEvent(kind, "partnership", partnership.pk, sides, payload, changes)


def owned_event(kind: str, row: Any, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """An event of a row that belongs to one organization; the aggregate is the part of the kind before the dot."""
    return DomainEvent(kind, kind.partition(".")[0], row.pk, (row.organization_id,), payload, changes or {})


def member_event(kind: str, membership: Membership, changes: Changes) -> DomainEvent:
    """An event of a member, heard by its organization."""
    return owned_event(kind, membership, changes, user=membership.user_id)


def address_event(address: Address, verb: str, changes: Changes) -> DomainEvent:
    """An address was created, updated or retired."""
    return owned_event("address.changed", address, verb=verb, changes=changes)


def user_event(user: User, organizations: tuple[int, ...], changes: Changes) -> DomainEvent:
    """A person changed its own profile."""
    return DomainEvent("user.changed", "user", user.pk, organizations, changes=changes)
