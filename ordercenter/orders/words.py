"""Figures as people write them."""

from __future__ import annotations

from typing import Any


def plain(quantity: Any) -> str:
    """A quantity as people write it, without zeros at its end."""
    return f"{quantity.normalize():f}"
