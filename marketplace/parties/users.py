"""People: their own profile, and for which of their organizations they act."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import apply, known_fields, text_problems
from marketplace.parties.events import user_event
from marketplace.parties.models import Membership, OrganizationStatus, Partnership, PartnershipStatus, User
from marketplace.parties.values import checked_language

FIELDS = ("name", "phone", "language")


def update_profile(actor: Actor, changes: Mapping[str, Any]) -> User:
    """Change one's own name, telephone or language ("" for the browser's). Raises REQUIRED, INVALID."""
    known_fields(changes, FIELDS)
    if actor.user is None:
        raise not_found("user")
    if actor.is_read_only and set(changes) - {"language"}:
        raise DomainError(CoreErrorCode.READ_ONLY, _("Nothing can be changed in a partner's view."))
    raise_all([*text_problems(User, changes, required=("name",)), *checked_language(changes.get("language", ""))])
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
        before = facts(user)
        changed = apply(user, changes)
        if changed:
            user.save(update_fields=changed)
            seats = Membership.objects.filter(user=user, is_active=True).values_list("organization", flat=True)
            record(actor, user_event(user, tuple(seats), difference(before, facts(user))))
    return user


def select_organization(actor: Actor, organization_id: int) -> Membership:
    """Take another of one's seats; from now on it is the one used last. Raises NOT_FOUND where one has none."""
    seats = Membership.objects.filter(user=actor.user_id, organization=organization_id, is_active=True)
    seat = seats.exclude(organization__status=OrganizationStatus.CLOSED).select_related("organization").first()
    if seat is None:
        raise not_found("organization")
    Membership.objects.filter(pk=seat.pk).update(last_used_at=Now())
    return seat


def take_seat_at_sign_in(user: User, **_of_signal: object) -> None:
    """Whoever signs in takes the seat used last; from the log of seats people read who still comes."""
    seats = Membership.objects.filter(user=user, is_active=True).exclude(organization__status=OrganizationStatus.CLOSED)
    last = seats.order_by(F("last_used_at").desc(nulls_last=True), "pk").values("pk")[:1]
    Membership.objects.filter(pk__in=last).update(last_used_at=Now())


def viewable_partnership(actor: Actor, partnership_id: int) -> Partnership:
    """The active downstream partnership whose partner's view the actor may take; NOT_FOUND for any other."""
    actor.require("partners.view_as")
    found = Partnership.objects.filter(
        pk=partnership_id, upstream=actor.organization_id, status=PartnershipStatus.ACTIVE
    ).first()
    if found is None:
        raise not_found("partnership")
    return found
