"""Conversations as the schema shows them. A room puts `conversation_of("<kind>")` on its own document's type."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import Count, Max, QuerySet

from marketplace.attachments.schema import AttachmentType
from marketplace.conversations.errors import ConversationErrorCode
from marketplace.conversations.live import document_topic, organization_topic
from marketplace.conversations.models import Conversation, ConversationKind, Message, MessageFile, ReadMark
from marketplace.conversations.read import conversation_read, unread, with_unread
from marketplace.conversations.send import message_send
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Field,
    Filter,
    FilterInput,
    ModelType,
    Sort,
    SortKey,
    Subscribe,
    Upload,
    enum_of,
    from_global_id,
    grouped,
    label_field,
    one_each,
)
from marketplace.parties.documents import find_document
from marketplace.parties.schema.documents import actor_name, document_key, document_node
from marketplace.parties.schema.types import OrganizationType, UserType, listed
from marketplace.parties.sides import SideAudience


class FilesOfMessage(BatchLoader):
    """The files that went with messages the reader sees."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        links = MessageFile.objects.visible_to(self.actor).filter(message__in=keys).select_related("attachment")
        by_message = grouped(links.order_by("message_id", "pk"), by="message_id", keys=keys)
        return [[link.attachment for link in found] for found in by_message]


class MarkOfConversation(BatchLoader):
    """How far the reader has read conversations; 0 for not at all."""

    def batch(self, keys: list[int]) -> list[int]:
        seat = self.actor.membership
        marks = ReadMark.objects.filter(conversation__in=keys, membership=seat) if seat else ReadMark.objects.none()
        found = dict(marks.values_list("conversation", "seq"))
        return [found.get(key, 0) for key in keys]


class MessageType(ModelType, model=Message, name="Message"):
    """Something one person wrote about a document. It stays as it was sent."""

    text = Field(graphene.String, required=True, description="What was written, with its line breaks; perhaps nothing.")
    at = Field(DateTime, required=True, description="When it was sent.")
    author = Field(UserType, description="Who wrote it, if a colleague of yours.")
    author_name = Field(
        graphene.String,
        required=True,
        description="Who wrote it: a colleague by name, the other side by its organization.",
    )
    organization = Field(OrganizationType, description="For whom they wrote.")
    mine = Field(graphene.Boolean, required=True, description="You wrote it yourself.")
    audience = Field(enum_of(SideAudience), required=True, description="Which side of the document reads it.")
    audience_label = label_field("visible", description="The label of `audience` in the reader's language.")
    internal = Field(graphene.Boolean, required=True, description="Only your own side reads it.")
    unread = Field(graphene.Boolean, required=True, description="Somebody else wrote it, and you have not read it.")
    attachments = listed(AttachmentType, "The files that went with it.", size=2)

    def resolve_author(root: Any, info: Any) -> Any:
        return UserType.load(info, root.author_id)

    def resolve_author_name(root: Any, info: Any) -> Any:
        return actor_name(info, root.author_id, root.author_organization_id)

    def resolve_organization(root: Any, info: Any) -> Any:
        return OrganizationType.load(info, root.author_organization_id)

    def resolve_mine(root: Any, info: Any) -> bool:
        return root.author_id is not None and root.author_id == info.context.actor.user_id

    def resolve_internal(root: Any, _info: Any) -> bool:
        return root.audience is not SideAudience.BOTH

    def resolve_unread(root: Any, info: Any) -> Any:
        if root.author_id is not None and root.author_id == info.context.actor.user_id:
            return False
        return MarkOfConversation.of(info).load(root.conversation_id).then(lambda seq: root.seq > seq)

    def resolve_attachments(root: Any, info: Any) -> Any:
        return FilesOfMessage.of(info).load(root.pk)


class MessagesOfConversation(BatchLoader):
    """The messages of conversations that the reader may read, oldest first."""

    def batch(self, keys: list[int]) -> list[list[Message]]:
        rows = Message.objects.visible_to(self.actor).filter(conversation__in=keys)
        return grouped(rows.order_by("conversation_id", "seq"), by="conversation_id", keys=keys)


class CountsOfConversation(BatchLoader):
    """How many messages of conversations the reader may read, and the key of the last one."""

    def batch(self, keys: list[int]) -> list[tuple[int, int | None]]:
        rows = Message.objects.visible_to(self.actor).filter(conversation__in=keys).order_by()
        told = rows.values("conversation").annotate(count=Count("pk"), last=Max("pk"))
        found = {row["conversation"]: (row["count"], row["last"]) for row in told}
        return [found.get(key, (0, None)) for key in keys]


class UnreadOfConversation(BatchLoader):
    """How many messages of conversations the reader has not read."""

    def batch(self, keys: list[int]) -> list[int]:
        rows = unread(self.actor).filter(conversation__in=keys).order_by()
        found = dict(rows.values_list("conversation").annotate(Count("pk")))
        return [found.get(key, 0) for key in keys]


class ConversationType(ModelType, model=Conversation, name="Conversation"):
    """The talk of the two sides of a document, and of each side within itself."""

    kind = Field(enum_of(ConversationKind), required=True, description="Who talks about what.")
    kind_label = label_field("kind")
    document = document_node("What it is about.")
    partner = Field(OrganizationType, description="The other side of the document.")
    last_at = Field(DateTime, description="When the last message that you may read was sent.")
    message_count = Field(graphene.Int, required=True, cost=1, description="Messages that you may read.")
    unread_count = Field(graphene.Int, required=True, cost=1, description="Messages of others that you have not read.")
    last_message = Field(MessageType, description="The last message that you may read.")
    messages = ConnectionField(MessageType, description="What was written, oldest first.")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return Conversation.objects.visible_to(actor).with_last(actor)

    def resolve_partner(root: Any, info: Any) -> Any:
        actor = info.context.actor
        sells = root.seller_id == actor.organization_id and actor.on_behalf_of is None
        return OrganizationType.load(info, root.buyer_id if sells else root.seller_id)

    def resolve_message_count(root: Any, info: Any) -> Any:
        return CountsOfConversation.of(info).load(root.pk).then(lambda found: found[0])

    def resolve_unread_count(root: Any, info: Any) -> Any:
        return UnreadOfConversation.of(info).load(root.pk)

    def resolve_last_message(root: Any, info: Any) -> Any:
        return CountsOfConversation.of(info).load(root.pk).then(lambda found: MessageType.load(info, found[1]))

    def resolve_messages(root: Any, info: Any) -> Any:
        return MessagesOfConversation.of(info).load(root.pk)


class ConversationOfDocument(BatchLoader):
    """The conversations about documents of one kind."""

    def batch(self, keys: list[int]) -> list[Conversation | None]:
        rows = ConversationType.visible(self.actor).filter(document_kind=self.params[0], document_id__in=keys)
        return one_each(rows, keys, by="document_id")


def conversation_of(kind: str) -> Field:
    """The field `conversation` for the type of a kind of documents; its rows have the document's key."""

    def resolve(root: Any, info: Any) -> Any:
        return ConversationOfDocument.of(info, kind).load(root.pk)

    text = "The talk about it; null while nobody has written anything that you may read."
    return Field(ConversationType, resolver=resolve, description=text)


class ConversationFilter(FilterInput):
    """Narrows conversations."""

    unread = Filter(graphene.Boolean, description="Others have written something that you have not read.")

    @staticmethod
    def filter_unread(queryset: Any, value: bool, info: Any) -> Any:
        return with_unread(info.context.actor, queryset, value)


class ConversationSort(Sort, default="-LAST_AT"):
    """Keys that conversations are sorted by."""

    LAST_AT = SortKey.of("last_at", description="When the last message was sent.")


class Queries:
    """What can be asked about conversations."""

    conversations = ConnectionField(
        ConversationType,
        filter=ConversationFilter,
        sort=ConversationSort,
        description="Conversations about documents that you may read, the liveliest first.",
    )
    unread_message_count = Field(
        graphene.Int, required=True, cost=2, description="Messages of others that you have not read, anywhere."
    )

    def resolve_unread_message_count(root: Any, info: Any) -> int:
        return unread(info.context.actor).count()


class MessageSendInput(graphene.InputObjectType):
    """A message about a document."""

    document = graphene.ID(required=True, description="The document, such as an order.")
    text = graphene.String(description="What is said, 10,000 characters at most. May be left out where files go.")
    internal = graphene.Boolean(description="Only your own side reads it.")
    files = graphene.List(graphene.NonNull(Upload), description="Files to send along, 20 at most.")


class MessageSend(BaseMutation, permission="conversations.write", codes=ConversationErrorCode, atomic=False):
    """Write a message about a document, to its other side or to your own alone."""

    class Arguments:
        input = MessageSendInput(required=True, description="The message.")

    message = Field(MessageType, description="The message.")
    conversation = Field(ConversationType, description="The conversation as it is now.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        kind, key = document_key(input.document)
        files = input.get("files") or ()
        sent = message_send(actor, kind, key, input.get("text") or "", files, bool(input.get("internal")))
        return cls(message=sent, conversation=ConversationType.get_node(actor, sent.conversation_id))


class ConversationRead(BaseMutation, codes=ConversationErrorCode, atomic=False):
    """Mark a conversation as read by you, up to a message or to its end."""

    class Arguments:
        id = graphene.ID(required=True, description="The conversation.")
        message = graphene.ID(description="The last message that you have seen; the last one there is unless told.")

    conversation = Field(ConversationType, description="The conversation as it is now.")

    @classmethod
    def perform(cls, actor: Actor, id: str, message: str | None = None) -> Self:
        upto = None if message is None else from_global_id(message, "Message", "message")
        return cls(conversation=conversation_read(actor, from_global_id(id, "Conversation"), upto))


class Mutations:
    """What can be done in conversations."""

    message_send = MessageSend.Field()
    conversation_read = ConversationRead.Field()


class MessageSent(Subscribe):
    """Somebody wrote a message that you may read."""

    class Arguments:
        document = graphene.ID(description="Only about this document; about any unless told.")

    message = Field(MessageType, required=True, description="The message.")
    conversation = Field(ConversationType, required=True, description="The conversation as it is now.")

    @classmethod
    def topic(cls, actor: Actor, document: str | None = None) -> str:
        if document is not None:
            found = find_document(actor, *document_key(document))
            return document_topic(found.kind, found.pk)
        if actor.organization_id is None:
            raise not_found("document")
        return organization_topic(actor.organization_id)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any], document: str | None = None) -> Self | None:
        message = MessageType.get_node(actor, payload["message"])
        talk = ConversationType.get_node(actor, message.conversation_id) if message else None
        return cls(message=message, conversation=talk) if talk else None


class Subscriptions:
    """What can be listened to."""

    message_sent = MessageSent.Field()
