from importlib import import_module
from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "marketplace.core"
    label = "core"
    verbose_name = _("Foundation")
    default_auto_field = "django.db.models.BigAutoField"
    schedule: ClassVar = {
        "hand events on that nobody was woken for": {
            "task": "marketplace.core.tasks.dispatch_outbox",
            "schedule": 5.0,
            # Where all workers are busy, one sweep waits for them and not a queue of them.
            "options": {"expires": 5},
        },
        "sweep idempotency keys": {"task": "marketplace.core.tasks.sweep_idempotency", "schedule": 24 * 3600.0},
        "prune the outbox": {"task": "marketplace.core.tasks.prune_outbox", "schedule": 24 * 3600.0},
    }

    def ready(self) -> None:
        """Make our Celery application known before anybody queues a task."""
        import_module("marketplace.celery")
