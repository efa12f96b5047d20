"""The gate of what closes at an instant: stamped by one clock, in one queue, late only when nobody is on the way."""

from __future__ import annotations

from datetime import datetime
from threading import Event, Lock, Thread
from time import sleep

import pytest
from django.db import connection, transaction

from marketplace.core import gate
from marketplace.core.gate import Drain, Gate, clock, draining, passing, receiving
from tests.threads import at_once, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENT = 2**31 + 7  # keys are folded into four bytes


def together(*functions) -> None:
    at_once(len(functions), lambda number: functions[number]())


def test_one_after_the_other_each_with_a_stamp_of_its_own():
    stamps: list[datetime] = []
    inside: list[int] = []
    guard = Lock()

    def judge(t_recv: datetime, drained: bool) -> None:
        with guard:
            assert not inside and not drained
            inside.append(1)
        sleep(0.001)
        with guard:
            stamps.append(t_recv)
            inside.clear()

    at_once(16, lambda _number: [passing(Gate.AUCTION, DOCUMENT, judge) for _ in range(3)])
    assert len(set(stamps)) == 48


def test_late_is_said_only_when_all_who_were_stamped_before_have_ended():
    """One in time is stamped and dawdles; the closer waits for it, and finds what it wrote."""
    told: list[str] = []
    stamped = Event()

    def dawdler() -> None:
        with transaction.atomic():
            receiving(Gate.AUCTION, DOCUMENT)
            stamped.set()
            until_waiting()
            told.append("in time")

    def until_waiting() -> None:
        watcher = Thread(target=lambda: (until_somebody_waits(), connection.close()))
        watcher.start()
        watcher.join()

    def closer() -> None:
        stamped.wait(10)
        with transaction.atomic():
            draining(Gate.AUCTION, DOCUMENT)
            told.append("closed")

    together(dawdler, closer)
    assert told == ["in time", "closed"]


def test_without_the_gate_it_is_closed_over_the_heads_of_those_in_time(monkeypatch):
    monkeypatch.setattr(gate, "DRAIN", "SELECT clock_timestamp(), %(gate)s::int, %(queue)s::int, %(document)s::int")
    told: list[str] = []
    stamped, closed = Event(), Event()

    def dawdler() -> None:
        with transaction.atomic():
            receiving(Gate.AUCTION, DOCUMENT)
            stamped.set()
            closed.wait(10)
            told.append("in time")

    def closer() -> None:
        stamped.wait(10)
        with transaction.atomic():
            draining(Gate.AUCTION, DOCUMENT)
            told.append("closed")
        closed.set()

    together(dawdler, closer)
    assert told == ["closed", "in time"]


def test_one_that_may_be_late_is_judged_again_alone_with_the_same_stamp():
    seen: list[tuple[datetime, bool]] = []

    def judge(t_recv: datetime, drained: bool) -> str:
        seen.append((t_recv, drained))
        if not drained:
            raise Drain
        return "late"

    assert passing(Gate.SOURCING_EVENT, DOCUMENT, judge) == "late"
    (first, _), (second, _) = seen
    assert [drained for _stamp, drained in seen] == [False, True] and first == second


def test_many_late_ones_at_once_do_not_wait_for_each_other_for_ever():
    def judge(_t_recv: datetime, drained: bool) -> str:
        if not drained:
            raise Drain
        return "late"

    assert at_once(12, lambda _number: passing(Gate.AUCTION, DOCUMENT, judge)) == ["late"] * 12


def test_what_was_written_before_a_drain_is_gone_and_other_documents_do_not_wait():
    def judge(_t_recv: datetime, drained: bool) -> int:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE gate_probe (one int)")  # fails if it is there already
        if not drained:
            raise Drain
        return passing_of_another()

    def passing_of_another() -> int:
        return at_once(1, lambda _number: passing(Gate.AUCTION, DOCUMENT + 1, lambda _at, _drained: 5))[0]

    assert passing(Gate.AUCTION, DOCUMENT, judge) == 5


def test_the_gate_is_no_part_of_another_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError):
        passing(Gate.AUCTION, DOCUMENT, lambda _at, _drained: None)


def test_the_clock_runs_within_a_transaction():
    with transaction.atomic():
        first = clock()
        assert clock() > first
