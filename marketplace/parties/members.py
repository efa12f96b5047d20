"""Members: who has a seat in an organization, with which roles. An organization never loses its last owner."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import listed
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import owned, owned_or_none, text_problems
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.events import member_event
from marketplace.parties.models import Membership, Organization, OrganizationStatus, Role, Unit, User
from marketplace.parties.roles import OWNER_PRESETS, may_grant
from marketplace.parties.values import checked_email, checked_language


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """A person to give a seat: the e-mail address is who it is, the name counts only for somebody new."""

    email: str
    name: str = ""
    roles: Collection[int] = ()
    unit_id: int | None = None
    language: str = ""


def create_member(actor: Actor, draft: MemberDraft) -> Membership:
    """Give a person a seat. Somebody new gets an account without a password, and sets one by the reset e-mail.

    The first member of an UNCLAIMED organization makes it ACTIVE. Raises REQUIRED (name), INVALID (email), NOT_FOUND
    (roles, unit), DUPLICATE (has a seat already), PERMISSION_DENIED (roles the actor may not grant).
    """
    actor.require("members.manage")
    email = draft.email.strip().lower()
    with transaction.atomic():
        _lock(actor)
        user = User.objects.filter(email=email).first()
        raise_all(_draft_problems(actor, draft, email, user))
        roles = granted(actor, draft.roles)
        unit = owned_or_none(actor, Unit, draft.unit_id, "unit")
        if user is None:
            user = User.objects.create_user(email, name=draft.name.strip(), language=draft.language)
        seat = Membership.objects.create(organization_id=actor.own_id, user=user, unit=unit)
        seat.roles.set(roles)
        claimed = Organization.objects.filter(pk=actor.own_id, status=OrganizationStatus.UNCLAIMED)
        claimed.update(status=OrganizationStatus.ACTIVE)
        changes = {"email": [None, user.email], **listed("roles", [], [role.code for role in roles])}
        record(actor, member_event("member.created", seat, changes=changes))
    return seat


def set_member_roles(actor: Actor, membership_id: int, role_ids: Collection[int]) -> Membership:
    """Give a member exactly these roles. Raises LAST_OWNER, NOT_FOUND, PERMISSION_DENIED."""
    actor.require("members.manage")
    with transaction.atomic():
        _lock(actor)
        seat = owned(actor, Membership, membership_id, "id", lock=True)
        held = dict(seat.roles.values_list("pk", "code"))
        roles = granted(actor, role_ids, held)
        seat.roles.set(roles)
        _keep_an_owner(actor)
        changes = listed("roles", held.values(), [role.code for role in roles])
        record(actor, member_event("member.changed", seat, changes=changes))
    return seat


def move_member(actor: Actor, membership_id: int, unit_id: int | None) -> Membership:
    """Put a member into a unit, or into none. Raises NOT_FOUND (id, unit)."""
    actor.require("members.manage")
    with transaction.atomic():
        seat = owned(actor, Membership, membership_id, "id", lock=True)
        before = seat.unit_id
        seat.unit = owned_or_none(actor, Unit, unit_id, "unit")
        if seat.unit is not None and not seat.unit.is_active:
            text = _("%(name)s is out of use.") % {"name": seat.unit.name}
            raise DomainError(CoreErrorCode.INVALID, text, "unit")
        seat.save(update_fields=["unit"])
        record(actor, member_event("member.changed", seat, changes={"unit_id": [before, unit_id]}))
    return seat


def change_member(actor: Actor, membership_id: int, role_ids: Collection[int], unit_id: int | None) -> Membership:
    """Give a member these roles and this unit, both or neither. Raises as `set_member_roles` and `move_member`."""
    actor.require("members.manage")
    with transaction.atomic():
        _lock(actor)
        seat = owned(actor, Membership, membership_id, "id", lock=True)
        if set(seat.roles.values_list("pk", flat=True)) != set(role_ids):
            set_member_roles(actor, membership_id, role_ids)
        return seat if seat.unit_id == unit_id else move_member(actor, membership_id, unit_id)


def deactivate_member(actor: Actor, membership_id: int) -> Membership:
    """Take a member's seat away, from the next request on; what the person did stays. Raises LAST_OWNER, NOT_FOUND."""
    return _set_active(actor, membership_id, False, "member.deactivated")


def reactivate_member(actor: Actor, membership_id: int) -> Membership:
    """Give the seat back with the roles it had. Raises NOT_FOUND, PERMISSION_DENIED (roles the actor may not grant)."""
    return _set_active(actor, membership_id, True, "member.reactivated")


def _set_active(actor: Actor, membership_id: int, active: bool, event: str) -> Membership:
    actor.require("members.manage")
    with transaction.atomic():
        _lock(actor)
        seat = owned(actor, Membership, membership_id, "id", lock=True)
        if seat.is_active == active:
            return seat
        if active:
            granted(actor, seat.roles.values_list("pk", flat=True))
        seat.is_active = active
        seat.save(update_fields=["is_active"])
        _keep_an_owner(actor)
        record(actor, member_event(event, seat, changes={"is_active": [not active, active]}))
    return seat


def _lock(actor: Actor) -> None:
    """Whether an owner is left is a fact of all members: without this two owners could remove each other."""
    advisory_lock("members", actor.organization_id)


def _keep_an_owner(actor: Actor) -> None:
    owners = Membership.objects.filter(
        organization=actor.organization_id, is_active=True, user__is_active=True, roles__preset__in=OWNER_PRESETS
    )
    if not owners.exists():
        raise DomainError(PartiesErrorCode.LAST_OWNER, _("An organization keeps at least one owner."), "id")


def granted(actor: Actor, role_ids: Collection[int], held: Collection[int] = ()) -> list[Role]:
    """The roles of the actor's organization with these ids; those not held yet have to be the actor's to grant."""
    roles = list(Role.objects.filter(organization=actor.organization_id, pk__in=role_ids))
    if len(roles) != len(set(role_ids)):
        raise not_found("roles")
    codes = {code for role in roles if role.pk not in held for code in role.permissions}
    if not may_grant(actor, codes):
        text = _("You can only grant what you hold yourself.")
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, text, "roles")
    return roles


def _draft_problems(actor: Actor, draft: MemberDraft, email: str, user: User | None) -> Iterator[DomainError]:
    if not email:
        yield DomainError(CoreErrorCode.INVALID, _("Enter an e-mail address."), "email")
    yield from checked_email(email)
    if user is None:
        yield from text_problems(User, {"name": draft.name, "email": email}, required=("name",))
        yield from checked_language(draft.language)
    elif Membership.objects.filter(organization=actor.organization_id, user=user).exists():
        text = _("%(name)s is a member already.") % {"name": email}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "email")
