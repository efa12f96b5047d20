"""Answering an invitation: whoever holds the link joins once, however often it is pressed (concepts/parties)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import text_problems
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.events import partnership_event
from marketplace.parties.invitations import close, closed, digest_of
from marketplace.parties.members import MemberDraft, create_member
from marketplace.parties.models import (
    Invitation,
    InvitationKind,
    InvitationStatus,
    Membership,
    Organization,
    OrganizationStatus,
    Partnership,
    Role,
    User,
)
from marketplace.parties.onboarding import become
from marketplace.parties.roles import OWNER_PRESETS, RolePreset
from marketplace.parties.values import checked_language


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account says of itself."""

    name: str = ""
    password: str = ""
    language: str = ""


def find_invitation(token: str) -> Invitation | None:
    """The invitation a link belongs to, whatever became of it; None for a link that was never sent or was replaced."""
    rows = Invitation.objects.select_related("organization", "partnership__downstream", "invited_by")
    return rows.filter(digest=digest_of(token)).first()


def account_of(invitation: Invitation) -> User | None:
    """Who has an account with the invited address."""
    return User.objects.filter(email=invitation.email).first()


def accept(actor: Actor, token: str, newcomer: Newcomer, organization_id: int | None = None) -> Membership:
    """Join: a new person sets name and password, one with an account has to be signed in with it.

    An invitation to a partner gives the first seat of the recorded organization, with an owner's roles; or, with
    `organization_id`, lets one that the person owns already be the partner instead. Two at once make one seat: the
    second finds INVITATION_CLOSED. Raises also SIGN_IN_REQUIRED, REQUIRED (name, password), PASSWORD_WEAK, NOT_FOUND
    (token, organization), IN_USE.
    """
    with transaction.atomic():
        invitation = _open(token)
        user = _person(actor, invitation, newcomer)
        if invitation.kind == InvitationKind.MEMBER:
            seat = _join(invitation.organization, user, invitation.roles, invitation.unit_id)
        elif organization_id is not None:
            seat = _link(invitation, user, organization_id)
        else:
            seat = _claim(invitation, user)
        invitation.accepted_by = user
        close(Actor(user, seat.organization), invitation, InvitationStatus.ACCEPTED)
    return seat


def decline(token: str) -> Invitation:
    """Say no; the link ends. Raises NOT_FOUND, INVITATION_CLOSED."""
    with transaction.atomic():
        return close(Actor.anonymous(), _open(token), InvitationStatus.DECLINED)


def _open(token: str) -> Invitation:
    """The invitation of a link, locked and still open: who comes second waits here, and then finds it answered."""
    sides = Invitation.objects.filter(digest=digest_of(token)).values_list("partnership__downstream", "organization")
    for partner, organization in sides:
        # Before any row, as every writer of members does: whoever is about to change the seats is waited for.
        advisory_lock("members", partner or organization)
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("organization", "partnership__downstream")
    invitation = rows.filter(digest=digest_of(token)).first()
    if invitation is None:
        raise not_found("token")
    if invitation.status != InvitationStatus.SENT or invitation.expires_at <= timezone.now():
        raise closed()
    if invitation.organization.status in (OrganizationStatus.CLOSED, OrganizationStatus.SUSPENDED):
        raise closed()
    return invitation


def _person(actor: Actor, invitation: Invitation, newcomer: Newcomer) -> User:
    """Who accepts: the account of the invited address, signed in; or a new one."""
    known = account_of(invitation)
    if known is not None:
        if actor.user_id != known.pk:
            text = _("Sign in as %(email)s, then open the link again.") % {"email": invitation.email}
            raise DomainError(PartiesErrorCode.SIGN_IN_REQUIRED, text)
        return known
    name, language = newcomer.name.strip() or invitation.name, newcomer.language or invitation.language
    raise_all(
        [
            *text_problems(User, {"name": name}, required=("name",)),
            *checked_language(language),
            *_password_problems(invitation, name, newcomer.password),
        ]
    )
    return User.objects.create_user(invitation.email, newcomer.password, name=name, language=language)


def _password_problems(invitation: Invitation, name: str, password: str) -> list[DomainError]:
    if not password:
        return [DomainError(CoreErrorCode.REQUIRED, _("Choose a password."), "password")]
    try:
        validate_password(password, User(email=invitation.email, name=name))
    except ValidationError as error:
        return [DomainError(PartiesErrorCode.PASSWORD_WEAK, text, "password") for text in error.messages]
    return []


def _join(organization: Organization, user: User, role_ids: list[int], unit_id: int | None) -> Membership:
    """A seat with those of the roles that are still there."""
    present = Role.objects.filter(organization=organization, pk__in=role_ids).values_list("pk", flat=True)
    draft = MemberDraft(user.email, user.name, list(present), unit_id)
    return create_member(Actor(user, organization, is_system=True), draft)


def _claim(invitation: Invitation, user: User) -> Membership:
    """The first seat of a partner's organization, which is active from then on."""
    assert invitation.partnership is not None
    partner = invitation.partnership.downstream
    waiting = Organization.objects.select_for_update(no_key=True).filter(pk=partner.pk)
    if not waiting.filter(status=OrganizationStatus.UNCLAIMED).exists():
        raise closed()
    owners = Role.objects.filter(organization=partner, preset=RolePreset.DEALER_OWNER)
    return _join(partner, user, list(owners.values_list("pk", flat=True)), None)


def _link(invitation: Invitation, user: User, organization_id: int) -> Membership:
    """Let an organization the person owns be the partner; the one that was recorded for it goes.

    Raises NOT_FOUND where the person owns no such organization or it is a partner already, IN_USE where trade has begun
    with the one that was recorded.
    """
    assert invitation.partnership is not None
    owned = Membership.objects.filter(
        user=user, organization=organization_id, is_active=True, roles__preset__in=OWNER_PRESETS
    )
    seat = owned.exclude(organization__status=OrganizationStatus.CLOSED).select_related("organization").first()
    partnership = Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=invitation.partnership.pk)
    taken = Partnership.objects.filter(upstream=partnership.upstream_id, downstream=organization_id)
    if seat is None or organization_id == partnership.upstream_id or taken.exists():
        raise not_found("organization")
    recorded = Organization.objects.select_for_update().get(pk=partnership.downstream_id)
    if recorded.status != OrganizationStatus.UNCLAIMED:
        raise closed()
    before = recorded.pk
    become("dealer", seat.organization)
    partnership.downstream = seat.organization
    partnership.save(update_fields=["downstream"])
    try:
        with transaction.atomic():
            Role.objects.filter(organization=recorded).delete()
            recorded.delete()
    except ProtectedError:
        text = _("Trade with %(name)s has begun. Accept for it, or ask your seller.") % {"name": recorded.name}
        raise DomainError(CoreErrorCode.IN_USE, text, "organization") from None
    changes = {"downstream_id": [before, seat.organization_id]}
    record(Actor(user, seat.organization), partnership_event("partnership.changed", partnership, changes=changes))
    return seat
