"""Drafts become priced lines; all that is wrong with any of them is told before anything is written (orders §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from marketplace.catalog.goods import Goods, GoodsRequest, load_goods
from marketplace.catalog.quantities import line_problem
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors
from marketplace.core.money import round_money
from ordercenter.orders.arithmetic import ZERO, Amounts, LineCalculator, sums
from ordercenter.orders.drafts import LARGEST_AMOUNT, LINE_LIMIT, DraftLine, OrderDraft, too_much
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.trade import Trade, acts_for_seller, trade_problems, trades_of
from ordercenter.pricing.freeze import held_result
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest, PriceResult


class PlacingRefused(DomainErrors):
    """Every problem of every draft; `by_draft` says which draft each is about."""

    def __init__(self, by_draft: dict[int, list[DomainError]]) -> None:
        super().__init__(error for errors in by_draft.values() for error in errors)
        self.by_draft = by_draft


@dataclass(slots=True)
class PricedLine:
    """A line with everything that will be frozen on it; `promised` and `dropped` are what stock said."""

    given: DraftLine
    position: int
    goods: Goods
    price: PriceResult
    amounts: Amounts
    id: int = 0
    promised: Decimal = ZERO
    dropped: Decimal = ZERO


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

    @property
    def policy(self) -> str:
        return self.draft.short_policy or self.trade.short_policy


Key = tuple[int, int]


def prepare(actor: Actor, drafts: Sequence[OrderDraft]) -> list[PricedDraft]:
    """Complete, check and price drafts; three statements where all have one seller.

    Raises PlacingRefused with all problems of all lines, each with the index of its line in its draft.
    """
    trades, order_ids, line_ids = trades_of(drafts)
    problems: dict[int, list[DomainError]] = {
        number: [*trade_problems(actor, draft, trade), *shape_problems(actor, draft)]
        for number, (draft, trade) in enumerate(zip(drafts, trades, strict=True))
    }
    readable = [
        number
        for number, draft in enumerate(drafts)
        if trades[number].partnership_id is not None and len(draft.lines) <= LINE_LIMIT
    ]
    goods = _goods(actor, drafts, trades, readable)
    prices = _prices(actor, drafts, trades, goods)
    priced: list[PricedDraft] = []
    for number in readable:
        done, found = _priced(actor, number, drafts[number], trades[number], goods, prices)
        priced.append(done)
        problems[number] += found
        if not problems[number]:
            problems[number] += total_problems(done)
    if any(problems.values()):
        raise PlacingRefused({number: errors for number, errors in problems.items() if errors})
    _give_ids(priced, order_ids, line_ids)
    return priced


def _give_ids(priced: Sequence[PricedDraft], order_ids: Iterable[int], line_ids: Iterable[int]) -> None:
    ids = iter(line_ids)
    for done, order_id in zip(priced, order_ids, strict=True):
        done.order_id = order_id
        for line in done.lines:
            line.id = next(ids)


def shape_problems(actor: Actor, draft: OrderDraft) -> Iterator[DomainError]:
    """What is wrong with a draft before one looks at its lines one by one."""
    if not draft.lines:
        yield DomainError(OrderErrorCode.ORDER_EMPTY, _("The order has no line."), "lines")
    if len(draft.lines) > LINE_LIMIT:
        text = _("An order has at most %(limit)s lines; this one has %(count)s.")
        values = {"limit": LINE_LIMIT, "count": len(draft.lines)}
        yield DomainError(OrderErrorCode.ORDER_TOO_LARGE, text % values, "lines")
    if draft.at is not None and not acts_for_seller(actor, draft):
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only the seller enters orders of the past."), "at")
    for name, limit in (("buyer_reference", 64), ("external_number", 64), ("note", 4000)):
        if len(getattr(draft, name)) > limit:
            text = _("At most %(limit)s characters.") % {"limit": limit}
            yield DomainError(CoreErrorCode.INVALID, text, name)


def by_hand(actor: Actor, draft: OrderDraft) -> bool:
    """True where the actor may enter prices of its own."""
    return acts_for_seller(actor, draft) and actor.may("orders.price")


def _goods(
    actor: Actor, drafts: Sequence[OrderDraft], trades: Sequence[Trade], readable: Sequence[int]
) -> dict[Key, Goods]:
    requests: dict[int, list[GoodsRequest]] = {}
    for number in readable:
        draft, partnership_id = drafts[number], trades[number].partnership_id
        wanted = requests.setdefault(draft.seller_id, [])
        for index, line in enumerate(draft.lines):
            key = (number, index)
            wanted.append(GoodsRequest(key, partnership_id, line.variant_id, line.uom_id, line.uom_code, draft.at))
    found: dict[Key, Goods] = {}
    for seller_id, wanted in requests.items():
        found.update(load_goods(actor, seller_id, wanted))  # type: ignore[arg-type]
    return found


def _prices(
    actor: Actor, drafts: Sequence[OrderDraft], trades: Sequence[Trade], goods: dict[Key, Goods]
) -> dict[Key, PriceResult]:
    requests: dict[int, list[PriceRequest]] = {}
    for key, item in goods.items():
        number, index = key
        draft = drafts[number]
        line = draft.lines[index]
        if not item.uom_known or not line.quantity.is_finite() or line.quantity <= 0:
            continue
        partnership_id = trades[number].partnership_id or 0
        requests.setdefault(draft.seller_id, []).append(
            PriceRequest(
                key,
                partnership_id,
                line.variant_id,
                item.uom_id,
                line.whole or line.quantity,
                # A part counts for its own tier alone: the first part has counted the whole for all others.
                number if line.part_of is None else key,
                line.agreed_price,
                draft.at,
                line.requested_on or draft.requested_on,
            )
        )
    found: dict[Key, PriceResult] = {}
    for seller_id, wanted in requests.items():
        found.update((result.key, result) for result in resolve(actor, seller_id, wanted))  # type: ignore[misc]
    for (number, index), result in found.items():
        part_of = drafts[number].lines[index].part_of
        first = found.get((number, part_of)) if part_of is not None else None
        if first is not None and first.at == result.at:
            # Nothing but its day tells it from the first part, and the seller does not price by the day.
            found[number, index] = replace(first, key=result.key)
    for key, result in found.items():
        held = drafts[key[0]].lines[key[1]].held
        if held is not None:
            found[key] = held_result(result, held)
    return found


def _priced(
    actor: Actor,
    number: int,
    draft: OrderDraft,
    trade: Trade,
    goods: dict[Key, Goods],
    prices: dict[Key, PriceResult],
) -> tuple[PricedDraft, list[DomainError]]:
    confirms = trade.auto_confirm if draft.confirm is None else draft.confirm
    done = PricedDraft(draft, trade, draft.at or trade.now, confirms)
    problems: list[DomainError] = []
    calculator: LineCalculator | None = None
    hand = by_hand(actor, draft)
    for index, line in enumerate(draft.lines):
        key = (number, index)
        item, price = goods.get(key), prices.get(key)
        problem = line_refusal(item, line, index, draft.at is not None, hand) or price_refusal(item, price, index)
        if problem is not None:
            problems.append(problem)
            continue
        assert item is not None
        assert price is not None
        assert price.unit_price is not None
        if calculator is None:
            done.tax_included = price.tax_included
            calculator = LineCalculator(trade.currency, price.tax_included)
        amounts = _amounts(calculator, done.lines, index, line, price.unit_price, item)
        done.lines.append(PricedLine(line, index + 1, item, price, amounts))
    if done.lines:
        done.totals = sums(map(attrgetter("amounts"), done.lines))
    return done, problems


def _amounts(
    calculator: LineCalculator, before: Sequence[PricedLine], index: int, line: DraftLine, price: Decimal, goods: Goods
) -> Amounts:
    """What a line comes to; parts of one line at one price share what the whole comes to, to the last digit."""
    if line.whole is None:
        return calculator.line(price, line.quantity, goods.tax_rate)
    first = index if line.part_of is None else line.part_of
    parts = [one for one in before if one.position > first]
    if any(one.price.unit_price != price for one in parts):
        return calculator.line(price, line.quantity, goods.tax_rate)
    start = sum((one.given.quantity for one in parts), ZERO)
    whole = calculator.line(price, line.whole, goods.tax_rate)
    return calculator.between(whole, start, start + line.quantity, line.whole)


def line_refusal(goods: Goods | None, line: DraftLine, index: int, past: bool, hand: bool) -> DomainError | None:
    """Why a line cannot be ordered. Of a document of the past only what cannot be at all is refused: it happened."""
    found = line_problem(goods, line.quantity, past)
    if found:
        code, message = found
        return DomainError(OrderErrorCode[code], message, FIELDS.get(code, "quantity"), index)
    price = line.agreed_price
    if price is None:
        return None
    if not hand:
        return DomainError(CoreErrorCode.PERMISSION_DENIED, _("You may not enter prices by hand."), "price", index)
    if not price.is_finite() or price < 0:
        return DomainError(OrderErrorCode.PRICE_NEGATIVE, _("A price cannot be negative."), "price", index)
    exponent = price.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4 and price != round(price, 4):
        return DomainError(OrderErrorCode.PRICE_PRECISION, _("A price has at most 4 decimals."), "price", index)
    return None


FIELDS = {"UNKNOWN_VARIANT": "variant", "NOT_IN_ASSORTMENT": "variant", "UNKNOWN_UOM": "uom"}


def price_refusal(goods: Goods | None, price: PriceResult | None, index: int) -> DomainError | None:
    """The refusal of a line without a price, in this room's codes."""
    if price is None or price.error is None:
        return None
    found = price.problem("variant", index, goods.sku if goods else "")
    code = OrderErrorCode.__members__.get(price.error.name, OrderErrorCode.NO_PRICE)
    return DomainError(code, found.message if found else code.label, "variant", index)


def total_problems(done: PricedDraft) -> Iterator[DomainError]:
    """What is wrong with the order as a whole: below the minimum, or not the total the buyer saw."""
    currency, minimum = done.trade.currency, done.trade.minimum_value
    if done.totals.gross >= LARGEST_AMOUNT:
        yield too_much("lines")
    if done.totals.list_amount < minimum and done.draft.at is None:
        text = _("Orders begin at %(minimum)s %(currency)s; this one is %(value)s.")
        values = {
            "minimum": round_money(minimum, currency),
            "currency": currency,
            "value": round_money(done.totals.list_amount, currency),
        }
        yield DomainError(OrderErrorCode.ORDER_MINIMUM, text % values, "lines")
    accepted = done.draft.accepted_total
    if accepted is None:
        yield from moved_prices(done)
    elif accepted != done.totals.gross:
        text = _("The total is now %(new)s %(currency)s, not %(old)s.")
        values = {"new": done.totals.gross, "currency": currency, "old": accepted}
        yield DomainError(OrderErrorCode.PRICE_CHANGED, text % values, "accepted_total")


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
