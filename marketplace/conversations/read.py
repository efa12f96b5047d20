"""How far a member has read a conversation. A mark only moves on."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from marketplace.conversations.models import Conversation, Message, ReadMark
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found

MARK = """
INSERT INTO conversations_readmark AS mark (conversation_id, membership_id, seq) VALUES (%s, %s, %s)
    ON CONFLICT (conversation_id, membership_id) DO UPDATE
   SET seq = greatest(mark.seq, excluded.seq), at = now()
"""


def conversation_read(actor: Actor, conversation_id: int, message_id: int | None = None) -> Conversation:
    """Mark a conversation as read by the actor, up to a message or to the last one its side reads; NOT_FOUND.

    Harmless when it comes twice, or late: a mark never goes back.
    """
    with transaction.atomic():
        found = Conversation.objects.visible_to(actor).with_last(actor).filter(pk=conversation_id).first()
        if found is None:
            raise not_found("id")
        rows = Message.objects.visible_to(actor).filter(conversation=found)
        if message_id is not None:
            rows = rows.filter(pk=message_id)
        seq = rows.order_by("-seq").values_list("seq", flat=True).first()
        if seq is None:
            raise not_found("message")
        if actor.membership is not None:
            mark_read(actor, found.pk, seq)
    return found


def mark_read(actor: Actor, conversation_id: int, seq: int) -> None:
    """Move the actor's mark on to a place. One statement, safe beside another of the same person."""
    assert actor.membership is not None
    with connection.cursor() as cursor:
        cursor.execute(MARK, [conversation_id, actor.membership.pk, seq])


def unread(actor: Actor) -> QuerySet[Message]:
    """Messages of others that the actor may read and has not."""
    marks = ReadMark.objects.filter(conversation=OuterRef("conversation"), membership=_seat(actor))
    read = Coalesce(Subquery(marks.values("seq")[:1]), Value(0), output_field=IntegerField())
    return Message.objects.visible_to(actor).filter(seq__gt=read).exclude(Q(author=actor.user_id))


def with_unread(actor: Actor, rows: QuerySet[Conversation], wanted: bool) -> QuerySet[Conversation]:
    """Of conversations those in which something is unread, or those in which nothing is."""
    waiting = Exists(unread(actor).filter(conversation=OuterRef("pk")))
    return rows.filter(waiting) if wanted else rows.filter(~waiting)


def _seat(actor: Actor) -> int | None:
    return actor.membership.pk if actor.membership else None
