"""Background work of orders. Each task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from marketplace.core.actor import Actor
from ordercenter.orders.together import count_together


@shared_task(acks_late=True, ignore_result=True)
def count_bought_together() -> None:
    """Count anew which goods are bought together; until then pages show the figures of yesterday."""
    count_together(Actor.system())
