"""Columns of many values as PostgreSQL array literals: one text parameter, which costs less than a list of values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

WRITTEN = json.JSONEncoder(ensure_ascii=False)


def numbers(values: Iterable[Any]) -> str:
    """An array literal of ints, Decimals or None."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def texts(values: Iterable[Any]) -> str:
    """An array literal of strings, dates or None."""
    return "{" + ",".join(["NULL" if value is None else _quoted(str(value)) for value in values]) + "}"


def documents(values: Iterable[Any]) -> str:
    """An array literal of JSON documents."""
    return texts(map(WRITTEN.encode, values))


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
