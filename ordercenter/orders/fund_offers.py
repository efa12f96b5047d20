"""What a buyer may choose of its funds for an order that is not placed yet (credit-and-ledger §6)."""

from __future__ import annotations

from ordercenter.ledger.funds.choices import FundChoice, choices
from ordercenter.ledger.funds.take import read_funds
from ordercenter.orders.funding import ask_of, paying_of, wants_funds
from ordercenter.orders.offer import DraftOffer


def fund_offers(offer: DraftOffer) -> list[FundChoice]:
    """Each account that holds something: the most that may be asked of it, and what it pays; two statements."""
    done = offer.draft
    if not wants_funds(done) or done.trade.partnership_id is None:
        return []
    return choices(read_funds([done.trade.partnership_id]), ask_of(done), paying_of(done))
