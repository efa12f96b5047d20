"""One answer for one key: the row of an Idempotency-Key commits or vanishes with what the call did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.models import IdempotencyKey

KEPT_FOR = timedelta(days=7)

# A second call with the key waits here until the first has committed or rolled back.
_CLAIM = """
INSERT INTO core_idempotencykey (organization, "user", key, digest) VALUES (%s, %s, %s, %s)
ON CONFLICT (organization, "user", key) DO UPDATE SET key = EXCLUDED.key
RETURNING id, digest, answer
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key in hand. `answer` is what was said the first time, None when this is the first time."""

    id: int
    same_call: bool
    answer: str | None


def claim(actor: Actor, key: str, digest: str) -> Claim:
    """Take a key in the running transaction; one statement. `digest` tells what call it stands for."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [actor.organization_id or 0, actor.user_id or 0, key, digest])
        pk, known_digest, answer = cursor.fetchone()
    return Claim(pk, known_digest == digest, None if answer is None else json.loads(answer))


def keep_answer(claimed: Claim, answer: str) -> None:
    """Store the answer beside what the call did, in the same transaction; one statement."""
    IdempotencyKey.objects.filter(pk=claimed.id).update(answer=answer)


def sweep_idempotency_keys() -> int:
    """Delete keys older than a week. Tidying only; returns how many."""
    return IdempotencyKey.objects.filter(at__lt=Now() - KEPT_FOR).delete()[0]
