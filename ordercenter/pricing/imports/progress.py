"""How far an import is, told while it runs: kept beside the database, whose row others see only after the commit."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache

from marketplace.graphql.publishing import publish
from ordercenter.pricing.models import PriceImport

KEPT_SECONDS = 3600
EVERY_SECONDS = 0.5


def topic(import_id: int) -> str:
    """The subscription topic of one import."""
    return f"price_import:{import_id}"


class Progress:
    """Tells subscribers of an import how many of its rows are done, about twice a second."""

    def __init__(self, running: PriceImport, phase: str) -> None:
        self.running, self.phase, self.told = running, phase, 0.0

    def tell(self, done: int, total: int, at_once: bool = False) -> None:
        """Say that `done` of `total` rows are through this phase."""
        now = time.monotonic()
        if at_once or now - self.told >= EVERY_SECONDS:
            self.told = now
            state = {"phase": self.phase, "rows_done": done, "rows_total": total}
            cache.set(topic(self.running.pk), state, KEPT_SECONDS)
            publish(topic(self.running.pk), state)

    def end(self) -> None:
        """The row in the database says it all from here on."""
        cache.delete(topic(self.running.pk))
        publish(topic(self.running.pk), {})


def seen(found: PriceImport) -> dict[str, Any]:
    """Phase, rows done and rows total of an import, of this moment where it runs."""
    stored = {"phase": found.phase, "rows_done": found.rows_done, "rows_total": found.rows_total}
    return cache.get(topic(found.pk)) or stored
