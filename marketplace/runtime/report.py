"""What `entrepot verify` and `entrepot schema` print."""

from pathlib import Path

from django.conf import settings
from rich.console import Console
from rich.table import Table

from marketplace.core.verify import Difference, check_names, run_each

SHOWN = 100


def verify_report(console: Console) -> int:
    """Run every check, print each with its time, then the differences; 1 where there are any."""
    differences: list[Difference] = []
    width = max((len(name) for name in check_names()), default=0)
    for result in run_each():
        differences += result.differences
        mark = "[green]ok[/]" if not result.differences else f"[bold red]{len(result.differences)} differ[/]"
        console.print(f"{result.name:<{width}}  {result.seconds:6.2f} s  {mark}", highlight=False)
    if not differences:
        console.print(f"{len(check_names())} checks passed: every stored figure equals what it was made of.")
        return 0
    table = Table(title=f"{len(differences)} differences")
    for heading in ("Check", "Row", "Expected", "Found"):
        table.add_column(heading, overflow="fold")
    for difference in differences[:SHOWN]:
        table.add_row(difference.check, difference.subject, str(difference.expected), str(difference.found))
    console.print(table)
    if len(differences) > SHOWN:
        console.print(f"and {len(differences) - SHOWN} more")
    return 1


def schema_report(console: Console, *, check: bool, write: bool) -> int:
    """Print the schema, write it to schema.graphql, or compare it with that file; 1 where the file is stale."""
    from marketplace.graphql.schema import print_schema_sdl

    text = print_schema_sdl()
    path = Path(settings.BASE_DIR) / "schema.graphql"
    if write:
        path.write_text(text)
        console.print(f"Wrote {path.name}.")
    elif check:
        if not path.exists() or path.read_text() != text:
            console.print("schema.graphql is stale. Run: entrepot schema --write", style="bold red")
            return 1
        console.print("schema.graphql is current.")
    else:
        print(text)  # plain, so that it can be piped
    return 0
