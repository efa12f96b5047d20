"""Notifications: the list, the badge, the live toast, and what one wants to hear."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    DateTime,
    DateTimeRange,
    Field,
    Filter,
    FilterInput,
    ListFilter,
    ModelType,
    RangeFilter,
    Sort,
    SortKey,
    Subscribe,
    enum_of,
    ids_of,
    to_global_id,
)
from marketplace.notifications.errors import NotificationsErrorCode
from marketplace.notifications.models import Notification, NotificationStatus
from marketplace.notifications.reading import choose, mark_read, settings_of, text_of, unread_count
from marketplace.notifications.rules import known_rules
from marketplace.notifications.tell import topic_of


class NotificationType(ModelType, model=Notification, name="Notification"):
    """Told to you, for the organization you act for."""

    kind = Field(graphene.String, required=True, description="Which rule told it, such as `order.placed`.")
    kind_label = Field(graphene.String, required=True, description="What the kind is called.")
    title = Field(graphene.String, required=True, description="What happened, in the reader's language.")
    body = Field(graphene.String, required=True, description="More about it, perhaps empty.")
    status = Field(enum_of(NotificationStatus), required=True, description="Whether you have read it.")
    status_label = Field(graphene.String, required=True, description="The label of `status`.")
    document_kind = Field(
        graphene.String, required=True, description="Type of what it is about, `Order`; may be empty."
    )
    document = Field(graphene.ID, description="The global id of what it is about.")
    created_at = Field(DateTime, required=True, description="When it happened.")
    read_at = Field(DateTime, description="When you read it.")

    def resolve_kind_label(root: Any, _info: Any) -> str:
        rule = known_rules().get(root.kind)
        return str(rule.label) if rule else root.kind

    def resolve_title(root: Any, _info: Any) -> str:
        return text_of(root).title

    def resolve_body(root: Any, _info: Any) -> str:
        return text_of(root).body

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(root.status.label)

    def resolve_document(root: Any, _info: Any) -> str | None:
        return to_global_id(root.document_kind, root.document_id) if root.document_id else None


class NotificationFilter(FilterInput):
    """Narrows notifications."""

    status = Filter(enum_of(NotificationStatus), description="Unread ones, or read ones.")
    kind = ListFilter(graphene.String, lookup="kind", description="Of any of these kinds.")
    document_kind = ListFilter(graphene.String, lookup="document_kind", description="About documents of these types.")
    created = RangeFilter(DateTimeRange, lookup="created_at", description="Told in this time.")

    @staticmethod
    def filter_status(queryset: Any, value: NotificationStatus, info: Any) -> Any:
        return queryset.filter(read_at__isnull=value == NotificationStatus.UNREAD)


class NotificationSort(Sort, default="-CREATED_AT"):
    """Keys that notifications are sorted by."""

    CREATED_AT = SortKey.of("created_at", description="When it was told.")


class NotificationSettingType(graphene.ObjectType):
    """Whether you hear of a kind of thing."""

    class Meta:
        name = "NotificationSetting"

    kind = Field(graphene.String, required=True, description="The kind, such as `order.placed`.")
    label = Field(graphene.String, required=True, description="What it is, in the reader's language.")
    topic = Field(graphene.String, required=True, description="Under which heading it stands.")
    enabled = Field(graphene.Boolean, required=True, description="You hear of it.")


class NotificationSettingInput(graphene.InputObjectType):
    """A kind to switch on or off."""

    kind = graphene.String(required=True, description="The kind.")
    enabled = graphene.Boolean(required=True, description="Whether you want to hear of it.")


def settings_shown(actor: Actor) -> list[dict[str, Any]]:
    """The switches on offer, in the order of the rules."""
    return [
        NotificationSettingType(kind=rule.kind, label=str(rule.label), topic=str(rule.topic), enabled=enabled)
        for rule, enabled in settings_of(actor)
    ]


def setting_list() -> Any:
    """The field type of the switches."""
    return graphene.List(graphene.NonNull(NotificationSettingType))


class NotificationsRead(BaseMutation, codes=NotificationsErrorCode):
    """Mark your notifications read: those named, or all. Harmless for those that are."""

    class Arguments:
        ids = graphene.List(graphene.NonNull(graphene.ID), description="Which; all without.")
        unread = graphene.Boolean(default_value=False, description="Mark them unread again instead.")

    unread_count = Field(graphene.Int, description="How many are left for the badge.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str] | None = None, unread: bool = False) -> Self:
        keys = None if ids is None else ids_of(ids, "Notification", "ids")
        mark_read(actor, keys, read=not unread)
        return cls(unread_count=unread_count(actor))


class NotificationSettingsWrite(BaseMutation, codes=NotificationsErrorCode, atomic=False):
    """Choose what you want to hear of; kinds left out stay as they are."""

    class Arguments:
        input = graphene.List(
            graphene.NonNull(NotificationSettingInput), required=True, description="The kinds that change."
        )

    settings = Field(setting_list(), description="All your switches.")

    @classmethod
    def perform(cls, actor: Actor, input: list[Any]) -> Self:
        choose(actor, {one["kind"]: one["enabled"] for one in input})
        return cls(settings=settings_shown(actor))


class NotificationReceived(Subscribe):
    """You have been told something, in the organization you act for."""

    class Arguments:
        pass

    notification = Field(NotificationType, required=True, description="The newest.")
    unread_count = Field(graphene.Int, required=True, description="For the badge.")

    @classmethod
    def topic(cls, actor: Actor) -> str:
        if actor.user_id is None or actor.organization_id is None or actor.on_behalf_of is not None:
            raise not_found("notification")
        return topic_of(actor.user_id, actor.organization_id)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any]) -> Self | None:
        found = NotificationType.get_node(actor, payload["notification"])
        return cls(notification=found, unread_count=unread_count(actor)) if found else None


class NotificationQueries:
    """Mounted by the package."""

    notifications = ConnectionField(
        NotificationType,
        filter=NotificationFilter,
        sort=NotificationSort,
        description="What you were told, newest first.",
    )
    notifications_unread_count = Field(graphene.Int, required=True, description="How many you have not read.")
    notification_settings = Field(setting_list(), required=True, description="What you may hear of, and what you do.")

    def resolve_notifications_unread_count(root: Any, info: Any) -> int:
        return unread_count(info.context.actor)

    def resolve_notification_settings(root: Any, info: Any) -> Any:
        return settings_shown(info.context.actor)


class NotificationMutations:
    """Mounted by the package."""

    notifications_read = NotificationsRead.Field()
    notification_settings_write = NotificationSettingsWrite.Field()


class NotificationSubscriptions:
    """Mounted by the package."""

    notification_received = NotificationReceived.Field()
