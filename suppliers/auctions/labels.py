"""What seats are called in the room: drawn, so that a label tells neither price nor order of joining (auctions §7)."""

from __future__ import annotations

import secrets
from collections.abc import Collection

LABELS = 99


def draw(taken: Collection[str], count: int = 1) -> list[str]:
    """So many labels that are not taken, as the next of a secure random permutation."""
    size = max(LABELS, 2 * (len(taken) + count))
    free = [label for number in range(1, size + 1) if (label := f"S{number}") not in taken]
    return secrets.SystemRandom().sample(free, count)
