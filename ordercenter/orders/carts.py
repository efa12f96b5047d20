"""Carts: what a member is about to order from one seller; written, snapped to rules, and placed (orders §9)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.attachments.add import attachments_add
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.documents import find_document
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.cart_access import own_cart, take
from ordercenter.orders.cart_events import cart_event, owner_problems
from ordercenter.orders.cart_lines import line_to_place, put_lines, put_prices
from ordercenter.orders.delivery_days import Part, split_lines
from ordercenter.orders.drafts import LINE_LIMIT, Charge, DraftLine, OrderDraft
from ordercenter.orders.entries import CheckedLine, EntryCheck, Wish, check_lines, judge_lines, parse_entries
from ordercenter.orders.enums import OrderKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, Order
from ordercenter.orders.paste import RawLine
from ordercenter.orders.place import place
from ordercenter.orders.store import rows_of, run
from ordercenter.orders.terms import BuyingTerms, buying_terms
from ordercenter.pricing.freeze import Freeze
from ordercenter.promotions.terms import GiftChoice
from ordercenter.stock.reservations import free_carts

#: A line with one of these may lie in a cart: it is mended there, or its seller mends it.
TOLERATED = ("QUANTITY_MINIMUM", "QUANTITY_STEP", "QUANTITY_MAXIMUM", "NO_PRICE")

REMOVE = """
DELETE FROM orders_cartline AS line USING unnest(%s::bigint[], %s::bigint[]) AS given(variant_id, uom_id)
 WHERE line.cart_id = %s AND line.variant_id = given.variant_id AND line.uom_id = given.uom_id
"""

# The last column: stock is kept for the cart, and no promise to its order will take it over.
HOLD = """
SELECT cart.seller_id, line.id, line.variant_id, line.uom_id, line.quantity, line.unit_price, line.snapshot::text,
       line.priced_at, now(), coalesce((
           SELECT draft_freeze_hours FROM pricing_pricingsettings AS settings
             JOIN parties_partnership AS partnership
               ON partnership.upstream_id = settings.organization_id AND partnership.currency = settings.currency
            WHERE partnership.upstream_id = cart.seller_id AND partnership.downstream_id = cart.organization_id
       ), 0),
       EXISTS (SELECT FROM stock_reservation AS kept WHERE kept.cart_id = cart.id) AND NOT coalesce((
           SELECT auto_confirm FROM orders_ordersettings AS settings WHERE settings.organization_id = cart.seller_id
       ), false), cart.coupons::text, cart.choices::text, cart.funds::text
  FROM orders_cart AS cart LEFT JOIN orders_cartline AS line ON line.cart_id = cart.id
 WHERE cart.id = %s AND cart.organization_id = %s AND (cart.user_id IS NOT DISTINCT FROM %s OR cart.is_shared)
 ORDER BY line.position FOR UPDATE OF cart
"""

# A line that was written while its cart was being placed is not in the order: it stays, and so does the cart.
# So does a cart for which stock is still kept, until that has ended; without lines nobody sees it.
EMPTY = """
WITH placed AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS placed(variant_id, uom_id, quantity)
), gone AS (
    DELETE FROM orders_cartline AS line USING placed
     WHERE line.cart_id = %s AND (line.variant_id, line.uom_id, line.quantity)
                               = (placed.variant_id, placed.uom_id, placed.quantity)
), emptied AS (
    DELETE FROM orders_cart AS cart
     WHERE cart.id = %s AND NOT EXISTS (SELECT FROM stock_reservation AS kept WHERE kept.cart_id = cart.id)
       AND NOT EXISTS (SELECT FROM orders_cartline AS line LEFT JOIN placed USING (variant_id, uom_id, quantity)
                        WHERE line.cart_id = cart.id AND placed.variant_id IS NULL)
    RETURNING cart.id
)
DELETE FROM orders_chosencart AS choice USING emptied WHERE choice.cart_id = emptied.id
"""

DISCARD = """
WITH gone AS (SELECT unnest(%s::bigint[]) AS id),
     emptied AS (DELETE FROM orders_cartline USING gone WHERE cart_id = gone.id),
     unchosen AS (DELETE FROM orders_chosencart USING gone WHERE cart_id = gone.id)
DELETE FROM orders_cart AS cart USING gone WHERE cart.id = gone.id
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """What is said of a cart's order when it is placed. `accepted_total`: the gross total the buyer saw.

    `parts`: by line of the cart, how much of it is wished for which day; a line without any has `requested_on`.
    `files` are put on the order, for both sides to read; one that is refused refuses the order.
    """

    address_id: int | None = None
    requested_on: date | None = None
    buyer_reference: str = ""
    note: str = ""
    accepted_total: Decimal | None = None
    kind: OrderKind = OrderKind.STANDARD
    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)
    files: Sequence[Any] = ()
    coupons: Sequence[str] = ()
    gifts: Sequence[GiftChoice] = ()
    funds: Mapping[str, Decimal | None] = field(default_factory=dict)
    charges: Sequence[Charge] = ()


def write_cart(
    actor: Actor,
    seller_id: int,
    wishes: Sequence[Wish],
    add: bool,
    cart_id: int | None = None,
    version: int | None = None,
) -> Cart:
    """Put lines into a cart at a seller: added to what is there, or in its place (0 takes a line out).

    Without `cart_id` it is the one the actor has chosen; `version` is the one the actor saw of it: CONFLICT where it
    was written since. Nothing is written if one line is wrong; a quantity off its rule may lie in a cart, where it is
    shown. Raises all problems at once: UNKNOWN_VARIANT, UNKNOWN_UOM, NOT_IN_ASSORTMENT, QUANTITY_INVALID,
    QUANTITY_PRECISION, with index.
    """
    terms = buying_terms(actor, seller_id)
    raise_all(standing_problems(actor, terms))
    wanted = [wish for wish in wishes if wish.quantity]
    checked = judge_lines(actor, terms, wanted)
    place_of = {id(wish): index for index, wish in enumerate(wishes)}
    raise_all(
        DomainError(OrderErrorCode[line.code], line.message or "", _field(line.code), place_of[id(line.wish)])
        for line in checked
        if line.code is not None and line.code not in TOLERATED
    )
    removed = [] if add else [wish for wish in wishes if wish.quantity == 0]
    return _put(actor, terms, checked, add, removed, (cart_id, version))


def paste_into_cart(
    actor: Actor, seller_id: int, raw: Sequence[RawLine], cart_id: int | None = None
) -> tuple[Cart | None, EntryCheck]:
    """Put the good lines of a paste into the cart, added to what is there; the bad ones come back in the check."""
    check = parse_entries(actor, seller_id, raw)
    terms = buying_terms(actor, seller_id)
    raise_all(standing_problems(actor, terms))
    good = [line.checked for line in check.good]
    return (_put(actor, terms, good, True, [], (cart_id, None)) if good else None), check


def standing_problems(actor: Actor, terms: BuyingTerms) -> list[DomainError]:
    """Why the actor cannot fill a cart at this seller at all."""
    if actor.on_behalf_of is not None or not actor.may("orders.place"):
        return [DomainError(CoreErrorCode.PERMISSION_DENIED, _("You may not place orders."))]
    if not terms.active:
        text = _("This seller does not trade with you at present.")
        return [DomainError(OrderErrorCode.PARTNERSHIP_INACTIVE, text, "seller")]
    return []


def _field(code: str) -> str:
    return "quantity" if code.startswith("QUANTITY") else "uom" if code == "UNKNOWN_UOM" else "variant"


def _put(
    actor: Actor,
    terms: BuyingTerms,
    lines: Sequence[CheckedLine],
    add: bool,
    removed: Sequence[Wish],
    meant: tuple[int | None, int | None],
) -> Cart:
    with transaction.atomic():
        # Whoever writes or places this cart waits here, so what is read below is what is there.
        cart_id, there = take(actor, terms.seller_id, *meant)
        if removed:
            _remove(actor, terms, cart_id, removed)
        if lines:
            put_lines(actor, terms, cart_id, lines, add)
        if there + len(lines) > LINE_LIMIT:
            # Some of them may have been there before: only now is it known how many there are.
            raise_all(size_problems(CartLine.objects.filter(cart=cart_id).count()))
    return Cart.objects.visible_to(actor).get(pk=cart_id)


def size_problems(count: int) -> Iterator[DomainError]:
    """Why a cart cannot have so many lines."""
    if count > LINE_LIMIT:
        text = _("An order has at most %(limit)s lines; this one has %(count)s.")
        yield DomainError(OrderErrorCode.ORDER_TOO_LARGE, text % {"limit": LINE_LIMIT, "count": count}, "lines")


def _remove(actor: Actor, terms: BuyingTerms, cart_id: int, removed: Sequence[Wish]) -> None:
    """Take lines out; a wish without uom means the one in which its variant lies there."""
    there = CartLine.objects.filter(cart=cart_id, variant__in=[wish.variant_id for wish in removed])
    codes = {(variant, code): uom for variant, code, uom in there.values_list("variant", "uom__code", "uom")}
    uoms: list[tuple[int, int]] = []
    for wish in removed:
        code = terms.uom_code(wish.uom_code) if wish.uom_code else None
        uoms += [
            (variant, uom)
            for (variant, known), uom in codes.items()
            if variant == wish.variant_id and (wish.uom_id in (None, uom)) and code in (None, known)
        ]
    if uoms:
        run(REMOVE, [numbers(v for v, _uom in uoms), numbers(uom for _v, uom in uoms), cart_id])


def snap_cart(actor: Actor, cart_id: int, line_ids: Sequence[int] | None = None) -> Cart:
    """Raise quantities off their rule to the next allowed one, of these lines or all, because somebody said so.

    What is above the maximum stays as it is: nothing larger is allowed.
    """
    cart = own_cart(actor, cart_id)
    lines = list(CartLine.objects.filter(cart=cart).order_by("position"))
    known = {line.pk for line in lines}
    raise_all(not_found("lines", index) for index, pk in enumerate(line_ids or ()) if pk not in known)
    chosen = [line for line in lines if line_ids is None or line.pk in set(line_ids)]
    terms = buying_terms(actor, cart.seller_id)
    raise_all(standing_problems(actor, terms))
    wishes = [Wish(line.variant_id, line.quantity, line.uom_id) for line in chosen]
    off = [line for line in check_lines(actor, terms, wishes).lines if line.snapped is not None]
    snapped = [Wish(line.wish.variant_id, line.snapped, line.wish.uom_id) for line in off]
    return write_cart(actor, cart.seller_id, snapped, add=False, cart_id=cart.pk) if snapped else cart


def reprice_cart(actor: Actor, cart_id: int, line_ids: Sequence[int] | None = None) -> Cart:
    """Give these lines, or all, the prices of now in the place of held ones, because the buyer said so (pricing §5)."""
    cart = own_cart(actor, cart_id)
    terms = buying_terms(actor, cart.seller_id)
    raise_all(standing_problems(actor, terms))
    with transaction.atomic():
        take(actor, terms.seller_id, cart.pk)
        known = {row.pk: (row.variant_id, row.uom_id) for row in CartLine.objects.filter(cart=cart)}
        raise_all(not_found("lines", index) for index, pk in enumerate(line_ids or ()) if pk not in known)
        put_prices(actor, terms, cart.pk, [known[pk] for pk in (known if line_ids is None else line_ids)])
    return Cart.objects.visible_to(actor).get(pk=cart.pk)


def discard_cart(actor: Actor, cart_id: int) -> Cart:
    """Throw a cart away, as its owner may; stock that is kept for it is given back."""
    cart = own_cart(actor, cart_id, "id")
    raise_all(owner_problems(actor, cart))
    with transaction.atomic():
        rows_of(HOLD, [cart.pk, cart.organization_id, cart.user_id])
        record(actor, cart_event("cart.discarded", cart, name=cart.name))
        free_carts(actor, [cart.pk])
        run(DISCARD, [numbers([cart.pk])])
    return cart


def place_cart(actor: Actor, cart_id: int, checkout: Checkout) -> Order:
    """Place a cart as an order and empty it, in one transaction; whoever sends it twice finds it gone.

    A line whose price has moved since it was shown refuses the order, unless the new total is the accepted one.
    """
    with transaction.atomic():
        rows = rows_of(HOLD, [cart_id, actor.organization_id, actor.user_id])
        if not rows or rows[0][1] is None or actor.on_behalf_of is not None or actor.organization_id is None:
            raise not_found("cart")
        seller_id, *_line, now, hours, kept, coupons, choices, funds = rows[0]
        if kept:
            free_carts(actor, [cart_id])
        freeze = Freeze(hours, now)
        lines = [line_to_place(freeze, *row[2:8]) for row in rows]
        split = split_lines([row[1] for row in rows], lines, checkout.parts)
        with split.as_in_the_cart():
            draft = _draft(seller_id, actor.organization_id, split.lines, checkout, [cart_id])
            order = place(actor, with_wants(draft, json.loads(coupons), json.loads(choices), json.loads(funds)))
        if checkout.files:
            attachments_add(actor, find_document(actor, "order", order.pk), checkout.files)
        placed = [numbers(line.variant_id for line in lines), numbers(line.uom_id for line in lines)]
        run(EMPTY, [*placed, numbers(line.quantity for line in lines), cart_id, cart_id])
    return order


def with_wants(
    draft: OrderDraft, coupons: Sequence[str], choices: Mapping[str, Any], funds: Mapping[str, str | None]
) -> OrderDraft:
    """A draft with what its cart asks for beside lines; what the checkout itself says stands above."""
    chosen = [GiftChoice(*one) for kind in ("gifts", "add_ons") for one in choices.get(kind, ())]
    asked = {kind: None if amount is None else Decimal(amount) for kind, amount in funds.items()}
    return replace(
        draft,
        coupons=(*coupons, *draft.coupons),
        gifts=draft.gifts or tuple(chosen),
        funds=asked | dict(draft.funds),
    )


def place_lines(actor: Actor, seller_id: int, wishes: Sequence[Wish], checkout: Checkout) -> Order:
    """Place lines as an order without a cart, as programs do. Raises NOT_FOUND for an actor that cannot buy."""
    if actor.on_behalf_of is not None or actor.organization_id is None:
        raise not_found("seller")
    lines = [DraftLine(wish.variant_id, wish.uom_id, wish.quantity or ZERO, uom_code=wish.uom_code) for wish in wishes]
    return place(actor, _draft(seller_id, actor.organization_id, lines, checkout))


def enter_lines(actor: Actor, buyer_id: int, wishes: Sequence[Wish], checkout: Checkout) -> Order:
    """Place an order for a dealer, as the seller's people do at the telephone; its entry mode is SELLER.

    Needs `orders.confirm`; the timeline and the event tell who typed it. Raises NOT_FOUND for a buyer that is no
    partner, and what `place` raises.
    """
    if actor.on_behalf_of is not None or actor.organization_id is None:
        raise not_found("buyer")
    lines = [DraftLine(wish.variant_id, wish.uom_id, wish.quantity or ZERO, uom_code=wish.uom_code) for wish in wishes]
    return place(actor, _draft(actor.organization_id, buyer_id, lines, checkout))


def _draft(
    seller_id: int, buyer_id: int, lines: Sequence[DraftLine], checkout: Checkout, carts: Sequence[int] = ()
) -> OrderDraft:
    return OrderDraft(
        seller_id=seller_id,
        buyer_id=buyer_id,
        lines=lines,
        address_id=checkout.address_id,
        requested_on=checkout.requested_on,
        buyer_reference=checkout.buyer_reference,
        note=checkout.note,
        accepted_total=checkout.accepted_total,
        kind=checkout.kind,
        carts=tuple(carts),
        coupons=tuple(checkout.coupons),
        gifts=tuple(checkout.gifts),
        funds=checkout.funds,
        charges=tuple(checkout.charges),
    )


def cart_wishes(lines: Sequence[CartLine]) -> list[Wish]:
    """The lines of a cart as wishes, in their order."""
    return [Wish(line.variant_id, line.quantity, line.uom_id) for line in lines]
