"""Events are handed on at least once, in order for each aggregate, by dispatchers that may be killed at any point."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Lock
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from marketplace.core import events, outbox, tasks, wake
from marketplace.core.actor import Actor
from marketplace.core.events import DomainEvent, record, record_all
from marketplace.core.models import NumberSeries, OutboxEvent
from marketplace.core.verify import run_checks
from tests.factories import make_organization
from tests.threads import at_once

KIND, WRITING = "organization.changed", "unit.changed"


@pytest.fixture
def subscribed(monkeypatch):
    """Only the subscribers of a test, for its time."""
    monkeypatch.setattr(events, "_subscribers", {})

    def register(function, kind="*", writes=False):
        events.subscribe(kind, function.__name__, writes=writes)(function)

    return register


def happened(aggregate: int, kind: str = KIND) -> DomainEvent:
    return DomainEvent(kind, "thing", aggregate, (1,))


def write_events(aggregates: int, each: int, kind: str = KIND) -> None:
    record_all(Actor.system(), (happened(aggregate, kind) for _n in range(each) for aggregate in range(aggregates)))


def first_told(heard: list[tuple[int, int]]) -> dict[int, list[int]]:
    """For each aggregate its events in the order in which they were heard first."""
    told: dict[int, list[int]] = defaultdict(list)
    for aggregate, event in heard:
        if event not in told[aggregate]:
            told[aggregate].append(event)
    return told


def test_an_event_commits_or_vanishes_with_what_made_it(db):
    with suppress(LookupError), transaction.atomic():
        record(Actor.system(), happened(1))
        raise LookupError
    assert not OutboxEvent.objects.exists()


def test_an_undeclared_kind_cannot_be_recorded(db):
    with pytest.raises(KeyError):
        record(Actor.system(), happened(1, "nobody.declared"))


def test_recording_takes_one_statement_for_any_number(db, sql_count):
    for number in (1, 50):
        with sql_count("events recorded"):
            record_all(Actor.system(), [happened(n) for n in range(number)])


def test_events_are_heard_in_order_and_once_when_all_is_well(db, subscribed):
    heard: list[tuple[int, int]] = []

    def hear(event):
        heard.append((event.aggregate_id, event.pk))

    subscribed(hear)
    write_events(3, 4)
    assert outbox.dispatch_all().dispatched == 12
    assert len(heard) == 12
    assert all(ids == sorted(ids) for ids in first_told(heard).values())
    assert not outbox.dispatch_once()


def test_a_failure_holds_back_its_own_aggregate_only_and_is_tried_again(db, subscribed):
    heard: list[int] = []
    broken = True

    def hear(event):
        if broken and event.aggregate_id == 1:
            raise ConnectionError("mail server is away")
        heard.append(event.aggregate_id)

    subscribed(hear)
    write_events(3, 2)
    assert outbox.dispatch_all() == outbox.Round(4, 1)
    assert sorted(heard) == [0, 0, 2, 2]
    stuck = OutboxEvent.objects.filter(aggregate_id=1).order_by("pk")[0]
    assert (stuck.attempts, stuck.error) == (1, "ConnectionError: mail server is away")
    assert stuck.retry_at > timezone.now()
    broken = False
    assert not outbox.dispatch_once(), "it waits for its pause to end"
    OutboxEvent.objects.filter(pk=stuck.pk).update(retry_at=timezone.now() - timedelta(seconds=1))
    assert outbox.dispatch_all() == outbox.Round(2, 0)
    stuck.refresh_from_db()
    assert (stuck.error, heard[-2:]) == ("", [1, 1])


def test_pauses_grow_and_stay_below_ten_minutes(db, subscribed):
    def fail(event):
        raise ConnectionError

    subscribed(fail)
    record(Actor.system(), happened(1))
    pauses = []
    for _try in range(14):
        OutboxEvent.objects.update(retry_at=None)
        outbox.dispatch_once()
        pauses.append(round((OutboxEvent.objects.get().retry_at - timezone.now()).total_seconds()))
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600, 600]


def test_what_a_failed_subscriber_wrote_is_undone(db, subscribed):
    organization = make_organization()
    OutboxEvent.objects.all().delete()

    def write(event):
        NumberSeries.objects.create(organization=organization, kind="written", prefix="W")

    def fail(event):
        raise ConnectionError

    subscribed(write, WRITING, writes=True)
    subscribed(fail)
    record(Actor.system(), happened(1, WRITING))
    assert outbox.dispatch_once() == outbox.Round(0, 1)
    assert not NumberSeries.objects.exists()


def hand_on_by_four(subscribed) -> list[tuple[int, int]]:
    """What is heard while four dispatchers work on ten aggregates."""
    heard: list[tuple[int, int]] = []
    guard = Lock()

    def hear(event):
        time.sleep(random.random() / 300)
        with guard:
            heard.append((event.aggregate_id, event.pk))

    subscribed(hear)
    with transaction.atomic():
        write_events(10, 5)

    def work(_n: int) -> None:
        while OutboxEvent.objects.filter(dispatched_at=None).exists():
            if not outbox.dispatch_once(limit=7):
                time.sleep(0.002)

    at_once(4, work)
    return heard


@pytest.mark.django_db(transaction=True)
def test_several_dispatchers_keep_the_order_of_each_aggregate(subscribed):
    heard = hand_on_by_four(subscribed)
    told = first_told(heard)
    assert sum(map(len, told.values())) == 50
    assert len(heard) == 50, "nobody died, so nothing is heard twice"
    assert all(ids == sorted(ids) for ids in told.values())


@pytest.mark.django_db(transaction=True)
def test_twin_that_claims_any_waiting_event_breaks_the_order(subscribed, monkeypatch):
    start, end = outbox.HEADS.index("   AND NOT EXISTS"), outbox.HEADS.index(" ORDER BY")
    monkeypatch.setattr(outbox, "HEADS", outbox.HEADS[:start] + outbox.HEADS[end:])
    assert any(ids != sorted(ids) for ids in first_told(hand_on_by_four(subscribed)).values())


@contextmanager
def dispatchers(heard_in: str, count: int):
    """Real dispatcher processes on the test database; `replace()` kills one with SIGKILL and starts another."""
    connection.ensure_connection()
    known = connection.settings_dict
    place = "&".join(f"{key.lower()}={known[key]}" for key in ("HOST", "PORT") if known[key])
    address = f"postgresql://{known['USER']}:{known['PASSWORD']}@/{known['NAME']}?{place}"
    environ = {**os.environ, "DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL, "ENTREPOT_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "tests.marketplace.core.killed_dispatcher", heard_in]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environ, cwd=settings.BASE_DIR)

    running = [start() for _n in range(count)]

    def replace() -> None:
        victim = running.pop(0)
        victim.send_signal(signal.SIGKILL)
        victim.wait(timeout=20)
        running.append(start())

    try:
        yield replace
    finally:
        for process in running:
            process.kill()
            process.wait(timeout=20)


def wait_until(condition, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_no_order_broken_by_sigkill():
    organization = make_organization()
    OutboxEvent.objects.all().delete()
    NumberSeries.objects.bulk_create(
        NumberSeries(organization=organization, kind=f"n{n}", prefix="N") for n in range(20)
    )
    write_events(20, 30, WRITING)
    heard_in, waiting = f"entrepot:test:{uuid4()}", OutboxEvent.objects.filter(dispatched_at=None)
    with dispatchers(heard_in, 2) as replace:
        for left in (590, 450, 300, 150):
            wait_until(lambda left=left: waiting.count() < left, 60)
            replace()
        wait_until(lambda: not waiting.exists(), 60)
    heard = [tuple(map(int, line.split(b":"))) for line in wake.client().lrange(heard_in, 0, -1)]
    wake.client().delete(heard_in)
    told = first_told(heard)
    assert {aggregate: len(ids) for aggregate, ids in told.items()} == dict.fromkeys(range(20), 30)
    assert all(ids == sorted(ids) for ids in told.values())
    assert set(NumberSeries.objects.values_list("last", flat=True)) == {30}, "what is written, is written once"


def test_the_task_dispatches_what_waits_even_without_redis(db, subscribed, monkeypatch):
    def away():
        raise ConnectionError("no Redis")

    monkeypatch.setattr(wake, "client", away)
    write_events(2, 2)
    assert tasks.dispatch_outbox() == 4


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_a_worker_once_until_it_looks(settings, monkeypatch):
    sent: list[str] = []
    settings.OUTBOX_WAKES = True
    monkeypatch.setattr(wake, "QUEUED", f"entrepot:test:{uuid4()}")
    monkeypatch.setattr(wake.celery_app(), "send_task", lambda name, **_options: sent.append(name))
    with transaction.atomic():
        record(Actor.system(), happened(1))
        record(Actor.system(), happened(2))
        assert not sent
    assert sent == [wake.TASK]
    record(Actor.system(), happened(3))
    assert sent == [wake.TASK]
    wake.woken()
    record(Actor.system(), happened(4))
    assert sent == [wake.TASK] * 2
    wake.woken()


def test_old_events_are_pruned_and_waiting_ones_never(db):
    write_events(5, 1)
    long_ago = timezone.now() - timedelta(days=31)
    OutboxEvent.objects.filter(aggregate_id__lt=3).update(dispatched_at=long_ago)
    OutboxEvent.objects.filter(aggregate_id=3).update(dispatched_at=timezone.now())
    OutboxEvent.objects.filter(aggregate_id=4).update(at=long_ago)
    assert outbox.prune(batch=2) == 3
    assert set(OutboxEvent.objects.values_list("aggregate_id", flat=True)) == {3, 4}
    assert tasks.prune_outbox() == 0


def test_verify_sees_an_event_that_was_overtaken(db):
    write_events(2, 2)
    assert not [difference for difference in run_checks() if difference.check.startswith("outbox")]
    last = OutboxEvent.objects.latest("pk")
    OutboxEvent.objects.filter(pk=last.pk).update(dispatched_at=timezone.now())
    (found,) = [difference for difference in run_checks() if difference.check.startswith("outbox")]
    assert (found.check, found.subject) == ("outbox: no event is overtaken", f"thing {last.aggregate_id}")


# --- many at a time ---------------------------------------------------------------------------------------------------


@pytest.fixture
def listening(monkeypatch, subscribed):
    """Only the list subscribers of a test, for its time."""
    monkeypatch.setattr(events, "_list_subscribers", {})

    def register(function):
        events.subscribe_to_lists(function.__name__)(function)

    return register


def test_a_list_subscriber_hears_a_round_of_events_at_once(db, listening):
    heard: list[list[int]] = []

    def hear(told):
        heard.append([event.aggregate_id for event in told])

    listening(hear)
    write_events(5, 1)
    outbox.dispatch_all()
    assert heard == [[0, 1, 2, 3, 4]]


def test_one_bad_event_holds_none_but_itself_back(db, listening):
    """Its list subscribers have written for the others, and for it nothing."""

    def write(told):
        for event in told:
            NumberSeries.objects.create(organization=organization, kind=f"n{event.aggregate_id}")
            if event.aggregate_id == 2:
                raise ValueError("not this one")

    organization = make_organization()
    OutboxEvent.objects.all().delete()
    listening(write)
    write_events(4, 1)
    assert outbox.dispatch_all() == outbox.Round(3, 1)
    written = NumberSeries.objects.filter(kind__startswith="n").values_list("kind", flat=True)
    assert sorted(written) == ["n0", "n1", "n3"]


def test_what_an_events_own_subscriber_wrote_goes_when_a_list_subscriber_fails(db, listening, subscribed):
    organization = make_organization()
    OutboxEvent.objects.all().delete()

    def count(event):
        NumberSeries.objects.create(organization=organization, kind="own")

    def fail(told):
        raise ValueError

    subscribed(count, WRITING, writes=True)
    listening(fail)
    write_events(1, 1, WRITING)
    assert outbox.dispatch_all() == outbox.Round(0, 1)
    assert not NumberSeries.objects.filter(kind="own").exists()
