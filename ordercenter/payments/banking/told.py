"""What a statement says, whatever it is written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One booking: above 0 came in, below 0 went out."""

    booked_on: date
    amount: Decimal
    currency: str
    payer: str = ""
    payer_account: str = ""
    text: str = ""
    bank_reference: str = ""

    def facts(self) -> str:
        """What tells it from other bookings of the account."""
        parts = (self.booked_on, self.amount.normalize(), self.currency, self.bank_reference or self.text, self.payer)
        return "\x1f".join(str(part) for part in parts)


@dataclass(slots=True)
class ToldStatement:
    """A file's bookings of one account; balances are None where it does not tell them."""

    account: str
    currency: str
    lines: list[ToldLine] = field(default_factory=list)
    opening: Decimal | None = None
    closing: Decimal | None = None


def keys_of(lines: Sequence[ToldLine]) -> Iterator[str]:
    """A key for each line that the same booking has in every file it stands in.

    Two bookings that agree in everything are told apart by their place among their like, which files that cover whole
    days keep.
    """
    seen: Counter[str] = Counter()
    for line in lines:
        facts = line.facts()
        seen[facts] += 1
        yield sha256(f"{facts}\x1f{seen[facts]}".encode()).hexdigest()
