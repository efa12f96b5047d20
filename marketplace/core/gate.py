"""The way in to a document that closes at an instant: one clock, one queue, and nobody late while one in time waits.

Whoever comes is stamped with the database's clock (`t_recv`) while it holds the gate together with the others, and then
stands in a queue, first come first served. Whoever closes takes the gate alone, and so waits for every one that was
stamped before: only then it is known that nobody in time is still on the way (auctions §4, steps 1-3, 12, 13).

    def judge(t_recv: datetime, drained: bool) -> Answer:
        event = SourcingEvent.objects.select_for_update().get(pk=pk)   # a statement of its own: it sees the last commit
        if t_recv >= event.close_at and not drained:
            raise Drain                                                # asked again when nobody else is on the way
        ...

    answer = passing(Gate.SOURCING_EVENT, pk, judge)

Where a refusal has to leave a row behind, `judge` returns it; what it raises is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import TypeVar

from django.db import connection, transaction

Answer = TypeVar("Answer")


class Gate(IntEnum):
    """What has a gate. The numbers are lock classes: every version of the program must agree on them."""

    SOURCING_EVENT = 1
    AUCTION = 2


class Drain(Exception):
    """Raised by a judge that may only say "late" once nobody who was stamped before is on the way."""


# Each step reads the one before, so that none is moved ahead of it. The key is two numbers of four bytes: locks of
# words (core.advisory) have one of eight, and are never the same.
RECEIVE = """
WITH held AS MATERIALIZED (
         SELECT pg_advisory_xact_lock_shared(%(gate)s::integer, %(document)s::integer) AS shared,
                set_config('synchronous_commit', 'on', true) AS durable),
     stamped AS MATERIALIZED (SELECT clock_timestamp() AS t_recv, shared, durable FROM held),
     queued AS MATERIALIZED (
         SELECT t_recv, pg_advisory_xact_lock(%(queue)s::integer, %(document)s::integer) AS turn FROM stamped)
SELECT t_recv, turn FROM queued
"""

DRAIN = """
WITH held AS MATERIALIZED (
         SELECT pg_advisory_xact_lock(%(gate)s::integer, %(document)s::integer) AS alone,
                set_config('synchronous_commit', 'on', true) AS durable)
SELECT clock_timestamp(), alone, durable FROM held
"""


def receiving(kind: Gate, document_id: int) -> datetime:
    """Stamp the caller and wait for its turn; both locks end with the transaction. One statement.

    Read what you judge by in the next statement, under a row lock: this one's view of the rows is older than its turn.
    Returns t_recv: it decides whether one is in time, and nothing else.
    """
    return _ask(RECEIVE, kind, document_id)


def draining(kind: Gate, document_id: int) -> datetime:
    """Wait until nobody who was stamped is on the way, and let nobody in until the transaction ends. One statement.

    Returns the clock as it was then. Never in a transaction that called `receiving`: two that did would wait for each
    other for ever.
    """
    return _ask(DRAIN, kind, document_id)


def passing(kind: Gate, document_id: int, judge: Callable[[datetime, bool], Answer]) -> Answer:
    """Let one in: `judge(t_recv, drained=False)` under the queue; where it raises Drain, once more with the gate alone.

    Each judging is a transaction of its own, so this cannot be called within another. What the first attempt wrote
    before it raised Drain is gone; t_recv stays the same.
    """
    stamp: datetime | None = None
    try:
        with transaction.atomic(durable=True):
            stamp = receiving(kind, document_id)
            return judge(stamp, False)
    except Drain:
        if stamp is None:
            raise
    with transaction.atomic(durable=True):
        draining(kind, document_id)
        return judge(stamp, True)


def clock() -> datetime:
    """The database's clock at this very moment; `now()` would be the beginning of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _ask(statement: str, kind: Gate, document_id: int) -> datetime:
    # Documents that share a key only wait for each other without need.
    keys = {"gate": 2 * kind, "queue": 2 * kind + 1, "document": document_id % 2**31}
    with connection.cursor() as cursor:
        cursor.execute(statement, keys)
        return cursor.fetchone()[0]
