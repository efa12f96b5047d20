from celery import shared_task

from marketplace.core.actor import Actor
from ordercenter.contracts.daily import run_daily


@shared_task(acks_late=True)
def daily() -> int:
    """End, remind, renew (contracts §3.5)."""
    return run_daily(Actor.system())
