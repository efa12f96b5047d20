from celery import shared_task


@shared_task(acks_late=True)
def follow_clocks() -> int:
    """Tidying only: when an auction starts and ends its instants decide, not when this runs (auctions §4, §5)."""
    from suppliers.auctions.following import follow_all

    return follow_all()
