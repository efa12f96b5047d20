"""Regular work of the kernel: handing events on, and throwing away what has been kept long enough."""

import logging
import time

from celery import shared_task

from marketplace.core import idempotency, outbox, wake

logger = logging.getLogger(__name__)

LONGEST_RUN = 20


@shared_task(ignore_result=True)
def dispatch_outbox() -> int:
    """Hand on what waits. Harmless when it runs twice, at the same time, late or never: the next run finds the rest."""
    try:
        wake.woken()
    except Exception:
        logger.warning("Redis did not answer; events are handed on all the same.", exc_info=True)
    dispatched, until = 0, time.monotonic() + LONGEST_RUN
    while time.monotonic() < until:
        done = outbox.dispatch_once()
        if not done:
            return dispatched
        dispatched += done.dispatched
    wake.wake()
    return dispatched


@shared_task(ignore_result=True)
def prune_outbox() -> int:
    """Throw away events handed on more than thirty days ago."""
    return outbox.prune()


@shared_task(ignore_result=True)
def sweep_idempotency() -> int:
    """Throw away answers of idempotent calls that nobody will ask for again."""
    return idempotency.sweep_idempotency_keys()
