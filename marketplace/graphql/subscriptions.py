"""Subscriptions: a topic to listen on, and what becomes of each message for each subscriber."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar

import graphene
from django.utils.translation import gettext as _
from graphene.types.objecttype import ObjectTypeOptions

from marketplace.core.actor import Actor
from marketplace.graphql.failure import PermissionDenied, Unauthenticated
from marketplace.graphql.fields import Field, requires


class SubscriptionOptions(ObjectTypeOptions):
    arguments: dict[str, Any]
    permission: str | None = None


class Subscribe(graphene.ObjectType):
    """Base of subscriptions. The class is the payload that each message becomes.

    class OrderTimelineAppended(Subscribe, permission="orders.view"):
        \"\"\"Something happened to an order.\"\"\"
        class Arguments:
            order = graphene.ID(required=True, description="The order.")
        order = Field(OrderType, description="The order as it is now.")

        @classmethod
        def topic(cls, actor, order):  # once, when the subscription starts; raise DomainError to refuse
            found = OrderType.get_node(actor, from_global_id(order, OrderType, "order"))
            if found is None:
                raise not_found("order")
            return f"order:{found.pk}"

        @classmethod
        def event(cls, actor, payload, order):  # for each message; None skips it for this subscriber
            return cls(order=OrderType.get_node(actor, payload["order"]))
    """

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        def __init_subclass__(cls, **options: Any) -> None: ...

    takes_info: ClassVar[bool] = False
    every: ClassVar[float] = 0
    """Least seconds between two answers: of messages that come meanwhile the last is answered. One that says it is
    `urgent` does not wait."""

    @classmethod
    def __init_subclass_with_meta__(
        cls, permission: str | None = None, name: str | None = None, description: str | None = None
    ) -> None:
        meta = SubscriptionOptions(cls)
        body = getattr(cls, "Arguments", None)
        meta.arguments = {k: v for k, v in vars(body).items() if not k.startswith("_")} if body else {}
        meta.permission = permission
        cls.takes_info = "info" in signature(cls.event).parameters
        super().__init_subclass_with_meta__(_meta=meta, name=name, description=description)

    @classmethod
    def Field(cls, **options: Any) -> Field:  # noqa: N802
        """Mounts the subscription: `order_timeline_appended = OrderTimelineAppended.Field()`."""
        field = Field(
            cls,
            args=cls._meta.arguments,
            resolver=cls.resolve,
            description=requires(cls._meta.description, cls._meta.permission),
            cost=options.pop("cost", 5),
            **options,
        )
        field.extensions |= {"subscription": cls}
        return field

    @classmethod
    def topic(cls, *args: Any, **arguments: Any) -> Any:
        """Given the actor and the arguments: the channel to listen on. Raises a DomainError when the actor may not."""
        raise NotImplementedError

    @classmethod
    def event(cls, *args: Any, **arguments: Any) -> Any:
        """Given the actor, the message and the arguments: the payload, None when it is not for this subscriber."""
        raise NotImplementedError

    @classmethod
    def missed(cls, _actor: Actor, **_arguments: Any) -> Iterable[dict[str, Any]]:
        """Messages that a caller who says how far it has read gets first; asked once it listens, so that none is lost.

        One that is being dispatched just then comes twice.
        """
        return ()

    @classmethod
    def check(cls, actor: Actor) -> None:
        """Raise unless the actor may listen; asked at the start and again at each message."""
        if not actor.is_authenticated:
            raise Unauthenticated(_("Sign in first."))
        permission = cls._meta.permission
        if permission is not None and not actor.may(permission):
            raise PermissionDenied(
                _("You need the permission %(permission)s.") % {"permission": permission}, permission=permission
            )

    @classmethod
    def resolve(cls, root: Any, info: Any, **arguments: Any) -> Any:
        """One message through the executor; `root` is its payload."""
        if cls.takes_info:
            arguments["info"] = info
        cls.check(info.context.actor)
        return cls.event(info.context.actor, root, **arguments)
