"""What notifications and bulletins put into the schema."""

from marketplace.notifications.schema.bulletins import BulletinMutations, BulletinQueries, BulletinType
from marketplace.notifications.schema.notifications import (
    NotificationMutations,
    NotificationQueries,
    NotificationSubscriptions,
    NotificationType,
)

__all__ = ["BulletinType", "Mutations", "NotificationType", "Queries", "Subscriptions"]


class Queries(NotificationQueries, BulletinQueries):
    """What has been told to the reader."""


class Mutations(NotificationMutations, BulletinMutations):
    """Reading, choosing, publishing."""


class Subscriptions(NotificationSubscriptions):
    """What open pages hear."""
