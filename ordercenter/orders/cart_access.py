"""Which cart is meant, who may use it, and its lock: whoever writes one passes here (docs/concepts/orders.md, Carts).

A member has as many carts at a seller as there are names for them; the one without a name is there by itself. What is
put in without naming a cart goes to the one chosen last, and without a choice to that one.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from ordercenter.orders.models import Cart
from ordercenter.orders.store import rows_of

THERE = "(SELECT count(*) FROM orders_cartline AS line WHERE line.cart_id = {}.id)"

TAKE_CHOSEN = f"""
WITH chosen AS (
    SELECT cart.id FROM orders_chosencart AS choice JOIN orders_cart AS cart ON cart.id = choice.cart_id
     WHERE choice.organization_id = %(organization)s::bigint AND choice.user_id = %(user)s::bigint
       AND choice.seller_id = %(seller)s::bigint
       AND cart.organization_id = choice.organization_id AND (cart.user_id = choice.user_id OR cart.is_shared)
), written AS (
    UPDATE orders_cart AS cart SET updated_at = now(), version = cart.version + 1
      FROM chosen WHERE cart.id = chosen.id RETURNING cart.id, cart.version
), made AS (
    INSERT INTO orders_cart AS cart (organization_id, seller_id, user_id, name, is_shared, version, updated_at)
    SELECT %(organization)s::bigint, %(seller)s::bigint, %(user)s::bigint, '', false, 1, now()
     WHERE NOT EXISTS (SELECT FROM chosen)
    ON CONFLICT (organization_id, user_id, seller_id, name)
    DO UPDATE SET updated_at = now(), version = cart.version + 1 RETURNING cart.id, cart.version
)
SELECT id, version - 1, {THERE.format("written")} FROM written
 UNION ALL SELECT id, version - 1, {THERE.format("made")} FROM made
"""

TAKE_NAMED = f"""
UPDATE orders_cart AS cart SET updated_at = now(), version = cart.version + 1
 WHERE cart.id = %(cart)s::bigint AND cart.organization_id = %(organization)s::bigint
   AND cart.seller_id = %(seller)s::bigint AND (cart.user_id IS NOT DISTINCT FROM %(user)s::bigint OR cart.is_shared)
RETURNING cart.id, cart.version - 1, {THERE.format("cart")}
"""


def take(actor: Actor, seller_id: int, cart_id: int | None = None, version: int | None = None) -> tuple[int, int]:
    """Lock the cart that is meant, made where there is none, and count it a version on: its key, its lines so far.

    `version` is the one the actor saw. Raises NOT_FOUND, and CONFLICT where somebody has written it since. One
    statement; in the caller's transaction, which has to be undone after a refusal.
    """
    given = {"organization": actor.organization_id, "seller": seller_id, "user": actor.user_id, "cart": cart_id}
    if cart_id is not None:
        rows = rows_of(TAKE_NAMED, given)
    else:
        # Nothing comes back where the chosen cart was ordered or thrown away while one waited: then it is no choice.
        rows = rows_of(TAKE_CHOSEN, given) or rows_of(TAKE_CHOSEN, given)
    if not rows:
        raise not_found("cart")
    key, before, there = rows[0]
    if version is not None and version != before:
        raise changed_meanwhile()
    return key, there


def changed_meanwhile() -> DomainError:
    """The refusal of a change to a cart that is not any more as it was seen."""
    text = _("Somebody has changed this cart meanwhile. Look at it as it is now, then change it again.")
    return DomainError(CoreErrorCode.CONFLICT, text, "version")


def own_cart(actor: Actor, cart_id: int, field: str = "cart") -> Cart:
    """A cart the actor may fill and order: its own, or one that is shared; raises NOT_FOUND."""
    cart = Cart.objects.visible_to(actor).filter(pk=cart_id).first()
    if cart is None or actor.on_behalf_of is not None:
        raise not_found(field)
    return cart
