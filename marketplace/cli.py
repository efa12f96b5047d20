"""The command line `entrepot`. A room adds commands of its own in a `commands.py`."""

import functools
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from marketplace.env import Environment, EnvironmentProblem, read_environment
from marketplace.runtime import programs
from marketplace.runtime.embedded import services
from marketplace.runtime.errors import CannotRun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
console = Console()
errors = Console(stderr=True)


class Size(StrEnum):
    """How much demo data there is."""

    SMALL = "small"
    LARGE = "large"


class RoomCommands(TyperGroup):
    """A group whose commands the rooms declare, so that Django is set up only where one of them is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the rooms' commands."""
        return sorted(room_commands(self.name or ""))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One command by its name."""
        function = room_commands(self.name or "").get(cmd_name)
        return typer_command(cmd_name, function) if function else None


app = typer.Typer(
    name="entrepot",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Entrepot, the hub for B2B trade. Settings are environment variables; `entrepot doctor` shows them.",
)
imports = typer.Typer(cls=RoomCommands, no_args_is_help=True, help="Import data of other systems.")
app.add_typer(imports, name="import")
auctions = typer.Typer(cls=RoomCommands, no_args_is_help=True, help="Check and export the minutes of auctions.")
app.add_typer(auctions, name="auction")


def main() -> None:
    """Run the command line; what the user can mend is told without a trace."""
    try:
        app()
    except (CannotRun, EnvironmentProblem) as problem:
        errors.print("[bold red]Entrepot cannot run:[/]")
        errors.print(str(problem), highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)


def with_services(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with database and Redis at hand and Django set up."""

    @functools.wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        environment = read_environment()
        with services(environment):
            setup_django()
            ensure_tables(environment)
            return function(*args, **kwargs)

    return command


def ensure_tables(environment: Environment) -> None:
    """Have the newest tables: made in the embedded database, asked for in one from elsewhere. Raises CannotRun."""
    from marketplace.runtime import making_ready

    problem = making_ready.unreachable()
    if problem:
        raise CannotRun(problem)
    if not environment["DATABASE_URL"]:
        making_ready.migrate()
    elif making_ready.pending_migrations():
        raise CannotRun("The database's tables are older than this program. Run: entrepot manage migrate")


def setup_django() -> None:
    """Load the settings and the rooms."""
    import django

    django.setup()


def room_commands(group: str) -> dict[str, Callable[..., Any]]:
    """What the rooms' `commands.py` declare for a group: `commands = {"import invoices": function}`."""
    setup_django()
    from django.apps import apps

    found: dict[str, Callable[..., Any]] = {}
    for config in apps.get_app_configs():
        if config.name.partition(".")[0] in {"django", "allauth"} or not find_spec(f"{config.name}.commands"):
            continue
        for name, function in import_module(f"{config.name}.commands").commands.items():
            parent, _, child = name.rpartition(" ")
            if parent == group:
                found[child] = with_services(function)
    return found


def typer_command(name: str, function: Callable[..., Any]) -> Any:
    """A command made from a function's signature."""
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    single.command(name)(function)
    return typer.main.get_command(single)


@app.command()
def up(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every line of every log.")] = False) -> None:
    """Start everything and keep it running: PostgreSQL, Redis, web server, worker, beat."""
    from marketplace.runtime.supervisor import Supervisor

    raise typer.Exit(Supervisor(read_environment(), console, verbose).run())


@app.command()
@with_services
def demo(size: Annotated[Size, typer.Option(help="How much of it.")] = Size.SMALL) -> None:
    """Load the demo enterprise; what is there already stays as it is."""
    from marketplace.runtime.demo import demo_sign_ins
    from marketplace.runtime.making_ready import load_demo
    from marketplace.runtime.screen import sign_in_table

    load_demo(size.value)
    console.print(sign_in_table([vars(account) for account in demo_sign_ins()]))


@app.command()
@with_services
def verify() -> None:
    """Recompute every balance and total from its ledger or lines; exit with 1 where any differs."""
    from marketplace.runtime.report import verify_report

    raise typer.Exit(verify_report(console))


@app.command()
def doctor() -> None:
    """Show what runs, in which versions, and what is misconfigured; exit with 1 where something is."""
    setup_django()
    from marketplace.runtime.doctor import examine

    raise typer.Exit(examine(console))


@app.command()
@with_services
def shell() -> None:
    """Open a Python shell with the models at hand."""
    from django.core.management import call_command

    call_command("shell")


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 where schema.graphql is stale.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write schema.graphql.")] = False,
) -> None:
    """Print the GraphQL schema."""
    setup_django()
    from marketplace.runtime.report import schema_report

    raise typer.Exit(schema_report(console, check=check, write=write))


@app.command(
    hidden=True, add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True}
)
def manage(context: typer.Context) -> None:
    """Run one of Django's own management commands."""
    from django.core.management import execute_from_command_line

    with services(read_environment()):
        execute_from_command_line(["entrepot manage", *context.args])


@app.command(hidden=True)
def health() -> None:
    """Exit with 0 where the web server of this machine answers that it is well, for a container's health check."""
    from marketplace.runtime.supervisor import answers

    environment = read_environment()
    raise typer.Exit(int(not answers(f"http://{environment.local_host}:{environment['ENTREPOT_PORT']}/health/")))


@app.command()
def web() -> None:
    """Be one web server, for a machine that starts its processes itself."""
    programs.become(programs.web(read_environment()))


@app.command()
def worker() -> None:
    """Be one background worker."""
    programs.become(programs.worker(read_environment()))


@app.command()
def beat() -> None:
    """Be the clock that starts regular work; run exactly one."""
    programs.become(programs.beat(read_environment()))
