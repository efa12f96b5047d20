"""What fund accounts take off drafts, and what they pay of them (orders §5, credit-and-ledger §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from marketplace.core.errors import DomainError
from ordercenter.ledger.funds.take import lock_funds, payments, reductions
from ordercenter.ledger.funds.terms import FundAsk, FundBook, FundLine, Taken
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.benefits import discount_of
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.priced import PricedDraft
from ordercenter.orders.totals import set_amounts


def wants_funds(done: PricedDraft) -> bool:
    """True where the buyer holds something with this seller, or has asked for it."""
    return not done.past and bool(done.trade.has_funds or any(done.draft.funds.values()))


def lock_purses(priced: Sequence[PricedDraft]) -> FundBook | None:
    """Lock the fund accounts that drafts may use, level 2; None where none may."""
    partnerships = {done.trade.partnership_id for done in priced if wants_funds(done) and done.trade.partnership_id}
    return lock_funds(sorted(partnerships)) if partnerships else None


def reduce_prices(book: FundBook | None, priced: Sequence[PricedDraft]) -> dict[int, list[DomainError]]:
    """The first stage: funds that lower the price, before tax; what cannot be by draft."""
    asking = _asking(book, priced)
    if book is None or not asking:
        return {}
    found = reductions(book, [ask_of(done) for done in asking.values()])
    for done, taken in zip(asking.values(), found, strict=True):
        done.reductions = taken
        set_amounts(done)
    return _problems(asking, found)


def pay(book: FundBook | None, priced: Sequence[PricedDraft]) -> dict[int, list[DomainError]]:
    """The second stage: funds that pay what is owed with tax; what cannot be by draft."""
    asking = _asking(book, priced)
    if book is None or not asking:
        return {}
    found = payments(book, [paying_of(done) for done in asking.values()])
    for done, taken in zip(asking.values(), found, strict=True):
        done.payments = taken
        shares = taken.lines
        for line in done.lines:
            line.funded = shares.get(line.key, ZERO)
    return _problems(asking, found)


def _asking(book: FundBook | None, priced: Sequence[PricedDraft]) -> dict[int, PricedDraft]:
    if book is None:
        return {}
    return {number: done for number, done in enumerate(priced) if wants_funds(done)}


def ask_of(done: PricedDraft) -> FundAsk:
    """A draft as funds look at it."""
    lines = [
        FundLine(
            line.key,
            line.goods.scope,
            line.amounts.list_amount - line.amounts.discount,
            None,
            line.kind == OrderLineKind.GIFT,
            discount_of(done.evaluated, line.key),
        )
        for line in done.lines
    ]
    return FundAsk(
        order_key=done.order_id,
        seller_id=done.draft.seller_id,
        partnership_id=done.trade.partnership_id or 0,
        currency=done.trade.currency,
        at=done.trade.now,
        lines=lines,
        asked=done.draft.funds,  # type: ignore[arg-type]
    )


def paying_of(done: PricedDraft) -> FundAsk:
    """The same with what each line comes to with tax, after reductions: for the second stage."""
    ask = ask_of(done)
    lines = [replace(line, payable=own.amounts.gross) for line, own in zip(ask.lines, done.lines, strict=True)]
    return replace(ask, lines=lines)


def _problems(asking: Mapping[int, PricedDraft], found: Sequence[Taken]) -> dict[int, list[DomainError]]:
    return {number: list(taken.problems) for number, taken in zip(asking, found, strict=True) if taken.problems}
