"""`python -m bench.pages`: what Lighthouse says of the pages a dealer opens most, on the demo enterprise.

Every page is opened cold in Debian's Chromium, signed in as the dealer's buyer. Needs Chromium; Lighthouse itself is
installed from npm at the first run, into `bench/lighthouse/`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import urljoin

import typer
from playwright.sync_api import BrowserContext, ViewportSize, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.interactions import slowest
from bench.seeding import database
from bench.server import Server, free_port, web_command
from tools.browser import chromium

ROOT = Path(__file__).parents[1]
HOME = ROOT / "bench" / "lighthouse"
RESULTS = ROOT / "bench" / "results"
BIN = Path(sys.executable).parent
BUYER = "buyer@yunqi.example"
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST = 95  # of 100, in every category
MOST_BYTES = 200_000  # over the wire, first load
MOST_LCP_MS = 1000
MOST_ANSWER_MS = 100
SIZES: dict[str, ViewportSize] = {"desktop": {"width": 1350, "height": 940}, "mobile": {"width": 412, "height": 823}}
console = Console(width=120)


@dataclass(frozen=True)
class Audit:
    """What Lighthouse found: scores of 100, milliseconds, bytes over the wire; and the slowest answer to a hand."""

    page: str
    form: str
    scores: dict[str, int]
    lcp_ms: int
    blocking_ms: int
    shift: float
    transferred: int
    answer_ms: int
    flaws: list[str]

    @property
    def holds(self) -> bool:
        """Whether the page is as good as it has to be; Lighthouse's phone is on a slow line, so no time binds it."""
        in_time = self.form == "mobile" or self.lcp_ms <= MOST_LCP_MS
        quick = self.answer_ms <= MOST_ANSWER_MS
        return min(self.scores.values()) >= LEAST and in_time and quick and self.transferred <= MOST_BYTES


def fill() -> None:
    """The demo enterprise, as `make run` makes it."""
    from django.core.management import call_command

    from marketplace.runtime.demo import demo_steps

    call_command("migrate", verbosity=0)
    for step in demo_steps():
        for _progress in step.run("small") or ():
            pass


def collect() -> None:
    """The static files compressed and named after their content, as `entrepot up` serves them."""
    from marketplace.runtime.making_ready import collect_static

    collect_static()


def visit() -> tuple[dict[str, str], dict[str, str]]:
    """The buyer's cookies, and the path of each page by its name."""
    from django.test import Client

    from marketplace.graphql import to_global_id
    from marketplace.parties.models import User
    from ordercenter.orders.models import Order

    buyer = User.objects.get(email=BUYER)
    client = Client()
    client.force_login(buyer)
    order = Order.objects.filter(buyer__memberships__user=buyer).earliest("pk")
    paths = {
        "home": "/home/",
        "catalogue": "/catalog/",
        "pad": "/orders/new/",
        "cart": "/carts/",
        "order": f"/orders/{to_global_id('Order', order.pk)}/",
    }
    return {name: cookie.value for name, cookie in client.cookies.items()}, paths


def install() -> None:
    """Lighthouse of the lock, once."""
    if not (HOME / "node_modules" / ".bin" / "lighthouse").exists():
        console.print("Installing Lighthouse ...")
        environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
        subprocess.run(
            [BIN / "npm", "ci", "--loglevel=error"], cwd=HOME, env=environ, check=True, stdout=subprocess.DEVNULL
        )


@contextmanager
def signed_in(url: str, cookies: dict[str, str]) -> Iterator[tuple[int, BrowserContext]]:
    """A browser of its own, as the buyer who signed in, and the port on which Lighthouse finds it.

    Cookies as a header of Lighthouse's would be lost where the page itself asks for something.
    """
    port = free_port()
    flags = [f"--remote-debugging-port={port}", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as driver, TemporaryDirectory() as profile:
        browser = driver.chromium.launch_persistent_context(profile, executable_path=chromium(), args=flags)
        origin = urljoin(url, "/")
        browser.add_cookies([{"name": key, "value": value, "url": origin} for key, value in cookies.items()])
        yield port, browser
        browser.close()


def audit(name: str, url: str, cookies: dict[str, str], form: str) -> Audit:
    """One cold visit; `form` is desktop or mobile. Ends with Lighthouse's own message where it cannot look."""
    preset = ["--preset=desktop"] if form == "desktop" else []
    with signed_in(url, cookies) as (port, browser):
        ran = subprocess.run(
            [
                BIN / "node",
                HOME / "node_modules" / "lighthouse" / "cli" / "index.js",
                url,
                "--quiet",
                "--output=json",
                f"--port={port}",
                f"--only-categories={','.join(CATEGORIES)}",
                *preset,
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        if ran.returncode:
            sys.exit(f"Lighthouse ended with {ran.returncode} at {url}: {ran.stderr.strip()[-500:]}")
        window = browser.new_page()
        window.set_viewport_size(SIZES[form])
        answer = slowest(window, name, url)
    return read(name, form, json.loads(ran.stdout), answer)


def read(name: str, form: str, report: dict[str, Any], answer_ms: int) -> Audit:
    """The figures that have bounds, and every check that costs points."""
    audits = report["audits"]
    scores = {key: round(100 * (report["categories"][key]["score"] or 0)) for key in CATEGORIES}
    weighty = {ref["id"] for key in CATEGORIES for ref in report["categories"][key]["auditRefs"] if ref["weight"]}
    flaws = [
        f"{key}: {audits[key]['title']}"
        for key in sorted(weighty)
        if (audits[key]["score"] or 0) < 0.9
        and audits[key]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]
    return Audit(
        name,
        form,
        scores,
        round(audits["largest-contentful-paint"]["numericValue"]),
        round(audits["total-blocking-time"]["numericValue"]),
        round(audits["cumulative-layout-shift"]["numericValue"], 3),
        round(audits["total-byte-weight"]["numericValue"]),
        answer_ms,
        flaws,
    )


def report(found: list[Audit]) -> None:
    """Print a table and what costs points; keep all as JSON."""
    table = Table(title="Lighthouse", title_justify="left")
    for column in ("page", "form", *CATEGORIES, "LCP ms", "blocking ms", "shift", "KB", "answer ms"):
        table.add_column(column, justify="left" if column in ("page", "form") else "right")
    for one in found:
        figures = [
            *(one.scores[key] for key in CATEGORIES),
            one.lcp_ms,
            one.blocking_ms,
            one.shift,
            one.transferred // 1000,
            one.answer_ms,
        ]
        table.add_row(one.page, one.form, *map(str, figures), style=None if one.holds else "red")
    console.print(table)
    for flaw in sorted({(flaw, one.page) for one in found for flaw in one.flaws}):
        console.print(": ".join(reversed(flaw)))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pages.json").write_text(json.dumps([vars(one) for one in found], indent=1) + "\n")


def main(
    smoke: Annotated[bool, typer.Option(help="One page only, whatever its figures: does it still run?")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Names of pages; all when left out.")] = None,
) -> None:
    """Audit home, catalogue, pad, cart and an order as on a desk and as on a phone."""
    if not chromium():
        console.print("bench.pages skipped: it needs Chromium, and this machine has none.")
        return
    install()
    port = free_port()
    os.environ["ENTREPOT_HOME"] = str(ROOT / "var" / "bench-pages")
    with database("pages", fill):
        collect()
        cookies, paths = visit()
        wanted = ["home"] if smoke else only or [*paths]
        forms = ["desktop"] if smoke else ["desktop", "mobile"]
        with Server(web_command(port, 1), port):
            site = f"http://127.0.0.1:{port}"
            found = [audit(name, site + paths[name], cookies, form) for name in wanted for form in forms]
    report(found)
    if not smoke and not all(one.holds for one in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
