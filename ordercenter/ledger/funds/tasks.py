from celery import shared_task

from marketplace.core.actor import Actor
from ordercenter.ledger.funds.ending import tell
from ordercenter.ledger.funds.expire import expire
from ordercenter.ledger.funds.interest import pay_interest as pay


@shared_task(acks_late=True)
def expire_funds() -> int:
    """Tidying of the books: a grant stopped counting at its end, not when this runs."""
    return expire(Actor.system())


@shared_task(acks_late=True)
def tell_of_ends() -> int:
    """Who holds what ends soon is told of it, once for each end."""
    return tell(Actor.system())


@shared_task(acks_late=True)
def pay_interest() -> int:
    """The interest of last month, for accounts that have none of it yet."""
    return pay(Actor.system())
