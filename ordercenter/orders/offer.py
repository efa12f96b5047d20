"""What a cart would come to as an order of now: promotions and funds beside prices, without locks (promotions §5).

The figures are made by the stages of placing themselves, so that the total that is shown is the total that is placed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from ordercenter.ledger.funds.take import FundBook, read_funds
from ordercenter.orders.arithmetic import ZERO, Amounts
from ordercenter.orders.benefits import promote
from ordercenter.orders.drafts import DraftLine, OrderDraft
from ordercenter.orders.entries import CheckedLine, CheckedLines
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.funding import pay, reduce_prices, wants_funds
from ordercenter.orders.priced import PricedDraft, PricedLine
from ordercenter.orders.terms import BuyingTerms
from ordercenter.orders.totals import set_totals
from ordercenter.promotions.terms import GiftChoice


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a buyer wants beside lines: coupons, chosen gifts and add-ons, amounts asked of funds."""

    coupons: Sequence[str] = ()
    gifts: Sequence[GiftChoice] = ()
    funds: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(slots=True)
class DraftOffer:
    """A cart as it would be placed: its lines by their place in the cart, what came beside them, and the total."""

    draft: PricedDraft
    by_place: dict[int, PricedLine]
    problems: list[DomainError]
    purses: dict[str, Decimal] = field(default_factory=dict)

    @property
    def gifts(self) -> list[PricedLine]:
        """Gift and add-on lines that would be added."""
        return [line for line in self.draft.lines if line.kind == OrderLineKind.GIFT]

    @property
    def funded(self) -> Decimal:
        """What fund accounts would pay of it."""
        return sum((line.funded for line in self.draft.lines), ZERO)

    @property
    def totals(self) -> Amounts:
        return self.draft.totals


def offer_of(
    actor: Actor, terms: BuyingTerms, checked: CheckedLines, wanted: Wanted, with_funds: bool = True
) -> DraftOffer | None:
    """The good lines of a cart as an order of now; None where its seller uses nothing beside prices.

    One statement for promotions (two more where gifts are in play), two for funds.
    """
    done = draft_of(terms, checked.lines, wanted)
    trade = terms.trade
    asks = trade.promotes or trade.controls_credit or wanted.coupons or wanted.gifts or wants_funds(done)
    if not asks or not done.lines:
        return None
    problems = promote(actor, [done], lock=False).get(0, [])
    purses: dict[str, Decimal] = {}
    if with_funds and wants_funds(done):
        book = read_funds([terms.partnership_id])
        purses = _available(book, terms)
        problems = problems + reduce_prices(book, [done]).get(0, []) + pay(book, [done]).get(0, [])
    set_totals(done)
    return DraftOffer(
        done, {int(line.key): line for line in done.lines if isinstance(line.key, int)}, list(problems), purses
    )


def _available(book: FundBook, terms: BuyingTerms) -> dict[str, Decimal]:
    """What each account holds that may be used now, before this order takes of it."""
    now = terms.trade.now
    return {
        kind.value: sum((grant.available for grant in grants if grant.in_force(now)), ZERO)
        for (_partnership, currency, kind), grants in book.grants.items()
        if currency == terms.currency
    }


def draft_of(terms: BuyingTerms, lines: Sequence[CheckedLine], wanted: Wanted) -> PricedDraft:
    """Checked lines as a priced draft; the key of each is its place from 1."""
    draft = OrderDraft(
        terms.seller_id, terms.buyer_id, (), coupons=wanted.coupons, gifts=wanted.gifts, funds=wanted.funds
    )
    done = PricedDraft(draft, terms.trade, terms.trade.now, confirms=False)
    for place, line in enumerate(lines, 1):
        if line.code is not None or line.goods is None or line.price is None or line.amounts is None:
            continue
        done.tax_included = line.price.tax_included
        given = DraftLine(line.goods.variant_id, line.goods.uom_id, line.wish.quantity or ZERO)
        if line.price.agreed:
            given = DraftLine(given.variant_id, given.uom_id, given.quantity, agreed_price=line.price.unit_price)
        done.lines.append(PricedLine(given, place, line.goods, line.price, line.amounts, key=place))
    return done
