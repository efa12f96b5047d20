"""Mutations with an Idempotency-Key: executed once, answered as often as asked."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.idempotency import claim, keep_answer
from marketplace.graphql.answers import Result
from marketplace.graphql.context import Context
from marketplace.graphql.documents import Operation
from marketplace.graphql.failure import IdempotencyInvalid, IdempotencyMismatch

LONGEST_KEY = 128


def digest_of(operation: Operation, variables: Any) -> str:
    """What a call is: its document, operation, variables and files."""
    whole = sha256(operation.document.text.encode())
    whole.update((operation.name or "").encode() + b"\0")
    whole.update(orjson.dumps(variables or {}, default=_file_digest, option=orjson.OPT_SORT_KEYS))
    return whole.hexdigest()


def _file_digest(value: Any) -> str:
    if not hasattr(value, "chunks"):
        raise TypeError
    whole = sha256()
    for chunk in value.chunks():
        whole.update(chunk)
    value.seek(0)
    return whole.hexdigest()


def answered_once(
    key: str, operation: Operation, variables: Any, context: Context, run: Callable[[], Result]
) -> tuple[bytes, bool]:
    """The body of the answer, and whether it is a stored one.

    The key belongs to the user and organization. It commits with the mutation: after a crash either both are there or
    neither. A refused mutation keeps no key, because nothing has happened: sent again it is judged again. A second
    call with the key waits for the first. Raises IdempotencyMismatch for another call under the same key.
    """
    _check(key, operation, context)
    with transaction.atomic():
        claimed = claim(context.actor, key, digest_of(operation, variables))
        if not claimed.same_call:
            raise IdempotencyMismatch(_("This Idempotency-Key was used for another request."))
        if claimed.answer is not None:
            return claimed.answer.encode(), True
        result = run()
        body = orjson.dumps(result.as_dict())
        if context.refused or result.errors:
            transaction.set_rollback(True)
        else:
            keep_answer(claimed, body.decode())
    return body, False


def _check(key: str, operation: Operation, context: Context) -> None:
    if not context.actor.is_authenticated:
        raise IdempotencyInvalid("An Idempotency-Key belongs to a user: sign in first.")
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise IdempotencyInvalid(f"An Idempotency-Key is 1 to {LONGEST_KEY} printable ASCII characters.")
    if not operation.is_replayable:
        raise IdempotencyInvalid("This mutation takes no Idempotency-Key: its answer is never stored.")
