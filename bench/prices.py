"""`python -m bench.prices`: what pricing costs inside the database, with and without policies; what a sheet for all
goods takes, and what resolving takes meanwhile; what a simulation over past lines takes.

Milliseconds are the time of the call; `server` is the processor time of the database's process, which does not grow
when the machine is busy with something else. The sheet fills a draft list and is taken back: the data stays as it was.
"""

import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Thread
from typing import Annotated, Any

import typer
from rich.console import Console

from bench.seeding import Size, prepared

RESULTS = Path(__file__).parent / "results"
LINES = {1: 200, 20: 200, 50: 200, 100: 200, 500: 60}
POLICY_LINES = {Size.SMOKE: 400, Size.FULL: 20_000, Size.PRICES: 20_000}
PAST_LINES = {Size.SMOKE: 2_000, Size.FULL: 200_000, Size.PRICES: 200_000}
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


class Buyers:
    """Draws lines of changing dealers and goods, in base and other units."""

    def __init__(self, seller: Any) -> None:
        from marketplace.catalog.models import Pack
        from marketplace.parties.models import Partnership

        dealers = Partnership.objects.filter(upstream=seller).order_by("pk")
        self.dealers = list(dealers.values_list("pk", flat=True))
        packs = Pack.objects.filter(organization=seller).order_by("pk")
        self.packs = list(packs.values_list("variant", "uom")[:300_000])
        self.chance = Random(1)

    def lines(self, count: int) -> list[Any]:
        from ordercenter.pricing.terms import PriceRequest

        chance, dealer = self.chance, self.chance.choice(self.dealers)
        return [
            PriceRequest(key, dealer, *chance.choice(self.packs), Decimal(chance.randint(1, 60)), basket=key)
            for key in range(count)
        ]


def resolving(backend: Backend, seller: Any, label: str) -> Iterator[dict[str, Any]]:
    """Price lines of changing dealers."""
    from marketplace.core.actor import Actor
    from ordercenter.pricing.resolve import resolve

    buyers, actor = Buyers(seller), Actor.system(seller)
    for count, times in LINES.items():
        taken, spent = [], []
        for _time in range(times):
            lines = buyers.lines(count)
            before, started = backend.milliseconds(), time.perf_counter()
            resolve(actor, seller, lines)
            taken.append((time.perf_counter() - started) * 1000)
            spent.append(backend.milliseconds() - before)
        figures = {f"p{round(share * 100)}_ms": percentile(taken, share) for share in (0.5, 0.95, 0.99)}
        yield {"seller": label, "lines": count, **figures, "server_p95_ms": percentile(spent, 0.95)}


def meanwhile(work: Callable[[], object], seller: Any) -> dict[str, Any]:
    """Resolve 100 lines again and again while some work runs on another connection; p95, and what waited for a lock."""
    from django.db import connection

    from marketplace.core.actor import Actor
    from ordercenter.pricing.resolve import resolve

    def worked() -> None:
        try:
            work()
        finally:
            connection.close()

    buyers, actor, taken, waited = Buyers(seller), Actor.system(seller), [], 0
    worker = Thread(target=worked)
    worker.start()
    while worker.is_alive():
        lines = buyers.lines(100)
        started = time.perf_counter()
        resolve(actor, seller, lines)
        taken.append((time.perf_counter() - started) * 1000)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            waited += cursor.fetchone()[0]
    worker.join()
    return {"resolves_meanwhile": len(taken), "p95_ms_meanwhile": percentile(taken or [0.0], 0.95), "waits": waited}


class Synthetic:
    """Past orders of 20 lines each, made up: what is measured is pricing them."""

    def __init__(self, seller: Any, lines: int) -> None:
        self.buyers, self.lines = Buyers(seller), lines

    def count(self, _asked: Any) -> int:
        return self.lines

    def parts(self, _asked: Any, orders: int) -> Iterator[list[Any]]:
        from django.utils import timezone

        from ordercenter.pricing.past import PastLine

        placed, made = timezone.now(), 0
        while made < self.lines:
            part = []
            for order in range(min(orders, (self.lines - made) // 20)):
                for line in self.buyers.lines(20):
                    made += 1
                    row = (made, made - made % 20, f"SO-{order}", line.partnership_id, line.variant_id, line.uom_id)
                    part.append(PastLine(*row, line.quantity, Decimal(10), placed, False))
            yield part


def simulating(seller: Any, lines: int) -> Iterator[dict[str, Any]]:
    """Price past lines twice, with and without a policy for all goods."""
    from datetime import timedelta

    from django.utils import timezone

    from marketplace.core.actor import Actor
    from ordercenter.pricing import past, simulate
    from ordercenter.pricing.models import PricePolicy, PriceSimulation

    known = past.past_orders()
    past.register_past_orders(Synthetic(seller, lines))
    policy = PricePolicy.objects.get(organization=seller, code="TERMS-0")
    now = timezone.now()
    draft = simulate.SimulationDraft(now - timedelta(days=9), now, without_policies=[policy.pk])
    try:
        found = simulate.price_simulation_start(Actor.system(seller), draft)
        began = time.perf_counter()
        simulate.simulate(found.pk)
        found.refresh_from_db()
        yield {"lines": found.line_count, "status": found.status, "seconds": round(time.perf_counter() - began, 2)}
        PriceSimulation.objects.filter(pk=found.pk).delete()
    finally:
        past.register_past_orders(known)


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
        told = meanwhile(step, seller) if name == "applied" else {}
        if name != "applied":
            step()
        seconds, server = time.perf_counter() - began, (backend.milliseconds() - before) / 1000
        yield {
            "step": name,
            "rows": len(lines),
            "seconds": round(seconds, 2),
            **(told or {"server_seconds": round(server, 2)}),
        }
    started.delete()
    draft.delete()


def main(
    smoke: Annotated[bool, typer.Option(help="A small database: does it still run?")] = False,
    large: Annotated[bool, typer.Option(help="10,000 dealers and 5,000,000 rows, as the targets say.")] = False,
) -> None:
    """Measure pricing on the seeded data."""
    size = Size.SMOKE if smoke else Size.PRICES if large else Size.FULL
    with prepared(size):
        from bench.seeds.policies import policy_lines
        from marketplace.parties.models import Organization

        backend, seller = Backend(), Organization.objects.get(code="bench-seller")
        found = {"resolve": list(resolving(backend, seller, "without policies")), "import": list(importing(backend))}
        with policy_lines(seller.pk, POLICY_LINES[size]) as made:
            found["resolve"] += resolving(backend, seller, f"{made} policy lines")
            found["simulation"] = list(simulating(seller, PAST_LINES[size]))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"prices.{size.value}.json").write_text(json.dumps(found, indent=1) + "\n")
    for row in [*found["resolve"], *found["import"], *found["simulation"]]:
        console.print(row)


if __name__ == "__main__":
    typer.run(main)
