"""`python -m bench.prices`: what pricing costs inside the database, and what a sheet for all goods takes.

Milliseconds are the time of the call; `server` is the processor time of the database's process, which does not grow
when the machine is busy with something else. The sheet fills a draft list and is taken back: the data stays as it was.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from rich.console import Console

from bench.seeding import Size, prepared

RESULTS = Path(__file__).parent / "results"
LINES = {1: 200, 20: 200, 50: 200, 100: 200, 500: 60}
console = Console()


class Backend:
    """The database's process behind this connection, and the processor time it has used."""

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.clock = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def milliseconds(self) -> float:
        """0 where the database runs on another machine."""
        return int(self.clock.read_text().split()[0]) / 1e6 if self.clock.exists() else 0.0


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 2)


def resolving(backend: Backend) -> Iterator[dict[str, Any]]:
    """Price lines of changing dealers and goods, in base and other units."""
    from decimal import Decimal

    from marketplace.catalog.models import Pack
    from marketplace.core.actor import Actor
    from marketplace.parties.models import Organization, Partnership
    from ordercenter.pricing.resolve import resolve
    from ordercenter.pricing.terms import PriceRequest

    seller = Organization.objects.get(code="bench-seller")
    dealers = list(Partnership.objects.filter(upstream=seller).order_by("pk").values_list("pk", flat=True))
    packs = list(Pack.objects.filter(organization=seller).order_by("pk").values_list("variant", "uom")[:300_000])
    chance, actor = Random(1), Actor.system(seller)
    for count, times in LINES.items():
        taken, spent = [], []
        for _time in range(times):
            dealer = chance.choice(dealers)
            lines = [
                PriceRequest(key, dealer, *chance.choice(packs), Decimal(chance.randint(1, 60)), basket=key)
                for key in range(count)
            ]
            before, started = backend.milliseconds(), time.perf_counter()
            resolve(actor, seller, lines)
            taken.append((time.perf_counter() - started) * 1000)
            spent.append(backend.milliseconds() - before)
        figures = {f"p{round(share * 100)}_ms": percentile(taken, share) for share in (0.5, 0.95, 0.99)}
        yield {"lines": count, **figures, "server_p95_ms": percentile(spent, 0.95)}


def importing(backend: Backend) -> Iterator[dict[str, Any]]:
    """Stage, check, apply and take back a sheet with a price for every article."""
    from django.utils import timezone

    from marketplace.catalog.models import Variant
    from marketplace.core.actor import Actor
    from marketplace.core.sheets import open_sheet
    from marketplace.parties.models import Organization
    from ordercenter.pricing.drafts import PriceListDraft
    from ordercenter.pricing.imports import run
    from ordercenter.pricing.imports.apply import apply
    from ordercenter.pricing.imports.revert import price_import_revert
    from ordercenter.pricing.lists import price_list_create
    from ordercenter.pricing.models import PriceImport

    seller = Organization.objects.get(code="bench-seller")
    actor = Actor.system(seller)
    skus = Variant.objects.filter(organization=seller).order_by("pk").values_list("sku", flat=True)
    lines = [f"{sku},PCS,{n % 400}.{n % 100:02}" for n, sku in enumerate(skus)]
    code = f"IMPORT-{timezone.now():%H%M%S%f}"
    draft = price_list_create(actor, PriceListDraft(code=code, name_en=code))
    started = PriceImport.objects.create(organization=seller, price_list=draft, file_name="bench.csv")
    sheet = open_sheet("\n".join(["SKU,Unit,Price", *lines]).encode(), "bench.csv")
    steps: dict[str, Callable[[], object]] = {
        "staged": lambda: run.stage_sheet(started, sheet.headings, sheet.rows),
        "checked": lambda: run.make_preview(started),
        "applied": lambda: apply(actor, started.pk),
        "taken back": lambda: price_import_revert(actor, started.pk),
    }
    for name, step in steps.items():
        before, began = backend.milliseconds(), time.perf_counter()
        step()
        seconds, server = time.perf_counter() - began, (backend.milliseconds() - before) / 1000
        yield {"step": name, "rows": len(lines), "seconds": round(seconds, 2), "server_seconds": round(server, 2)}
    started.delete()
    draft.delete()


def main(smoke: Annotated[bool, typer.Option(help="A small database: does it still run?")] = False) -> None:
    """Measure pricing on the seeded data."""
    size = Size.SMOKE if smoke else Size.FULL
    with prepared(size):
        backend = Backend()
        found = {"resolve": list(resolving(backend)), "import": list(importing(backend))}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"prices.{size.value}.json").write_text(json.dumps(found, indent=1) + "\n")
    for row in [*found["resolve"], *found["import"]]:
        console.print(row)


if __name__ == "__main__":
    typer.run(main)
