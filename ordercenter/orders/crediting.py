"""Credit as orders are placed: what is asked of the rules, and where the value of each order goes (credit §4, §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from ordercenter.credit.book import CreditAsk, CreditBook, CreditMove
from ordercenter.credit.check import check_all, warn
from ordercenter.credit.enums import Bucket, Checkpoint
from ordercenter.credit.later import comes_back
from ordercenter.credit.locking import lock_credit
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.priced import PricedDraft


def lock_accounts(priced: Sequence[PricedDraft]) -> CreditBook:
    """Lock the credit accounts of drafts, level 1; nothing is asked where their sellers control no credit."""
    return lock_credit({(done.trade.partnership_id or 0, done.trade.currency) for done in priced if counts(done)})


def counts(done: PricedDraft) -> bool:
    """A document of the past enters no books of credit: its goods were delivered and charged elsewhere."""
    return done.trade.controls_credit and not done.past


def check_placing(actor: Actor, book: CreditBook, priced: Sequence[PricedDraft]) -> dict[int, list[DomainError]]:
    """Ask the rules of PLACE, and those of RELEASE where an order is confirmed at once; what is refused by draft.

    What a rule holds is placed all the same, and waits. Each order that passes is counted before the next.
    """
    if not book:
        return {}
    kept = cash_kept(book, priced)
    asked = [
        (number, ask)
        for number, done in enumerate(priced)
        if counts(done)
        for ask in asks_of(done, kept[number], done.confirms)
    ]
    verdicts = check_all(book, [ask for _number, ask in asked])
    refused: dict[int, list[DomainError]] = {}
    for (number, ask), verdict in zip(asked, verdicts, strict=True):
        done = priced[number]
        if ask.checkpoint == Checkpoint.RELEASE and done.held:
            continue
        done.verdicts.append(verdict)
        if verdict.blocked:
            refused.setdefault(number, []).append(verdict.blocked)
    if not refused and any(verdict.warnings for verdict in verdicts):
        warn(actor, book, [ask for _number, ask in asked], verdicts)
    return refused


def asks_of(done: PricedDraft, cash: Decimal, confirms: bool) -> list[CreditAsk]:
    """What the rules are asked of a draft: at PLACE, with the cash kept for it, and at RELEASE where that is next."""
    asks = [_ask(done, Checkpoint.PLACE, cash)]
    return [*asks, _ask(done, Checkpoint.RELEASE, ZERO)] if confirms else asks


def _ask(done: PricedDraft, checkpoint: Checkpoint, cash: Decimal) -> CreditAsk:
    return CreditAsk(
        order_key=done.order_id,
        partnership_id=done.trade.partnership_id or 0,
        currency=done.trade.currency,
        checkpoint=checkpoint,
        value=sum((line.value for line in done.lines), ZERO),
        cash=cash,
        order_id=done.order_id,
        payment_days=done.trade.payment_days,
    )


def placing_moves(book: CreditBook, priced: Iterable[PricedDraft]) -> Iterator[CreditMove]:
    """The value of what was placed and is open, line by line, and the cash that is kept for it."""
    priced = list(priced)
    cash = cash_kept(book, priced)
    for number, done in enumerate(priced):
        if not counts(done):
            continue
        partnership_id, currency = done.trade.partnership_id or 0, done.trade.currency
        back = comes_back(book, partnership_id, currency, done.draft.requested_on) if done.confirmed else None
        target = Bucket.HELD if done.held else Bucket.LATER if back else Bucket.OPEN_ORDERS
        part = done.calculator.part
        for line in done.lines:
            left, whole = line.given.quantity - line.dropped, line.given.quantity
            yield CreditMove(
                partnership_id=partnership_id,
                currency=currency,
                order_id=done.order_id,
                cause="placed",
                source=Bucket.OUTSIDE,
                target=target,
                amount=part(line.amounts.gross, left, whole) - part(line.funded, left, whole),
                document_kind="order",
                document_id=done.order_id,
                line_id=line.id,
                due_on=back,
            )
        yield CreditMove(
            partnership_id=partnership_id,
            currency=currency,
            order_id=done.order_id,
            cause="cash_reserved",
            source=Bucket.UNAPPLIED,
            target=Bucket.OUTSIDE,
            amount=cash[number],
            document_kind="order",
            document_id=done.order_id,
        )


def cash_kept(book: CreditBook, priced: Sequence[PricedDraft]) -> list[Decimal]:
    """What of UNAPPLIED is kept for each draft.

    Cash that credit has not heard of yet, as it was paid in a moment ago, is not counted there and cannot leave.
    """
    unapplied = {pair: account.buckets[Bucket.UNAPPLIED] for pair, account in book.accounts.items()}
    found = []
    for done in priced:
        pair = (done.trade.partnership_id or 0, done.trade.currency)
        wanted = sum((take.amount for take in takes_of(done) if take.kind == FundKind.CASH), ZERO)
        found.append(min(wanted, unapplied.get(pair, ZERO)) if counts(done) else ZERO)
        unapplied[pair] = unapplied.get(pair, ZERO) - found[-1]
    return found


def takes_of(done: PricedDraft) -> list:
    """All that funds give to an order, of both treatments."""
    return [take for taken in (done.reductions, done.payments) if taken for take in taken.takes]
