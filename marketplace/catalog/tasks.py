"""Background work of the catalogue. Each task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from marketplace.catalog.imports import run


@shared_task(ignore_result=True)
def prepare_product_import(import_id: int) -> None:
    """Read and check a sheet; starts over where it runs again."""
    run.prepare(import_id)


@shared_task(ignore_result=True)
def apply_product_import(import_id: int) -> None:
    """Write a previewed sheet: all of it or nothing, and once."""
    run.finish(import_id)
