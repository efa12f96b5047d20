"""What a shortage does to an order: its policy and whether the seller takes backorders decide (stock §4)."""

from marketplace.parties.models import ShortPolicy


def refuses_short(policy: str, takes_backorders: bool, promised: bool) -> bool:
    """True where an order that is short is not taken at all.

    So it is with COMPLETE_ORDER at a seller without backorders, and wherever the rest would be dropped and nothing at
    all is left to deliver.
    """
    if policy == ShortPolicy.COMPLETE_ORDER:
        return not takes_backorders
    return drops_rest(policy, takes_backorders) and not promised


def drops_rest(policy: str, takes_backorders: bool) -> bool:
    """True where what is short is cancelled instead of waiting."""
    return policy == ShortPolicy.PARTIAL_CANCEL or not takes_backorders
