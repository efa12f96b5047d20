"""A draft on its way to be an order: its lines with all that will be frozen on them, stage by stage (orders §5)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.catalog.goods import Goods
from marketplace.core.errors import DomainError, DomainErrors
from ordercenter.orders.arithmetic import ZERO, Amounts, LineCalculator
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.trade import Trade
from ordercenter.pricing.terms import PriceResult
from ordercenter.promotions.terms import Evaluated

if TYPE_CHECKING:
    from ordercenter.credit.book import Verdict
    from ordercenter.ledger.funds.terms import Taken


class PlacingRefused(DomainErrors):
    """Every problem of every draft; `by_draft` says which draft each is about."""

    def __init__(self, by_draft: dict[int, list[DomainError]]) -> None:
        super().__init__(error for errors in by_draft.values() for error in errors)
        self.by_draft = by_draft


@dataclass(slots=True)
class PricedLine:
    """A line with everything that will be frozen on it; `promised` and `dropped` are what stock said.

    A charge has goods without a variant. `funded` is what fund accounts pay of it, `trigger` the line of a gift,
    `skips`: short of stock it is left out.
    """

    given: DraftLine
    position: int
    goods: Goods
    price: PriceResult
    amounts: Amounts
    id: int = 0
    promised: Decimal = ZERO
    dropped: Decimal = ZERO
    kind: OrderLineKind = OrderLineKind.GOODS
    funded: Decimal = ZERO
    trigger: PricedLine | None = None
    key: Hashable = None
    skips: bool = False

    @property
    def value(self) -> Decimal:
        """V of the line: what is payable and not paid from fund accounts."""
        return self.amounts.gross - self.funded


@dataclass(slots=True)
class PricedDraft:
    """A draft whose lines are priced, between the two sides as they stand."""

    draft: OrderDraft
    trade: Trade
    at: datetime
    confirms: bool
    lines: list[PricedLine] = field(default_factory=list)
    totals: Amounts = field(default_factory=lambda: Amounts(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO))
    tax_included: bool = True
    order_id: int = 0
    evaluated: Evaluated | None = None
    reductions: Taken | None = None
    payments: Taken | None = None
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def past(self) -> bool:
        """A document of the past: what promotions, funds and credit say today is not asked of it."""
        return self.draft.at is not None

    @property
    def held(self) -> bool:
        """A rule holds it: it is placed, and waits."""
        return any(verdict.holds for verdict in self.verdicts)

    @property
    def confirmed(self) -> bool:
        """It is confirmed as it is placed."""
        return self.confirms and not self.held

    @property
    def calculator(self) -> LineCalculator:
        return LineCalculator(self.trade.currency, self.tax_included)

    @property
    def policy(self) -> str:
        return self.draft.short_policy or self.trade.short_policy


def refuse(problems: Mapping[int, Sequence[DomainError]]) -> None:
    """Raise PlacingRefused where a draft has a problem."""
    if any(problems.values()):
        raise PlacingRefused({number: list(errors) for number, errors in problems.items() if errors})
