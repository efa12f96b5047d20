"""Opaque cursors: the order they belong to, and the sort values and key of one row."""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from hashlib import blake2s
from typing import Any
from uuid import UUID

import orjson

from marketplace.graphql.failure import BadInput

_TAGS: dict[type, str] = {Decimal: "d", dt.datetime: "t", dt.date: "a", UUID: "u"}
_READ: dict[str, Callable[[str], Any]] = {
    "d": Decimal,
    "t": dt.datetime.fromisoformat,
    "a": dt.date.fromisoformat,
    "u": UUID,
}


def _mark(order: str) -> str:
    return blake2s(order.encode(), digest_size=4).hexdigest()


def encode_cursor(order: str, values: list[Any]) -> str:
    """A cursor of a row that has these values in that order."""
    packed: list[Any] = [_mark(order)]
    for value in values:
        tag = _TAGS.get(type(value))
        if tag is not None:
            packed.append([tag, value.isoformat() if tag in "ta" else str(value)])
        elif value is None or isinstance(value, bool | int | str):
            packed.append(value)
        elif isinstance(value, float):
            packed.append(["f", value.hex()])
        else:
            raise TypeError(f"cannot sort by {type(value).__name__}")
    return urlsafe_b64encode(orjson.dumps(packed)).rstrip(b"=").decode()


def decode_cursor(order: str, cursor: str, size: int) -> list[Any]:
    """The values in a cursor; raises BadInput for one that is damaged or belongs to another order."""
    try:
        packed = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if not isinstance(packed, list) or packed[0] != _mark(order) or len(packed) != size + 1:
            raise ValueError("another order")
        return [_unpack(value) for value in packed[1:]]
    except (ValueError, TypeError, KeyError, IndexError, InvalidOperation, Base64Error):
        raise BadInput("The cursor does not belong to this list in this order.") from None


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        tag, text = value
        return float.fromhex(text) if tag == "f" else _READ[tag](text)
    return value
