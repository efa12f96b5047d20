"""What providers send: kept once, then acted on; a message that could not be acted on waits and is tried again."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from marketplace.core.errors import DomainError
from ordercenter.payments.models import ProviderEvent
from ordercenter.payments.providers import provider_of
from ordercenter.payments.told import tell

log = logging.getLogger(__name__)

#: A second delivery at the same instant waits for the first, and then finds it.
KEEP = """
INSERT INTO payments_providerevent (organization_id, provider, event_id, kind, digest, about, payment_reference, error)
VALUES (%s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose signature was found good. `about`: the provider's object; `digest`: of the bytes as they came.

    `payment_reference`: the payment that the object belongs to, where the message tells it.
    """

    organization_id: int
    provider: str
    event_id: str
    kind: str
    about: str
    digest: str
    payment_reference: str = ""


def keep(message: Message) -> ProviderEvent:
    """Write a message down, once; answers the one that is there where it came before."""
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                message.organization_id,
                message.provider,
                message.event_id,
                message.kind,
                message.digest,
                message.about,
                message.payment_reference,
            ],
        )
    return ProviderEvent.objects.get(
        organization=message.organization_id, provider=message.provider, event_id=message.event_id
    )


def handle(event: ProviderEvent) -> bool:
    """Act on a message that was kept, unless somebody has; False where it has to be tried again.

    The provider is asked for the object as it is now, outside of any transaction; what it says and the mark that the
    message is done commit together.
    """
    if event.handled_at is not None:
        return True
    try:
        states = provider_of(event.provider).read(event)
    except DomainError as problem:
        ProviderEvent.objects.filter(pk=event.pk, handled_at=None).update(error=str(problem.message)[:255])
        return False
    with transaction.atomic():
        waiting = ProviderEvent.objects.select_for_update(no_key=True).filter(pk=event.pk, handled_at=None)
        if waiting.first() is None:
            return True
        for state in states:
            tell(state, event.organization_id, event.provider)
        ProviderEvent.objects.filter(pk=event.pk).update(handled_at=Now(), error="")
    return True


def handle_waiting(limit: int = 100) -> int:
    """Act on messages that wait, oldest first; how many are done. One that fails does not hold the others."""
    done = 0
    for event in ProviderEvent.objects.filter(handled_at=None).order_by("pk")[:limit]:
        try:
            done += handle(event)
        except Exception:
            log.exception("The message %s of %s was not acted on.", event.event_id, event.provider)
    return done
