"""When a late change of place moves the close (auctions §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from suppliers.auctions.enums import ExtendLots, ExtensionBase


@dataclass(frozen=True, slots=True)
class Extension:
    """The rule of an auction. `window` and `extend_by` of nothing: the close stands still."""

    trigger_place: int = 1
    window: timedelta = timedelta(0)
    extend_by: timedelta = timedelta(0)
    base: ExtensionBase = ExtensionBase.CLOSE
    most: int = 0
    lots: ExtendLots = ExtendLots.OWN

    def moved(
        self, place: int, t_recv: datetime, close_at: datetime, hard_stop_at: datetime, extensions: int
    ) -> datetime:
        """The close after a bid that took a place: later by the rule, or as it was. Never beyond the hard stop."""
        if place > self.trigger_place or extensions >= self.most or close_at - t_recv > self.window:
            return close_at
        base = close_at if self.base is ExtensionBase.CLOSE else t_recv
        return max(close_at, min(base + self.extend_by, hard_stop_at))
