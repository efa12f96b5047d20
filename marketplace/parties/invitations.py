"""Invitations: a person is asked by mail to join, and answers by a link that works once (concepts/parties)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import owned, owned_or_none, text_problems
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.events import owned_event
from marketplace.parties.members import granted
from marketplace.parties.models import (
    Invitation,
    InvitationKind,
    InvitationStatus,
    Membership,
    OrganizationStatus,
    Partnership,
    Unit,
)
from marketplace.parties.partnerships import PartnerDraft, create_partnership, locked_downstream
from marketplace.parties.starting import start_with
from marketplace.parties.values import checked_email, checked_language

DAYS = 7
#: Sent by one organization in a day, times one invitation is sent, seconds between two of them.
MOST_A_DAY = 200
MOST_TIMES = 10
PAUSE = 60

PERMISSIONS = {InvitationKind.MEMBER: "members.manage", InvitationKind.PARTNER: "partners.manage"}


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """Whom to write to. `language` is that of the message, the organization's own unless told."""

    email: str
    name: str = ""
    language: str = ""
    note: str = ""
    roles: Collection[int] = ()
    unit_id: int | None = None


def invite_member(actor: Actor, draft: InvitationDraft) -> Invitation:
    """Ask a person to join the actor's organization with these roles.

    Raises INVALID (email, language), NOT_FOUND (roles, unit), PERMISSION_DENIED (roles the actor may not grant),
    DUPLICATE (is a member, or was asked and has not answered), TOO_MANY_ATTEMPTS.
    """
    actor.require("members.manage")
    with transaction.atomic():
        _lock(actor)
        raise_all([*_draft_problems(draft), *_member_problems(actor, draft)])
        roles = granted(actor, draft.roles)
        unit = owned_or_none(actor, Unit, draft.unit_id, "unit")
        invitation = _new(actor, InvitationKind.MEMBER, draft)
        invitation.roles = [role.pk for role in roles]
        invitation.unit = unit
        return _send(actor, invitation, verb="created")


def invite_partner(
    actor: Actor,
    draft: InvitationDraft,
    partnership_id: int | None = None,
    partner: PartnerDraft | None = None,
    starts: Mapping[str, int] | None = None,
) -> Invitation:
    """Ask the first person of a partner to take its seat: of one recorded before, or of one recorded with this.

    `starts`: what a partner recorded with this begins with, such as a price list (`starting`).
    Raises what `create_partnership` and `start_with` raise, NOT_FOUND (partnership), PARTNER_CLAIMED where somebody
    sits there, INVALID (email, language), DUPLICATE (was asked and has not answered), TOO_MANY_ATTEMPTS.
    """
    actor.require("partners.manage")
    with transaction.atomic():
        _lock(actor)
        raise_all(_draft_problems(draft))
        if partner is not None:
            partnership = create_partnership(actor, partner)
            start_with(actor, partnership, starts or {})
        else:
            partnership = locked_downstream(actor, partnership_id or 0, "partnership")
        _unclaimed(partnership)
        invitation = _new(actor, InvitationKind.PARTNER, draft)
        invitation.partnership = partnership
        return _send(actor, invitation, verb="created")


def resend(actor: Actor, invitation_id: int) -> Invitation:
    """Send it again with a new link, good from now on; the old link ends. Raises NOT_FOUND, INVITATION_CLOSED and
    TOO_MANY_ATTEMPTS within a minute of the last time or after the tenth.
    """
    with transaction.atomic():
        _lock(actor)
        invitation = _own_open(actor, invitation_id)
        too_soon = invitation.sent_at > timezone.now() - timedelta(seconds=PAUSE)
        if too_soon or invitation.sent_count >= MOST_TIMES:
            raise _too_many()
        if invitation.partnership is not None:
            _unclaimed(invitation.partnership)
        invitation.sent_count += 1
        return _send(actor, invitation, verb="updated")


def withdraw(actor: Actor, invitation_id: int) -> Invitation:
    """Take it back: its link ends. Raises NOT_FOUND, INVITATION_CLOSED."""
    with transaction.atomic():
        _lock(actor)
        invitation = _own_open(actor, invitation_id)
        return close(actor, invitation, InvitationStatus.WITHDRAWN)


def close(actor: Actor, invitation: Invitation, status: InvitationStatus) -> Invitation:
    """Note the answer to an invitation that is locked, and tell of it."""
    invitation.status = status
    invitation.answered_at = timezone.now()
    invitation.save(update_fields=["status", "answered_at", "accepted_by"])
    changes = {"status": [InvitationStatus.SENT.value, status.value]}
    record(actor, owned_event(f"invitation.{status.value}", invitation, changes=changes))
    return invitation


def status_of(invitation: Invitation) -> InvitationStatus:
    """Its status as people see it: a sent one whose time is over is expired."""
    if invitation.status == InvitationStatus.SENT and invitation.expires_at <= timezone.now():
        return InvitationStatus.EXPIRED
    return InvitationStatus(invitation.status)


def token_of(invitation: Invitation) -> str:
    """The token of its newest link, made from the program's secret key: no copy of it is kept anywhere."""
    made = salted_hmac("marketplace.parties.invitations", f"{invitation.pk}:{invitation.nonce}", algorithm="sha256")
    return urlsafe_b64encode(made.digest()).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What the database keeps of a token."""
    return sha256(token.strip().encode()).hexdigest()


def _send(actor: Actor, invitation: Invitation, verb: str) -> Invitation:
    """Save with a new nonce and let the outbox write the message after the commit."""
    now = timezone.now()
    today = Invitation.objects.filter(organization=actor.own_id, sent_at__gt=now - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise _too_many()
    invitation.nonce, invitation.sent_at = token_hex(16), now
    invitation.expires_at = now + timedelta(days=DAYS)
    if invitation.pk is None:
        invitation.digest = invitation.nonce  # the token is made from the key, which is known after this
        invitation.save()
    invitation.digest = digest_of(token_of(invitation))
    invitation.save()
    changes = {"email": [None, invitation.email]} if verb == "created" else {}
    record(actor, owned_event("invitation.sent", invitation, verb=verb, changes=changes))
    return invitation


def _new(actor: Actor, kind: InvitationKind, draft: InvitationDraft) -> Invitation:
    return Invitation(
        organization_id=actor.own_id,
        kind=kind,
        email=draft.email.strip().lower(),
        name=draft.name.strip(),
        language=draft.language or (actor.organization.language if actor.organization else "en"),
        note=draft.note.strip(),
        invited_by=actor.user,
    )


def _own_open(actor: Actor, invitation_id: int) -> Invitation:
    """An invitation of the actor's organization that nobody answered, locked; it may have expired."""
    invitation = owned(actor, Invitation, invitation_id, "id", lock=True)
    actor.require(PERMISSIONS[InvitationKind(invitation.kind)])
    if invitation.status != InvitationStatus.SENT:
        raise closed()
    return invitation


def closed() -> DomainError:
    """The refusal of a link that was used, taken back or has ended."""
    return DomainError(PartiesErrorCode.INVITATION_CLOSED, _("This invitation is not open any more."))


def _unclaimed(partnership: Partnership) -> None:
    """Only the first person of a partner is the seller's to invite; those after it, the partner invites itself."""
    if partnership.downstream.status != OrganizationStatus.UNCLAIMED:
        text = _("%(name)s has people of its own, who invite their colleagues.") % {"name": partnership.downstream.name}
        raise DomainError(PartiesErrorCode.PARTNER_CLAIMED, text, "partnership")


def _lock(actor: Actor) -> None:
    advisory_lock("invitations", actor.organization_id)


def _too_many() -> DomainError:
    text = _("Too many invitations were sent. Wait and try again.")
    return DomainError(PartiesErrorCode.TOO_MANY_ATTEMPTS, text)


def _draft_problems(draft: InvitationDraft) -> Iterator[DomainError]:
    email = draft.email.strip().lower()
    yield from checked_email(email)
    yield from text_problems(Invitation, {"email": email, "name": draft.name, "note": draft.note}, required=("email",))
    yield from checked_language(draft.language)


def _member_problems(actor: Actor, draft: InvitationDraft) -> Iterator[DomainError]:
    email = draft.email.strip().lower()
    if Membership.objects.filter(organization=actor.organization_id, user__email=email).exists():
        text = _("%(name)s is a member already.") % {"name": email}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "email")
    waiting = Invitation.objects.filter(
        organization=actor.organization_id, email=email, kind=InvitationKind.MEMBER, status=InvitationStatus.SENT
    )
    if waiting.exists():
        text = _("%(name)s has been invited and has not answered. Send the invitation again.") % {"name": email}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "email")
