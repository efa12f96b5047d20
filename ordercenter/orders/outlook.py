"""What an order would do to its buyer's credit, and which rules would hold it: shown before it is placed.

The rules are those of placing, asked without locks: what is shown is what would happen now (credit-and-ledger §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ordercenter.credit.book import BookAccount, HoldDraft
from ordercenter.credit.check import check_all
from ordercenter.credit.enums import CreditMode
from ordercenter.credit.locking import look
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.crediting import asks_of, cash_kept
from ordercenter.orders.offer import DraftOffer


@dataclass(frozen=True, slots=True)
class Outlook:
    """Figures of an account now and with the order, in its currency; `holds` that it would get, `refused` why not.

    `limit`, `available` and `after` are None where there is no limit. `after`: what is left of the limit with this
    order, below 0 where it would go beyond.
    """

    currency: str
    limit: Decimal | None
    exposure: Decimal
    value: Decimal
    available: Decimal | None
    after: Decimal | None
    overdue: Decimal
    holds: Sequence[HoldDraft] = ()
    refused: str = ""


def outlook_of(offer: DraftOffer, currency: str) -> Outlook | None:
    """What the order of an offer would do; two or three statements, none where the seller controls no credit."""
    draft = offer.draft
    if not draft.trade.controls_credit or not draft.trade.partnership_id:
        return None
    pair = (draft.trade.partnership_id, currency)
    book = look([pair])
    account = book.account(*pair)
    if account is None:
        return None
    (cash,) = cash_kept(book, [draft])
    holds: dict[int, HoldDraft] = {}
    refused = ""
    # What is held at placing is not asked about its release, as when it is placed.
    for verdict in check_all(book, asks_of(draft, cash, draft.trade.auto_confirm)):
        if holds:
            break
        holds |= {hold.rule_id: hold for hold in verdict.holds}
        refused = refused or (str(verdict.blocked.message) if verdict.blocked else "")
    value = sum((line.value for line in draft.lines), ZERO)
    return _outlook(account, value, cash if account.count_unapplied else ZERO, list(holds.values()), refused)


def _outlook(account: BookAccount, value: Decimal, cash: Decimal, holds: Sequence[HoldDraft], refused: str) -> Outlook:
    limit = None if account.mode == CreditMode.UNLIMITED else account.limit
    available = account.available
    after = None if available is None else available - value - cash
    figures = (account.currency, limit, account.exposure, value, available, after, account.overdue_amount)
    return Outlook(*figures, holds, refused)
