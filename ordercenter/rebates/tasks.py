"""Background work of rebates. Each task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from ordercenter.rebates.daily import run_settlements
from ordercenter.rebates.simulate import resume, run_simulation


@shared_task(ignore_result=True)
def settle_due() -> int:
    """Propose what is due of periods that have ended; a person looks at it before a partner does."""
    return run_settlements()


@shared_task(ignore_result=True)
def recalculate_policy(policy_id: int) -> None:
    """Count what a policy has not counted yet."""
    from ordercenter.rebates.daily import recalculate_as_system

    recalculate_as_system(policy_id)


@shared_task(ignore_result=True)
def simulate(simulation_id: int) -> None:
    """Try a policy on the past."""
    run_simulation(simulation_id)


@shared_task(ignore_result=True)
def resume_simulations() -> int:
    """Take up simulations whose worker died."""
    return resume()
