"""How far a bid has to go down: w ⊖ step (auctions §2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from suppliers.auctions.enums import StepKind


@dataclass(frozen=True, slots=True)
class Band:
    """(above, up_to]: above excluded, up_to included; None is without end."""

    above: Decimal
    up_to: Decimal | None
    value: Decimal

    def holds(self, worth: Fraction) -> bool:
        return worth > self.above and (self.up_to is None or worth <= self.up_to)


@dataclass(frozen=True, slots=True)
class Step:
    """The least move: an amount, percent of what is beaten, an amount by band of it, or multiples of an amount."""

    kind: StepKind
    value: Decimal = Decimal(0)
    bands: tuple[Band, ...] = ()

    def below(self, worth: Fraction) -> Fraction:
        """w ⊖ step, unrounded."""
        if self.kind is StepKind.PERCENT:
            return worth * (1 - Fraction(self.value) / 100)
        if self.kind is StepKind.BANDED:
            return worth - next((Fraction(band.value) for band in self.bands if band.holds(worth)), Fraction(0))
        return worth - Fraction(self.value)

    def fits(self, reference: Fraction, worth: Fraction) -> bool:
        """False where only multiples may be gone down and this is none."""
        if self.kind is not StepKind.MULTIPLE:
            return True
        down = (reference - worth) / Fraction(self.value)
        return down > 0 and down.denominator == 1

    def problems(self) -> Iterator[str]:
        """Paths of what does not hold together: a step of nothing, bands with a hole, an overlap or an end."""
        if self.kind is StepKind.BANDED:
            yield from self._band_problems()
        elif self.value <= 0 or (self.kind is StepKind.PERCENT and self.value >= 100):
            yield "bid_step.value"

    def _band_problems(self) -> Iterator[str]:
        bands = sorted(self.bands, key=lambda band: band.above)
        if not bands or bands[0].above > 0:
            yield "bid_step.bands"
            return
        for number, band in enumerate(bands):
            last = number == len(bands) - 1
            if band.value <= 0:
                yield f"bid_step.bands.{number}.value"
            if (band.up_to is None) != last or (not last and band.up_to != bands[number + 1].above):
                yield f"bid_step.bands.{number}.up_to"
