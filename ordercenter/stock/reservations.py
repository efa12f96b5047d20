"""Keep stock for a cart for some minutes (stock §5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, raise_all
from ordercenter.stock.availability import available_of
from ordercenter.stock.checks import quantity_problems
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.locking import lock_balances, lock_ids
from ordercenter.stock.models import Reservation, StockSettings, StockShow
from ordercenter.stock.supply import SUPPLY
from ordercenter.stock.terms import Reserved, Wish

LONGEST_MINUTES = 24 * 60
USUAL_MINUTES = 10

# An expired reservation stops counting at its instant. Apart from the statement that allocates: a statement does not
# see rows that went away after it began.
SWEEP = """
WITH gone AS (
    DELETE FROM stock_reservation r
    WHERE r.balance_id = ANY(%(balances)s::bigint[])
      AND (r.expires_at <= statement_timestamp() OR r.cart_id = ANY(%(carts)s::bigint[]))
    RETURNING r.balance_id, r.quantity
)
UPDATE stock_stockbalance b SET reserved = b.reserved - g.quantity, updated_at = now()
FROM (SELECT balance_id, sum(quantity) AS quantity FROM gone GROUP BY balance_id) g
WHERE b.id = g.balance_id
"""

RESERVE = f"""
WITH demand AS (
    SELECT d.*, sum(d.quantity) OVER (PARTITION BY d.variant_id ORDER BY d.place) AS d1
    FROM unnest(%(keys)s::bigint[], %(carts)s::bigint[], %(variants)s::bigint[], %(quantities)s::numeric[],
                %(wholes)s::boolean[]) WITH ORDINALITY AS d(key, cart_id, variant_id, quantity, whole, place)
), {SUPPLY}, taken AS (
    SELECT d.key, d.cart_id, s.balance_id,
           least(d.d1, s.s1) - greatest(d.d1 - d.quantity, s.s1 - s.usable) AS quantity
    FROM demand d JOIN shelf s USING (variant_id)
    WHERE d.d1 - d.quantity < s.s1 AND s.s1 - s.usable < d.d1
      AND (NOT d.whole OR d.d1 <= (SELECT max(s1) FROM shelf x WHERE x.variant_id = d.variant_id))
), raised AS (
    UPDATE stock_stockbalance b SET reserved = b.reserved + t.quantity, updated_at = now()
    FROM (SELECT balance_id, sum(quantity) AS quantity FROM taken GROUP BY balance_id) t
    WHERE b.id = t.balance_id
), kept AS (
    INSERT INTO stock_reservation AS r (organization_id, cart_id, balance_id, quantity, expires_at)
    SELECT %(seller)s, cart_id, balance_id, sum(quantity),
           statement_timestamp() + make_interval(mins => %(minutes)s::int)
    FROM taken GROUP BY cart_id, balance_id
    ON CONFLICT (cart_id, balance_id) DO UPDATE
        SET quantity = r.quantity + EXCLUDED.quantity, expires_at = EXCLUDED.expires_at
)
SELECT key, sum(quantity), statement_timestamp() + make_interval(mins => %(minutes)s::int)
FROM taken GROUP BY key
UNION ALL SELECT NULL, NULL, statement_timestamp() + make_interval(mins => %(minutes)s::int)
"""


def reserve(
    actor: Actor,
    seller_id: int,
    wishes: Sequence[Wish],
    *,
    minutes: int | None = None,
    warehouses: Sequence[int] | None = None,
) -> Reserved:
    """Keep what is available of these wishes for their carts, for `minutes` from now (None: the seller's setting).

    All wishes of a cart at this seller come in one call: what the cart had of their variants is given back first, so
    each call prolongs the reservation. Who may not see the exact figure of a variant gets a wish of it whole or not at
    all: what is kept of it in part would be the figure (stock §9). Raises RESERVATION_TOO_LONG above 24 hours,
    QUANTITY_INVALID by wish.
    """
    raise_all(problem for index, wish in enumerate(wishes) for problem in _wish_problems(wish, index))
    if minutes is None:
        settings = StockSettings.objects.filter(organization=seller_id).first()
        minutes = settings.reservation_minutes if settings else USUAL_MINUTES
    if not 0 < minutes <= LONGEST_MINUTES:
        text = _("A reservation lasts 24 hours at most.")
        raise DomainError(StockErrorCode.RESERVATION_TOO_LONG, text, "minutes")
    values = {
        "seller": seller_id,
        "warehouses": None if warehouses is None else list(warehouses),
        "keys": [wish.key for wish in wishes],
        "carts": [wish.cart_id for wish in wishes],
        "variants": [wish.variant_id for wish in wishes],
        "quantities": [wish.quantity for wish in wishes],
        "wholes": _wholes(actor, seller_id, wishes),
        "minutes": minutes,
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        held = lock_balances(seller_id, (wish.variant_id for wish in wishes), warehouses)
        if any(balance.reserved for balance in held):
            sweep([balance.id for balance in held], [wish.cart_id for wish in wishes])
        cursor.execute(RESERVE, values | {"held": [balance.id for balance in held]})
        rows = cursor.fetchall()
    return Reserved({key: quantity for key, quantity, _until in rows if key is not None}, rows[-1][2])


def _wholes(actor: Actor, seller_id: int, wishes: Sequence[Wish]) -> list[bool]:
    """Of each wish whether it is kept whole or not at all; one statement, none for the seller itself."""
    if actor.is_system or actor.organization_id == seller_id:
        return [False] * len(wishes)
    seen = available_of(actor, (wish.variant_id for wish in wishes), seller_id)
    exact = {variant for variant, shown in seen.items() if shown.show is StockShow.EXACT}
    return [wish.variant_id not in exact for wish in wishes]


def _wish_problems(wish: Wish, index: int) -> Iterator[DomainError]:
    if wish.quantity <= 0:
        text = _("The quantity must be above 0.")
        yield DomainError(StockErrorCode.QUANTITY_INVALID, text, "quantity", index)
    yield from quantity_problems(wish.quantity, "quantity", index)


def free_carts(actor: Actor, cart_ids: Sequence[int]) -> None:
    """Give back all that these carts keep, as when they are discarded or placed."""
    with transaction.atomic(savepoint=False):
        rows = Reservation.objects.filter(cart_id__in=cart_ids)
        balances = sorted(set(rows.values_list("balance_id", flat=True)))
        if balances:
            lock_ids(balances)
            sweep(balances, cart_ids)


def sweep(balance_ids: Sequence[int], cart_ids: Sequence[int] = ()) -> None:
    """Delete expired reservations, and those of these carts, on locked balances."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, {"balances": list(balance_ids), "carts": list(cart_ids)})


def sweep_expired(actor: Actor, limit: int = 1000) -> int:
    """Tidy expired reservations; answers how many were found. They count for nobody with or without this."""
    with transaction.atomic():
        expired = Reservation.objects.visible_to(actor).filter(expires_at__lte=Now())
        balances = sorted(set(expired.order_by("id").values_list("balance_id", flat=True)[:limit]))
        if balances:
            lock_ids(balances)
            sweep(balances)
    return len(balances)
