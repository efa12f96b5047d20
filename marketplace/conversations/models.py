"""Talk between people about a document: the messages, what went with them, and how far each member has read."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from marketplace.attachments.models import Attachment
from marketplace.core.actor import Actor
from marketplace.core.rows import ProtectedQuerySet
from marketplace.parties.documents import DocumentPart, DocumentPartQuerySet, document_checks


class ConversationKind(models.TextChoices):
    """Who talks about what. Further kinds come with what makes them."""

    DOCUMENT = "document", _("Document talk")


class ConversationQuerySet(DocumentPartQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Conversations in which somebody has written something that the actor's side reads."""
        own, told_seller, told_buyer = (
            actor.organization_id,
            Q(seller_last_at__isnull=False),
            Q(buyer_last_at__isnull=False),
        )
        if actor.on_behalf_of is not None:
            return super().visible_filter(actor) & told_seller & told_buyer
        return super().visible_filter(actor) & (Q(seller=own) & told_seller | Q(buyer=own) & told_buyer)

    def with_last(self, actor: Actor) -> ConversationQuerySet:
        """With `last_at`: when the last message that the actor's side reads was sent."""
        if actor.on_behalf_of is not None:
            return self.annotate(last_at=Least("seller_last_at", "buyer_last_at"))
        sells = When(seller=actor.organization_id, then=F("seller_last_at"))
        return self.annotate(last_at=Case(sells, default=F("buyer_last_at")))


class Conversation(DocumentPart):
    """The talk about one document; made by its first message. `last` is the place of the last message in it.

    A side's `last_at` is when the last message that it reads was sent: what the other side writes to itself leaves no
    trace in it.
    """

    kind = models.CharField(max_length=16, choices=ConversationKind, default=ConversationKind.DOCUMENT)
    last = models.PositiveIntegerField(default=0)
    seller_last_at = models.DateTimeField(null=True)
    buyer_last_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            *document_checks("conversation"),
            models.UniqueConstraint(fields=["document_kind", "document_id"], name="conversation_of_document_once"),
        ]
        indexes = [
            models.Index(fields=["seller", "-seller_last_at"], name="conversation_of_seller"),
            models.Index(fields=["buyer", "-buyer_last_at"], name="conversation_of_buyer"),
        ]


class Message(DocumentPart):
    """Something one person wrote, append-only; `seq` is its place in the conversation, internal messages counted."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="messages", db_index=False)
    seq = models.PositiveIntegerField()
    text = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    author = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+", db_index=False)
    author_organization = models.ForeignKey(
        "parties.Organization", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            *document_checks("message"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
        ]


class MessageFile(DocumentPart):
    """A file that went with a message. Append-only, as the message is."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="message_file")

    class Meta:
        constraints = document_checks("message_file")


class ReadMarkQuerySet(ProtectedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own marks."""
        return Q(membership__user=actor.user_id, membership__organization=actor.organization_id)


class ReadMark(models.Model):
    """How far a member has read: up to the message at this place."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="marks", db_index=False)
    membership = models.ForeignKey("parties.Membership", models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    objects = ReadMarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "membership"], name="read_mark_once")]
