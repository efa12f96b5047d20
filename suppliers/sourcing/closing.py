"""Close when the deadline has passed and nobody's quote is on the way (sourcing §3.8, §4.4)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.events import record
from marketplace.core.gate import Gate, clock, draining
from suppliers.sourcing import hooks
from suppliers.sourcing.enums import Confidentiality, SourcingEventStatus
from suppliers.sourcing.happenings import event_event
from suppliers.sourcing.life import TAKING
from suppliers.sourcing.models import SourcingEvent

Status = SourcingEventStatus


def close(event_id: int) -> SourcingEvent:
    """Close one event if its deadline has passed; otherwise it stays as it is. Harmless when it runs twice or late.

    `closed_at` is the deadline, whenever this ran. The roots of the round are stored by the same transaction.
    """
    with transaction.atomic():
        now = draining(Gate.SOURCING_EVENT, event_id)
        event = SourcingEvent.objects.select_for_update(no_key=True).get(pk=event_id)
        if event.status not in TAKING or now < event.close_at:
            return event
        event.status, event.closed_at = Status.QUOTES_CLOSED, event.close_at
        if event.confidentiality == Confidentiality.OPEN:
            event.status = Status.OPENED  # there is nothing left to be opened
        event.save(update_fields=["status", "closed_at"])
        round_ = event.rounds.get(closed_at=None)
        round_.closed_at = event.close_at
        round_.roots = hooks.closed(round_) if event.confidentiality != Confidentiality.OPEN else {}
        round_.save(update_fields=["closed_at", "roots"])
        record(Actor.system(), event_event("sourcing.closed", event, round=round_.no, roots=round_.roots))
    return event


def due() -> Sequence[int]:
    """Events whose deadline has passed, and that nobody has closed."""
    rows = SourcingEvent.objects.filter(status__in=TAKING, close_at__lte=clock())
    return list(rows.order_by("close_at", "pk").values_list("pk", flat=True))


def close_due() -> int:
    """Close all of them, each in a transaction of its own; how many."""
    return sum(close(pk).status not in TAKING for pk in due())


def begin_due() -> int:
    """Tidying only: what is open for quotes says so in its row, too; how many."""
    now = clock()
    rows = SourcingEvent.objects.filter(status=Status.PUBLISHED, open_at__lte=now, close_at__gt=now)
    return rows.update(status=Status.QUOTING)
