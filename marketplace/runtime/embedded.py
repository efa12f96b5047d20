"""Starting and stopping the embedded services together, for `entrepot up` and for single commands."""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from marketplace.env import Environment
from marketplace.runtime.errors import CannotRun
from marketplace.runtime.owner import open_base, service_owner
from marketplace.runtime.place import Place, place_of
from marketplace.runtime.process import Child, Echo, Roster
from marketplace.runtime.services import Postgres, Redis, Service, wait_until

PATIENCE = 30.0


class Lock:
    """The right to run an installation's services; the kernel gives it back however its holder ends."""

    def __init__(self, place: Place) -> None:
        self.path = place.home / "up.lock"
        self.file: IO[str] | None = None

    def take(self, **about: object) -> bool:
        """Take the lock and note who holds it; False where another holds it."""
        try:
            self.file = self.path.open("a+")
        except OSError as error:
            raise CannotRun(
                f"{self.path.parent} cannot be written ({error.strerror}). Make it writable for this user, or set"
                " ENTREPOT_HOME to a folder that is."
            ) from None
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.file.truncate(0)
        self.file.write(json.dumps({"pid": os.getpid(), "command": " ".join(sys.argv[1:]), **about}))
        self.file.flush()
        return True

    def holder(self) -> dict[str, object]:
        """What the holder noted about itself."""
        with suppress(OSError, ValueError):
            return json.loads(self.path.read_text())
        return {}

    def release(self) -> None:
        """Give the lock back."""
        if self.file:
            self.file.close()


class Embedded:
    """The services of one installation that it does not get from elsewhere."""

    def __init__(self, environment: Environment, echo: Echo, careless: bool = False) -> None:
        self.place = place_of(environment.home)
        self.echo = echo
        open_base(self.place)
        owner = service_owner()
        self.services: list[Service] = []
        if not environment["DATABASE_URL"]:
            self.services.append(Postgres(self.place, owner, careless))
        if not environment["REDIS_URL"]:
            self.services.append(Redis(self.place, owner, careless))
        self.children: list[Child] = []

    def start(self) -> None:
        """Start what is needed, all at once, and wait until it answers. Raises CannotRun where it does not."""
        for service in self.services:
            service.prepare()
            self.children.append(Child(service.program(), self.place.logs, self.echo))
        for service, child in zip(self.services, self.children, strict=True):
            wait_until(service.answers, child, PATIENCE, self.place.logs / f"{service.name}.log")

    def answers(self) -> bool:
        """Whether every needed service runs, whoever started it."""
        return all(service.answers() for service in self.services)

    def stop(self) -> None:
        """Stop what was started here."""
        for child in reversed(self.children):
            child.ask_to_stop()
        for child in reversed(self.children):
            child.finish(PATIENCE)
        self.children.clear()


@contextmanager
def services(environment: Environment, careless: bool = False) -> Iterator[None]:
    """Have the services for the time of a command: those that run already, or one's own."""
    embedded = Embedded(environment, echo=lambda _name, _line: None, careless=careless)
    if not embedded.services or embedded.answers():
        yield
        return
    lock = Lock(embedded.place)
    if not lock.take():
        wait_for(embedded, lock)
        yield
        return
    roster = Roster(roster_path(embedded.place))
    try:
        roster.end_orphans()
        embedded.start()
        roster.write(embedded.children)
        yield
    finally:
        embedded.stop()
        roster.clear()
        lock.release()


def wait_for(embedded: Embedded, lock: Lock) -> None:
    """Wait for services that another process is starting. Raises CannotRun where they never answer."""
    deadline = time.monotonic() + PATIENCE
    while not embedded.answers():
        if time.monotonic() > deadline:
            raise CannotRun(f"The services of {describe(lock.holder().get('pid'))} do not answer. Stop it first.")
        time.sleep(0.1)


def roster_path(place: Place) -> Path:
    """Where the list of running children is kept."""
    return place.home / "processes.json"


def describe(pid: object) -> str:
    """A process as a person may recognise it."""
    with suppress(psutil.Error, TypeError):
        process = psutil.Process(pid)  # type: ignore[arg-type]
        return f"{process.name()} (process {pid})"
    return f"process {pid}"
