"""The steps of preparation: migrations, static files, demo data."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from marketplace.env import Environment
from marketplace.runtime.demo import DemoStep, demo_sign_ins, demo_steps

console = Console(stderr=True)
# Any number does, as long as nothing else in the database uses it.
MIGRATION_LOCK = 7_201_955


def everything(environment: Environment) -> list[dict[str, Any]]:
    """Do all steps; return the demo accounts for the screen."""
    migrate()
    collect_static()
    if environment["ENTREPOT_DEMO"] != "none" and not environment["DATABASE_URL"]:
        load_demo(environment["ENTREPOT_DEMO"])
    return [asdict(account) for account in demo_sign_ins()]


def unreachable() -> str | None:
    """Which of database and Redis does not answer, and what to do; None where both do."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return f"The database does not answer: {first_line(error)}. Start it, or correct DATABASE_URL."
    try:
        redis.from_url(settings.REDIS_URL, socket_timeout=5).ping()
    except (redis.RedisError, OSError) as error:
        return f"Redis does not answer: {first_line(error)}. Start it, or correct REDIS_URL."
    return None


def first_line(error: Exception) -> str:
    """What an error says, without its advice."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


def pending_migrations() -> list[str]:
    """The names of migrations that the database does not have yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let two servers that start at once migrate one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def migrate() -> None:
    """Bring the tables to their newest shape, and say how long it took."""
    with one_at_a_time():
        pending = pending_migrations()
        if not pending:
            return
        started = time.perf_counter()
        with console.status(f"Applying {len(pending)} migrations"):
            call_command("migrate", verbosity=0, interactive=False)
        console.print(f"[dim]Applied {len(pending)} migrations in {time.perf_counter() - started:.1f} s.[/]")


def collect_static() -> None:
    """Collect the static files under names made from their content, compressed."""
    with console.status("Collecting the pages' files"):
        settings.STORAGES["staticfiles"]["BACKEND"] = "marketplace.runtime.statics.HashedFiles"
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def load_demo(size: str) -> None:
    """Run every room's demo step, with progress where a step tells it."""
    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        for step in demo_steps():
            run_step(step, size, progress)


def run_step(step: DemoStep, size: str, progress: Progress) -> None:
    """Run one step to its end."""
    task = progress.add_task(str(step.label), total=None)
    for done, total in step.run(size) or ():
        progress.update(task, completed=done, total=total)
    progress.update(task, total=progress.tasks[task].completed or 1, completed=progress.tasks[task].completed or 1)
