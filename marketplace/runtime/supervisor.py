"""`entrepot up`: starts everything in order, keeps it running, and stops it in the opposite order."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import psutil
from rich.console import Console
from rich.markup import escape

from marketplace.env import Environment
from marketplace.runtime import preparation, programs
from marketplace.runtime.embedded import Embedded, Lock, describe, roster_path
from marketplace.runtime.errors import CannotRun
from marketplace.runtime.process import Child, Program, Roster
from marketplace.runtime.screen import COLOURS, show_screen
from marketplace.runtime.services import tail

START_SECONDS = 60.0
STOP_SECONDS = 8.0
LONGEST_PAUSE = 30.0
WELL_AFTER = 60.0  # a process that ran so long has not crashed at its start
SERIOUS = ("ERROR", "CRITICAL", "FATAL", "PANIC")
EXPECTED = "the database system is "  # starting up, shutting down: the answer to a question that came early or late


class Stopped(Exception):
    """Somebody asked to stop before the start was over."""


class Supervisor:
    """The processes of one installation."""

    def __init__(self, environment: Environment, console: Console, verbose: bool = False) -> None:
        self.environment = environment
        self.console = console
        self.verbose = verbose
        self.began = time.monotonic()
        self.stop_asked = threading.Event()
        self.embedded = Embedded(environment, self.echo)
        self.place = self.embedded.place
        self.lock = Lock(self.place)
        self.roster = Roster(roster_path(self.place))
        self.children: dict[str, Child] = {}
        self.crashes: dict[str, int] = {}
        self.due: dict[str, float] = {}  # when a crashed process is started again
        self.programs = {program.name: program for program in self._programs()}

    def _programs(self) -> Iterator[Program]:
        yield programs.web(self.environment)
        yield programs.worker(self.environment)
        yield programs.beat(self.environment)

    def run(self) -> int:
        """Start, stay, stop; the process's exit code. Raises CannotRun where something outside has to change first."""
        self.take_lock()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self.on_signal)
        try:
            orphans = self.roster.end_orphans()
            if orphans:
                self.console.print(f"[dim]Ended what an earlier start had left running: {', '.join(orphans)}.[/]")
            self.check_port()
            self.start()
            self.stay()
        except Stopped:
            self.console.print("[dim]Stopped before the start was over.[/]")
        finally:
            self.stop()
        return 0

    # --- start --------------------------------------------------------------------------------------------------------

    def take_lock(self) -> None:
        """Be the only one. Raises CannotRun where this installation runs already."""
        if not self.lock.take(url=self.environment.public_url):
            holder = self.lock.holder()
            raise CannotRun(
                f"Entrepot already runs here: {describe(holder.get('pid'))}, {holder.get('url', 'a single command')}."
                f" Stop it with Ctrl-C in its terminal, or `kill {holder.get('pid')}`."
            )

    def check_port(self) -> None:
        """Raises CannotRun where the port is taken or may not be used."""
        host, port = self.environment["ENTREPOT_HOST"], self.environment["ENTREPOT_PORT"]
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CannotRun(port_advice(error, host, port)) from None

    def start(self) -> None:
        """Services, then what the database and the pages need, then the processes; at last the screen."""
        if self.embedded.services:
            with self.console.status("Starting PostgreSQL and Redis"):
                self.embedded.start()
            self.note()
        self.pause_point()
        self.prepare()
        with self.console.status("Starting the web server"):
            for name in self.programs:
                self.launch(name)
            self.wait_for_health()
        show_screen(self.console, self.environment, self.place, time.monotonic() - self.began)

    def prepare(self) -> None:
        """Migrate, collect static files and load demo data in a process of its own, where anything has changed."""
        if preparation.is_current(self.environment, self.place):
            return
        process = subprocess.Popen(
            [sys.executable, "-m", "marketplace.runtime.preparation"],
            env={**os.environ, **programs.ENVIRON},
            start_new_session=True,
        )
        with until_exit(process):
            while process.poll() is None:
                self.pause_point()
                self.check_services()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
        if process.returncode:
            raise CannotRun("The database could not be made ready; the reason stands above.")

    def check_services(self) -> None:
        """Raises CannotRun where a service ended while it was needed."""
        for child in self.embedded.children:
            if child.exit_code is not None:
                log = self.place.logs / f"{child.name}.log"
                raise CannotRun(f"{child.name} ended with code {child.exit_code}. The end of {log}:\n{tail(log)}")

    def launch(self, name: str) -> None:
        """Start one process."""
        self.children[name] = Child(self.programs[name], self.place.logs, self.echo)
        self.note()

    def wait_for_health(self) -> None:
        """Wait until the web server answers. Raises CannotRun where it ends or takes too long."""
        url = f"http://{self.environment.local_host}:{self.environment['ENTREPOT_PORT']}/health/"
        log = self.place.logs / "web.log"
        deadline = time.monotonic() + START_SECONDS
        while not answers(url):
            self.pause_point()
            if self.children["web"].exit_code is not None or time.monotonic() > deadline:
                self.children["web"].pump.join(0.5)
                raise CannotRun(f"The web server does not answer at {url}. The end of {log}:\n{tail(log)}")
            time.sleep(0.05)

    def pause_point(self) -> None:
        """Raises Stopped where somebody asked to stop."""
        if self.stop_asked.is_set():
            raise Stopped

    # --- stay ---------------------------------------------------------------------------------------------------------

    def stay(self) -> None:
        """Start again what crashes, each time after a longer pause, until somebody asks to stop."""
        while not self.stop_asked.wait(0.25):
            for name, child in [*self.children.items()]:
                if child.exit_code is not None and name not in self.due:
                    self.on_crash(name, child)
            for name, moment in [*self.due.items()]:
                if time.monotonic() >= moment:
                    del self.due[name]
                    self.launch(name)
            self.mend_services()

    def on_crash(self, name: str, child: Child) -> None:
        """Say that a process ended, and when it is started again."""
        child.sweep()
        lived = time.monotonic() - child.started
        self.crashes[name] = 1 if lived > WELL_AFTER else self.crashes.get(name, 0) + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.crashes[name] - 1))
        self.due[name] = time.monotonic() + pause
        log = self.place.logs / f"{name}.log"
        self.say(name, f"ended with code {child.exit_code}; starting it again in {pause:g} s ({log})")

    def mend_services(self) -> None:
        """Start a service again that ended; the others find it under the same address."""
        for index, child in enumerate(self.embedded.children):
            if child.exit_code is not None:
                service = self.embedded.services[index]
                self.on_crash(child.name, child)
                if self.stop_asked.wait(self.due.pop(child.name) - time.monotonic()):
                    return
                service.prepare()
                self.embedded.children[index] = Child(service.program(), self.place.logs, self.echo)
                self.note()

    # --- stop ---------------------------------------------------------------------------------------------------------

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """The first signal stops in good order, another one at once."""
        if self.stop_asked.is_set():
            for child in self.children.values():
                with suppress(ProcessLookupError):
                    child.process.kill()
        self.stop_asked.set()

    def stop(self) -> None:
        """Stop the web server first, so that nobody is refused half-way, then the work behind it, then the services."""
        for names in (["web"], ["beat", "worker"]):
            stopping = [self.children[name] for name in names if name in self.children]
            for child in stopping:
                child.ask_to_stop()
            for child in stopping:
                child.finish(STOP_SECONDS)
        self.embedded.stop()
        self.roster.clear()
        self.lock.release()
        if self.stop_asked.is_set():
            self.console.print("[dim]Everything is stopped.[/]")

    # --- telling ------------------------------------------------------------------------------------------------------

    def note(self) -> None:
        """Keep the list of running children for a successor."""
        self.roster.write([*self.embedded.children, *self.children.values()])

    def echo(self, name: str, line: str) -> None:
        """Show a line of a process's output where it is serious, or where everything is asked for."""
        serious = any(f"{word} " in line[:60] or f"{word}:" in line[:60] for word in SERIOUS)
        if self.verbose or (serious and EXPECTED not in line):
            self.say(name, line)

    def say(self, name: str, line: str) -> None:
        """Show a line under the name of the process it is about."""
        self.console.print(
            f"[{COLOURS.get(name, 'white')}]{name:>8}[/] {escape(line)}", highlight=False, soft_wrap=True
        )


@contextmanager
def until_exit(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave no process behind when what waits for it is broken off."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    """Whether an address answers well."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False


def port_advice(error: OSError, host: str, port: int) -> str:
    """Why a port cannot be used, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by {port_user(port)}. Stop that, or choose another port:"
            f" ENTREPOT_PORT={port + 1 if port < 65535 else 8000} make run"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may be used by root only. Choose one above 1023: ENTREPOT_PORT=8000 make run"
    return f"{host}:{port} cannot be used ({error.strerror}). Set ENTREPOT_HOST to an address of this machine."


def port_user(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:2] == (port,):
                return describe(connection.pid)
    return "another program"
