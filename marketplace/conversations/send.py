"""Say something about a document, to the other side or to one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.attachments.add import check_may_add, kept, write_files
from marketplace.attachments.models import Attachment
from marketplace.conversations.errors import ConversationErrorCode as Code
from marketplace.conversations.events import SENT
from marketplace.conversations.models import Message, MessageFile
from marketplace.conversations.read import mark_read
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.events import DomainEvent, record
from marketplace.parties.documents import Document, find_document
from marketplace.parties.sides import SideAudience

LONGEST = 10_000

# Makes the conversation or takes it under lock, and gives the message its place: one after the other, without gaps, and
# not before the one before it, however long it has waited for the lock.
TAKE_PLACE = """
INSERT INTO conversations_conversation AS talk (kind, document_kind, document_id, seller_id, buyer_id, visible, last,
                                                seller_last_at, buyer_last_at)
VALUES ('document', %(kind)s, %(document)s, %(seller)s, %(buyer)s, %(everybody)s, 1,
        %(for_seller)s::timestamptz, %(for_buyer)s::timestamptz)
    ON CONFLICT (document_kind, document_id) DO UPDATE
   SET last = talk.last + 1,
       seller_last_at = CASE WHEN excluded.seller_last_at IS NULL THEN talk.seller_last_at
                             ELSE greatest(excluded.seller_last_at, talk.seller_last_at, talk.buyer_last_at) END,
       buyer_last_at = CASE WHEN excluded.buyer_last_at IS NULL THEN talk.buyer_last_at
                            ELSE greatest(excluded.buyer_last_at, talk.seller_last_at, talk.buyer_last_at) END
RETURNING id, last, greatest(seller_last_at, buyer_last_at)
"""


def message_send(
    actor: Actor, kind: str, document_id: int, text: str, files: Sequence[Any] = (), internal: bool = False
) -> Message:
    """Send a message about a document to both its sides; `internal`: to the actor's own side alone.

    The first message makes the conversation; its sender has read all before it. Files go with it and stay on the
    document. Raises NOT_FOUND, PERMISSION_DENIED, MESSAGE_EMPTY, MESSAGE_TOO_LONG, and what files raise.
    """
    if actor.is_read_only:
        raise DomainError(CoreErrorCode.READ_ONLY, _("Nothing can be changed in a partner's view."))
    actor.require("conversations.write")
    if files:
        check_may_add(actor)
    document = find_document(actor, kind, document_id)
    said = _checked(text, bool(files))
    audience = document.audience(actor, internal)
    if not files:
        with transaction.atomic():
            return _write(actor, document, said, (), audience)
    with kept(actor, document, files, internal, in_message=True) as rows, transaction.atomic():
        return _write(actor, document, said, rows, audience)


def _checked(text: str, with_files: bool) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said and not with_files:
        raise DomainError(Code.MESSAGE_EMPTY, _("Write something, or add a file."), "text")
    if len(said) > LONGEST:
        limit = _("A message has %(limit)s characters at most.") % {"limit": LONGEST}
        raise DomainError(Code.MESSAGE_TOO_LONG, limit, "text")
    return said


def _write(actor: Actor, document: Document, text: str, files: Sequence[Attachment], audience: SideAudience) -> Message:
    conversation_id, seq, at = take_place(document, audience)
    part = {
        "document_kind": document.kind,
        "document_id": document.pk,
        "seller_id": document.seller_id,
        "buyer_id": document.buyer_id,
        "visible": audience,
    }
    message = Message.objects.create(
        **part,
        conversation_id=conversation_id,
        seq=seq,
        text=text,
        at=at,
        author_id=actor.user_id,
        author_organization_id=actor.organization_id,
    )
    if files:
        written = write_files(actor, document, files)
        MessageFile.objects.bulk_create(MessageFile(**part, message=message, attachment=row) for row in written)
    if actor.membership is not None:
        mark_read(actor, conversation_id, seq)
    payload = {"message": message.pk, "document_kind": document.kind, "document_id": document.pk}
    told = document.organizations(audience)
    record(actor, DomainEvent(SENT.code, "conversation", conversation_id, told, payload))
    return message


def take_place(document: Document, audience: SideAudience) -> tuple[int, int, datetime]:
    """The conversation of a document, locked, and the place and instant of the next message in it. One statement."""
    at = timezone.now()
    both = document.seller_id and document.buyer_id
    parameters: dict[str, Any] = {
        "kind": document.kind,
        "document": document.pk,
        "seller": document.seller_id,
        "buyer": document.buyer_id,
        "everybody": SideAudience.BOTH.value if both else audience.value,
        "for_seller": None if audience == SideAudience.BUYER else at,
        "for_buyer": None if audience == SideAudience.SELLER else at,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_PLACE, parameters)
        return cursor.fetchone()
