"""Those who can open quotes together: their keys, their passphrases, and who is appointed (sourcing §4.1, §4.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.gate import clock
from marketplace.parties.models import User
from suppliers.sourcing.disclose import OPEN
from suppliers.sourcing.enums import Confidentiality
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.hooks import on_check
from suppliers.sourcing.models import EventOpener, OpenerKey, SourcingEvent
from suppliers.sourcing.sealing import MOST_OPENERS, KeyPair, Stretch, WrongPassphrase, unwrap_private, wrap_private
from suppliers.sourcing.write import MANAGE, WRITABLE, locked_event

STRETCH = Stretch()
SHORTEST = 12
TRIES = 5
LOCKED = timedelta(minutes=15)
#: An opener proves its passphrase this often until the opening; a forgotten one must be noticed in time.
PROVE_EVERY = timedelta(days=7)
#: With so many openers one of them must be outside purchasing.
OUTSIDE_FROM = 3


def opener_key_create(actor: Actor, passphrase: str, outside_purchasing: bool = False) -> OpenerKey:
    """Make the actor's key pair; the passphrase is kept nowhere and cannot be reset.

    The key it had before stays for the events it was appointed to. Raises INVALID for a short passphrase.
    """
    actor.require(OPEN)
    user = person_of(actor)
    if len(passphrase) < SHORTEST:
        text = _("Use at least %(shortest)s characters.") % {"shortest": SHORTEST}
        raise DomainError(CoreErrorCode.INVALID, text, "passphrase")
    pair = KeyPair.new()
    wrapped = wrap_private(pair.private, passphrase, STRETCH)
    with transaction.atomic():
        now = clock()
        OpenerKey.objects.filter(buyer=actor.own_id, user=user, retired_at=None).update(retired_at=now)
        key = OpenerKey.objects.create(
            buyer_id=actor.own_id,
            user=user,
            public=pair.public,
            wrapped=wrapped,
            passes=STRETCH.passes,
            kibibytes=STRETCH.kibibytes,
            lanes=STRETCH.lanes,
            outside_purchasing=outside_purchasing,
            proved_at=now,
        )
        record(actor, _key_event("sourcing.opener_key_created", key))
    return key


def opener_key_prove(actor: Actor, key_id: int, passphrase: str) -> OpenerKey:
    """Show that the passphrase is still known. Raises NOT_FOUND, PASSPHRASE_WRONG."""
    actor.require(OPEN)
    key = OpenerKey.objects.filter(buyer=actor.own_id, user=person_of(actor), pk=key_id).first()
    if key is None:
        raise not_found("id")
    private_of(key, passphrase)
    key.refresh_from_db()
    return key


def private_of(key: OpenerKey, passphrase: str) -> bytes:
    """An opener's private key, in memory. Raises PASSPHRASE_WRONG; after five of them the key waits 15 minutes.

    Never call it in a transaction: a wrong try must be counted although its call is refused.
    """
    # The row stays locked while the passphrase is stretched, so that many at a time are no more than five in a row.
    with transaction.atomic(durable=True):
        row = OpenerKey.objects.select_for_update().get(pk=key.pk)
        now = clock()
        if row.locked_until is not None and row.locked_until > now:
            text = _("Too many wrong passphrases: wait 15 minutes.")
            raise DomainError(Code.PASSPHRASE_WRONG, text, "passphrase")
        try:
            private = unwrap_private(bytes(row.wrapped), passphrase, Stretch(row.passes, row.kibibytes, row.lanes))
        except WrongPassphrase:
            private = None
            row.failures += 1
            if row.failures >= TRIES:
                row.failures, row.locked_until = 0, now + LOCKED
        else:
            row.failures, row.locked_until, row.proved_at = 0, None, now
        row.save(update_fields=["failures", "locked_until", "proved_at"])
    if private is None:
        raise DomainError(Code.PASSPHRASE_WRONG, _("The passphrase is wrong."), "passphrase")
    return private


def openers_appoint(actor: Actor, event_id: int, keys: Sequence[int], needed: int = 2) -> SourcingEvent:
    """Name who opens the quotes of an event that is not published yet, and how many of them it takes.

    Raises NOT_FOUND (with its index), INVALID (no quorum of 2 to 7), INVALID_TRANSITION, all problems at once.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        event = locked_event(actor, event_id)
        if event.status not in WRITABLE:
            text = _("It is published: only an addendum changes it now.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "id")
        known = set(
            OpenerKey.objects.filter(buyer=actor.own_id, pk__in=keys, retired_at=None).values_list("pk", flat=True)
        )
        problems = [not_found("keys", index) for index, key in enumerate(keys) if key not in known]
        if not 2 <= needed <= len(set(keys)) <= MOST_OPENERS:
            problems.append(_no_quorum())
        raise_all(problems)
        EventOpener.objects.filter(event=event).delete()
        EventOpener.objects.bulk_create(
            EventOpener(buyer_id=event.buyer_id, event=event, key_id=key) for key in dict.fromkeys(keys)
        )
        event.rules = event.rules | {"quorum": needed}
        event.save(update_fields=["rules"])
        record(actor, event_event("sourcing.openers_appointed", event, keys=list(keys), needed=needed))
    return event


def quorum(event: SourcingEvent) -> int:
    """How many openers it takes."""
    return int(event.rules.get("quorum", 2))


def overdue(key: OpenerKey, now: datetime) -> bool:
    """True where an opener should prove its passphrase again."""
    return key.proved_at is None or key.proved_at + PROVE_EVERY < now


@on_check
def openers_ready(event: SourcingEvent) -> Iterator[DomainError]:
    """A sealed event needs a quorum of openers, from three on one outside purchasing, each sure of its passphrase."""
    if event.confidentiality != Confidentiality.SEALED:
        return
    keys = [row.key for row in event.openers.select_related("key__user").order_by("pk")]
    if not 2 <= quorum(event) <= len(keys) <= MOST_OPENERS:
        yield _no_quorum()
    if len(keys) >= OUTSIDE_FROM and not any(key.outside_purchasing for key in keys):
        yield DomainError(Code.QUORUM_MISSING, _("At least one opener must be outside purchasing."), "openers")
    now = clock()
    for index, key in enumerate(keys):
        if key.retired_at is not None or overdue(key, now):
            text = _("%(name)s must prove the passphrase first.") % {"name": key.user.name}
            yield DomainError(Code.QUORUM_MISSING, text, "openers", index)


def check_second_factor(user: User, code: str) -> None:
    """Raises SECOND_FACTOR for a user without one, and for a code that is wrong or was used before."""
    with transaction.atomic():
        for authenticator in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
            if authenticator.wrap().validate_code(code):
                authenticator.record_usage()
                return
    raise DomainError(Code.SECOND_FACTOR, _("Enter a fresh code of your second factor."), "code")


def person_of(actor: Actor) -> User:
    """Who acts, where it must be a person. Raises PERMISSION_DENIED."""
    if actor.user is None:
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only a person holds a key."))
    return actor.user


def _no_quorum() -> DomainError:
    return DomainError(Code.QUORUM_MISSING, _("Appoint 2 to 7 openers, and let at least 2 be needed."), "openers")


def _key_event(kind: str, key: OpenerKey) -> DomainEvent:
    return DomainEvent(kind, "opener_key", key.pk, (key.buyer_id,), {"user": key.user_id})
