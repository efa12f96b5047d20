"""Which part of what is promised a document uses, frees or gives back; pure (credit-and-ledger §6).

A line's part is its part value: what falls on its first `upto` units when used, on its last ones when freed. It is
computed as what should be done in all less what is done, so that the same event twice does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import part_value
from ordercenter.ledger.funds.terms import ZERO


@dataclass(slots=True)
class Promise:
    """A share of a line, or a reservation of a grant, as it stands under lock."""

    id: int
    amount: Decimal
    used: Decimal = ZERO
    freed: Decimal = ZERO
    returned: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """Still promised."""
        return self.amount - self.used - self.freed

    @property
    def kept(self) -> Decimal:
        """Used, and not come back."""
        return self.used - self.returned


def to_use(share: Promise, upto: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What more of a share is used once its first `upto` units are invoiced."""
    target = part_value(share.amount, quantity, ZERO, upto, currency)
    return min(max(target - share.used, ZERO), share.open)


def to_free(share: Promise, gone: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What more of a share is freed once its last `gone` units are cancelled."""
    target = part_value(share.amount, quantity, quantity - gone, quantity, currency)
    return min(max(target - share.freed, ZERO), share.open)


def to_promise_again(share: Promise, gone: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What of a freed share is promised again once no more than its last `gone` units are cancelled."""
    return max(share.freed - part_value(share.amount, quantity, quantity - gone, quantity, currency), ZERO)


def to_unuse(share: Promise, upto: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What of a share is used no longer once no more than its first `upto` units are invoiced."""
    target = part_value(share.amount, quantity, ZERO, upto, currency)
    return min(max(share.used - target, ZERO), share.kept)


def to_return(share: Promise, back: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What more of a share comes back once `back` units of it have been returned."""
    target = part_value(share.amount, quantity, ZERO, back, currency)
    return min(max(target - share.returned, ZERO), share.kept)


def drawn(places: Iterable[tuple[int, Decimal]], amount: Decimal) -> Iterator[tuple[int, Decimal]]:
    """Take an amount from (id, most it gives) in their order; those that give. Raises where it is too much."""
    for key, most in places:
        part = min(amount, most)
        if part > 0:
            yield key, part
            amount -= part
    if amount > 0:
        raise ValueError("more than is promised")
