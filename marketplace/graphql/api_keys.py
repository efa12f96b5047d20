"""API keys: a program acts for an organization, with one role, until the key is revoked or ends (concepts/graphql)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.permissions import reading
from marketplace.graphql.models import ApiKey
from marketplace.parties.models import OrganizationStatus, Role, User
from marketplace.parties.roles import may_grant

MANAGE = "api_keys.manage"
#: By this a key is told from an access token, and found where somebody has published it.
MARK = "entrepot_"
MOST = 100
SEEN_EVERY = timedelta(minutes=1)


class ApiKeyStatus(models.TextChoices):
    """Whether a key opens anything; read from its instants."""

    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made: its row, and the secret that is shown once."""

    row: ApiKey
    secret: str


def create_key(actor: Actor, name: str, role_id: int, expires_at: datetime | None = None) -> NewKey:
    """Make a key. Its secret is in the answer and nowhere else.

    Raises REQUIRED (name), INVALID (too long, ends before now, too many), NOT_FOUND (role), PERMISSION_DENIED for a
    role that grants what the actor does not hold.
    """
    actor.require(MANAGE)
    name = name.strip()
    raise_all(_problems(actor, name, expires_at))
    role = Role.objects.filter(organization=actor.organization_id, pk=role_id).first()
    if role is None:
        raise not_found("role")
    if not may_grant(actor, role.permissions):
        text = _("You can only grant what you hold yourself.")
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, text, "role")
    prefix, secret = token_hex(4), token_urlsafe(32)
    key = f"{MARK}{prefix}_{secret}"
    with transaction.atomic():
        doer = User.objects.create(email=f"{prefix}@api-key.invalid", name=name, is_active=False, password="!")  # noqa: S106
        row = ApiKey.objects.create(
            organization_id=actor.own_id,
            name=name,
            prefix=prefix,
            digest=digest_of(key),
            role=role,
            user=doer,
            created_by=actor.user,
            expires_at=expires_at,
        )
        changes = {name: pair for name, pair in created(row).items() if name in ("name", "role_id", "expires_at")}
        record(actor, _event("api_key.created", row, verb="created", changes=changes))
    return NewKey(row, key)


def revoke_key(actor: Actor, key_id: int) -> ApiKey:
    """End a key, from the next request on; harmless for one that has ended. Raises NOT_FOUND."""
    actor.require(MANAGE)
    with transaction.atomic():
        rows = ApiKey.objects.filter(organization=actor.organization_id, pk=key_id)
        row = rows.select_for_update(of=("self",), no_key=True).select_related("role").first()
        if row is None:
            raise not_found("id")
        if row.revoked_at is None:
            before = facts(row)
            row.revoked_at = timezone.now()
            row.save(update_fields=["revoked_at"])
            record(actor, _event("api_key.revoked", row, changes=difference(before, facts(row))))
    return row


def status_of(row: ApiKey) -> ApiKeyStatus:
    """Whether it opens anything now."""
    if row.revoked_at is not None:
        return ApiKeyStatus.REVOKED
    ended = row.expires_at is not None and row.expires_at <= timezone.now()
    return ApiKeyStatus.EXPIRED if ended else ApiKeyStatus.ACTIVE


def actor_of_key(key: str) -> Actor | None:
    """The actor of a key, one statement; None for one that is unknown, revoked, over, or of a closed organization.

    When it was used is noted once a minute at most, in a statement more.
    """
    good = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=Now()))
    rows = ApiKey.objects.select_related("organization", "role", "user").filter(good, digest=digest_of(key))
    row = rows.exclude(organization__status=OrganizationStatus.CLOSED).first()
    if row is None:
        return None
    if row.last_used_at is None or row.last_used_at < timezone.now() - SEEN_EVERY:
        ApiKey.objects.filter(pk=row.pk).update(last_used_at=Now())
    permissions = frozenset(row.role.permissions)
    if row.organization.status == OrganizationStatus.SUSPENDED:
        permissions = reading(permissions)
    return Actor(row.user, row.organization, None, permissions)


def digest_of(key: str) -> str:
    """What the database keeps of a key."""
    return sha256(key.encode()).hexdigest()


def _problems(actor: Actor, name: str, expires_at: datetime | None) -> Iterator[DomainError]:
    if not name:
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a name."), "name")
    if len(name) > 128:
        text = _("At most %(longest)s characters.") % {"longest": 128}
        yield DomainError(CoreErrorCode.INVALID, text, "name")
    if expires_at is not None and expires_at <= timezone.now():
        yield DomainError(CoreErrorCode.INVALID, _("The end lies in the past."), "expires_at")
    if ApiKey.objects.filter(organization=actor.organization_id, revoked_at=None).count() >= MOST:
        text = _("At most %(most)s keys at a time. Revoke one that is not used.") % {"most": MOST}
        yield DomainError(CoreErrorCode.INVALID, text, "name")


def _event(kind: str, row: ApiKey, changes: Changes, **payload: object) -> DomainEvent:
    return DomainEvent(kind, "api_key", row.pk, (row.organization_id,), payload, changes)
