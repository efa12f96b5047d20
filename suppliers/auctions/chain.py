"""The chain of the minutes: each row is hashed with all before it, so none can be changed, added or left out (§9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from suppliers.auctions.rules import price_text

PREFIX = b"entrepot.audit.v1\n"


@dataclass(frozen=True, slots=True)
class Verified:
    """What recomputing found: how many rows, the head, and the first row that does not follow (None: all do)."""

    rows: int
    head: bytes
    broken_at: int | None = None


def first_hash(number: str, rules_digest: bytes) -> bytes:
    """h0: of the auction's number and its rules."""
    return sha256(PREFIX + number.encode() + b"\n" + rules_digest).digest()


def next_hash(head: bytes, body: bytes) -> bytes:
    """The head after a row."""
    return sha256(head + body).digest()


def verify_chain(number: str, rules_digest: bytes, rows: Iterable[tuple[int, bytes, bytes]]) -> Verified:
    """Recompute (n, body, hash) rows in order of n, which count from 1 without a gap."""
    head = first_hash(number, rules_digest)
    count = 0
    for n, body, kept in rows:
        count += 1
        head = next_hash(head, body)
        if n != count or head != kept:
            return Verified(count, head, count)
    return Verified(count, head)


def reserve_commitment(amount: Decimal, currency: str, nonce: bytes) -> bytes:
    """What is told of a hidden reserve price at the start; the nonce is told at the end."""
    return sha256(nonce + price_text(amount, currency).encode()).digest()
