"""Goods leave: what is promised to an order goes out of its warehouses, in one shipment or in parts (logistics §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.numbering import numbers_for
from ordercenter.credit.enums import Checkpoint
from ordercenter.fulfilment.models import Shipment
from ordercenter.fulfilment.plan import Load, pieces_of, split
from ordercenter.fulfilment.store import PARCELS, SHIPMENT_LINES, insert_shipments, take_ids
from ordercenter.orders.arithmetic import ZERO
from ordercenter.orders.checkpoints import hold_problems, judge, stop
from ordercenter.orders.enums import OrderLineKind, OrderStatus, OrderWait
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.following import lock_benefits, lock_books, shipped
from ordercenter.orders.hold import lines_of, lock, move_lines, read_orders
from ordercenter.orders.models import Order, OrderLine
from ordercenter.orders.states import is_seller
from ordercenter.orders.statuses import Derived, Touched, recompute
from ordercenter.orders.timeline import Step, append
from ordercenter.orders.words import plain
from ordercenter.stock.locking import lock_lines
from ordercenter.stock.shipping import ship_out
from ordercenter.stock.terms import DocumentRef, ShipLine

PREFIX = "SH"
PARCEL_LIMIT = 500


@dataclass(frozen=True, slots=True)
class ShipmentDraft:
    """What is to leave of an order: quantities by line id, in the line's uom; None: everything that is promised.

    `warehouse_id`: only from there. `at`: the instant of a document of the past.
    """

    order_id: int
    lines: Mapping[int, Decimal] | None = None
    carrier: str = ""
    waybills: Sequence[str] = ()
    warehouse_id: int | None = None
    at: datetime | None = None


@dataclass(slots=True)
class Going:
    """A shipment that is being made: its row and its loads. Waybills and charges go with the first of a draft."""

    shipment: Shipment
    order: Order
    loads: list[Load]
    at: datetime
    waybills: Sequence[str] = ()
    charges: dict[int, Decimal] = field(default_factory=dict)


def ship(actor: Actor, draft: ShipmentDraft) -> list[Shipment]:
    """Ship one order, or a part of it; see `ship_all`."""
    return ship_all(actor, [draft])


def ship_all(actor: Actor, drafts: Sequence[ShipmentDraft]) -> list[Shipment]:
    """Ship what is promised to orders: one shipment for each warehouse that sends something; all or nothing.

    An order that a credit rule stops at its shipping stays where it is, with holds that say why, and has no shipment.
    The same number of statements for any number of orders and lines. Raises INVALID_TRANSITION, PERMISSION_DENIED,
    NOT_ALLOCATED for more than is promised to a line (index: its place in the draft), ORDER_HELD, CREDIT_BLOCKED,
    CONFLICT.
    """
    if not drafts:
        return []
    with transaction.atomic():
        orders = read_orders(actor, [draft.order_id for draft in drafts], "order")
        lines = lines_of(order.pk for order in orders)
        raise_all(
            problem
            for index, (order, draft) in enumerate(zip(orders, drafts, strict=True))
            for problem in _problems(actor, order, lines[order.pk], draft, index if len(drafts) > 1 else None)
        )
        book = lock_books(orders)
        judged = judge(actor, book, orders, Checkpoint.SHIP)
        raise_all(judged.blocked.values())
        lock_benefits(order for order in orders if order.promoted)
        sent = [(order, draft) for order, draft in zip(orders, drafts, strict=True) if order.pk not in judged.holds]
        wanted = {order.pk: _wanted(lines[order.pk], draft) for order, draft in sent}
        pieces = pieces_of(line.pk for one in wanted.values() for line, _quantity in one) if sent else {}
        going: list[Going] = []
        for order, draft in sent:
            loads = split(wanted[order.pk], pieces, draft.warehouse_id)
            raise_all(_missing(order, wanted[order.pk], loads))
            made = [_going(actor, order, draft, pk, parts) for pk, parts in loads.items()]
            made[0].waybills = draft.waybills
            made[0].charges = {line.pk: line.to_ship for line in lines[order.pk] if is_charge(line) and line.to_ship}
            going += made
        if sent:
            lock_lines((load.line.pk for one in going for load in one.loads), shipping=True)
        raise_all(lock(orders))
        shipped(actor, book, [order for order, _draft in sent], lines, _moved(going), judged.standing)
        _leave(actor, going)
        stop(actor, [order for order in orders if order.pk in judged.holds], judged)
    return [one.shipment for one in going]


def is_charge(line: OrderLine) -> bool:
    """A charge lies in no warehouse: it is delivered with the first goods of its order."""
    return line.kind == OrderLineKind.CHARGE


def _moved(going: Sequence[Going]) -> dict[int, dict[int, Decimal]]:
    """What leaves of each line, by order; charges with the first goods."""
    moved: dict[int, dict[int, Decimal]] = {one.order.pk: {} for one in going}
    for one in going:
        lines = moved[one.order.pk]
        for pk, quantity in [*((load.line.pk, load.quantity) for load in one.loads), *one.charges.items()]:
            lines[pk] = lines.get(pk, ZERO) + quantity
    return moved


def may_ship(actor: Actor, order: Order) -> bool:
    """The seller's people who ship, and the program."""
    return is_seller(actor, order) and actor.may("fulfilment.ship")


def _problems(
    actor: Actor, order: Order, lines: Sequence[OrderLine], draft: ShipmentDraft, index: int | None
) -> Iterator[DomainError]:
    if order.status != OrderStatus.CONFIRMED:
        text = _("%(number)s is %(status)s: nothing can be shipped.")
        values = {"number": order.number, "status": OrderStatus(order.status).label}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status", index)
    if order.waiting_for == OrderWait.CANCEL_DECISION:
        text = _("The buyer of %(number)s asks to cancel: grant or decline that first.") % {"number": order.number}
        yield DomainError(OrderErrorCode.ORDER_HELD, text, None, index)
    yield from hold_problems(order, draft.lines, index)
    if not may_ship(actor, order):
        text = _("You may not ship %(number)s.") % {"number": order.number}
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text, None, index)
    if len(draft.carrier) > 128:
        yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 128}, "carrier", index)
    yield from _waybill_problems(draft.waybills)
    by_id = {line.pk: line for line in lines}
    for place, (line_id, quantity) in enumerate((draft.lines or {}).items()):
        if problem := _line_problem(by_id.get(line_id), quantity, place):
            yield problem
    if draft.lines is not None and not draft.lines:
        yield DomainError(OrderErrorCode.ORDER_EMPTY, _("The shipment has no line."), "lines", index)
    elif draft.lines is None and not any(line.allocated for line in lines):
        text = _("Of %(number)s nothing is promised from stock.") % {"number": order.number}
        yield DomainError(OrderErrorCode.NOT_ALLOCATED, text, "lines", index)


def _line_problem(line: OrderLine | None, quantity: Decimal, place: int) -> DomainError | None:
    if line is None:
        return not_found("order_line", place)
    if not quantity.is_finite() or quantity <= 0:
        text = _("The quantity must be greater than 0.")
        return DomainError(OrderErrorCode.QUANTITY_INVALID, text, "quantity", place)
    if quantity > line.allocated:
        return _not_allocated(line, quantity, line.allocated, place)
    if quantity != round(quantity, line.uom.exponent):
        text = _("A quantity of %(sku)s may have %(decimals)s decimals at most.")
        values = {"sku": line.sku, "decimals": line.uom.exponent}
        return DomainError(OrderErrorCode.QUANTITY_PRECISION, text % values, "quantity", place)
    return None


def _not_allocated(line: OrderLine, wanted: Decimal, got: Decimal, place: int) -> DomainError:
    text = _("%(sku)s: %(wanted)s to ship, but only %(got)s promised from stock.")
    values = {"sku": line.sku, "wanted": plain(wanted), "got": plain(got)}
    return DomainError(OrderErrorCode.NOT_ALLOCATED, text % values, "quantity", place)


def _waybill_problems(waybills: Sequence[str]) -> Iterator[DomainError]:
    if len(waybills) > PARCEL_LIMIT:
        text = _("A shipment has at most %(limit)s parcels.") % {"limit": PARCEL_LIMIT}
        yield DomainError(CoreErrorCode.INVALID, text, "waybills")
        return
    for place, waybill in enumerate(waybills):
        if not waybill.strip() or len(waybill) > 64:
            yield DomainError(CoreErrorCode.INVALID, _("A waybill number has 1 to 64 characters."), "waybills", place)
        elif waybill in waybills[:place]:
            yield DomainError(CoreErrorCode.DUPLICATE, _("This waybill number is named twice."), "waybills", place)


def _wanted(lines: Sequence[OrderLine], draft: ShipmentDraft) -> list[tuple[OrderLine, Decimal]]:
    """Lines and quantities that are to leave, by position."""
    if draft.lines is None:
        return [(line, line.allocated) for line in lines if line.allocated]
    return [(line, draft.lines[line.pk]) for line in lines if line.pk in draft.lines]


def _missing(
    order: Order, wanted: Sequence[tuple[OrderLine, Decimal]], loads: Mapping[int, Sequence[Load]]
) -> Iterator[DomainError]:
    """Lines of which less lies there than is to leave: in the warehouse asked for, or because somebody was faster."""
    got: dict[int, Decimal] = {}
    for parts in loads.values():
        for load in parts:
            got[load.line.pk] = got.get(load.line.pk, ZERO) + sum(load.taken.values(), ZERO)
    for place, (line, quantity) in enumerate(wanted):
        base = got.get(line.pk, ZERO)
        if base < quantity * line.factor:
            yield _not_allocated(line, quantity, base / line.factor, place)


def _going(actor: Actor, order: Order, draft: ShipmentDraft, warehouse_id: int, loads: list[Load]) -> Going:
    at = draft.at or order.read_at
    shipment = Shipment(
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        order=order,
        warehouse_id=warehouse_id,
        address=order.address,
        carrier=draft.carrier,
        shipped_at=at,
        shipped_by_id=actor.user_id,
    )
    return Going(shipment, order, loads, at)


def _leave(actor: Actor, going: Sequence[Going]) -> None:
    """Let stock go, write the documents, derive and tell; the caller has taken the locks in the one order."""
    if not going:
        return
    give_numbers(going)
    ship_out(actor, [line for one in going for line in _stock_lines(one)], locked=True)
    insert_shipments([one.shipment for one in going])
    SHIPMENT_LINES.run(
        [
            (one.shipment.pk, one.order.seller_id, one.order.buyer_id, load.line.pk, load.quantity)
            for one in going
            for load in one.loads
        ]
    )
    PARCELS.run([row for one in going for row in _parcel_rows(one)])
    gone: dict[int, Decimal] = {}
    for one in going:
        for load in one.loads:
            gone[load.line.pk] = gone.get(load.line.pk, ZERO) + load.quantity
    charged = {pk: quantity for one in going for pk, quantity in one.charges.items()}
    allocated = {pk: -quantity for pk, quantity in gone.items()}
    move_lines({"shipped": gone | charged, "allocated": allocated, "received": charged})
    instants = {one.order.pk: one.at for one in going}
    derived = recompute([Touched(pk, at) for pk, at in instants.items()])
    append(actor, list(_steps(going, derived, instants)))


def give_numbers(going: Sequence[Going]) -> None:
    """Ids and numbers of the shipments, each of its seller's series."""
    ids = take_ids("fulfilment_shipment", len(going))
    numbers = numbers_for("shipment", [(one.order.seller_id, PREFIX) for one in going])
    for one, pk, number in zip(going, ids, numbers, strict=True):
        one.shipment.pk, one.shipment.number = pk, number


def _stock_lines(one: Going) -> Iterator[ShipLine]:
    document = DocumentRef("shipment", one.shipment.pk, one.shipment.number, one.at)
    pieces = [(load.line, warehouse_id, base) for load in one.loads for warehouse_id, base in load.taken.items()]
    for place, (line, warehouse_id, base) in enumerate(pieces, 1):
        assert line.variant_id is not None
        yield ShipLine(document, place, line.pk, line.variant_id, base, warehouse_id)


def _parcel_rows(one: Going) -> Iterator[tuple[int, int, int, int, str]]:
    for position, waybill in enumerate(one.waybills, 1):
        yield (one.shipment.pk, one.order.seller_id, one.order.buyer_id, position, waybill.strip())


def _steps(going: Iterable[Going], derived: Mapping[int, Derived], instants: Mapping[int, datetime]) -> Iterator[Step]:
    for one in going:
        quantities = {load.line.pk: load.quantity for load in one.loads}
        moves = {
            "shipped": quantities | one.charges,
            "allocated": {pk: -quantity for pk, quantity in quantities.items()},
            "received": one.charges,
        }
        yield Step(
            one.order.pk,
            one.order.seller_id,
            one.order.buyer_id,
            "order.shipped",
            f"shipment:{one.shipment.pk}",
            moves,
            {"number": one.shipment.number, "lines": len(one.loads)},
            "shipment",
            one.shipment.pk,
            at=one.at,
        )
    for pk, now in derived.items():
        if now.completed:
            key = f"completed:{now.version}"
            yield Step(pk, now.seller_id, now.buyer_id, "order.completed", key, at=instants[pk])
