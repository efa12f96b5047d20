"""How far an import is, told while it runs: kept beside the database, whose row others see only after the commit."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache

from marketplace.catalog.models import ProductImport

KEPT_SECONDS = 3600
EVERY_SECONDS = 0.5


def _key(import_id: int) -> str:
    return f"product_import:{import_id}"


class Progress:
    """Tells how many rows are through a phase, about twice a second."""

    def __init__(self, running: ProductImport, phase: str) -> None:
        self.key, self.phase, self.told = _key(running.pk), phase, 0.0

    def tell(self, done: int, total: int) -> None:
        """Say that `done` of `total` rows are through this phase."""
        now = time.monotonic()
        if now - self.told >= EVERY_SECONDS:
            self.told = now
            cache.set(self.key, {"phase": self.phase, "rows_done": done, "rows_total": total}, KEPT_SECONDS)

    def end(self) -> None:
        """The row in the database says it all from here on."""
        cache.delete(self.key)


def seen(found: ProductImport) -> dict[str, Any]:
    """Phase, rows done and rows in all, of this moment where the import runs."""
    stored = {"phase": found.phase, "rows_done": found.rows_done, "rows_total": found.rows_total}
    return (cache.get(_key(found.pk)) or stored) if found.status == "running" else stored
