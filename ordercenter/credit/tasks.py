from celery import shared_task

from marketplace.core.actor import Actor
from ordercenter.credit import later


@shared_task(acks_late=True)
def recall_due() -> int:
    """Far orders whose day has come count as open orders again (credit-and-ledger §4)."""
    return later.recall_due(Actor.system())
