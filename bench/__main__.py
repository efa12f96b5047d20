"""`python -m bench`: seed, serve, drive, and write what was seen to bench/results/ as JSON."""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

from bench.cases import CASES, Case
from bench.load import drive, post
from bench.seeding import Size, prepared
from bench.server import Server, free_port, web_command
from bench.statements import statements_of

RESULTS = Path(__file__).parent / "results"
console = Console(width=110)


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return {"cores": psutil.cpu_count(), "memory_gib": memory, "python": platform.python_version()}


def measure(case: Case, data: object, workers: int, clients: int, share: float) -> dict[str, object]:
    """Serve with `workers` processes and send the case's requests over `clients` connections, after a short warm-up."""
    port = free_port()
    with Server(web_command(port, workers), port) as server:
        count = max(clients, int(case.requests * share))

        def request(number: int) -> bytes:
            return post("/graphql/", case.body(data, number), data.token)

        # Each pooled connection prepares a statement at its sixth run and settles on a plan some runs later.
        warm_up = int(max(30, case.requests * 0.5) * share)
        drive(port, request, range(-max(clients, warm_up), 0), clients)
        before = server.cpu_seconds()
        outcome = drive(port, request, range(count), clients)
        spent = server.cpu_seconds() - before
        return {
            "workers": workers,
            "clients": clients,
            "requests": count,
            "per_second": outcome.rate,
            "p50_ms": outcome.percentile(0.50),
            "p95_ms": outcome.percentile(0.95),
            "p99_ms": outcome.percentile(0.99),
            "cpu_ms": round(1000 * spent / count, 2),
            "memory_mb": server.memory_megabytes(),
            "failures": outcome.failures[:3],
        }


def main(
    smoke: Annotated[bool, typer.Option(help="A small database and few requests: does every case still run?")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Names of cases; all when left out.")] = None,
) -> None:
    """Measure every case at 1 and 16 clients with 1 and 2 web processes."""
    size = Size.SMOKE if smoke else Size.FULL
    settings = [(1, 2)] if smoke else [(1, 1), (1, 16), (2, 1), (2, 16)]
    failed = False
    with prepared(size) as data:
        for case in CASES:
            if only and case.name not in only:
                continue
            statements = statements_of(case, data)
            runs = [measure(case, data, workers, clients, 0.05 if smoke else 1.0) for workers, clients in settings]
            failed |= any(run["failures"] for run in runs)
            report(case, size, statements, runs)
    if failed:
        raise typer.Exit(1)


def report(case: Case, size: Size, statements: int, runs: list[dict[str, object]]) -> None:
    """Print one case and keep it as JSON."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    result = {
        "case": case.name,
        "size": size.value,
        "at": at,
        "machine": machine(),
        "statements": statements,
        "runs": runs,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{case.name}.{size.value}.json").write_text(json.dumps(result, indent=1) + "\n")
    table = Table(title=f"{case.name}: {statements} SQL statements", title_justify="left")
    columns = [key for key in runs[0] if key != "failures"]
    for column in columns:
        table.add_column(column, justify="right")
    for run in runs:
        table.add_row(*(str(run[column]) for column in columns))
    console.print(table)
    for run in runs:
        for failure in run["failures"]:
            console.print(f"[red]failed:[/red] {failure}")


if __name__ == "__main__":
    typer.run(main)
