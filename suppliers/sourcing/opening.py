"""Openers meet, and an envelope is opened in one transaction (sourcing §4.5, §4.6)."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record
from marketplace.core.gate import clock
from suppliers.sourcing.closing import close
from suppliers.sourcing.disclose import OPEN
from suppliers.sourcing.enums import Confidentiality, Envelope, SourcingEventStatus
from suppliers.sourcing.envelopes import envelopes_of, share_info
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.models import (
    EnvelopeKey,
    EnvelopeShare,
    EventOpener,
    Opening,
    OpeningShare,
    Round,
    SourcingEvent,
    TechnicalDecision,
)
from suppliers.sourcing.openers import check_second_factor, person_of, private_of
from suppliers.sourcing.parked import SESSION, forget, park, parked
from suppliers.sourcing.sealing import Unreadable, hpke_open, join
from suppliers.sourcing.unsealing import open_envelope
from suppliers.sourcing.write import locked_event


def opening_start(actor: Actor, event_id: int, envelope: str) -> Opening:
    """Begin a session of 30 minutes, or join the one that runs.

    Raises OPENING_EARLY, TECHNICAL_PENDING (the commercial envelope before the technical decision is approved),
    INVALID_TRANSITION (not closed yet, or opened already), INVALID (no such envelope, not sealed), NOT_FOUND.
    """
    actor.require(OPEN)
    person = person_of(actor)
    close(event_id)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        now = clock()
        round_ = _may_open(event, envelope, now)
        running = Opening.objects.filter(round=round_, envelope=envelope, opened_at=None, expires_at__gt=now).first()
        if running is not None:
            return running
        opening = Opening.objects.create(
            buyer_id=event.buyer_id,
            event=event,
            round=round_,
            envelope=envelope,
            salt=os.urandom(16),
            started_at=now,
            started_by=person,
            expires_at=now + SESSION,
        )
        record(actor, event_event("sourcing.opening_started", event, envelope=envelope, round=round_.no))
    return opening


def opening_share_give(actor: Actor, opening_id: int, passphrase: str, code: str) -> Opening:
    """Give the actor's share; with the last one needed the envelope is opened at once, and the key forgotten.

    Raises SECOND_FACTOR, PASSPHRASE_WRONG (five: locked for 15 minutes), OPENER_REPEATED, QUORUM_MISSING (the session
    is over), NOT_FOUND for who was not appointed. Never call it in a transaction: wrong passphrases are counted.
    """
    actor.require(OPEN)
    opening, appointed = _mine(actor, opening_id)
    _check_open_session(opening, appointed)
    check_second_factor(appointed.key.user, code)
    private = private_of(appointed.key, passphrase)
    with transaction.atomic():
        event = locked_event(actor, opening.event_id)
        opening = Opening.objects.select_for_update().get(pk=opening_id)
        _check_open_session(opening, appointed)
        now = clock()
        _may_open(event, opening.envelope, now)
        share = _share(event, opening, appointed, private)
        del private
        OpeningShare.objects.create(buyer_id=event.buyer_id, opening=opening, opener=appointed.key, given_at=now)
        record(actor, event_event("sourcing.share_given", event, envelope=opening.envelope, opener=appointed.key_id))
        shares = {**parked(opening), appointed.key_id: share}
        if len(shares) < EnvelopeKey.objects.get(event=event, envelope=opening.envelope).needed:
            park(opening, appointed.key_id, share)
            return opening
        _open(actor, event, opening, list(shares.values()), now)
    forget(opening)
    return opening


def opening_sign(actor: Actor, opening_id: int) -> Opening:
    """Sign the minutes as one of those who opened. Raises NOT_FOUND, INVALID_TRANSITION before the opening."""
    actor.require(OPEN)
    with transaction.atomic():
        opening = Opening.objects.select_for_update().filter(buyer=actor.own_id, pk=opening_id).first()
        rows = OpeningShare.objects.filter(opening=opening_id, opener__user=actor.user, opener__buyer=actor.own_id)
        if opening is None or not rows.exists():
            raise not_found("id")
        if opening.opened_at is None:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("There are no minutes to sign yet."), "id")
        if rows.filter(signed_at=None).update(signed_at=clock()):
            told: dict[str, Any] = {"envelope": opening.envelope, "minutes": opening.minutes_hash}
            record(actor, event_event("sourcing.minutes_signed", opening.event, **told))
    return opening


def _may_open(event: SourcingEvent, envelope: str, now: datetime) -> Round:
    """The round whose envelope may be opened now."""
    if event.confidentiality != Confidentiality.SEALED or envelope not in envelopes_of(event):
        raise DomainError(CoreErrorCode.INVALID, _("There is no such sealed envelope."), "envelope")
    round_ = event.rounds.order_by("-no").first()
    if now < event.opening_at:
        raise DomainError(Code.OPENING_EARLY, _("Quotes cannot be opened yet."), "id")
    if round_ is None or round_.closed_at is None or event.status != SourcingEventStatus.QUOTES_CLOSED:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This is not possible in the present state."), "id")
    if Opening.objects.filter(round=round_, envelope=envelope).exclude(opened_at=None).exists():
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This is not possible in the present state."), "id")
    if event.two_envelopes and envelope == Envelope.COMMERCIAL:
        decision = TechnicalDecision.objects.filter(round=round_).exclude(approved_at=None)
        if not decision.exists():
            text = _("The technical decision must be approved first.")
            raise DomainError(Code.TECHNICAL_PENDING, text, "envelope")
    return round_


def _mine(actor: Actor, opening_id: int) -> tuple[Opening, EventOpener]:
    opening = Opening.objects.filter(buyer=actor.own_id, pk=opening_id).first()
    rows = EventOpener.objects.select_related("key__user").filter(key__user=actor.user)
    appointed = rows.filter(event=opening.event_id).first() if opening else None
    if opening is None or appointed is None:
        raise not_found("id")
    return opening, appointed


def _check_open_session(opening: Opening, appointed: EventOpener) -> None:
    if opening.opened_at is not None:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("It is open already."), "id")
    if opening.expires_at <= clock():
        raise DomainError(Code.QUORUM_MISSING, _("The session is over: start a new one."), "id")
    if OpeningShare.objects.filter(opening=opening, opener=appointed.key_id).exists():
        raise DomainError(Code.OPENER_REPEATED, _("You have given your share already."), "id")


def _share(event: SourcingEvent, opening: Opening, appointed: EventOpener, private: bytes) -> bytes:
    row = EnvelopeShare.objects.get(key__event=event, key__envelope=opening.envelope, opener=appointed.key_id)
    if row.wrapped is None:
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("The shares of this key were erased."), "id")
    try:
        return hpke_open(private, bytes(row.wrapped), share_info(event, opening.envelope))
    except Unreadable as error:
        raise DomainError(Code.QUORUM_MISSING, _("This share is damaged; ask another opener."), "id") from error


def _open(actor: Actor, event: SourcingEvent, opening: Opening, shares: list[bytes], now: datetime) -> None:
    try:
        private = join(shares)
    except Unreadable as error:
        raise DomainError(Code.QUORUM_MISSING, _("The shares do not fit together."), "id") from error
    open_envelope(event, opening, private, now)
    told: dict[str, Any] = {"envelope": opening.envelope, "round": opening.round.no, "minutes": opening.minutes_hash}
    record(actor, event_event("sourcing.envelope_opened", event, **told))
    if event.status == SourcingEventStatus.OPENED:
        record(actor, event_event("sourcing.opened", event, quotes=len(opening.minutes["quotes"])))
