"""Waking a worker for the outbox: right after the commit, and once however many commits there are meanwhile."""

import logging
from functools import cache
from importlib import import_module

import redis
from celery import Celery
from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

TASK = "marketplace.core.tasks.dispatch_outbox"
# Set while a wake-up waits in the queue. It ends by itself, should the worker that took it have died.
QUEUED = "entrepot:outbox:queued"
QUEUED_FOR_MS = 2000


def wake_after_commit() -> None:
    """Wake a worker when the current transaction commits, once for all its events."""
    if not any(waiting[1] is wake for waiting in connection.run_on_commit):
        transaction.on_commit(wake)


def wake() -> None:
    """Queue the dispatching task unless it is queued. Never fails: the regular sweep finds what is left."""
    if not settings.OUTBOX_WAKES:
        return
    try:
        if client().set(QUEUED, 1, nx=True, px=QUEUED_FOR_MS):
            celery_app().send_task(TASK, ignore_result=True, retry=False)
    except Exception:
        logger.warning("No worker could be woken for the outbox; the next sweep hands the events on.", exc_info=True)


def celery_app() -> Celery:
    """The configured Celery application; not its `current_app`, which is another one where nobody imported ours."""
    return import_module("marketplace.celery").app


def woken() -> None:
    """Called by the task before it looks: whoever commits from now on queues the next one."""
    client().delete(QUEUED)


@cache
def client() -> redis.Redis:
    """The process's Redis connections."""
    return redis.Redis.from_url(settings.REDIS_URL)
