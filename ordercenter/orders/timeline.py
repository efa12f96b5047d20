"""The order's story: every step is written once, in the transaction that took it, and told to whoever listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.arrays import documents, numbers, texts
from marketplace.core.events import DomainEvent, record_all
from marketplace.parties.sides import SideAudience

#: By counter (or `quantity`): what a step added to each line, by line id.
Moves = Mapping[str, Mapping[int, Decimal]]

SQL = """
INSERT INTO orders_orderevent (order_id, seller_id, buyer_id, seq, kind, at, actor_user_id, actor_organization_id,
                               document_kind, document_id, visible, data, dedupe_key)
SELECT given.order_id, given.seller_id, given.buyer_id,
       coalesce((SELECT max(seq) FROM orders_orderevent AS told WHERE told.order_id = given.order_id), 0)
           + row_number() OVER (PARTITION BY given.order_id ORDER BY given.position),
       given.kind, given.at, %s, %s, given.document_kind, given.document_id, given.visible, given.data,
       given.dedupe_key
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::bigint[],
              %s::text[], %s::jsonb[], %s::text[]) WITH ORDINALITY
       AS given(order_id, seller_id, buyer_id, kind, at, document_kind, document_id, visible, data, dedupe_key,
                position)
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one order. `key` makes it unique in the order: a retry cannot tell it twice."""

    order_id: int
    seller_id: int
    buyer_id: int
    kind: str
    key: str
    moves: Moves = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    document_kind: str = ""
    document_id: int | None = None
    visible: SideAudience = SideAudience.BOTH
    at: datetime | None = None

    def document(self) -> dict[str, Any]:
        """What is kept of the step, fit for JSON; moves of nothing are left out."""
        moves = {
            counter: {line: format(quantity, "f") for line, quantity in lines.items() if quantity}
            for counter, lines in self.moves.items()
        }
        return {"moves": {counter: lines for counter, lines in moves.items() if lines}, **self.data}


def append(actor: Actor, steps: Sequence[Step], at: datetime | None = None) -> None:
    """Write steps of orders that this transaction holds; two statements for all of them, none for no step."""
    if not steps:
        return
    at = at or timezone.now()
    parameters = [
        actor.user_id,
        actor.organization_id,
        numbers(step.order_id for step in steps),
        numbers(step.seller_id for step in steps),
        numbers(step.buyer_id for step in steps),
        texts(step.kind for step in steps),
        texts(step.at or at for step in steps),
        texts(step.document_kind for step in steps),
        numbers(step.document_id for step in steps),
        texts(step.visible.value for step in steps),
        documents(step.document() for step in steps),
        texts(step.key for step in steps),
    ]
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
    record_all(actor, [_event(step) for step in steps], at)


def _event(step: Step) -> DomainEvent:
    return DomainEvent(step.kind, "order", step.order_id, (step.seller_id, step.buyer_id), {"key": step.key})
