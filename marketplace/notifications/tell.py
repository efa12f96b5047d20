"""From events to notifications: one statement for each rule that looks something up, one that writes all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from marketplace.core.arrays import documents, numbers, texts
from marketplace.core.models import OutboxEvent
from marketplace.graphql.publishing import publish_all
from marketplace.notifications.rules import Hearing, NotificationRule, rules_by_event

# Whoever holds the permission there or is named, but the one who did it, those who switched the kind off, and those
# who were told already: an event that is handed on again, or two rules of one kind, tell nobody twice.
WRITE = """
INSERT INTO notifications_notification
       (user_id, organization_id, kind, event, document_kind, document_id, data, created_at)
SELECT seat.user_id, seat.organization_id, told.kind, told.event, told.document_kind, told.document_id, told.data,
       told.at
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::bigint[],
              %s::text[], %s::bigint[], %s::jsonb[], %s::timestamptz[])
       AS told(organization_id, permission, users, kind, enabled, event, doer, document_kind, document_id, data, at)
  JOIN parties_membership AS seat ON seat.organization_id = told.organization_id AND seat.is_active
  JOIN parties_user AS person ON person.id = seat.user_id AND person.is_active
  LEFT JOIN notifications_notificationsetting AS chosen
         ON chosen.user_id = seat.user_id AND chosen.organization_id = seat.organization_id AND chosen.kind = told.kind
 WHERE seat.user_id IS DISTINCT FROM told.doer
   AND coalesce(chosen.enabled, told.enabled)
   AND (seat.user_id = ANY(told.users::bigint[])
        OR told.permission <> '' AND EXISTS (
            SELECT 1 FROM parties_membership_roles AS held JOIN parties_role AS role ON role.id = held.role_id
             WHERE held.membership_id = seat.id AND role.permissions @> ARRAY[told.permission]::varchar[]))
 ORDER BY told.event, seat.id
    ON CONFLICT (user_id, organization_id, event, kind) DO NOTHING
RETURNING id, user_id, organization_id
"""

Told = tuple[NotificationRule, Hearing]

#: For so long after it happened something is worth telling.
NEWS_FOR = timedelta(days=7)


def topic_of(user_id: int, organization_id: int) -> str:
    """Where a person's open pages hear of a notification."""
    return f"notifications:{user_id}:{organization_id}"


def tell_people(events: Sequence[OutboxEvent]) -> None:
    """Write the notifications of a batch of events, and wake their readers' open pages after the commit.

    Of what is long past nobody is told: it comes from an import of history.
    """
    news = timezone.now() - NEWS_FOR
    told = list(_told([event for event in events if event.at >= news]))
    if not told:
        return
    with connection.cursor() as cursor:
        cursor.execute(WRITE, _columns(told))
        written = cursor.fetchall()
    if written:
        messages = [(topic_of(user, organization), {"notification": pk}) for pk, user, organization in written]
        transaction.on_commit(partial(publish_all, messages), robust=True)


def _told(events: Sequence[OutboxEvent]) -> Iterable[Told]:
    rules = rules_by_event()
    heard: dict[str, tuple[NotificationRule, list[OutboxEvent]]] = {}
    for event in events:
        for rule in rules.get(event.kind, ()):
            heard.setdefault(rule.kind, (rule, []))[1].append(event)
    for rule, its in heard.values():
        yield from ((rule, hearing) for hearing in rule.hearings(its))


def _columns(told: Sequence[Told]) -> list[Any]:
    hearings = [hearing for _rule, hearing in told]
    return [
        numbers(one.organization_id for one in hearings),
        texts(one.permission for one in hearings),
        # As text, because an array of arrays has to be even.
        texts(numbers(one.users) for one in hearings),
        texts(rule.kind for rule, _hearing in told),
        texts("true" if rule.enabled else "false" for rule, _hearing in told),
        numbers(one.event.pk for one in hearings),
        numbers(one.event.actor_user for one in hearings),
        texts(one.document_kind for one in hearings),
        numbers(one.document_id for one in hearings),
        documents(dict(one.data) for one in hearings),
        texts(one.event.at for one in hearings),
    ]
