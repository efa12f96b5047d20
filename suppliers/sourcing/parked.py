"""Shares of a key between the first opener and the last: in Redis, encrypted, for half an hour (sourcing §4.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from marketplace.core.wake import client
from suppliers.sourcing.models import Opening
from suppliers.sourcing.sealing import Unreadable, symmetric_open, symmetric_seal

SESSION = timedelta(minutes=30)


def park(opening: Opening, opener_id: int, share: bytes) -> None:
    """Keep a share until the quorum is there; whoever reads Redis alone, or the database alone, has nothing."""
    name = _name(opening)
    sealed = symmetric_seal(_key(opening), share, _about(opening, opener_id))
    pipe = client().pipeline()
    pipe.hset(name, str(opener_id), sealed)
    pipe.expire(name, SESSION)
    pipe.execute()


def parked(opening: Opening) -> dict[int, bytes]:
    """The shares given so far by opener; what does not decrypt was not put here by us, and is left out."""
    found: dict[int, bytes] = {}
    stored: dict[Any, Any] = client().hgetall(_name(opening))
    for field, sealed in stored.items():
        opener_id = int(field)
        try:
            found[opener_id] = symmetric_open(_key(opening), bytes(sealed), _about(opening, opener_id))
        except Unreadable:
            continue
    return found


def forget(opening: Opening) -> None:
    """Drop the shares of a session."""
    client().delete(_name(opening))


def _name(opening: Opening) -> str:
    return f"sourcing:opening:{bytes(opening.salt).hex()}"


def _about(opening: Opening, opener_id: int) -> bytes:
    return f"share {opening.pk} {opener_id}".encode()


def _key(opening: Opening) -> bytes:
    salt = "suppliers.sourcing.parked"
    return salted_hmac(salt, bytes(opening.salt), secret=settings.SECRET_KEY, algorithm="sha256").digest()
