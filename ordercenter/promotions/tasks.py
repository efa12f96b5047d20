"""Background work of promotions: simulations. Each task may run twice, late or never."""

from __future__ import annotations

from celery import shared_task

from ordercenter.promotions import simulate


@shared_task(ignore_result=True)
def promotion_simulate(simulation_id: int) -> None:
    """Replay past orders for a simulation; starts over where it runs again."""
    simulate.run_simulation(simulation_id)


@shared_task(ignore_result=True)
def resume_simulations() -> int:
    """Take up simulations that no worker was asked for."""
    return simulate.resume()
