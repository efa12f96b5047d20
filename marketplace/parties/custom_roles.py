"""Roles that an organization makes itself, beside the presets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.core.permissions import declared_permissions
from marketplace.parties.changes import apply, duplicate, known_fields, owned, text_problems
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.events import owned_event
from marketplace.parties.models import Role
from marketplace.parties.roles import may_grant

FIELDS = ("code", "name_zh", "name_en", "permissions")


def create_role(actor: Actor, values: Mapping[str, Any]) -> Role:
    """Create a role of the organization's own. Nobody grants what they do not hold themselves, owners excepted.

    Raises REQUIRED (code, name), INVALID (unknown code of a permission), DUPLICATE, PERMISSION_DENIED.
    """
    actor.require("members.manage")
    known_fields(values, FIELDS)
    with transaction.atomic():
        _lock(actor)
        role = Role(organization_id=actor.own_id, **_clean(values))
        raise_all(_problems(actor, role, role.permissions))
        role.save()
        record(actor, owned_event("role.changed", role, verb="created", changes=created(role)))
    return role


def update_role(actor: Actor, role_id: int, values: Mapping[str, Any]) -> Role:
    """Change an own role; it holds at once for its members. Raises as `create_role`, and ROLE_PRESET, NOT_FOUND."""
    actor.require("members.manage")
    known_fields(values, FIELDS)
    with transaction.atomic():
        _lock(actor)
        role = _own_role(actor, role_id)
        before = facts(role)
        changed = apply(role, _clean(values))
        raise_all(_problems(actor, role, set(role.permissions) - set(before["permissions"])))
        if changed:
            role.save(update_fields=changed)
            changes = difference(before, facts(role))
            record(actor, owned_event("role.changed", role, verb="updated", changes=changes))
    return role


def delete_role(actor: Actor, role_id: int) -> None:
    """Delete a role nobody has. Raises IN_USE, ROLE_PRESET, NOT_FOUND."""
    actor.require("members.manage")
    with transaction.atomic():
        _lock(actor)
        role = _own_role(actor, role_id)
        if role.memberships.exists() or role.api_keys.exists():
            text = _("%(name)s is still in use.") % {"name": role.name}
            raise DomainError(CoreErrorCode.IN_USE, text, "id")
        event = owned_event("role.changed", role, verb="deleted", changes=deleted(role))
        role.delete()
        record(actor, event)


def _lock(actor: Actor) -> None:
    advisory_lock("members", actor.organization_id)


def _own_role(actor: Actor, role_id: int) -> Role:
    role = owned(actor, Role, role_id, "id", lock=True)
    if role.preset:
        raise DomainError(PartiesErrorCode.ROLE_PRESET, _("A preset role cannot be changed."), "id")
    return role


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "permissions" in cleaned:
        cleaned["permissions"] = sorted(set(cleaned["permissions"]))
    return cleaned


def _problems(actor: Actor, role: Role, granted: Any) -> Iterator[DomainError]:
    texts = {name: getattr(role, name) for name in ("code", "name_zh", "name_en")}
    yield from text_problems(Role, texts, required=("code",))
    if not (role.name_zh or role.name_en):
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a name in Chinese or English."), "name_zh")
    if Role.objects.filter(organization=role.organization_id, code=role.code).exclude(pk=role.pk).exists():
        yield duplicate("code", role.code)
    unknown = sorted(set(role.permissions) - declared_permissions().keys())
    if unknown:
        unknown_text = _("There is no permission %(permission)s.") % {"permission": ", ".join(unknown)}
        yield DomainError(CoreErrorCode.INVALID, unknown_text, "permissions")
    elif not may_grant(actor, granted):
        text = _("You can only grant what you hold yourself.")
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text, "permissions")
