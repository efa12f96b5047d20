"""Several carts at one seller: made, chosen, named, shared, handed on, copied, put together (docs/concepts/orders.md).

Whoever may use a cart fills, names and orders it; its owner alone shares it, hands it on and throws it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.models import Membership
from ordercenter.orders.cart_access import changed_meanwhile, own_cart, take
from ordercenter.orders.cart_events import cart_event, owner_problems
from ordercenter.orders.cart_lines import carry_lines, copy_lines
from ordercenter.orders.carts import DISCARD, size_problems, standing_problems
from ordercenter.orders.models import Cart, CartLine
from ordercenter.orders.store import rows_of, run
from ordercenter.orders.terms import buying_terms
from ordercenter.stock.reservations import free_carts

LONGEST_NAME = 64
LONGEST_NOTE = 500
MOST_CARTS = 50

# The cart is held while it becomes the choice: it cannot be ordered or thrown away in between.
CHOOSE = """
INSERT INTO orders_chosencart AS choice (organization_id, user_id, seller_id, cart_id)
SELECT cart.organization_id, %s::bigint, cart.seller_id, cart.id
  FROM (SELECT * FROM orders_cart WHERE id = %s::bigint FOR KEY SHARE) AS cart
ON CONFLICT (organization_id, user_id, seller_id) DO UPDATE SET cart_id = EXCLUDED.cart_id
RETURNING cart_id
"""

LOCK = "SELECT id, version FROM orders_cart WHERE id = ANY (%s::bigint[]) ORDER BY id FOR UPDATE"


def make_cart(actor: Actor, seller_id: int, name: str, shared: bool = False) -> Cart:
    """A new cart at a seller, into which the actor adds from here on. Raises REQUIRED, INVALID, DUPLICATE on `name`."""
    terms = buying_terms(actor, seller_id)
    mine = Cart.objects.filter(organization=actor.organization_id, user=actor.user_id, seller=seller_id)
    raise_all([*standing_problems(actor, terms), *_name_problems(name), *_many_problems(mine.count())])
    with transaction.atomic():
        cart = Cart(organization=actor.organization, user=actor.user, seller_id=seller_id, is_shared=shared)
        cart.name = name.strip()
        _save(cart)
        _choose(actor, cart.pk)
        record(actor, cart_event("cart.made", cart, name=cart.name))
    return cart


def choose_cart(actor: Actor, cart_id: int) -> Cart:
    """From here on what the actor adds at its seller goes into this cart."""
    cart = own_cart(actor, cart_id, "id")
    with transaction.atomic():
        _choose(actor, cart.pk)
    return cart


def change_cart(
    actor: Actor, cart_id: int, name: str | None = None, shared: bool | None = None, version: int | None = None
) -> Cart:
    """Name a cart, or say whether colleagues share it; None leaves as it is. Raises CONFLICT for an old `version`."""
    seen = own_cart(actor, cart_id, "id")
    raise_all(
        [
            *(_name_problems(name) if name is not None else ()),
            *(owner_problems(actor, seen) if shared not in (None, seen.is_shared) else ()),
        ]
    )
    with transaction.atomic():
        cart = _locked(actor, cart_id, version)
        before = facts(cart)
        unnamed = not cart.name
        cart.name = cart.name if name is None else name.strip()
        cart.is_shared = cart.is_shared if shared is None else shared
        changes = difference(before, facts(cart))
        if changes:
            cart.version += 1
            _save(cart)
            if unnamed and cart.name and cart.user_id == actor.user_id and actor.user_id:
                _choose(actor, cart.pk, keep=True)
            record(actor, cart_event("cart.changed", cart, changes, name=cart.name))
    return cart


def hand_cart(actor: Actor, cart_id: int, user_id: int, note: str = "", version: int | None = None) -> Cart:
    """Give a cart to a colleague, who is told. It keeps its lines, its prices and who shares it.

    Raises NOT_FOUND for whom it cannot be given to: who is no member that orders, and oneself.
    """
    seen = own_cart(actor, cart_id, "id")
    problems = list(owner_problems(actor, seen))
    if user_id == actor.user_id or not _colleagues(actor, user_id):
        problems.append(not_found("user"))
    if len(note) > LONGEST_NOTE:
        text = _("At most %(limit)s characters.") % {"limit": LONGEST_NOTE}
        problems.append(DomainError(CoreErrorCode.INVALID, text, "note"))
    raise_all(problems)
    with transaction.atomic():
        cart = _locked(actor, cart_id, version)
        before = facts(cart)
        cart.user_id = user_id
        given_by = actor.user.name if actor.user else ""
        theirs = Cart.objects.filter(organization=cart.organization_id, user=user_id, seller=cart.seller_id)
        cart.name = _free_name(cart.name or given_by or _("Cart"), set(theirs.values_list("name", flat=True)))
        cart.version += 1
        _save(cart)
        if not cart.is_shared:
            run("DELETE FROM orders_chosencart WHERE cart_id = %s", [cart.pk])
        seller = cart.seller.name
        told = {"to": user_id, "name": cart.name, "seller": seller, "note": note.strip()}
        record(actor, cart_event("cart.handed", cart, difference(before, facts(cart)), **told))
    return cart


def copy_cart(actor: Actor, cart_id: int, name: str = "") -> Cart:
    """A cart of the actor's own with the same lines at the prices they have there; private, and not the chosen one."""
    cart = own_cart(actor, cart_id, "id")
    raise_all([*standing_problems(actor, buying_terms(actor, cart.seller_id)), *(_name_problems(name) if name else ())])
    with transaction.atomic():
        mine = Cart.objects.filter(organization=actor.organization_id, user=actor.user_id, seller=cart.seller_id)
        names = set(mine.values_list("name", flat=True))
        raise_all(_many_problems(len(names)))
        copy = Cart(organization=actor.organization, user=actor.user, seller_id=cart.seller_id)
        copy.name = name.strip() or _free_name(cart.name or _("Copy"), names)
        _save(copy)
        copy_lines(cart.pk, copy.pk)
        record(actor, cart_event("cart.made", copy, name=copy.name, copied=cart.pk))
    return copy


def merge_carts(actor: Actor, into_id: int, from_ids: Sequence[int]) -> Cart:
    """Put the lines of other carts of the same seller into one, equal ones added up; the emptied ones are gone.

    Only one's own carts are emptied. Raises NOT_FOUND with the index of each that is not the seller's.
    """
    into = own_cart(actor, into_id, "into")
    others = Cart.objects.visible_to(actor).filter(pk__in=from_ids, seller=into.seller_id).exclude(pk=into.pk)
    found = {cart.pk: cart for cart in others}
    raise_all(not_found("from", place) for place, key in enumerate(from_ids) if key not in found)
    raise_all(problem for key in found for problem in owner_problems(actor, found[key]))
    terms = buying_terms(actor, into.seller_id)
    raise_all(standing_problems(actor, terms))
    with transaction.atomic():
        _lock([into.pk, *found])
        take(actor, into.seller_id, into.pk)
        carry_lines(actor, terms, list(found), into.pk)
        raise_all(size_problems(CartLine.objects.filter(cart=into.pk).count()))
        free_carts(actor, list(found))
        run(DISCARD, [numbers(found)])
        gone = [cart_event("cart.discarded", cart, name=cart.name) for cart in found.values()]
        record(actor, *gone, cart_event("cart.merged", into, name=into.name, carts=len(found)))
    return Cart.objects.visible_to(actor).get(pk=into.pk)


def move_lines(actor: Actor, from_id: int, line_ids: Sequence[int], to_id: int | None, name: str = "") -> Cart:
    """Move lines to another cart of the seller, or to a new one of this name; equal ones are added up there.

    Raises NOT_FOUND for a cart, or with the index of a line that is not there any more.
    """
    source = own_cart(actor, from_id, "from")
    terms = buying_terms(actor, source.seller_id)
    raise_all(standing_problems(actor, terms))
    with transaction.atomic():
        goal = own_cart(actor, to_id, "to") if to_id else make_cart(actor, source.seller_id, name)
        if goal.seller_id != source.seller_id or goal.pk == source.pk:
            raise not_found("to")
        _lock([source.pk, goal.pk])
        take(actor, source.seller_id, source.pk)
        take(actor, source.seller_id, goal.pk)
        there = dict(CartLine.objects.filter(cart=source).values_list("pk", "position"))
        raise_all(not_found("lines", place) for place, key in enumerate(line_ids) if key not in there)
        carry_lines(actor, terms, [source.pk], goal.pk, line_ids)
        raise_all(size_problems(CartLine.objects.filter(cart=goal.pk).count()))
        record(actor, cart_event("cart.lines_moved", source, name=source.name, to=goal.pk, lines=len(line_ids)))
    return Cart.objects.visible_to(actor).get(pk=goal.pk)


def colleagues(actor: Actor) -> list[int]:
    """Keys of the users a cart can be handed to: the other members of one's organization that place orders."""
    return [key for key in _colleagues(actor) if key != actor.user_id]


def _colleagues(actor: Actor, user_id: int | None = None) -> list[int]:
    seats = Membership.objects.filter(
        organization=actor.organization_id,
        is_active=True,
        user__is_active=True,
        roles__permissions__contains=["orders.place"],
    )
    if user_id is not None:
        seats = seats.filter(user=user_id)
    return list(seats.order_by("user__name", "user").values_list("user", flat=True).distinct())


def _name_problems(name: str) -> Iterator[DomainError]:
    if not name.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Give the cart a name."), "name")
    elif len(name.strip()) > LONGEST_NAME:
        text = _("At most %(limit)s characters.") % {"limit": LONGEST_NAME}
        yield DomainError(CoreErrorCode.INVALID, text, "name")


def _many_problems(count: int) -> Iterator[DomainError]:
    if count >= MOST_CARTS:
        text = _("You have %(count)s carts at this seller; order or throw away one first.") % {"count": count}
        yield DomainError(CoreErrorCode.INVALID, text, "name")


def _free_name(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    found, number = name[:LONGEST_NAME], 1
    while found in taken:
        number += 1
        found = f"{name[: LONGEST_NAME - 5]} ({number})"
    return found


def _choose(actor: Actor, cart_id: int, keep: bool = False) -> None:
    """`keep`: unless another cart is the choice already."""
    if actor.user_id is None:
        return
    statement = CHOOSE.replace("DO UPDATE SET cart_id = EXCLUDED.cart_id", "DO NOTHING") if keep else CHOOSE
    if not rows_of(statement, [actor.user_id, cart_id]) and not keep:
        raise not_found("id")


def _lock(cart_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Carts are locked in the order of their keys: two people who merge to and fro wait, and do not block for good."""
    return [(key, version) for key, version in rows_of(LOCK, [sorted(set(cart_ids))])]


def _locked(actor: Actor, cart_id: int, version: int | None) -> Cart:
    cart = Cart.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=cart_id).first()
    if cart is None:
        raise not_found("id")
    if version is not None and cart.version != version:
        raise changed_meanwhile()
    return cart


def _save(cart: Cart) -> None:
    try:
        with transaction.atomic():
            cart.save()
    except IntegrityError as error:
        if "cart_name_once" not in str(error):
            raise
        text = _("You have a cart %(name)s at this seller already.") % {"name": cart.name}
        raise DomainError(CoreErrorCode.DUPLICATE, text, "name") from error
