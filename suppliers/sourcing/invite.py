"""Who is asked: suppliers by name, all sources of the goods, or somebody by e-mail (sourcing §3.2)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import SystemRandom, token_hex

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.gate import clock
from marketplace.parties.changes import text_problems
from marketplace.parties.models import Partnership
from marketplace.parties.values import checked_email, checked_language
from suppliers.sourcing.enums import ParticipationStatus, SourcingEventStatus, SourcingReach
from suppliers.sourcing.errors import SourcingErrorCode
from suppliers.sourcing.happenings import event_event, participation_event
from suppliers.sourcing.may import barred, standing, supplier_may
from suppliers.sourcing.models import EventInvitation, Participation, SourcingEvent
from suppliers.sourcing.write import MANAGE, locked_event

Status = SourcingEventStatus
#: While suppliers can still be asked.
ASKING = (Status.DRAFT, Status.PENDING_APPROVAL, Status.REJECTED, Status.PUBLISHED, Status.QUOTING, Status.PAUSED)
LIVE = (Status.PUBLISHED, Status.QUOTING, Status.PAUSED)
MOST_BY_MAIL = 200
#: (buyer, variants) -> {variant: organizations that may supply it}; set by the room that keeps source lists.
Sources = Callable[[int, Iterable[int]], Mapping[int, set[int]]]
_sources: list[Sources] = []


def source_lists(function: Sources) -> Sources:
    """Say who knows the sources in force."""
    _sources[:] = [function]
    return function


@dataclass(frozen=True, slots=True)
class MailDraft:
    """Somebody who is no partner yet. `language` is that of the message; the buyer's own unless told."""

    email: str
    name: str = ""
    language: str = ""


def invite(
    actor: Actor, event_id: int, sellers: Sequence[int] = (), mails: Sequence[MailDraft] = ()
) -> list[Participation]:
    """Ask suppliers by name and people by e-mail; as many statements for a hundred as for one.

    `sellers` are organizations that supply the buyer; one that takes part already stays as it is. Raises all at once,
    each with its index: NOT_FOUND, SUPPLIER_BARRED, INVALID (email, language), DUPLICATE (email); INVALID_TRANSITION.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id, "event")
        if event.status not in ASKING or (event.status in LIVE and clock() >= event.close_at):
            text = _("Nobody can be invited any more.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "event")
        known = standing(event.buyer_id, sellers)
        raise_all([*_seller_problems(event, sellers, known), *_mail_problems(event, mails)])
        made = _join(event, {pk: known.get(pk) for pk in sellers}, ParticipationStatus.INVITED)
        invitations = _write_to(actor, event, mails)
        if event.status in LIVE:
            record(
                actor,
                *(participation_event("sourcing.invited", row) for row in made),
                *(event_event("sourcing.invited_by_mail", event, invitation=one.pk) for one in invitations),
            )
    return list(event.participations.filter(seller__in=sellers).order_by("code"))


def invite_sources(actor: Actor, event: SourcingEvent) -> None:
    """At publish, everybody who is a source in force for every line. Raises REQUIRED where that is nobody."""
    if event.reach != SourcingReach.SOURCE_LIST:
        return
    variants = set(event.lines.values_list("variant", flat=True))
    if None in variants or not _sources:
        text = _("Source lists are for lines with goods: choose goods in every line, or invite suppliers by name.")
        raise DomainError(SourcingErrorCode.NO_LINES, text, "reach")
    found = _sources[0](event.buyer_id, variants)
    of_all = set.intersection(*(set(found.get(pk, ())) for pk in variants)) if variants else set()
    known = standing(event.buyer_id, of_all)
    _join(event, {pk: row for pk, row in known.items() if supplier_may(event, row)}, ParticipationStatus.INVITED)


def join(event: SourcingEvent, seller_id: int, status: ParticipationStatus) -> Participation:
    """The participation of one organization, made if it is not there."""
    known = standing(event.buyer_id, [seller_id])
    _join(event, {seller_id: known.get(seller_id)}, status)
    return Participation.objects.get(event=event, seller=seller_id)


def _join(
    event: SourcingEvent, sellers: Mapping[int, Partnership | None], status: ParticipationStatus
) -> list[Participation]:
    """Rows for those who have none. Codes are drawn by lot, so that they tell nothing about who was asked first."""
    there = dict(event.participations.values_list("seller", "code"))
    new = [pk for pk in sellers if pk not in there]
    room = max(99, 4 * (len(there) + len(new)))
    free = [code for code in (f"P-{number:03d}" for number in range(1, room + 1)) if code not in set(there.values())]
    drawn = SystemRandom().sample(free, len(new))
    rows = [
        Participation(
            buyer_id=event.buyer_id,
            seller_id=pk,
            event=event,
            partnership=sellers[pk],
            code=code,
            status=status,
            event_version_seen=event.event_version,
        )
        for pk, code in zip(new, drawn, strict=True)
    ]
    return Participation.objects.bulk_create(rows)


def token_of(invitation: EventInvitation) -> str:
    """The token of its link, made from the program's secret key: no copy of it is kept anywhere."""
    made = salted_hmac("suppliers.sourcing.invite", f"{invitation.pk}:{invitation.nonce}", algorithm="sha256")
    return urlsafe_b64encode(made.digest()).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What the database keeps of a token."""
    return sha256(token.strip().encode()).hexdigest()


def invitation_of(token: str, lock: bool = False) -> EventInvitation:
    """The invitation behind a link that was not used and whose event still runs; raises INVITATION_USED."""
    rows = EventInvitation.objects.select_related("event", "event__buyer").filter(digest=digest_of(token))
    found = (rows.select_for_update(no_key=True, of=("self",)) if lock else rows).first()
    over = found is None or found.used_at is not None or found.event.status not in LIVE
    if found is None or over or found.event.close_at <= clock():
        text = _("This invitation is not open any more.")
        raise DomainError(SourcingErrorCode.INVITATION_USED, text, "token")
    return found


def _write_to(actor: Actor, event: SourcingEvent, mails: Sequence[MailDraft]) -> list[EventInvitation]:
    """Rows first: the token is made from the key, which is known only then."""
    language = actor.organization.language if actor.organization else "en"
    rows = EventInvitation.objects.bulk_create(
        EventInvitation(
            buyer_id=event.buyer_id,
            event=event,
            email=mail.email.strip().lower(),
            name=mail.name.strip(),
            language=mail.language or language,
            nonce=(nonce := token_hex(16)),
            digest=nonce,
        )
        for mail in mails
    )
    for row in rows:
        row.digest = digest_of(token_of(row))
    EventInvitation.objects.bulk_update(rows, ["digest"])
    return rows


def _seller_problems(
    event: SourcingEvent, sellers: Sequence[int], known: Mapping[int, Partnership]
) -> Iterable[DomainError]:
    for index, pk in enumerate(sellers):
        partnership = known.get(pk)
        if partnership is None or pk == event.buyer_id:
            yield not_found("sellers", index)
        elif not supplier_may(event, partnership):
            yield barred(partnership.code, index, "sellers")


def _mail_problems(event: SourcingEvent, mails: Sequence[MailDraft]) -> Iterable[DomainError]:
    if not mails:
        return
    there = set(event.invitations.values_list("email", flat=True))
    if len(there) + len(mails) > MOST_BY_MAIL:
        text = _("At most %(most)s people by e-mail.") % {"most": MOST_BY_MAIL}
        yield DomainError(CoreErrorCode.INVALID, text, "mails")
    for index, mail in enumerate(mails):
        email = mail.email.strip().lower()
        values = {"email": email, "name": mail.name}
        errors = [*checked_email(email), *text_problems(EventInvitation, values, ("email",))]
        errors += checked_language(mail.language)
        yield from (DomainError(error.code, error.message, f"mails.{error.field}", index) for error in errors)
        if email in there:
            text = _("%(name)s has been invited.") % {"name": email}
            yield DomainError(CoreErrorCode.DUPLICATE, text, "mails.email", index)
        there.add(email)
