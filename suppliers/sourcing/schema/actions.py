"""What somebody may do with an event at this moment, for the buttons of whatever client."""

from __future__ import annotations

from django.utils import timezone

from marketplace.core.actor import Actor
from suppliers.sourcing.enums import Confidentiality, ParticipationStatus, SourcingReach
from suppliers.sourcing.enums import SourcingEventStatus as Status
from suppliers.sourcing.life import AFTER_CLOSE, BEFORE_AWARD, shown_status
from suppliers.sourcing.models import Participation, SourcingEvent

LIVE = (Status.PUBLISHED, Status.QUOTING, Status.PAUSED)
DRAFTS = (Status.DRAFT, Status.REJECTED)
#: Of the buyer: action, permission, states as people see them.
OF_BUYER = (
    ("UPDATE", "sourcing.manage", DRAFTS),
    ("SUBMIT", "sourcing.manage", DRAFTS),
    ("PUBLISH", "sourcing.publish", (Status.DRAFT, Status.PENDING_APPROVAL)),
    ("REJECT", "sourcing.publish", (Status.PENDING_APPROVAL,)),
    ("INVITE", "sourcing.manage", (*DRAFTS, Status.PENDING_APPROVAL, *LIVE)),
    ("EXTEND", "sourcing.publish", (Status.PUBLISHED, Status.QUOTING)),
    ("PAUSE", "sourcing.publish", (Status.PUBLISHED, Status.QUOTING)),
    ("RESUME", "sourcing.publish", (Status.PAUSED,)),
    ("ADDENDUM", "sourcing.publish", LIVE),
    ("ANSWER", "sourcing.manage", LIVE),
    ("CANCEL", "sourcing.publish", BEFORE_AWARD),
    ("FAIL", "sourcing.publish", AFTER_CLOSE),
    ("ROUND_START", "sourcing.publish", (Status.OPENED, Status.COMPARING)),
)
TAKES_PART = (ParticipationStatus.ADMITTED, ParticipationStatus.SUBMITTED)


def actions_of(actor: Actor, event: SourcingEvent, own: Participation | None) -> list[str]:
    """The actions, in the order of a journey."""
    status = shown_status(event, timezone.now())
    if event.buyer_id == actor.organization_id:
        found = [name for name, permission, states in OF_BUYER if status in states and actor.may(permission)]
        return [*found, *(["OPEN"] if _opens(actor, event, status) else [])]
    if not actor.may("quotes.submit") or status not in LIVE:
        return []
    return _of_supplier(event, status, own)


def _opens(actor: Actor, event: SourcingEvent, status: Status) -> bool:
    ready = status == Status.QUOTES_CLOSED and timezone.now() >= event.opening_at
    mine = actor.user_id is None or actor.user_id != event.published_by_id
    return ready and mine and event.confidentiality == Confidentiality.HIDDEN and actor.may("sourcing.open")


def _of_supplier(event: SourcingEvent, status: Status, own: Participation | None) -> list[str]:
    now = timezone.now()
    if own is None:
        open_ = event.reach == SourcingReach.OPEN and event.register_until is not None and now < event.register_until
        return ["REGISTER"] if open_ else []
    if own.status == ParticipationStatus.DECLINED:
        return ["DECLINE_UNDO"]
    found = ["REGISTER"] if own.status == ParticipationStatus.INVITED else []
    behind = own.event_version_seen < event.event_version
    if own.status in TAKES_PART:
        found += ["ACKNOWLEDGE"] if behind else ["QUOTE"] if status == Status.QUOTING else []
    if now < event.ask_until:
        found.append("ASK")
    return [*found, "DECLINE"] if own.status != ParticipationStatus.DISQUALIFIED else []
