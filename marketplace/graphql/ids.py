"""Relay's global ids: base64 of `Type:key`."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any

from marketplace.core.errors import not_found


def to_global_id(type_name: str, pk: Any) -> str:
    """`to_global_id("Order", 7)`."""
    return b64encode(f"{type_name}:{pk}".encode()).decode()


def split_global_id(gid: str) -> tuple[str, str]:
    """Type and key; raises ValueError for what is no global id."""
    try:
        type_name, separator, pk = b64decode(gid, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError, ValueError):
        raise ValueError("not a global id") from None
    if not separator or not type_name or not pk:
        raise ValueError("not a global id")
    return type_name, pk


def from_global_id(gid: str, expected: Any, field: str = "id", index: int | None = None) -> int:
    """The primary key in a global id of the expected type (its name or its ModelType).

    Raises NOT_FOUND naming `field` for anything else: whether another object exists is nobody's business.
    """
    name = expected if isinstance(expected, str) else expected._meta.name
    try:
        type_name, pk = split_global_id(gid)
        if type_name != name or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
            raise ValueError("another type")
    except ValueError:
        raise not_found(field, index) from None
    return int(pk)


def ids_of(gids: list[str], expected: Any, field: str) -> list[int]:
    """The primary keys of several ids; all that are wrong at once, each with its index."""
    from marketplace.core.errors import DomainError, DomainErrors

    keys: list[int] = []
    problems: list[DomainError] = []
    for index, gid in enumerate(gids):
        try:
            keys.append(from_global_id(gid, expected, field, index))
        except DomainError as error:
            problems.append(error)
    if problems:
        raise DomainErrors(problems)
    return keys
