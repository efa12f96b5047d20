"""`entrepot doctor`: what runs, in which versions, and what is misconfigured, each with what to do about it."""

import os
import platform
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from marketplace.core.models import OutboxEvent
from marketplace.env import VARIABLES, Environment
from marketplace.runtime.making_ready import pending_migrations
from marketplace.runtime.preparation import FLOORS

EXTENSIONS = ("pg_trgm", "btree_gist")
OLDEST_POSTGRES, OLDEST_REDIS = (15, 0), (6, 2)
# Variables of tools that are not settings of the server.
OTHER_VARIABLES = {"ENTREPOT_TEST_DB", "ENTREPOT_CHROMIUM", "ENTREPOT_NO_BROWSER", "ENTREPOT_WRITE_SQL_COUNTS"}
START_IT = "Start it: make run"
LATE_SECONDS = 60
LEAST_SPACE = 1024**3


class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


MARKS = {Level.OK: "[green]ok[/]", Level.NOTE: "[yellow]note[/]", Level.BAD: "[bold red]bad[/]"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    state: str
    advice: str = ""


def examine(console: Console) -> int:
    """Print every finding; 1 where something is bad."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "What", "State", "What to do"):
        table.add_column(heading, overflow="fold")
    found = [*findings(settings.ENVIRONMENT)]
    for finding in found:
        table.add_row(MARKS[finding.level], finding.what, finding.state, finding.advice)
    console.print(table)
    return int(any(finding.level == Level.BAD for finding in found))


def findings(environment: Environment) -> Iterator[Finding]:
    """Look at everything; one part that fails does not hide the others."""
    yield from versions()
    yield from variables(environment)
    yield from postgres()
    yield from redis_server()
    yield web(environment)
    yield worker()
    yield translations()
    yield static_files()
    yield papers()
    yield disk(environment)


def versions() -> Iterator[Finding]:
    """The programs this is made of."""
    yield Finding(Level.OK, "Python", platform.python_version())
    for package in ("Django", "graphene", "granian", "celery", "psycopg"):
        yield Finding(Level.OK, package, version(package))


def variables(environment: Environment) -> Iterator[Finding]:
    """Which settings are given, which are misspelt, which do not belong together."""
    yield Finding(Level.OK, "Settings given", ", ".join(sorted(environment.given)) or "none, the defaults hold")
    known = {variable.name for variable in VARIABLES}
    for name in sorted(os.environ):
        if name.startswith("ENTREPOT_") and name not in known | OTHER_VARIABLES:
            near = get_close_matches(name, known, 1)
            advice = f"Did you mean {near[0]}?" if near else "Remove it; nothing reads it."
            yield Finding(Level.BAD, name, "is not a setting", advice)
    if settings.DEBUG and environment.production:
        yield Finding(Level.BAD, "ENTREPOT_DEBUG", "shows traces to everybody", "Unset it on a public server.")
    if environment.production and not environment["EMAIL_URL"]:
        yield Finding(Level.NOTE, "EMAIL_URL", "is not set; mail is written to files", "Name your mail server.")


def postgres() -> Iterator[Finding]:
    """The database: its version, its extensions, its tables, and what waits in it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), current_setting('max_connections')::int")
            number, most = cursor.fetchone()
            cursor.execute("SELECT extname FROM pg_extension")
            extensions = {name for (name,) in cursor.fetchall()}
    except DatabaseError as error:
        where = "the embedded one" if "DATABASE_URL" not in settings.ENVIRONMENT.given else "DATABASE_URL"
        yield Finding(Level.BAD, "PostgreSQL", f"{where} does not answer: {str(error).splitlines()[0]}", START_IT)
        return
    old = connection.get_database_version() < OLDEST_POSTGRES
    yield Finding(Level.BAD if old else Level.OK, "PostgreSQL", number, "Take 15 or later." if old else "")
    missing = [name for name in EXTENSIONS if name not in extensions]
    if missing:
        yield Finding(Level.BAD, "Extensions", f"missing: {', '.join(missing)}", "Run: entrepot manage migrate")
    yield connections(most)
    yield from tables()


LIVE_THREADS = 4  # that ask on behalf of live connections


def connections(most: int) -> Finding:
    """Whether all processes together may open more connections than the database takes."""
    environment = settings.ENVIRONMENT
    a_process = environment["ENTREPOT_DATABASE_POOL"] or environment["ENTREPOT_WEB_THREADS"] + LIVE_THREADS
    wanted = a_process * environment["ENTREPOT_WEB_PROCESSES"] + environment["ENTREPOT_WORKER_PROCESSES"] + 2
    state = f"up to {wanted} used by this machine, {most} allowed by the database"
    if wanted > most - 10:
        return Finding(Level.BAD, "Connections", state, "Lower ENTREPOT_WEB_THREADS, or raise max_connections.")
    return Finding(Level.OK, "Connections", state)


def tables() -> Iterator[Finding]:
    """Migrations that have not run, and events that were not handed on."""
    pending = pending_migrations()
    if pending:
        state = f"{len(pending)} pending: {', '.join(pending[:3])}"
        yield Finding(Level.BAD, "Migrations", state, "Run: entrepot manage migrate")
        return
    yield Finding(Level.OK, "Migrations", "all applied")
    waiting = OutboxEvent.objects.filter(dispatched_at=None)
    oldest = waiting.order_by("at").values_list("at", flat=True).first()
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    state = f"{waiting.count()} waiting, the oldest for {age:.0f} s" if oldest else "nothing waits"
    late = age > LATE_SECONDS
    yield Finding(Level.BAD if late else Level.OK, "Outbox", state, "Is a worker running?" if late else "")
    failing = waiting.exclude(error="").values_list("kind", "error").first()
    if failing:
        kind, error = failing
        yield Finding(Level.BAD, "Outbox", f"{kind} fails: {error.strip().splitlines()[-1]}", "See worker.log.")


def redis_server() -> Iterator[Finding]:
    """Redis: its version, and how much waits in the queue."""
    try:
        client = redis.from_url(settings.REDIS_URL, socket_timeout=2)
        number = client.info("server")["redis_version"]
        waiting = client.llen(f"{settings.REDIS_PREFIX}celery")
    except redis.RedisError as error:
        yield Finding(Level.BAD, "Redis", f"does not answer: {error}", START_IT)
        return
    old = tuple(int(part) for part in number.split(".")[:2]) < OLDEST_REDIS
    yield Finding(Level.BAD if old else Level.OK, "Redis", number, "Take 6.2 or later." if old else "")
    yield Finding(Level.OK if waiting < 1000 else Level.NOTE, "Queue", f"{waiting} tasks wait")


def web(environment: Environment) -> Finding:
    """Whether the web server of this machine answers."""
    url = f"http://{environment.local_host}:{environment['ENTREPOT_PORT']}/health/"
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            return Finding(Level.OK, "Web server", f"{url} answers {response.status}")
    except urllib.error.HTTPError as error:
        return Finding(Level.BAD, "Web server", f"{url} answers {error.code}", "See web.log.")
    except OSError:
        return Finding(Level.NOTE, "Web server", f"does not run at {url}", START_IT)


def worker() -> Finding:
    """Whether a background worker answers."""
    from marketplace.celery import app

    try:
        names = sorted(app.control.inspect(timeout=1).ping() or {})
    except OSError:
        names = []
    if not names:
        return Finding(Level.NOTE, "Worker", "none answers", START_IT)
    return Finding(Level.OK, "Worker", ", ".join(names))


def translations() -> Finding:
    """Whether every catalogue has been compiled since it was changed."""
    stale = [path for floor in floors() for path in floor.glob("**/*.po") if is_stale(path)]
    if stale:
        return Finding(Level.BAD, "Translations", f"{len(stale)} catalogues are not compiled", "Run: make setup")
    return Finding(Level.OK, "Translations", "compiled")


def floors() -> Iterator[Path]:
    """The folders that hold rooms."""
    return (settings.BASE_DIR / name for name in FLOORS)


def is_stale(path: Path) -> bool:
    """Whether a catalogue is newer than what was compiled from it."""
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def static_files() -> Finding:
    """Whether the pages' files were collected under names made from their content."""
    if settings.HASHED_STATIC:
        return Finding(Level.OK, "Static files", "collected")
    return Finding(Level.NOTE, "Static files", "served as they lie", "entrepot up collects them")


def papers() -> Finding:
    """Whether documents can be made as PDF: WeasyPrint needs Pango, which no Python package brings."""
    try:
        import weasyprint
    except OSError as error:
        advice = "apt install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk (macOS: brew install pango)"
        return Finding(Level.NOTE, "PDF", f"cannot be made: {str(error).splitlines()[0]}", advice)
    return Finding(Level.OK, "PDF", f"WeasyPrint {weasyprint.__version__}")


def disk(environment: Environment) -> Finding:
    """Room for data."""
    free = shutil.disk_usage(environment.home if environment.home.exists() else Path("/")).free
    state = f"{free / 1024**3:.1f} GiB free in {environment.home}"
    if free < LEAST_SPACE:
        return Finding(Level.BAD, "Disk", state, "Make room, or PostgreSQL stops.")
    return Finding(Level.OK, "Disk", state)
