"""Regular work: telling of bulletins in time, and throwing away notifications that nobody looks for any more."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from marketplace.notifications import bulletins
from marketplace.notifications.models import Notification
from marketplace.notifications.reading import KEPT_DAYS


@shared_task(ignore_result=True)
def sweep_notifications() -> int:
    """Delete what is older than half a year. Harmless when it runs twice, late or never."""
    return Notification.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()[0]


@shared_task(ignore_result=True)
def announce_bulletins() -> int:
    """Tell of bulletins whose window has opened. Two at once take different ones; a late one tells late."""
    return bulletins.announce_due()
