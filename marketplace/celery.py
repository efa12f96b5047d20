"""The background worker: tasks are found in every room's `tasks.py`, regular ones in its AppConfig's `schedule`."""

import os

from celery import Celery
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("entrepot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for the threads that answer requests, too: a task they queue belongs to this application


@app.on_after_finalize.connect
def collect_schedules(sender: Celery, **_kwargs: object) -> None:
    """Take over what each AppConfig declares as `schedule = {"name": {"task": ..., "schedule": seconds}}`."""
    for config in apps.get_app_configs():
        sender.conf.beat_schedule.update(getattr(config, "schedule", {}))
