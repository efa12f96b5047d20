"""Files of documents."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.parties.documents import DocumentPart, DocumentPartQuerySet, document_checks


class AttachmentQuerySet(DocumentPartQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Files that are there; that one was removed is told by the story of its document."""
        return super().visible_filter(actor) & Q(removed_at=None)


class Attachment(DocumentPart):
    """A file on a document. `file` is where the storage keeps it; `name` is what the person called it.

    A removed file leaves its row, so that it stays known who added what and who took it away.
    """

    name = models.CharField(max_length=200)
    file = models.CharField(max_length=255)
    thumbnail = models.CharField(max_length=255, blank=True, default="")
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    in_message = models.BooleanField(default=False)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    added_for = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            *document_checks("attachment"),
            models.UniqueConstraint(fields=["file"], name="attachment_file_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_size"),
        ]
        indexes = [models.Index(fields=["document_kind", "document_id", "id"], name="attachment_of_document")]

    def __str__(self) -> str:
        return self.name
