"""Take a file off a document: by who added it, and while the document may still change."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.attachments.add import check_may_add, event_of, forget_files
from marketplace.attachments.errors import AttachmentErrorCode as Code
from marketplace.attachments.models import Attachment
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record
from marketplace.parties.documents import Document, Told, find_document, tell_document


def attachment_remove(actor: Actor, pk: int) -> Document:
    """Take away a file one has added oneself; its content goes with the commit, its row stays. Returns its document.

    Raises NOT_FOUND, PERMISSION_DENIED for another person's file, DOCUMENT_ENDED, IN_USE for a file of a message.
    """
    check_may_add(actor)
    with transaction.atomic():
        row = Attachment.objects.visible_to(actor).filter(pk=pk).select_for_update(no_key=True, of=("self",)).first()
        if row is None:
            raise not_found("id")
        document = find_document(actor, row.document_kind, row.document_id, "id")
        refused = removal_problem(actor, row, document.open)
        if refused:
            raise refused
        row.removed_at, row.removed_by_id = timezone.now(), actor.user_id
        row.save(update_fields=["removed_at", "removed_by"])
        record(actor, event_of("attachment.removed", document, row))
        told = Told("file_removed", {"file": row.name}, row.audience, "attachment", row.pk)
        tell_document(actor, document, told)
        transaction.on_commit(lambda: forget_files(row))
    return document


def removal_problem(actor: Actor, row: Attachment, document_open: bool) -> DomainError | None:
    """Why the actor cannot take this file away, None where it can."""
    if row.in_message:
        return DomainError(CoreErrorCode.IN_USE, _("The file belongs to a message; messages stay as they were sent."))
    if not may_remove(actor, row):
        return DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only who added a file can remove it."))
    if not document_open:
        return DomainError(Code.DOCUMENT_ENDED, _("The document has ended; its files stay with it."))
    return None


def may_remove(actor: Actor, row: Attachment) -> bool:
    """True for the person who added a file that is not part of a message, and for the program."""
    if row.in_message or actor.is_read_only or not actor.may("attachments.add"):
        return False
    mine = row.added_by_id == actor.user_id and row.added_for_id == actor.organization_id
    return actor.is_system or mine
