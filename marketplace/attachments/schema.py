"""Files of documents as the schema shows them. A room puts `attachments_of("<kind>")` on its own document's type."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.conf import settings
from django.urls import reverse

from marketplace.attachments.add import attachment_add
from marketplace.attachments.errors import AttachmentErrorCode
from marketplace.attachments.models import Attachment
from marketplace.attachments.remove import attachment_remove, may_remove
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Field,
    ModelType,
    Upload,
    enum_of,
    from_global_id,
    grouped,
    label_field,
)
from marketplace.parties.schema.documents import actor_name, document_key, document_node
from marketplace.parties.schema.types import OrganizationType, UserType, text
from marketplace.parties.sides import SideAudience


class AttachmentType(ModelType, model=Attachment, name="Attachment"):
    """A file on a document."""

    name = text("What it is called.")
    content_type = text("What it is, told by its content, such as application/pdf.")
    size = Field(graphene.Int, required=True, description="Bytes.")
    sha256 = text("The SHA-256 sum of its content, in hexadecimal.")
    url = text("Where it is fetched, to keep; with `?show` added, a picture or PDF to look at.")
    thumbnail_url = Field(graphene.String, description="A small picture of it, where it is a picture.")
    audience = Field(enum_of(SideAudience), required=True, description="Which side of the document sees it.")
    audience_label = label_field("visible", description="The label of `audience` in the reader's language.")
    internal = Field(graphene.Boolean, required=True, description="Only your own side sees it.")
    in_message = Field(graphene.Boolean, required=True, description="It was sent with a message.")
    added_at = Field(DateTime, required=True, description="When it was added.")
    added_by = Field(UserType, description="Who added it, if a colleague of yours.")
    added_by_name = text("Who added it: a colleague by name, the other side by its organization.")
    organization = Field(OrganizationType, description="For whom it was added.")
    can_remove = Field(graphene.Boolean, required=True, description="You added it yourself and may take it away.")
    document = document_node("The document it is on.")

    def resolve_url(root: Any, _info: Any) -> str:
        return reverse("attachment", args=[root.pk])

    def resolve_thumbnail_url(root: Any, _info: Any) -> str | None:
        return reverse("attachment-thumbnail", args=[root.pk]) if root.thumbnail else None

    def resolve_internal(root: Any, _info: Any) -> bool:
        return root.audience is not SideAudience.BOTH

    def resolve_added_by(root: Any, info: Any) -> Any:
        return UserType.load(info, root.added_by_id)

    def resolve_added_by_name(root: Any, info: Any) -> Any:
        return actor_name(info, root.added_by_id, root.added_for_id)

    def resolve_organization(root: Any, info: Any) -> Any:
        return OrganizationType.load(info, root.added_for_id)

    def resolve_can_remove(root: Any, info: Any) -> bool:
        return may_remove(info.context.actor, root)


class AttachmentsOfDocument(BatchLoader):
    """The files of documents of one kind, oldest first."""

    def batch(self, keys: list[int]) -> list[list[Attachment]]:
        rows = Attachment.objects.visible_to(self.actor).filter(document_kind=self.params[0], document_id__in=keys)
        return grouped(rows.order_by("document_id", "pk"), by="document_id", keys=keys)


def attachments_of(kind: str) -> ConnectionField:
    """The field `attachments` for the type of a kind of documents; its rows have the document's key."""

    def resolve(root: Any, info: Any) -> Any:
        return AttachmentsOfDocument.of(info, kind).load(root.pk)

    return ConnectionField(AttachmentType, resolver=resolve, description="Its files, oldest first.")


class AttachmentAdd(BaseMutation, permission="attachments.add", codes=AttachmentErrorCode, atomic=False):
    """Put a file on a document: a document, sheet, picture, film, drawing or archive."""

    class Arguments:
        document = graphene.ID(required=True, description="The document, such as an order.")
        file = Upload(required=True, description="The file.")
        internal = graphene.Boolean(description="Only your own side sees it.")

    attachment = Field(AttachmentType, description="The file.")

    @classmethod
    def perform(cls, actor: Actor, document: str, file: Any, internal: bool | None = None) -> Self:
        kind, key = document_key(document)
        return cls(attachment=attachment_add(actor, kind, key, file, bool(internal)))


class AttachmentRemove(BaseMutation, permission="attachments.add", codes=AttachmentErrorCode, atomic=False):
    """Take away a file that you have added, while its document may still change."""

    class Arguments:
        id = graphene.ID(required=True, description="The file.")

    document = document_node("The document it was on.")
    document_kind: str = ""
    document_id: int | None = None

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        found = attachment_remove(actor, from_global_id(id, "Attachment"))
        payload = cls()
        payload.document_kind, payload.document_id = found.kind, found.pk
        return payload


class Queries:
    """What can be asked about files."""

    attachment_limit = Field(
        graphene.Int, required=True, description="The largest file that is taken, in megabytes of 1,048,576 bytes."
    )

    def resolve_attachment_limit(root: Any, _info: Any) -> int:
        return settings.ATTACHMENT_MEGABYTES


class Mutations:
    """What can be done with files."""

    attachment_add = AttachmentAdd.Field()
    attachment_remove = AttachmentRemove.Field()
