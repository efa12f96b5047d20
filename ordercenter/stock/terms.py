"""The words other rooms use to speak with stock: what is wanted, what was got, what left and what came.

Every quantity is in the base uom of its variant, and every function takes many lines of many orders and runs the same
number of statements for one of them as for five hundred. All of them join the caller's transaction.

    allocation.lock_balances(seller_id, variant_ids, warehouses=None) -> None
    allocation.lock_lines(order_line_ids, shipping=False) -> None
    allocation.allocate(actor, seller_id, demands, policy, *, warehouses=None, carts=(), may_wait=True) -> Allocated
    allocation.free(actor, lines: Mapping[order line id, Decimal | None]) -> dict[order line id, Decimal]
    shipping.ship_out(actor, lines: Sequence[ShipLine], *, at=None) -> None
    shipping.receive_in(actor, lines: Sequence[ReceiveLine], *, at=None) -> None
    reservations.reserve(actor, seller_id, wishes: Sequence[Wish], *, minutes=None, warehouses=None) -> Reserved
    reservations.free_carts(actor, cart_ids) -> None
    backorders.register_order_side(side: OrderSide) -> None
    backorders.fill(actor, seller_id, variant_ids=None) -> Allocated
    availability.available_of(actor, variant_ids, seller_id=None) -> dict[variant id, Seen]

Locks (credit-and-ledger §8): all of these lock StockBalance rows by id, level 4. A caller that must look at its orders
under a lock first calls `lock_balances` or `lock_lines`, then locks its orders (level 5), then calls the rest: rows
that this transaction holds already are not waited for again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from marketplace.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Demand:
    """What a line of a released order still wants. `policy`: a ShortPolicy of its own, else the call's.

    Orders are served in the order in which they first appear in a call, the lines of each by `position`. `placed_at`
    is kept with the allocation: when stock turns out to be missing, the order placed last gives up first. `step`: the
    base quantity of the smallest part of the line's own uom, such as one box; only multiples of it are promised.
    """

    order_line_id: int
    variant_id: int
    quantity: Decimal
    position: int
    order_id: int
    policy: str = ""
    placed_at: datetime | None = None
    step: Decimal = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Allocated:
    """What each order line got and what it is short of; a line stands in a map only with a quantity above 0."""

    by_line: dict[int, Decimal] = field(default_factory=dict)
    short: dict[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The document a move belongs to: its kind (`shipment`, `receipt`), id, the number people read, and its instant."""

    kind: str
    id: int
    number: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShipLine:
    """A line of a shipment that leaves: `line` is its place or id in the document, and stays the same on a retry.

    `warehouse_id`: only from there; None takes the line's allocations in the order in which they were made.
    """

    document: DocumentRef
    line: int
    order_line_id: int
    variant_id: int
    quantity: Decimal
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiveLine:
    """A line of a receipt at the buyer's door: out of the seller's TRANSIT, into the buyer's stock if it keeps any."""

    document: DocumentRef
    line: int
    seller_id: int
    buyer_id: int
    variant_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line of a cart wants to keep for some minutes; `key` is the caller's own name for it."""

    key: int
    cart_id: int
    variant_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Reserved:
    """What each wish got, by its key, and until when."""

    by_key: dict[int, Decimal]
    until: datetime


class OrderSide(Protocol):
    """What stock asks of the room of orders, which stands above it and registers itself (`register_order_side`)."""

    def waiting(self, seller_id: int, variant_ids: Sequence[int] | None) -> Sequence[Demand]:
        """Open quantity not allocated, of released orders without a hold, in the order in which backorders are filled.

        Each demand names its policy. Called with the balances locked; locks the orders it names (level 5).
        """

    def allocation_changed(self, actor: Actor, changes: Mapping[int, Decimal], shed: bool) -> None:
        """The allocated quantity of these order lines has risen or fallen by so much, under lock.

        `shed`: the goods turned out not to be there, and the quantity waits again.
        """
