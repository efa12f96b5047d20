"""`python -m bench.profile product_list`: where the processor time of a case goes, within one process and without HTTP.

Requests go through the whole application as the web server calls it, in one thread on warm caches. The least of many
repetitions is what a request costs: everything else on the machine can only add to it.
"""

import cProfile
import io
import pstats
import time
from collections.abc import Callable
from functools import cache
from statistics import mean, median
from typing import Annotated, Any

import typer
from rich.console import Console

from bench.cases import CASES, Case
from bench.dataset import Dataset
from bench.seeding import Size, prepared

REQUESTS, REPEATS = 25, 60
console = Console()


def requester(case: Case, data: Dataset) -> Callable[[int], None]:
    """A function that has the application answer request `number`, as the bridge of the web server does."""
    from marketplace.asgi import wsgi
    from marketplace.runtime.bridge import Exchange, environ_of

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    headers.append((b"authorization", f"Bearer {data.token}".encode()))

    @cache
    def request(number: int) -> tuple[dict[str, Any], bytes]:
        body = case.body(data, number)
        sent = [*headers, (b"content-length", str(len(body)).encode())]
        scope = {"method": "POST", "path": "/graphql/", "query_string": b"", "http_version": "1.1", "headers": sent}
        return scope, body

    def ask(number: int) -> None:
        scope, body = request(number)
        exchange = Exchange(wsgi, environ_of(scope, io.BytesIO(body)), _Nobody)
        answer = exchange.run() or b""
        if exchange.status != 200 or b'"errors":[{' in answer:
            raise SystemExit(f"{case.name} fails: {answer[:400]!r}")

    return ask


_Nobody: Any = None  # the answers of the cases are whole: nobody streams


def measured(ask: Callable[[int], None]) -> list[list[float]]:
    """Milliseconds of processor time of some requests, each many times."""
    found: list[list[float]] = [[] for _ in range(REQUESTS)]
    for _time in range(REPEATS):
        for number, times in enumerate(found):
            before = time.thread_time()
            ask(number)
            times.append(1000 * (time.thread_time() - before))
    return found


def profiled(ask: Callable[[int], None], lines: int) -> str:
    """The functions that take most, by their own time."""
    watch = cProfile.Profile(time.thread_time)
    watch.enable()
    for number in range(8 * REQUESTS):
        ask(number % REQUESTS)
    watch.disable()
    out = io.StringIO()
    pstats.Stats(watch, stream=out).sort_stats("tottime").print_stats(lines)
    return out.getvalue()


def main(
    cases: Annotated[
        list[str] | None, typer.Argument(help="Names of cases; the list of products when left out.")
    ] = None,
    smoke: Annotated[bool, typer.Option(help="On the small database.")] = False,
    lines: Annotated[int, typer.Option(help="Lines of the profile by function; 0 for none.")] = 0,
) -> None:
    """Print the processor time of cases, and by function if wanted."""
    with prepared(Size.SMOKE if smoke else Size.FULL) as data:
        for case in CASES:
            if case.name not in (cases or ["product_list"]):
                continue
            ask = requester(case, data)
            measured(ask)  # fills the caches, and settles the plans of prepared statements
            found = measured(ask)
            best, middle = mean(map(min, found)), mean(map(median, found))
            console.print(f"{case.name}: {best:.2f} ms at best, {middle:.2f} in the middle")
            if lines:
                print(profiled(ask, lines))


if __name__ == "__main__":
    typer.run(main)
