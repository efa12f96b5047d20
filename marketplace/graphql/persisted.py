"""Automatic persisted queries, Apollo's protocol: send the hash; send hash and document once when it is unknown."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import Any

from django.core.cache import cache

from marketplace.graphql.failure import BadRequest, PersistedQueryNotFound

LIFETIME = 7 * 86400
KEPT = 1000
LONGEST = 100_000

_known: OrderedDict[str, str] = OrderedDict()
_lock = Lock()


def text_of(text: str | None, extensions: Any) -> str | None:
    """The document of a request: as sent, or the one its hash stands for. Raises PersistedQueryNotFound."""
    wanted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if not isinstance(wanted, dict):
        return text
    digest = wanted.get("sha256Hash")
    if wanted.get("version") != 1 or not isinstance(digest, str) or len(digest) != 64:
        raise BadRequest("Only version 1 of persisted queries, by SHA-256.")
    digest = digest.lower()
    if text is None:
        found = _recall(digest)
        if found is None:
            raise PersistedQueryNotFound("PersistedQueryNotFound")
        return found
    if sha256(text.encode()).hexdigest() != digest:
        raise BadRequest("The hash is not that of the document.")
    return text


def keep(text: str, extensions: Any) -> None:
    """Remember a document by the hash it was sent with. Call it once the document is known to be valid."""
    wanted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if not wanted or len(text) > LONGEST:
        return
    digest = wanted["sha256Hash"].lower()
    if digest not in _known:
        cache.set(_key(digest), text, LIFETIME)
        _remember(digest, text)


def _key(digest: str) -> str:
    return f"graphql:document:{digest}"


def _recall(digest: str) -> str | None:
    found = _known.get(digest)
    if found is None:
        found = cache.get(_key(digest))
        if found is not None:
            _remember(digest, found)
    return found


def _remember(digest: str, text: str) -> None:
    with _lock:
        _known[digest] = text
        while len(_known) > KEPT:
            _known.popitem(last=False)
