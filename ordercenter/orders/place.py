"""Place orders: price drafts, promise stock where the seller confirms by itself, number and write (orders §5).

The stages follow one another: authorise, complete and price (prepare.py), promotions (benefits.py), funds (funding.py),
tax and totals (totals.py), contracts (call_offs.py), credit (crediting.py), stock, write (place_rows.py). Each asks the
database only where the seller uses it, as the one statement of trade.py says. The locks of all of them are taken in the
one order: credit accounts, fund accounts, caps and coupons, contract lines, stock, number series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.numbering import numbers_for
from ordercenter.credit.book import CreditBook
from ordercenter.credit.moves import move_all
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.benefits import promote
from ordercenter.orders.call_offs import book_call_offs, check_call_offs
from ordercenter.orders.crediting import check_placing, lock_accounts, placing_moves
from ordercenter.orders.drafts import OrderDraft
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.funding import lock_purses, pay, reduce_prices
from ordercenter.orders.hold_rows import hold_rows, insert_holds
from ordercenter.orders.models import Order
from ordercenter.orders.place_rows import cancellation_rows, line_row, order_row, steps_of
from ordercenter.orders.prepare import prepare
from ordercenter.orders.priced import PricedDraft, refuse
from ordercenter.orders.promise import Wanted, promise
from ordercenter.orders.promised_money import reserve_money
from ordercenter.orders.short import drops_rest, refuses_short
from ordercenter.orders.store import LINES, insert_all
from ordercenter.orders.timeline import append
from ordercenter.orders.totals import set_totals, total_problems
from ordercenter.orders.words import plain


def place(actor: Actor, draft: OrderDraft) -> Order:
    """Place one draft; see `place_all`."""
    return place_all(actor, [draft])[0]


def place_all(actor: Actor, drafts: Sequence[OrderDraft]) -> list[Order]:
    """Place drafts and freeze their prices, all or none; as many SQL statements for 500 lines as for one (orders §5).

    Where the seller confirms by itself, stock is promised in the same transaction: the order is CONFIRMED when this
    returns. What a credit rule holds is PLACED, takes no stock and waits. A draft with `at` is a document of the past,
    entered by its seller or by the program: today's offer (assortment, quantity rules, minimum value), promotions,
    funds and credit are not asked of it. Raises PlacingRefused with all problems of all lines.
    """
    if not drafts:
        return []
    with transaction.atomic():
        priced = prepare(actor, drafts)
        book = settle(actor, priced)
        _promise_stock(actor, priced)
        orders = [order_row(actor, done) for done in priced]
        LINES.run(
            [
                line_row(done.order_id, done.draft.seller_id, done.draft.buyer_id, line)
                for done in priced
                for line in done.lines
            ]
        )
        book_call_offs(actor, priced)
        append(actor, [step for done in priced for step in steps_of(done)], priced[0].trade.now)
        insert_all(list(cancellation_rows(actor, priced)))
        insert_holds([row for done in priced for row in hold_rows(done)])
        move_all(actor, book, list(placing_moves(book, priced)))
        reserve_money(actor, priced)
        # The numbers come last: whoever else places with this seller waits from here to the end.
        _number(orders, priced)
        insert_all(orders)
    return orders


def settle(actor: Actor, priced: Sequence[PricedDraft]) -> CreditBook:
    """What the drafts come to, under the locks of credit, funds and promotions; nothing is written.

    Raises PlacingRefused: a coupon that does not hold, more asked of a fund than it gives, another total than the buyer
    saw, an order that a credit rule blocks.
    """
    book, purses = lock_accounts(priced), lock_purses(priced)
    problems = merged(promote(actor, priced), reduce_prices(purses, priced), pay(purses, priced))
    for number, done in enumerate(priced):
        set_totals(done)
        if not problems.get(number):
            problems[number] = list(total_problems(done))
    refuse(merged(problems, check_call_offs(priced)))
    refuse(check_placing(actor, book, priced))
    return book


def merged(*found: Mapping[int, list[DomainError]]) -> dict[int, list[DomainError]]:
    """Problems of several stages, by draft."""
    problems: dict[int, list[DomainError]] = {}
    for stage in found:
        for number, errors in stage.items():
            problems.setdefault(number, []).extend(errors)
    return problems


def _promise_stock(actor: Actor, priced: Sequence[PricedDraft]) -> None:
    """Allocate for the orders that are confirmed by themselves; one call for each seller and set of warehouses."""
    calls: dict[tuple[int, tuple[int, ...] | None], list[PricedDraft]] = {}
    for done in priced:
        if done.confirmed:
            chosen = None if done.draft.warehouses is None else tuple(done.draft.warehouses)
            calls.setdefault((done.draft.seller_id, chosen), []).append(done)
    refused: dict[int, list[DomainError]] = {}
    places = {id(done): number for number, done in enumerate(priced)}
    for (seller_id, chosen), group in calls.items():
        carts = [cart for done in group for cart in done.draft.carts]
        wanted = [wish for done in group for wish in _wanted(done)]
        got = promise(actor, seller_id, wanted, warehouses=chosen, carts=carts)
        for done in group:
            for line in done.lines:
                line.promised = got.get(line.id, ZERO)
            if errors := list(_short(done)):
                refused[places[id(done)]] = errors
    refuse(refused)


def _wanted(done: PricedDraft) -> Iterator[Wanted]:
    for line in done.lines:
        goods = line.goods
        if line.kind == OrderLineKind.CHARGE:
            continue
        yield Wanted(
            line_id=line.id,
            order_id=done.order_id,
            variant_id=goods.variant_id,
            position=line.position,
            quantity=line.given.quantity,
            factor=goods.factor,
            exponent=goods.uom_exponent,
            policy=done.policy,
            placed_at=done.at,
        )


def _short(done: PricedDraft) -> Iterator[DomainError]:
    """What shortage means for this order: it waits, its rest is dropped, or it is refused."""
    short = [line for line in done.lines if line.promised < line.given.quantity and line.kind != OrderLineKind.CHARGE]
    for line in short:
        if line.skips:  # a gift that is not there is left out, and stops nothing
            line.dropped = line.given.quantity - line.promised
    short = [line for line in short if not line.skips]
    if not short:
        return
    backorders = done.trade.takes_backorders
    promised = any(line.promised for line in done.lines)
    if refuses_short(done.policy, backorders, promised):
        for line in short:
            text = _("%(sku)s: %(wanted)s wanted, %(got)s available.")
            values = {"sku": line.goods.sku, "wanted": plain(line.given.quantity), "got": plain(line.promised)}
            yield DomainError(OrderErrorCode.STOCK_SHORT, text % values, "quantity", line.position - 1)
    elif drops_rest(done.policy, backorders):
        for line in short:
            line.dropped = line.given.quantity - line.promised


def _number(orders: Sequence[Order], priced: Sequence[PricedDraft]) -> None:
    """Give numbers in the order of the drafts, each of its seller's series."""
    askers = [(done.draft.seller_id, done.trade.number_prefix) for done in priced]
    for order, number in zip(orders, numbers_for("order", askers), strict=True):
        order.number = number
