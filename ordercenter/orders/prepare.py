"""Drafts become priced lines; all that is wrong with any of them is told before anything is written (orders §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.catalog.goods import Goods, GoodsRequest, load_goods
from marketplace.catalog.quantities import line_problem
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from ordercenter.orders.arithmetic import ZERO, Amounts, LineCalculator
from ordercenter.orders.call_offs import Key, with_terms
from ordercenter.orders.charges import add_charges
from ordercenter.orders.drafts import LINE_LIMIT, DraftLine, OrderDraft
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.priced import PlacingRefused, PricedDraft, PricedLine, refuse
from ordercenter.orders.trade import Trade, acts_for_seller, trade_problems, trades_of
from ordercenter.pricing.agreed import refused_by_floor
from ordercenter.pricing.freeze import held_result
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest, PriceResult

__all__ = ["PlacingRefused", "prepare"]


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
    drafts, refused = with_terms(drafts, trades, goods)
    for (number, _index), problem in refused.items():
        problems[number].append(problem)
    prices = _prices(actor, drafts, trades, goods)
    priced: list[PricedDraft] = []
    for number in readable:
        done, found = _priced(actor, number, drafts[number], trades[number], goods, prices)
        problems[number] += [*found, *add_charges(actor, done)]
        priced.append(done)
    refuse(problems)
    _give_ids(priced, order_ids, line_ids)
    return priced


def _give_ids(priced: Sequence[PricedDraft], order_ids: Iterable[int], line_ids: Iterable[int]) -> None:
    ids = iter(line_ids)
    for done, order_id in zip(priced, order_ids, strict=True):
        done.order_id = order_id
        for line in done.lines:
            line.id = next(ids)
            line.key = line.key or line.position


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
        by_list = line.contract_line_id is None and draft.at is None
        if problem is None and by_list and price is not None and refused_by_floor(actor, price):
            problem = DomainError(OrderErrorCode.BELOW_FLOOR, OrderErrorCode.BELOW_FLOOR.label, "price", index)
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
    if price is None or line.contract_line_id is not None:
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
