"""Background work of sourcing."""

from celery import shared_task

from suppliers.sourcing.closing import begin_due, close_due


@shared_task(acks_late=True)
def close_events() -> int:
    """Tidying only: a quote after the deadline was refused by the database's clock, not because this ran."""
    begin_due()
    return close_due()


@shared_task(acks_late=True)
def solve_scenario(scenario_id: int) -> str:
    """Solve one award scenario; running it twice gives the same answer twice."""
    from suppliers.sourcing.scenarios import solve

    return solve(scenario_id).status
