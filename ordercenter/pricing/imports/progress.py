"""How far an import is, told while it runs."""

from __future__ import annotations

from typing import Any

from ordercenter.pricing.models import PriceImport
from ordercenter.pricing.telling import Teller, told


def topic(import_id: int) -> str:
    """The subscription topic of one import."""
    return f"price_import:{import_id}"


class Progress:
    """Tells subscribers of an import how many of its rows are done, about twice a second."""

    def __init__(self, running: PriceImport, phase: str) -> None:
        self.phase, self.teller = phase, Teller(topic(running.pk))

    def tell(self, done: int, total: int, at_once: bool = False) -> None:
        """Say that `done` of `total` rows are through this phase."""
        self.teller.tell({"phase": self.phase, "rows_done": done, "rows_total": total}, at_once)

    def end(self) -> None:
        """The row in the database says it all from here on."""
        self.teller.end()


def seen(found: PriceImport) -> dict[str, Any]:
    """Phase, rows done and rows total of an import, of this moment where it runs."""
    stored = {"phase": found.phase, "rows_done": found.rows_done, "rows_total": found.rows_total}
    return told(topic(found.pk)) or stored
