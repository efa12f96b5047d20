"""A tree of hashes over the entries of an envelope: one published value that no later change can keep (RFC 6962).

Leaf H(0x00 || entry), node H(0x01 || left || right), split at the largest power of two below the number of entries;
the root of nothing is H(""). H is SHA-256. See docs/concepts/sourcing-sealed.md, "What anybody can check".
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a leaf to the root: the hash beside it, and on which side that stands."""

    side: Literal["left", "right"]
    digest: bytes


def leaf(entry: bytes) -> bytes:
    """The hash of an entry; its first byte keeps a leaf from passing for a node."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two branches."""
    return sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The 32 bytes that stand for all entries in their order."""
    if not entries:
        return sha256(b"").digest()
    return _joined([leaf(entry) for entry in entries])


def path(entries: Sequence[bytes], index: int) -> list[Step]:
    """The steps from entry `index` (from 0) up to the root, nearest first. Raises IndexError if there is none."""
    if not 0 <= index < len(entries):
        raise IndexError(f"there is no entry {index} of {len(entries)}")
    return _steps([leaf(entry) for entry in entries], index)


def root_of(entry: bytes, steps: Sequence[Step]) -> bytes:
    """The root that an entry and its path lead to."""
    digest = leaf(entry)
    for step in steps:
        digest = node(step.digest, digest) if step.side == "left" else node(digest, step.digest)
    return digest


def verify(entry: bytes, steps: Sequence[Step], published: bytes) -> bool:
    """True if the entry is in the tree whose root was published."""
    return hmac.compare_digest(root_of(entry, steps), published)


def _split(count: int) -> int:
    """The largest power of two below `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _joined(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = _split(len(leaves))
    return node(_joined(leaves[:half]), _joined(leaves[half:]))


def _steps(leaves: Sequence[bytes], index: int) -> list[Step]:
    if len(leaves) == 1:
        return []
    half = _split(len(leaves))
    if index < half:
        return [*_steps(leaves[:half], index), Step("right", _joined(leaves[half:]))]
    return [*_steps(leaves[half:], index - half), Step("left", _joined(leaves[:half]))]
