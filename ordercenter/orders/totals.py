"""What an order comes to: the amounts of its lines after promotions and funds, and whether that is what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from marketplace.core.errors import DomainError
from marketplace.core.money import round_money
from ordercenter.orders.arithmetic import ZERO, sums
from ordercenter.orders.drafts import LARGEST_AMOUNT, too_much
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.priced import PricedDraft


def set_amounts(done: PricedDraft) -> None:
    """Work the lines out anew that promotions or price reductions have lowered (orders §3)."""
    discounts = done.evaluated.discounts if done.evaluated else {}
    reductions = done.reductions.lines if done.reductions else {}
    for line in done.lines:
        discount, reduction = discounts.get(line.key, ZERO), reductions.get(line.key, ZERO)
        if (discount, reduction) != (line.amounts.discount, line.amounts.reduction):
            line.amounts = done.calculator.taxed(line.amounts.list_amount, line.goods.tax_rate, discount, reduction)


def set_totals(done: PricedDraft) -> None:
    """Totals are sums of lines."""
    if done.lines:
        done.totals = sums(map(attrgetter("amounts"), done.lines))


def total_problems(done: PricedDraft) -> Iterator[DomainError]:
    """What is wrong with the order as a whole: below the minimum, or not the total the buyer saw."""
    currency, minimum = done.trade.currency, done.trade.minimum_value
    if done.totals.gross >= LARGEST_AMOUNT:
        yield too_much("lines")
    value = sum((line.amounts.list_amount for line in done.lines if line.kind == OrderLineKind.GOODS), ZERO)
    if value < minimum and not done.past:
        text = _("Orders begin at %(minimum)s %(currency)s; this one is %(value)s.")
        values = {
            "minimum": round_money(minimum, currency),
            "currency": currency,
            "value": round_money(value, currency),
        }
        yield DomainError(OrderErrorCode.ORDER_MINIMUM, text % values, "lines")
    accepted = done.draft.accepted_total
    if accepted is None:
        yield from moved_prices(done)
    elif accepted != done.totals.gross:
        text = _("The total is now %(new)s %(currency)s, not %(old)s.")
        values = {"new": done.totals.gross, "currency": currency, "old": accepted}
        yield DomainError(_what_moved(done), text % values, "accepted_total")


def _what_moved(done: PricedDraft) -> OrderErrorCode:
    """Where no price has moved and promotions are in play, it is they."""
    if done.trade.promotes and not any(moved_prices(done)):
        return OrderErrorCode.PROMOTION_CHANGED
    return OrderErrorCode.PRICE_CHANGED


def moved_prices(done: PricedDraft) -> Iterator[DomainError]:
    """Lines whose price is not the one the buyer was shown."""
    for index, line in enumerate(done.lines):
        shown = line.given.shown_price
        if shown is not None and shown != line.price.unit_price:
            text = _("The price of %(sku)s is now %(new)s, not %(old)s.")
            values = {"sku": line.goods.sku, "new": _short(line.price.unit_price), "old": _short(shown)}
            yield DomainError(OrderErrorCode.PRICE_CHANGED, text % values, "price", index)


def _short(price: Decimal | None) -> str:
    """A price as people write it, without zeros at its end."""
    return "" if price is None else f"{price.normalize():f}"
