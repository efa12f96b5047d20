"""What a person does with notifications: reads them, and chooses what to hear."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.notifications.models import Notification, NotificationSetting
from marketplace.notifications.rules import NotificationRule, Text, known_rules

#: Days for which a notification is kept.
KEPT_DAYS = 180


def mark_read(actor: Actor, ids: Collection[int] | None = None, read: bool = True) -> int:
    """Mark one's notifications read, or unread again: those named, or all; how many changed.

    Those of others are passed over.
    """
    rows = Notification.objects.visible_to(actor).filter(read_at__isnull=read)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=Now() if read else None)


def unread_count(actor: Actor) -> int:
    """How many the badge shows."""
    return Notification.objects.visible_to(actor).filter(read_at=None).count()


def text_of(notification: Notification) -> Text:
    """Its text in the active language; what no rule knows any more tells nothing but that it was."""
    rule = known_rules().get(notification.kind)
    return rule.wording(notification.data) if rule else Text(str(_("Something happened")))


def offered_rules(actor: Actor) -> list[NotificationRule]:
    """The kinds a person may ever hear: those whose permission its roles grant."""
    return [rule for rule in known_rules().values() if not rule.permissions or any(map(actor.may, rule.permissions))]


def settings_of(actor: Actor) -> list[tuple[NotificationRule, bool]]:
    """Each kind on offer and whether the person hears it; one statement."""
    chosen = dict(NotificationSetting.objects.visible_to(actor).values_list("kind", "enabled"))
    return [(rule, chosen.get(rule.kind, rule.enabled)) for rule in offered_rules(actor)]


def choose(actor: Actor, wishes: Mapping[str, bool]) -> None:
    """Switch kinds on or off for oneself, in the organization one acts for. Raises INVALID for an unknown kind."""
    known = known_rules()
    raise_all(
        DomainError(CoreErrorCode.INVALID, _("There is no such notification."), "kind", index)
        for index, kind in enumerate(wishes)
        if kind not in known
    )
    if actor.user_id is None:
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only people are notified."))
    rows = [
        NotificationSetting(organization_id=actor.own_id, user_id=actor.user_id, kind=kind, enabled=enabled)
        for kind, enabled in wishes.items()
    ]
    with transaction.atomic():
        NotificationSetting.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["user", "organization", "kind"],
            update_fields=["enabled"],
        )
