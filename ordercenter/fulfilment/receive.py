"""The buyer counts at the door: what came is received, what did not stays in transit as a difference (orders §4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.numbering import numbers_for
from ordercenter.fulfilment.models import Receipt, Shipment, ShipmentLine
from ordercenter.fulfilment.store import RECEIPT_LINES, insert_receipts, take_ids
from ordercenter.orders.arithmetic import EXACT, ZERO
from ordercenter.orders.enums import OrderStatus
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.hold import lock, move_lines, read_orders
from ordercenter.orders.models import Order
from ordercenter.orders.states import is_buyer
from ordercenter.orders.statuses import Derived, Touched, recompute
from ordercenter.orders.store import run
from ordercenter.orders.timeline import Step, append
from ordercenter.orders.words import plain
from ordercenter.stock.shipping import lock_arrival, receive_in
from ordercenter.stock.terms import DocumentRef, ReceiveLine

PREFIX = "GR"
NOTE_LIMIT = 4000

#: A closed order still receives what was on its way.
RECEIVABLE = (OrderStatus.CONFIRMED, OrderStatus.CLOSED)

COUNT = """
WITH counted AS (
    UPDATE fulfilment_shipmentline AS line
       SET received = line.received + given.received, differed = line.differed + given.differed
      FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS given(id, received, differed)
     WHERE line.id = given.id
    RETURNING line.id, line.shipment_id, line.quantity - line.received - line.differed AS left_over
), progress AS (
    SELECT shipment_id, bool_and(left_over = 0) AS done FROM (
        SELECT shipment_id, left_over FROM counted
        UNION ALL
        SELECT other.shipment_id, other.quantity - other.received - other.differed
          FROM fulfilment_shipmentline AS other
         WHERE other.shipment_id IN (SELECT shipment_id FROM counted) AND other.id NOT IN (SELECT id FROM counted)
    ) AS lines GROUP BY shipment_id
)
UPDATE fulfilment_shipment AS shipment
   SET status = CASE WHEN progress.done THEN 'received' ELSE 'partially_received' END
  FROM progress WHERE shipment.id = progress.shipment_id
"""


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of a shipment line, in the line's uom: good, and short, damaged or wrong."""

    received: Decimal
    differed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ReceiptDraft:
    """The count of one shipment: by shipment line id, or None where all that is on its way came as sent."""

    shipment_id: int
    lines: Mapping[int, Count] | None = None
    note: str = ""
    at: datetime | None = None


class Awaited(NamedTuple):
    """What counting asks of a shipment line and of the order line behind it; `to_receive` is still on its way."""

    id: int
    shipment_id: int
    order_line_id: int
    variant_id: int | None
    sku: str
    factor: Decimal
    exponent: int
    to_receive: Decimal


@dataclass(slots=True)
class Arrival:
    """A receipt that is being made: its row and the counts of its lines."""

    receipt: Receipt
    order: Order
    counts: list[tuple[Awaited, Count]]
    at: datetime


def receive(actor: Actor, draft: ReceiptDraft) -> Receipt:
    """Receive one shipment, or a part of it; see `receive_all`."""
    return receive_all(actor, [draft])[0]


def receive_all(actor: Actor, drafts: Sequence[ReceiptDraft]) -> list[Receipt]:
    """Post the buyer's counts of shipments, all or none; the same number of statements for any number of lines.

    An order of which everything is received or settled as different is COMPLETED by itself. Raises NOT_FOUND,
    INVALID_TRANSITION, PERMISSION_DENIED, RECEIPT_EXCEEDS for more than is on its way (index: its place in the draft),
    CONFLICT.
    """
    if not drafts:
        return []
    with transaction.atomic():
        shipments = _shipments(actor, drafts)
        ids = list(dict.fromkeys(shipment.order_id for shipment in shipments))
        orders = {order.pk: order for order in read_orders(actor, ids, "shipment")}
        lines = _lines(shipments)
        raise_all(
            problem
            for index, (shipment, draft) in enumerate(zip(shipments, drafts, strict=True))
            for problem in _problems(
                actor, orders[shipment.order_id], lines[shipment.pk], draft, index if len(drafts) > 1 else None
            )
        )
        arrivals = [
            _arrival(actor, orders[shipment.order_id], shipment, lines[shipment.pk], draft)
            for shipment, draft in zip(shipments, drafts, strict=True)
        ]
        _arrive(actor, list(orders.values()), arrivals)
    return [arrival.receipt for arrival in arrivals]


def may_receive(actor: Actor, order: Order) -> bool:
    """The buyer's people who receive, and the program."""
    return is_buyer(actor, order) and actor.may("fulfilment.receive")


def _shipments(actor: Actor, drafts: Sequence[ReceiptDraft]) -> list[Shipment]:
    ids = [draft.shipment_id for draft in drafts]
    found = {row.pk: row for row in Shipment.objects.visible_to(actor).filter(pk__in=set(ids))}
    many = len(ids) > 1
    raise_all(
        not_found("shipment", index if many else None)
        if pk not in found
        else DomainError(CoreErrorCode.DUPLICATE, _("This shipment is named twice."), "shipment", index)
        for index, pk in enumerate(ids)
        if pk not in found or pk in ids[:index]
    )
    return [found[pk] for pk in ids]


def _lines(shipments: Iterable[Shipment]) -> dict[int, list[Awaited]]:
    grouped: dict[int, list[Awaited]] = {shipment.pk: [] for shipment in shipments}
    rows = ShipmentLine.objects.filter(shipment__in=list(grouped)).order_by("shipment_id", "order_line__position")
    of_order = ("order_line__variant_id", "order_line__sku", "order_line__factor", "order_line__uom__exponent")
    to_receive = F("quantity") - F("received") - F("differed")
    for row in rows.values_list("id", "shipment_id", "order_line_id", *of_order, to_receive):
        line = Awaited._make(row)
        grouped[line.shipment_id].append(line)
    return grouped


def _problems(
    actor: Actor, order: Order, lines: Sequence[Awaited], draft: ReceiptDraft, index: int | None
) -> Iterator[DomainError]:
    if order.status not in RECEIVABLE:
        text = _("%(number)s is %(status)s: nothing can be received.")
        values = {"number": order.number, "status": OrderStatus(order.status).label}
        yield DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status", index)
    if not may_receive(actor, order):
        text = _("You may not receive %(number)s.") % {"number": order.number}
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text, None, index)
    if len(draft.note) > NOTE_LIMIT:
        text = _("At most %(limit)s characters.") % {"limit": NOTE_LIMIT}
        yield DomainError(CoreErrorCode.INVALID, text, "note", index)
    by_id = {line.id: line for line in lines}
    for place, (line_id, count) in enumerate((draft.lines or {}).items()):
        if problem := _count_problem(by_id.get(line_id), count, place):
            yield problem
    if draft.lines is None:
        nothing = not any(line.to_receive for line in lines)
    else:
        nothing = not any(count.received or count.differed for count in draft.lines.values())
    if nothing:
        text = _("Nothing of %(number)s is left to receive.") if draft.lines is None else _("Nothing was counted.")
        yield DomainError(OrderErrorCode.ORDER_EMPTY, text % {"number": order.number}, "lines", index)


def _count_problem(line: Awaited | None, count: Count, place: int) -> DomainError | None:
    if line is None:
        return not_found("shipment_line", place)
    for name, quantity in (("received", count.received), ("differed", count.differed)):
        if not quantity.is_finite() or quantity < 0:
            text = _("A count cannot be negative.")
            return DomainError(OrderErrorCode.QUANTITY_INVALID, text, name, place)
    if count.received + count.differed > line.to_receive:
        text = _("%(sku)s: %(counted)s counted, but only %(left)s on the way.")
        counted = plain(count.received + count.differed)
        values = {"sku": line.sku, "counted": counted, "left": plain(line.to_receive)}
        return DomainError(OrderErrorCode.RECEIPT_EXCEEDS, text % values, "received", place)
    for name, quantity in (("received", count.received), ("differed", count.differed)):
        if quantity != round(quantity, line.exponent):
            text = _("A quantity of %(sku)s may have %(decimals)s decimals at most.")
            places = {"sku": line.sku, "decimals": line.exponent}
            return DomainError(OrderErrorCode.QUANTITY_PRECISION, text % places, name, place)
    return None


def _arrival(actor: Actor, order: Order, shipment: Shipment, lines: Sequence[Awaited], draft: ReceiptDraft) -> Arrival:
    if draft.lines is None:
        counts = [(line, Count(line.to_receive)) for line in lines if line.to_receive]
    else:
        given = draft.lines
        counts = [(line, given[line.id]) for line in lines if line.id in given]
        counts = [(line, count) for line, count in counts if count.received or count.differed]
    at = draft.at or order.read_at
    receipt = Receipt(
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        order=order,
        shipment=shipment,
        note=draft.note,
        received_at=at,
        received_by_id=actor.user_id,
    )
    return Arrival(receipt, order, counts, at)


def _arrive(actor: Actor, orders: Sequence[Order], arrivals: Sequence[Arrival]) -> None:
    """Take the locks in the one order, then let stock come, write the documents, derive and tell."""
    counts = [(arrival, line, count) for arrival in arrivals for line, count in arrival.counts]
    lock_arrival(
        (arrival.order.seller_id, arrival.order.buyer_id, line.variant_id)
        for arrival, line, count in counts
        if count.received and line.variant_id is not None
    )
    raise_all(lock(orders))
    run(
        COUNT,
        [
            numbers(line.id for _arrival, line, _count in counts),
            numbers(count.received for _arrival, _line, count in counts),
            numbers(count.differed for _arrival, _line, count in counts),
        ],
    )
    _give_numbers(arrivals)
    receive_in(actor, [line for arrival in arrivals for line in _stock_lines(arrival)], locked=True)
    insert_receipts([arrival.receipt for arrival in arrivals])
    RECEIPT_LINES.run(
        [
            (
                arrival.receipt.pk,
                arrival.order.seller_id,
                arrival.order.buyer_id,
                line.id,
                count.received,
                count.differed,
            )
            for arrival, line, count in counts
        ]
    )
    moves: dict[str, dict[int, Decimal]] = {"received": {}, "differed": {}}
    for _arrived, line, count in counts:
        for name, quantity in (("received", count.received), ("differed", count.differed)):
            moves[name][line.order_line_id] = moves[name].get(line.order_line_id, ZERO) + quantity
    move_lines(moves)
    instants = {arrival.order.pk: arrival.at for arrival in arrivals}
    derived = recompute([Touched(pk, at) for pk, at in instants.items()])
    append(actor, list(_steps(arrivals, derived, instants)))


def _give_numbers(arrivals: Sequence[Arrival]) -> None:
    """Ids and numbers of the receipts, each of its buyer's series."""
    ids = take_ids("fulfilment_receipt", len(arrivals))
    numbers = numbers_for("receipt", [(arrival.order.buyer_id, PREFIX) for arrival in arrivals])
    for arrival, pk, number in zip(arrivals, ids, numbers, strict=True):
        arrival.receipt.pk, arrival.receipt.number = pk, number


def _stock_lines(arrival: Arrival) -> Iterator[ReceiveLine]:
    document = DocumentRef("receipt", arrival.receipt.pk or 0, arrival.receipt.number, arrival.at)
    seller_id, buyer_id = arrival.order.seller_id, arrival.order.buyer_id
    for line, count in arrival.counts:
        if count.received and line.variant_id is not None:
            base = EXACT.multiply(count.received, line.factor)
            yield ReceiveLine(document, line.id, seller_id, buyer_id, line.variant_id, base)


def _steps(
    arrivals: Iterable[Arrival], derived: Mapping[int, Derived], instants: Mapping[int, datetime]
) -> Iterator[Step]:
    for arrival in arrivals:
        received = {line.order_line_id: count.received for line, count in arrival.counts}
        differed = {line.order_line_id: count.differed for line, count in arrival.counts}
        data = {
            "number": arrival.receipt.number,
            "lines": len(arrival.counts),
            "differed": sum(1 for quantity in differed.values() if quantity),
            "note": arrival.receipt.note,
        }
        yield Step(
            arrival.order.pk,
            arrival.order.seller_id,
            arrival.order.buyer_id,
            "order.received",
            f"receipt:{arrival.receipt.pk}",
            {"received": received, "differed": differed},
            data,
            "receipt",
            arrival.receipt.pk,
            at=arrival.at,
        )
    for pk, now in derived.items():
        if now.completed:
            key = f"completed:{now.version}"
            yield Step(pk, now.seller_id, now.buyer_id, "order.completed", key, at=instants[pk])
