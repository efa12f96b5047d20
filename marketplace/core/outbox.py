"""Handing domain events on: at least once, in order for each aggregate, whatever is killed when (concepts/events).

A dispatcher claims the first waiting event of an aggregate by its row lock, runs the subscribers, marks it dispatched
and commits. What a subscriber writes to the database therefore happens exactly once, with the mark; what it does
outside (a message, a mail) happens again when the process dies before the commit. Others skip the locked row and find
none of the aggregate's later events, because these are not first.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from marketplace.core.events import list_subscribers, needs_own_transaction, own_transaction_kinds, subscribers_of
from marketplace.core.models import OutboxEvent

logger = logging.getLogger(__name__)

# The first waiting event of each aggregate, unless it failed and waits to be tried again.
HEADS = """
SELECT event.id
  FROM core_outboxevent AS event
 WHERE event.dispatched_at IS NULL
   AND (event.retry_at IS NULL OR event.retry_at <= now())
   AND (event.kind = ANY(%(kinds)s)) = %(among)s
   AND NOT EXISTS (SELECT 1 FROM core_outboxevent AS earlier
                    WHERE earlier.aggregate = event.aggregate AND earlier.aggregate_id = event.aggregate_id
                      AND earlier.id < event.id AND earlier.dispatched_at IS NULL)
 ORDER BY event.id
 LIMIT %(limit)s
   FOR UPDATE OF event SKIP LOCKED
"""

LONGEST_PAUSE = 600
LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True)
class Round:
    """What one call of `dispatch_once` did."""

    dispatched: int = 0
    failed: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(self.dispatched + other.dispatched, self.failed + other.failed)

    def __bool__(self) -> bool:
        return bool(self.dispatched or self.failed)


def dispatch_once(limit: int = 100) -> Round:
    """Hand on up to `limit` first events; an empty Round when there is nothing to do now.

    Events whose subscribers only act outside the database share a transaction. One whose subscribers write gets its
    own, because the locks these take would otherwise pile up across aggregates, in nobody's order.
    """
    shared = _dispatch(limit, own=False)
    alone = Round()
    while alone.dispatched + alone.failed < limit:
        one = _dispatch(1, own=True)
        if not one:
            break
        alone += one
    return shared + alone


def dispatch_all(rounds: int = 1_000_000) -> Round:
    """Dispatch until nothing is due; what failed waits for its next try."""
    total = Round()
    for _round in range(rounds):
        done = dispatch_once()
        if not done:
            break
        total += done
    return total


def prune(days: int = 30, batch: int = 10_000) -> int:
    """Delete events dispatched more than so many days ago, in batches so that no lock is long; how many went."""
    deleted = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM core_outboxevent WHERE id IN (SELECT id FROM core_outboxevent"
                " WHERE dispatched_at < now() - make_interval(days => %s) ORDER BY id LIMIT %s)",
                [days, batch],
            )
            deleted += cursor.rowcount
            if cursor.rowcount < batch:
                return deleted


def _dispatch(limit: int, own: bool) -> Round:
    with transaction.atomic():
        events = _claim(limit, own)
        if not events:
            return Round()
        failures = {event.pk: error for event in events if (error := _deliver(event))}
        if not own:
            failures |= _deliver_together([event for event in events if event.pk not in failures])
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events if event.pk not in failures]).update(
            dispatched_at=Now(), error=""
        )
        for event in events:
            if event.pk in failures:
                _postpone(event, failures[event.pk])
    return Round(len(events) - len(failures), len(failures))


def _claim(limit: int, own: bool) -> list[OutboxEvent]:
    with connection.cursor() as cursor:
        cursor.execute(HEADS, {"kinds": own_transaction_kinds(), "among": own, "limit": limit})
        keys = [key for (key,) in cursor.fetchall()]
    return list(OutboxEvent.objects.filter(pk__in=keys).order_by("pk")) if keys else []


def _deliver(event: OutboxEvent) -> Exception | None:
    """Run the subscribers; the error of the first that fails, after which the event counts as not handed on."""
    try:
        if not needs_own_transaction(event.kind):
            _tell(event)
            return None
        with transaction.atomic():
            _tell(event)
            _tell_lists([event])
    except Exception as error:  # whatever a subscriber raises must not stop the events of others
        logger.exception("Event %s (%s) was not handed on.", event.pk, event.kind)
        return error
    return None


def _deliver_together(events: Sequence[OutboxEvent]) -> dict[int, Exception]:
    """Tell those who hear many events at a time; should they fail, one by one, so that one event does not hold all."""
    if not events or not list_subscribers():
        return {}
    try:
        with transaction.atomic():
            _tell_lists(events)
    except Exception as error:
        logger.exception("%s events were not handed on together.", len(events))
        if len(events) == 1:
            return {events[0].pk: error}
        return {pk: found for event in events for pk, found in _deliver_together([event]).items()}
    return {}


def _tell_lists(events: Sequence[OutboxEvent]) -> None:
    for function in list_subscribers():
        function(events)


def _tell(event: OutboxEvent) -> None:
    for subscriber in subscribers_of(event.kind):
        subscriber.function(event)


def _postpone(event: OutboxEvent, error: Exception) -> None:
    """Keep the error and try again after 1, 2, 4 ... seconds, at most ten minutes apart, for ever."""
    pause = min(2 ** min(event.attempts, 16), LONGEST_PAUSE)
    text = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    attempts = min(event.attempts + 1, 32_767)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboxevent SET attempts = %s, error = %s,"
            " retry_at = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
            [attempts, text, pause, event.pk],
        )
