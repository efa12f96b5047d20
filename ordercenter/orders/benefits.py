"""What promotions make of drafts: discounts on their lines, and the gifts they add (orders §5, promotions §5)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from marketplace.catalog.goods import Goods, GoodsRequest, load_goods
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from ordercenter.orders.arithmetic import EXACT, ONE, ZERO
from ordercenter.orders.charges import given_price
from ordercenter.orders.drafts import DraftLine
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.priced import PricedDraft, PricedLine
from ordercenter.orders.store import take_line_ids
from ordercenter.orders.totals import set_amounts
from ordercenter.promotions.evaluate import evaluate_all
from ordercenter.promotions.terms import FREIGHT, BasketLine, Evaluated, GiftLine, PromotionAsk


def promote(actor: Actor, priced: Sequence[PricedDraft], lock: bool = True) -> dict[int, list[DomainError]]:
    """Evaluate the promotions of drafts under the locks of their caps, and lower the lines; what was refused by draft.

    Nothing is asked where a seller promotes nothing and nobody has named a coupon or a gift. Without `lock` the figures
    are those of now, for looking at.
    """
    asking = {number: done for number, done in enumerate(priced) if _asks(done)}
    if not asking:
        return {}
    found = evaluate_all(actor, [basket_of(done) for done in asking.values()], lock=lock)
    for done, evaluated in zip(asking.values(), found, strict=True):
        done.evaluated = evaluated
    add_gifts(actor, asking.values(), lock)
    for done in asking.values():
        set_amounts(done)
    return {number: done.evaluated.refused for number, done in asking.items() if done.evaluated}


def _asks(done: PricedDraft) -> bool:
    return not done.past and bool(done.trade.promotes or done.draft.coupons or done.draft.gifts)


def basket_of(done: PricedDraft) -> PromotionAsk:
    """A priced draft as promotions look at it."""
    freight = next((line.amounts.list_amount for line in done.lines if line.key == FREIGHT), ZERO)
    return PromotionAsk(
        key=done.order_id,
        seller_id=done.draft.seller_id,
        partnership_id=done.trade.partnership_id or 0,
        group_ids=tuple(done.trade.group_ids or ()),
        grade_id=done.trade.grade_id,
        currency=done.trade.currency,
        channel=str(done.draft.channel or done.trade.channel),
        at=done.at,
        lines=[basket_line(line) for line in done.lines if line.kind == OrderLineKind.GOODS],
        coupons=tuple(done.draft.coupons),
        gifts=tuple(done.draft.gifts),
        freight=freight,
    )


def basket_line(line: PricedLine) -> BasketLine:
    """A line of goods; a price agreed by hand is not touched."""
    goods, quantity = line.goods, line.given.quantity
    assert line.price.unit_price is not None
    return BasketLine(
        key=line.key,
        scope=goods.scope,
        uom_id=goods.uom_id,
        quantity=quantity,
        factor=goods.factor,
        base_quantity=EXACT.multiply(quantity, goods.factor),
        unit_price=line.price.unit_price,
        list_amount=line.amounts.list_amount,
        floor_price=line.price.floor_price,
        promotable=line.given.agreed_price is None,
        position=line.position,
    )


def add_gifts(actor: Actor, asking: Iterable[PricedDraft], with_ids: bool = True) -> None:
    """Put the chosen gifts and add-ons below the goods, charges last; one statement a seller, one for all their ids."""
    wanted = [(done, gift) for done in asking if done.evaluated for gift in done.evaluated.gift_lines()]
    if not wanted:
        return
    requests: dict[int, list[GoodsRequest]] = {}
    for done, gift in wanted:
        request = GoodsRequest(
            (done.order_id, gift.key), done.trade.partnership_id, gift.variant_id, gift.uom_id, at=done.draft.at
        )
        requests.setdefault(done.draft.seller_id, []).append(request)
    goods: dict[Hashable, Goods] = {}
    for seller_id, of_seller in requests.items():
        goods.update(load_goods(actor, seller_id, of_seller))
    ids = take_line_ids(len(wanted)) if with_ids else [0] * len(wanted)
    for (done, gift), pk in zip(wanted, ids, strict=True):
        found = goods.get((done.order_id, gift.key))
        if found is not None:
            _insert(done, gift_line(done, gift, found, pk))


def gift_line(done: PricedDraft, gift: GiftLine, goods: Goods, pk: int) -> PricedLine:
    """The line that a chosen gift becomes; it belongs to the first of the lines that earned it."""
    by_key: Mapping[Hashable, PricedLine] = {line.key: line for line in done.lines}
    trigger = next((by_key[key] for key in gift.triggers if key in by_key), None)
    price = given_price(done.lines[0].price, gift.unit_price)
    amounts = done.calculator.taxed(gift.list_amount, goods.tax_rate)
    given = DraftLine(gift.variant_id, gift.uom_id, gift.quantity)
    goods = replace(goods, factor=gift.factor or ONE)
    line = PricedLine(given, 0, goods, price, amounts, pk, kind=OrderLineKind.GIFT, trigger=trigger, key=gift.key)
    line.skips = gift.on_short == "skip"
    return line


def _insert(done: PricedDraft, line: PricedLine) -> None:
    place = next((n for n, one in enumerate(done.lines) if one.kind == OrderLineKind.CHARGE), len(done.lines))
    done.lines.insert(place, line)
    for position, one in enumerate(done.lines, 1):
        one.position = position


def line_ids(done: PricedDraft) -> dict[Hashable, int]:
    """The order's lines by the keys under which promotions and funds know them."""
    return {line.key: line.id for line in done.lines}


def discount_of(evaluated: Evaluated | None, key: Hashable) -> bool:
    """True where a promotion has given something to a line."""
    return bool(evaluated and evaluated.discounts.get(key))
