"""What a supplier answers before it quotes: takes part, declines, has read what changed (sourcing §3.2, §3.4, §3.5)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record
from marketplace.core.gate import clock
from suppliers.sourcing.enums import ParticipationStatus, SourcingReach
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.happenings import participation_event
from suppliers.sourcing.invite import LIVE, invitation_of, join
from suppliers.sourcing.may import barred, standing, supplier_may
from suppliers.sourcing.models import Participation, SourcingEvent
from suppliers.sourcing.publish import given_reason
from suppliers.sourcing.write import MANAGE

QUOTE = "quotes.submit"
Status = ParticipationStatus


def register(actor: Actor, event_id: int, token: str = "") -> Participation:
    """Take part under the published rules, whose hash is kept. Asked by name, by link or as a source: admitted at once.

    In an open event an active supplier is admitted at once too; others wait for a person, unless the rules admit
    potential suppliers. Raises NOT_FOUND, REGISTRATION_CLOSED, SUPPLIER_BARRED, INVITATION_USED, INVALID_TRANSITION.
    """
    actor.require(QUOTE)
    with transaction.atomic():
        event = _open_event(actor, event_id, token)
        if event.buyer_id == actor.own_id:
            raise DomainError(SourcingErrorCode.SUPPLIER_BARRED, _("You cannot quote to yourself."), "event")
        now = clock()
        row = Participation.objects.filter(event=event, seller=actor.own_id).first()
        if row is None:
            row = _newcomer(actor, event, token, now)
        elif row.status not in (Status.INVITED, Status.REGISTERED):
            text = _("You take part already.") if row.status != Status.DECLINED else _("Undo the refusal first.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "event")
        row.status = _admitted_as(event, row)
        row.terms_hash, row.terms_accepted_at, row.answered_at = event.rules_hash, now, now
        row.event_version_seen = event.event_version
        row.save()
        record(actor, participation_event("sourcing.registered", row, admitted=row.status == Status.ADMITTED))
    return row


def admit(actor: Actor, participation_id: int) -> Participation:
    """The buyer lets in a supplier that registered. Raises NOT_FOUND, INVALID_TRANSITION, SUPPLIER_BARRED."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = _of_buyer(actor, participation_id)
        if row.status != Status.REGISTERED:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("It does not wait to be admitted."), "id")
        known = standing(row.buyer_id, [row.seller_id]).get(row.seller_id)
        if known is not None and not supplier_may(row.event, known) and known.status != "potential":
            raise barred(row.seller.name, field="id")
        row.status = Status.ADMITTED
        row.save(update_fields=["status"])
        record(actor, participation_event("sourcing.admitted", row))
    return row


def decline(actor: Actor, participation_id: int, reason: str) -> Participation:
    """The supplier says no, with a reason; it can take that back until close. A quote it sent must be withdrawn first.

    Raises NOT_FOUND, REASON_REQUIRED, QUOTES_CLOSED, IN_USE, INVALID_TRANSITION.
    """
    actor.require(QUOTE)
    with transaction.atomic():
        row = own_participation(actor, participation_id, live=True)
        if row.status in (Status.DECLINED, Status.DISQUALIFIED):
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This is not possible in the present state."), "id")
        if row.round_quotes.filter(quote__status="submitted").exists():
            raise DomainError(CoreErrorCode.IN_USE, _("Withdraw your quote first."), "id")
        row.reason, row.declined_from, row.status = given_reason(reason), row.status, Status.DECLINED
        row.answered_at = clock()
        row.save()
        record(actor, participation_event("sourcing.declined", row, reason=row.reason))
    return row


def decline_undo(actor: Actor, participation_id: int) -> Participation:
    """Take part after all, until close. Raises NOT_FOUND, QUOTES_CLOSED, INVALID_TRANSITION."""
    actor.require(QUOTE)
    with transaction.atomic():
        row = own_participation(actor, participation_id, live=True)
        if row.status != Status.DECLINED:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This is not possible in the present state."), "id")
        row.status, row.declined_from, row.reason = row.declined_from, "", ""
        row.save()
        record(actor, participation_event("sourcing.rejoined", row))
    return row


def acknowledge(actor: Actor, participation_id: int, event_version: int) -> Participation:
    """The supplier has read the addenda up to this version of the event. Raises NOT_FOUND, CONFLICT for another one."""
    actor.require(QUOTE)
    with transaction.atomic():
        row = own_participation(actor, participation_id)
        if event_version != row.event.event_version:
            text = _("The event has changed again: read the newest addendum.")
            raise DomainError(CoreErrorCode.CONFLICT, text, "event_version")
        if row.event_version_seen < event_version:
            row.event_version_seen = event_version
            row.save(update_fields=["event_version_seen"])
            record(actor, participation_event("sourcing.acknowledged", row, version=event_version))
    return row


def own_participation(actor: Actor, participation_id: int, live: bool = False) -> Participation:
    """The supplier's own participation, locked; `live`: its event takes quotes. Raises NOT_FOUND, QUOTES_CLOSED."""
    rows = Participation.objects.visible_to(actor).filter(pk=participation_id, seller=actor.organization_id)
    row = rows.select_related("event").select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise not_found("id")
    if live and (row.event.status not in LIVE or clock() >= row.event.close_at):
        raise DomainError(SourcingErrorCode.QUOTES_CLOSED, _("Quotes are closed."), "id")
    return row


def _of_buyer(actor: Actor, participation_id: int) -> Participation:
    rows = Participation.objects.visible_to(actor).filter(pk=participation_id, buyer=actor.organization_id)
    row = rows.select_related("event", "seller").select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise not_found("id")
    return row


def _open_event(actor: Actor, event_id: int, token: str) -> SourcingEvent:
    """A link shows an event that the actor's organization could not see otherwise."""
    if token:
        return SourcingEvent.objects.select_for_update(no_key=True).get(pk=invitation_of(token).event_id)
    rows = SourcingEvent.objects.visible_to(actor).filter(pk=event_id)
    event = rows.select_for_update(no_key=True).first()
    if event is None:
        raise not_found("event")
    return event


def _newcomer(actor: Actor, event: SourcingEvent, token: str, now: datetime) -> Participation:
    over = event.register_until is None or now >= event.register_until
    if not token and (event.reach != SourcingReach.OPEN or over):
        raise DomainError(SourcingErrorCode.REGISTRATION_CLOSED, _("Registration is closed."), "event")
    invitation = invitation_of(token, lock=True) if token else None
    row = join(event, actor.own_id, Status.INVITED if invitation else Status.REGISTERED)
    if invitation is not None:
        invitation.used_at, invitation.participation = now, row
        invitation.save(update_fields=["used_at", "participation"])
    return row


def _admitted_as(event: SourcingEvent, row: Participation) -> ParticipationStatus:
    """Raises QUOTES_CLOSED after the deadline, SUPPLIER_BARRED for one with whom the trade is not open."""
    if event.status not in LIVE or clock() >= event.close_at:
        raise DomainError(SourcingErrorCode.QUOTES_CLOSED, _("Quotes are closed."), "event")
    known = standing(event.buyer_id, [row.seller_id]).get(row.seller_id)
    if known is not None and known.status not in ("active", "potential"):
        raise barred(_("Your organization"), field="event")
    if row.status == Status.INVITED or supplier_may(event, known):
        return Status.ADMITTED
    return Status.REGISTERED
