"""Put files on a document: looked at first, kept in the storage, and told to the document's story."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.attachments.errors import AttachmentErrorCode as Code
from marketplace.attachments.models import Attachment
from marketplace.attachments.names import clean_name, split_name
from marketplace.attachments.pictures import thumbnail_of
from marketplace.attachments.types import FileType, type_of
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.parties.documents import Document, Told, find_document, tell_document

MOST_AT_ONCE = 20
MOST_PER_DOCUMENT = 200
MEGABYTE = 1024 * 1024
CHUNK = 262_144


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at: what it is, what it will be called, and what its content sums to."""

    content: Any
    kind: FileType
    name: str
    sha256: str


def attachment_add(actor: Actor, kind: str, document_id: int, file: Any, internal: bool = False) -> Attachment:
    """Put one file on a document; see `attachments_add`."""
    document = find_document(actor, kind, document_id)
    return attachments_add(actor, document, [file], internal)[0]


def attachments_add(actor: Actor, document: Document, files: Sequence[Any], internal: bool = False) -> list[Attachment]:
    """Put files on a document the actor may read; `internal`: for the actor's own side alone.

    Files are Django's (`name`, `size`, readable, seekable). What a file is, its first bytes say; its name has to agree.
    Raises all at once, each with the index of its file: FILE_EMPTY, FILE_TOO_LARGE, FILE_TYPE; or FILE_LIMIT,
    PERMISSION_DENIED. The same number of statements for one file and for twenty.
    """
    check_may_add(actor)
    with kept(actor, document, files, internal) as rows, transaction.atomic():
        written = write_files(actor, document, rows)
        told = [
            Told("file_added", {"file": row.name, "size": row.size}, row.audience, "attachment", row.pk)
            for row in written
        ]
        tell_document(actor, document, *told)
    return written


def check_may_add(actor: Actor) -> None:
    """Raise PERMISSION_DENIED unless the actor may add files, and for one that only looks."""
    if actor.is_read_only:
        raise DomainError(CoreErrorCode.READ_ONLY, _("Nothing can be changed in a partner's view."))
    actor.require("attachments.add")


@contextmanager
def kept(
    actor: Actor, document: Document, files: Sequence[Any], internal: bool, in_message: bool = False
) -> Iterator[list[Attachment]]:
    """Unsaved rows of files that lie in the storage; if the block fails, they are taken out of it again."""
    looked = look_at(files)
    rows: list[Attachment] = []
    try:
        for one in looked:
            rows.append(_stored(actor, document, one, internal))
            rows[-1].in_message = in_message
        yield rows
    except BaseException:
        for row in rows:
            forget_files(row)
        raise


def write_files(actor: Actor, document: Document, rows: Sequence[Attachment]) -> list[Attachment]:
    """Write the rows of stored files and their events, in the caller's transaction; three statements."""
    there = Attachment.objects.filter(removed_at=None).of(document).count()
    if there + len(rows) > MOST_PER_DOCUMENT:
        text = _("A document has %(most)s files at most.") % {"most": MOST_PER_DOCUMENT}
        raise DomainError(Code.FILE_LIMIT, text, "file")
    written = Attachment.objects.bulk_create(rows)
    record_all(actor, [event_of("attachment.added", document, row) for row in written])
    return written


def event_of(kind: str, document: Document, row: Attachment) -> DomainEvent:
    """The event of a file; its audience alone hears of it."""
    payload = {"document_kind": document.kind, "document_id": document.pk, "name": row.name, "sha256": row.sha256}
    return DomainEvent(kind, "attachment", row.pk, document.organizations(row.audience), payload)


def look_at(files: Sequence[Any]) -> list[Looked]:
    """Look at every file; raises all problems at once, each with the index of its file."""
    if not files:
        raise DomainError(CoreErrorCode.REQUIRED, _("Choose a file."), "file")
    if len(files) > MOST_AT_ONCE:
        text = _("At most %(most)s files at a time.") % {"most": MOST_AT_ONCE}
        raise DomainError(Code.FILE_LIMIT, text, "file")
    found = [_looked(file, index if len(files) > 1 else None) for index, file in enumerate(files)]
    raise_all(one for one in found if isinstance(one, DomainError))
    return [one for one in found if isinstance(one, Looked)]


def _looked(file: Any, index: int | None) -> Looked | DomainError:
    sent = str(file.name or "")
    name = clean_name(sent, "")
    limit = settings.ATTACHMENT_MEGABYTES
    if not file.size:
        return DomainError(Code.FILE_EMPTY, _("%(name)s is empty.") % {"name": name}, "file", index)
    if file.size > limit * MEGABYTE:
        text = _("%(name)s is larger than %(limit)s MB.") % {"name": name, "limit": limit}
        return DomainError(Code.FILE_TOO_LARGE, text, "file", index)
    kind = type_of(file)
    if kind is None:
        text = _("%(name)s is of a type that is not taken: send documents, sheets, pictures, drawings or archives.")
        return DomainError(Code.FILE_TYPE, text % {"name": name}, "file", index)
    name = clean_name(sent, kind.extensions[0])
    if split_name(name)[1].lower() not in kind.extensions:
        text = _("%(name)s is not what its ending says: its content is %(ending)s.")
        values = {"name": name, "ending": kind.extensions[0].upper()}
        return DomainError(Code.FILE_TYPE, text % values, "file", index)
    return Looked(file, kind, name, _digest(file))


def _digest(file: Any) -> str:
    summed = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        summed.update(chunk)
    file.seek(0)
    return summed.hexdigest()


def _stored(actor: Actor, document: Document, looked: Looked, internal: bool) -> Attachment:
    # A random name without an ending: nobody guesses it, and no web server would run it.
    place = f"attachments/{timezone.now():%Y/%m}/{token_hex(16)}"
    thumbnail = thumbnail_of(looked.content) if looked.kind.picture else None
    looked.content.seek(0)
    return Attachment(
        document_kind=document.kind,
        document_id=document.pk,
        seller_id=document.seller_id,
        buyer_id=document.buyer_id,
        visible=document.audience(actor, internal),
        name=looked.name,
        file=default_storage.save(place, looked.content),
        thumbnail=default_storage.save(f"{place}.webp", thumbnail) if thumbnail else "",
        content_type=looked.kind.content_type,
        size=looked.content.size,
        sha256=looked.sha256,
        added_at=timezone.now(),
        added_by_id=actor.user_id,
        added_for_id=actor.own_id,
    )


def forget_files(row: Attachment) -> None:
    """Take what belongs to a row out of the storage."""
    for name in filter(None, (row.file, row.thumbnail)):
        default_storage.delete(name)
