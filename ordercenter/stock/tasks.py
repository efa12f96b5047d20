from celery import shared_task

from marketplace.core.actor import Actor
from ordercenter.stock.reservations import sweep_expired


@shared_task(acks_late=True)
def sweep_reservations() -> int:
    """Tidying only: an expired reservation stopped counting at its instant, not when this runs (stock §5)."""
    return sweep_expired(Actor.system())
