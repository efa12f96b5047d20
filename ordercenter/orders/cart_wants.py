"""What a cart asks for beside its lines: coupons, gifts and add-ons, amounts of fund accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.orders.cart_access import own_cart, take
from ordercenter.orders.carts import cart_wishes, standing_problems
from ordercenter.orders.entries import check_lines
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine
from ordercenter.orders.offer import DraftOffer, Wanted, offer_of
from ordercenter.orders.terms import buying_terms
from ordercenter.promotions.terms import GiftChoice

MOST_COUPONS = 20
LONGEST_COUPON = 64
GIFTS, ADD_ONS = "gifts", "add_ons"


def wanted_of(cart: Cart) -> Wanted:
    """What a cart asks for, as placing takes it."""
    chosen = [*cart.choices.get(GIFTS, ()), *cart.choices.get(ADD_ONS, ())]
    return Wanted(
        coupons=tuple(cart.coupons),
        gifts=tuple(GiftChoice(*one) for one in chosen),
        funds={kind: None if amount is None else Decimal(amount) for kind, amount in cart.funds.items()},
    )


def coupon_add(actor: Actor, cart_id: int, code: str) -> Cart:
    """Put a coupon into a cart. Raises COUPON_UNKNOWN, COUPON_ENDED, COUPON_EXHAUSTED, COUPON_LIMIT at `code`.

    One whose promotion the cart does not earn yet stays: the buyer may still add to it.
    """
    wanted = code.strip()
    if not wanted or len(wanted) > LONGEST_COUPON:
        text = OrderErrorCode.COUPON_UNKNOWN.label
        raise DomainError(OrderErrorCode.COUPON_UNKNOWN, text, "code")

    def write(cart: Cart) -> None:
        if any(known.casefold() == wanted.casefold() for known in cart.coupons):
            return
        cart.coupons = [*cart.coupons, wanted][:MOST_COUPONS]

    return _write(actor, cart_id, write, "code")


def coupon_remove(actor: Actor, cart_id: int, code: str) -> Cart:
    """Take a coupon out of a cart; one that is not there is out already."""

    def write(cart: Cart) -> None:
        cart.coupons = [known for known in cart.coupons if known.casefold() != code.strip().casefold()]

    return _write(actor, cart_id, write)


def gifts_choose(actor: Actor, cart_id: int, choices: Sequence[GiftChoice], add_ons: bool = False) -> Cart:
    """Say which gifts, or add-ons, are taken; all that were chosen before are replaced.

    Raises GIFT_NOT_OFFERED, GIFT_TOO_MANY, GIFT_EXHAUSTED.
    """

    def write(cart: Cart) -> None:
        kept = [[one.promotion_id, one.item_id, one.count] for one in choices if one.count > 0]
        cart.choices = cart.choices | {ADD_ONS if add_ons else GIFTS: kept}

    return _write(actor, cart_id, write, "choices")


def funds_set(actor: Actor, cart_id: int, asked: Mapping[str, Decimal | None]) -> Cart:
    """Say how much of which fund account is to be used; None leaves it to the seller's rule, 0 uses nothing.

    Raises FUND_INSUFFICIENT, FUND_CAP, FUND_NOT_ALLOWED, FUND_ENDED, AMOUNT_PRECISION.
    """
    unknown = [kind for kind in asked if kind not in FundKind.values]
    raise_all(DomainError(CoreErrorCode.INVALID, _("There is no such account."), "funds") for _kind in unknown)
    raise_all(
        DomainError(CoreErrorCode.INVALID, _("An amount cannot be negative."), "funds")
        for amount in asked.values()
        if amount is not None and not (amount.is_finite() and amount >= 0)
    )

    def write(cart: Cart) -> None:
        told = {kind: None if amount is None else format(amount, "f") for kind, amount in asked.items()}
        cart.funds = {kind: amount for kind, amount in (cart.funds | told).items() if amount is not None}

    return _write(actor, cart_id, write, "funds")


def _write(
    actor: Actor,
    cart_id: int,
    write: Callable[[Cart], None],
    field: str = "",
) -> Cart:
    """Write one thing under the cart's lock, and see that it holds; only refusals of that thing are raised."""
    seen = own_cart(actor, cart_id)
    terms = buying_terms(actor, seen.seller_id)
    raise_all(standing_problems(actor, terms))
    with transaction.atomic():
        take(actor, terms.seller_id, cart_id)
        cart = Cart.objects.visible_to(actor).get(pk=cart_id)
        before = _refusals(offer_now(actor, cart))
        write(cart)
        cart.save(update_fields=["coupons", "choices", "funds", "updated_at"])
        if field:
            raise_all(
                DomainError(problem.code, problem.message, field, problem.index)
                for problem in _refused(offer_now(actor, cart))
                if (problem.code, str(problem.message)) not in before
            )
    return cart


def _refused(offer: DraftOffer | None) -> list[DomainError]:
    return offer.problems if offer else []


def _refusals(offer: DraftOffer | None) -> set[tuple[Any, str]]:
    return {(problem.code, str(problem.message)) for problem in _refused(offer)}


def offer_now(actor: Actor, cart: Cart) -> DraftOffer | None:
    """A cart as an order of now; None where nothing but prices counts, or where it is empty."""
    terms = buying_terms(actor, cart.seller_id)
    rows = list(CartLine.objects.filter(cart=cart).order_by("position", "pk"))
    held = {place: terms.freeze.held(row.priced_at, row.snapshot) for place, row in enumerate(rows)}
    kept = {place: price for place, price in held.items() if price is not None}
    checked = check_lines(actor, terms, cart_wishes(rows), kept)
    return offer_of(actor, terms, checked, wanted_of(cart))
