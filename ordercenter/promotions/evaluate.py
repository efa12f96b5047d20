"""Which promotions apply to baskets, and what they take off each line (promotions §2 to §5)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.money import exponent
from ordercenter.promotions.book import Book, CapRow, read_book
from ordercenter.promotions.coupons_held import coupons_of
from ordercenter.promotions.engine.entry import Buyer, CapLeft, CouponHeld, Situation, holds
from ordercenter.promotions.engine.rules import Rule
from ordercenter.promotions.engine.run import run_rules
from ordercenter.promotions.engine.scale import quantity, scaled
from ordercenter.promotions.engine.sheet import Sheet
from ordercenter.promotions.gift_facts import FactsOf, gift_facts
from ordercenter.promotions.locks import lock_caps, lock_coupons
from ordercenter.promotions.results import result_of
from ordercenter.promotions.terms import Applied, Evaluated, PromotionAsk

ALL = Decimal(100)


def evaluate_all(
    actor: Actor,
    baskets: Sequence[PromotionAsk],
    lock: bool = False,
    trace: bool = False,
    drafts: Sequence[Rule] = (),
    live: bool = True,
) -> list[Evaluated]:
    """What promotions make of each basket, in their order; one statement for any number of baskets and lines.

    Where gift pools are in play, one more prices their items, and one reads their stock. With `lock` the caps and
    coupons that could matter are locked by id (level 3 of the lock order) and read again, one statement each; the
    caller is in a transaction and writes with `life.reserve_all`. What one basket of the call takes of a cap is then
    not there for the next. `trace`: `steps` tell how every rule fared. `drafts` are evaluated beside the rules in
    force, or alone without `live`.
    """
    if not baskets:
        return []
    book = read_book(baskets, drafts)
    if not live:
        book.rules = []
    sheets = [_sheet(book, basket) for basket in baskets]
    rules = [_rules(book, basket, drafts) for basket in baskets]
    if lock:
        lock_caps(book, _reachable(book, baskets, sheets, rules))
        lock_coupons(book)
    facts = gift_facts(actor, book, baskets, rules)
    found = []
    for basket, sheet, known in zip(baskets, sheets, rules, strict=True):
        done = _evaluate(book, basket, sheet, known, facts, trace, hints=not lock)
        if lock:
            _consume(book, done)
        found.append(done)
    return found


def _sheet(book: Book, basket: PromotionAsk) -> Sheet:
    most = book.max_line_discount.get((basket.seller_id, basket.currency), ALL)
    return Sheet(basket.lines, basket.currency, book.packs, most)


def _rules(book: Book, basket: PromotionAsk, drafts: Sequence[Rule]) -> list[Rule]:
    roots = {rule.root for rule in drafts}
    return [rule for rule in book.in_force(basket) if rule.root not in roots] + list(drafts)


def _buyer(book: Book, basket: PromotionAsk) -> Buyer:
    groups, grade = basket.group_ids, basket.grade_id
    if groups is None:
        _buyer_id, groups, grade = book.buyers.get(basket.partnership_id, (0, (), None))
    return Buyer(basket.partnership_id, groups, grade, basket.channel)


def _reachable(
    book: Book, baskets: Sequence[PromotionAsk], sheets: Sequence[Sheet], rules: Sequence[Sequence[Rule]]
) -> list[tuple[int, int]]:
    """(Root, partnership) of the rules that could apply if their caps let them: for the buyer, a line in scope."""
    found = []
    for basket, sheet, known in zip(baskets, sheets, rules, strict=True):
        buyer = _buyer(book, basket)
        found += [
            (rule.root, basket.partnership_id)
            for rule in known
            if rule.root in book.caps and holds(rule.audience, buyer) and sheet.matching(rule).indices
        ]
    return found


def _evaluate(
    book: Book, basket: PromotionAsk, sheet: Sheet, rules: Sequence[Rule], facts: FactsOf, trace: bool, hints: bool
) -> Evaluated:
    coupons, refused = coupons_of(book, basket, rules)
    run = run_rules(sheet, rules, _situation(book, basket, rules, coupons, facts, trace, hints))
    done = result_of(run, basket)
    done.refused = refused + done.refused
    done.buyer_id = book.buyers.get(basket.partnership_id, (0, (), None))[0]
    done.book = book
    return done


def _situation(
    book: Book,
    basket: PromotionAsk,
    rules: Sequence[Rule],
    coupons: dict[int, CouponHeld],
    facts: FactsOf,
    trace: bool,
    hints: bool,
) -> Situation:
    return Situation(
        buyer=_buyer(book, basket),
        caps={rule.root: caps_left(book, basket, rule) for rule in rules if rule.root in book.caps},
        coupons=coupons,
        gifts=basket.gifts,
        gift_facts=facts(basket),
        freight=scaled(basket.freight, exponent(basket.currency)),
        best=book.settings.get(basket.seller_id, ("stack", 1))[0] == "best",
        kept=frozenset(one["root"] for one in basket.kept),
        trace=trace,
        hints=hints,
    )


def caps_left(book: Book, basket: PromotionAsk, rule: Rule) -> CapLeft:
    """What the caps of a promotion leave for a basket; what its own order holds already counts as left."""
    left = CapLeft()
    digits = exponent(basket.currency)
    for cap in book.caps_of(rule.root, basket.partnership_id):
        own = sum(book.held.get((basket.order_id or 0, cap.id), (0, 0)))
        if cap.measure == "uses":
            left.uses = _least(left.uses, int(cap.left + own))
        elif cap.measure == "amount":
            left.amount = _least(left.amount, scaled(cap.left + own, digits))
        else:
            key = (cap.variant_id or 0, cap.uom_id or 0)
            left.pieces[key] = _least(left.pieces.get(key), quantity(cap.left + own))
    return left


def _least(known: int | None, other: int) -> int:
    return other if known is None else min(known, other)


def _consume(book: Book, done: Evaluated) -> None:
    """Take what a basket got out of the caps and coupons of the book before the next one of the call is served."""
    basket = done.basket
    assert basket is not None
    order_id = basket.order_id or 0
    for applied in done.applied:
        for cap in book.caps_of(applied.root_id, basket.partnership_id):
            if not cap.each:
                cap.reserved += amount_for(cap, done, applied) - sum(book.held.get((order_id, cap.id), (0, 0)))
        for row in book.coupons.values():
            if row.id == applied.coupon_id and (order_id, row.id) not in book.coupon_uses:
                row.used += 1


def amount_for(cap: CapRow, done: Evaluated, applied: Applied) -> Decimal:
    """What an applied promotion takes of a cap: one use, its amount, or the gifts of one kind."""
    if cap.measure == "uses":
        return Decimal(1)
    if cap.measure == "amount":
        return applied.amount
    lines = [line for line in done.lines if line.key.promotion_id == applied.promotion_id]
    kind = (cap.variant_id, cap.uom_id)
    return sum((line.quantity for line in lines if (line.variant_id, line.uom_id) == kind), Decimal(0))
