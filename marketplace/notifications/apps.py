from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import EventKind, declare, subscribe_to_lists
from marketplace.core.permissions import Permission

READERS = ("dealer_owner", "dealer_buyer", "dealer_finance")
KINDS = (
    EventKind("bulletin.written", _("Bulletin written")),
    EventKind("bulletin.published", _("Bulletin published")),
    EventKind("bulletin.announced", _("Bulletin announced to its readers")),
    EventKind("bulletin.withdrawn", _("Bulletin withdrawn")),
    EventKind("bulletin.deleted", _("Bulletin deleted")),
)


class NotificationsConfig(AppConfig):
    name = "marketplace.notifications"
    label = "notifications"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("bulletins.manage", _("Write and publish bulletins"), ("seller_owner", "seller_sales")),
        Permission("bulletins.view", _("Read bulletins"), READERS, reads=True),
    )
    schedule: ClassVar = {
        "tell of bulletins whose window has opened": {
            "task": "marketplace.notifications.tasks.announce_bulletins",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "throw old notifications away": {
            "task": "marketplace.notifications.tasks.sweep_notifications",
            "schedule": 24 * 3600.0,
        },
    }

    def ready(self) -> None:
        # Only now there are models.
        from marketplace.notifications.tell import tell_people

        declare(*KINDS)
        subscribe_to_lists("notifications")(tell_people)
