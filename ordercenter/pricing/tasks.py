"""Background work of prices: sheets, and trying prices on past orders. Each task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from ordercenter.pricing import simulate
from ordercenter.pricing.imports import run


@shared_task(ignore_result=True)
def prepare_import(import_id: int) -> None:
    """Read, check and preview a sheet; starts over where it runs again."""
    run.prepare(import_id)


@shared_task(ignore_result=True)
def apply_import(import_id: int) -> None:
    """Apply a previewed sheet: all of it or nothing, and once."""
    run.finish(import_id)


@shared_task(ignore_result=True)
def resume_imports() -> int:
    """Take up imports whose worker died; those that are being worked at are left alone."""
    return run.resume()


@shared_task(ignore_result=True)
def simulate_prices(simulation_id: int) -> None:
    """Price past lines anew; starts over where it runs again."""
    simulate.simulate(simulation_id)


@shared_task(ignore_result=True)
def resume_simulations() -> int:
    """Take up simulations whose worker died."""
    return simulate.resume()
