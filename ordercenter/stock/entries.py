"""The stock room's own documents: goods in, adjustment, count, condition change, transfer (stock §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.numbering import next_numbers
from ordercenter.stock.checks import instant_problems, length_problems, quantity_problems
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.ledger import Posting, make_room, post
from ordercenter.stock.locking import Held, lock_ids
from ordercenter.stock.models import (
    StockBalance,
    StockCondition,
    StockCountLine,
    StockEntry,
    StockEntryKind,
    StockMove,
    StockMoveKind,
    Warehouse,
    WarehouseKind,
)

EVENT_OF = {
    StockEntryKind.RECEIPT: "stock.received",
    StockEntryKind.ADJUSTMENT: "stock.adjusted",
    StockEntryKind.COUNT: "stock.counted",
    StockEntryKind.CONDITION: "stock.condition_changed",
    StockEntryKind.TRANSFER: "stock.transferred",
}

# In one order: two who make the same rows wait for each other here and nowhere else.
PREPARE = """
INSERT INTO stock_stockbalance
    (organization_id, warehouse_id, variant_id, batch, condition, on_hand, allocated, reserved)
SELECT DISTINCT %(owner)s::bigint, *, 0, 0, 0
FROM unnest(%(warehouses)s::bigint[], %(variants)s::bigint[], %(batches)s::text[], %(conditions)s::text[])
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class StockLine:
    """So much of a variant, in its base uom, of a batch and condition."""

    variant_id: int
    quantity: Decimal
    batch: str = ""
    condition: str = StockCondition.SELLABLE


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A balance and how it changes: by so much (`change`), or to what was counted (`counted`); exactly one is set."""

    balance_id: int
    change: Decimal | None = None
    counted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a document beside its lines. `external_number` is another system's, taken once per kind."""

    reference: str = ""
    reason: str = ""
    external_number: str = ""
    at: datetime | None = None


def receive_stock(actor: Actor, warehouse: Warehouse, lines: Sequence[StockLine], paper: Paper = Paper()) -> StockEntry:
    """Take goods of the actor's organization into a warehouse from outside the network.

    The same external number again, with the same lines, answers the entry of the first time; with others MOVE_CONFLICT.
    Backorders are filled from it by the event's subscriber, after this has committed.
    """
    raise_all([*_receivable(actor, warehouse), *_positive(lines), *_paper_problems(paper)])
    try:
        return _known_receipt(actor, lines, paper) or _received(actor, warehouse, lines, paper)
    except IntegrityError:
        # The same delivery, sent twice at once: the other one has just been written.
        known = _known_receipt(actor, lines, paper)
        if known is None:
            raise
        return known


def _known_receipt(actor: Actor, lines: Sequence[StockLine], paper: Paper) -> StockEntry | None:
    return _known(actor, StockEntryKind.RECEIPT, paper, _by_variant(lines))


def _received(actor: Actor, warehouse: Warehouse, lines: Sequence[StockLine], paper: Paper) -> StockEntry:
    with transaction.atomic():
        balances = balances_for(actor.organization_id, [(warehouse.pk, line) for line in lines])
        postings = [
            Posting(balance, line.quantity, StockMoveKind.RECEIPT, index)
            for index, (balance, line) in enumerate(zip(balances, lines, strict=True))
        ]
        return _book(actor, StockEntryKind.RECEIPT, paper, postings, lock_ids(balances))


def adjust(actor: Actor, lines: Sequence[Adjustment], paper: Paper) -> StockEntry:
    """Set balances right by so much each; a reason is asked. Promises that are no longer covered give way."""
    return _correct(actor, StockEntryKind.ADJUSTMENT, lines, paper)


def post_count(actor: Actor, lines: Sequence[Adjustment], paper: Paper) -> StockEntry:
    """Post what was counted: each line sets its balance to `counted`, and both figures are kept."""
    return _correct(actor, StockEntryKind.COUNT, lines, paper)


def change_condition(actor: Actor, balance_id: int, quantity: Decimal, condition: str, paper: Paper) -> StockEntry:
    """Move so much of a balance to another condition in the same place; promises on what is gone give way."""
    source = _own(actor, [balance_id])[0]
    raise_all([*_movable(source, quantity), *_paper_problems(paper)])
    if condition == source.condition:
        raise DomainError(CoreErrorCode.INVALID, _("It is in this condition already."), "condition")
    line = StockLine(source.variant_id, quantity, source.batch, condition)
    with transaction.atomic():
        target = balances_for(source.organization_id, [(source.warehouse_id, line)])[0]
        postings = [
            Posting(source.pk, -quantity, StockMoveKind.CONDITION, 0),
            Posting(target, quantity, StockMoveKind.CONDITION, 0),
        ]
        return _book(actor, StockEntryKind.CONDITION, paper, postings, lock_ids([source.pk, target]))


def transfer(
    actor: Actor, lines: Sequence[tuple[int, Decimal]], warehouse: Warehouse, paper: Paper = Paper()
) -> StockEntry:
    """Move goods, given as (balance id, quantity), to another warehouse of the same organization, at once.

    Only what is promised to nobody may go: else STOCK_SHORT, with the line.
    """
    sources = _own(actor, [balance for balance, _quantity in lines])
    raise_all(
        [
            *_receivable(actor, warehouse),
            *_paper_problems(paper),
            *(
                problem
                for i, (b, line) in enumerate(zip(sources, lines, strict=True))
                for problem in _transferable(b, line[1], warehouse, i)
            ),
        ]
    )
    with transaction.atomic():
        wanted = [
            (warehouse.pk, StockLine(balance.variant_id, quantity, balance.batch, balance.condition))
            for balance, (_id, quantity) in zip(sources, lines, strict=True)
        ]
        targets = balances_for(actor.organization_id, wanted)
        held = lock_ids([*targets, *(balance.pk for balance in sources)])
        raise_all(_promised(held, lines))
        postings = []
        for index, ((source, quantity), target) in enumerate(zip(lines, targets, strict=True)):
            postings.append(Posting(source, -quantity, StockMoveKind.TRANSFER_OUT, index))
            postings.append(Posting(target, quantity, StockMoveKind.TRANSFER_IN, index))
        return _book(actor, StockEntryKind.TRANSFER, paper, postings, held)


def _correct(actor: Actor, kind: StockEntryKind, lines: Sequence[Adjustment], paper: Paper) -> StockEntry:
    """Adjustment and count: from what is there under the lock to what should be."""
    balances = _own(actor, [line.balance_id for line in lines])
    exact = (
        problem
        for index, (line, balance) in enumerate(zip(lines, balances, strict=True))
        for field, quantity in (("change", line.change), ("counted", line.counted))
        if quantity is not None
        for problem in quantity_problems(quantity, field, index, _decimals(balance))
    )
    correctable = _correctable(lines, paper, counting=kind is StockEntryKind.COUNT)
    raise_all([*correctable, *exact, *_paper_problems(paper)])
    move = StockMoveKind.COUNT if kind is StockEntryKind.COUNT else StockMoveKind.ADJUSTMENT
    with transaction.atomic():
        held = lock_ids(line.balance_id for line in lines)
        there = {balance.id: balance.on_hand for balance in held}
        postings = [
            Posting(line.balance_id, _difference(line, there[line.balance_id]), move, index)
            for index, line in enumerate(lines)
        ]
        entry = _book(actor, kind, paper, postings, held)
        if kind is StockEntryKind.COUNT:
            StockCountLine.objects.bulk_create(
                StockCountLine(
                    organization_id=entry.organization_id,
                    entry=entry,
                    balance_id=line.balance_id,
                    booked=there[line.balance_id],
                    counted=line.counted,
                )
                for line in lines
                if line.counted is not None
            )
    return entry


def _difference(line: Adjustment, on_hand: Decimal) -> Decimal:
    if line.counted is not None:
        return line.counted - on_hand
    return line.change or Decimal(0)


def _correctable(lines: Sequence[Adjustment], paper: Paper, counting: bool) -> Iterator[DomainError]:
    """What is wrong with an adjustment or a count, all at once."""
    if not counting and not paper.reason.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Say why."), "reason")
    if not lines:
        yield DomainError(CoreErrorCode.REQUIRED, _("There is no line."), "lines")
    seen: set[int] = set()
    for index, line in enumerate(lines):
        if line.balance_id in seen:
            yield DomainError(CoreErrorCode.DUPLICATE, _("This balance stands in two lines."), "balance", index)
        seen.add(line.balance_id)
        if (line.change is None) == (line.counted is None) or (counting and line.counted is None):
            text = _("Give what was counted.") if counting else _("Give either the change or what was counted.")
            yield DomainError(CoreErrorCode.REQUIRED, text, "counted", index)
        elif line.counted is not None and line.counted < 0:
            text = _("What was counted cannot be below 0.")
            yield DomainError(StockErrorCode.QUANTITY_INVALID, text, "counted", index)


def _own(actor: Actor, balance_ids: Sequence[int]) -> list[StockBalance]:
    """Balances of goods that the actor's organization owns, in the order asked; NOT_FOUND with the line for others.

    INVALID for goods on their way: shipments and receipts alone move them, and settle what is missing.
    """
    base = Pack.objects.filter(variant=OuterRef("variant"), is_base=True).values("uom__exponent")
    rows = StockBalance.objects.visible_to(actor).filter(pk__in=balance_ids).annotate(decimals=Subquery(base))
    own = rows.filter(organization=actor.organization_id).select_related("warehouse")
    found = {balance.pk: balance for balance in own}
    raise_all(
        not_found("balance", index) if pk not in found else _on_its_way(index)
        for index, pk in enumerate(balance_ids)
        if pk not in found or found[pk].warehouse.kind == WarehouseKind.TRANSIT
    )
    return [found[pk] for pk in balance_ids]


def _on_its_way(index: int) -> DomainError:
    text = _("These goods are on their way: shipping and receiving alone change them.")
    return DomainError(CoreErrorCode.INVALID, text, "balance", index)


def _decimals(balance: StockBalance) -> int:
    """Decimals of the base unit of a balance that `_own` has found."""
    return int(balance.decimals)  # type: ignore[attr-defined]


def _paper_problems(paper: Paper) -> Iterator[DomainError]:
    """What is wrong with a document beside its lines."""
    texts = {"reference": paper.reference, "reason": paper.reason, "external_number": paper.external_number}
    yield from length_problems(StockEntry, **texts)
    yield from instant_problems(paper.at)


def _receivable(actor: Actor, warehouse: Warehouse) -> Iterator[DomainError]:
    if warehouse.organization_id != actor.organization_id:
        yield not_found("warehouse")
    elif warehouse.kind == WarehouseKind.TRANSIT:
        text = _("Goods come into this warehouse by shipments only.")
        yield DomainError(CoreErrorCode.INVALID, text, "warehouse")


def _positive(lines: Sequence[StockLine]) -> Iterator[DomainError]:
    if not lines:
        yield DomainError(CoreErrorCode.REQUIRED, _("There is no line."), "lines")
    for index, line in enumerate(lines):
        if line.quantity <= 0:
            text = _("The quantity must be above 0.")
            yield DomainError(StockErrorCode.QUANTITY_INVALID, text, "quantity", index)
        else:
            yield from quantity_problems(line.quantity, "quantity", index)


def _transferable(balance: StockBalance, quantity: Decimal, warehouse: Warehouse, index: int) -> Iterator[DomainError]:
    yield from _movable(balance, quantity, index)
    if balance.warehouse_id == warehouse.pk:
        yield DomainError(CoreErrorCode.INVALID, _("It lies in this warehouse already."), "warehouse", index)


def _movable(balance: StockBalance, quantity: Decimal, index: int | None = None) -> Iterator[DomainError]:
    if quantity <= 0:
        text = _("The quantity must be above 0.")
        yield DomainError(StockErrorCode.QUANTITY_INVALID, text, "quantity", index)
    elif quantity > balance.on_hand:
        text = _("Only %(quantity)s on hand.") % {"quantity": f"{balance.on_hand.normalize():f}"}
        yield DomainError(StockErrorCode.STOCK_NEGATIVE, text, "quantity", index)
    else:
        yield from quantity_problems(quantity, "quantity", index, _decimals(balance))


def _promised(held: Iterable[Held], lines: Sequence[tuple[int, Decimal]]) -> Iterator[DomainError]:
    """STOCK_SHORT for lines that want what is promised to others."""
    left = {balance.id: balance.on_hand - balance.allocated - balance.reserved for balance in held}
    for index, (balance, quantity) in enumerate(lines):
        left[balance] -= quantity
        if left[balance] < 0:
            text = _("The rest of it is promised: %(quantity)s less may go.")
            numbers = {"quantity": f"{-left[balance].normalize():f}"}
            yield DomainError(StockErrorCode.STOCK_SHORT, text % numbers, "quantity", index)


def _by_variant(lines: Sequence[StockLine]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[line.variant_id] = sums.get(line.variant_id, Decimal(0)) + line.quantity
    return sums


def _known(actor: Actor, kind: StockEntryKind, paper: Paper, wanted: dict[int, Decimal]) -> StockEntry | None:
    """The entry that has this external number, if its quantities by variant are the same; MOVE_CONFLICT if not."""
    if not paper.external_number:
        return None
    own = StockEntry.objects.filter(organization=actor.organization_id, kind=kind)
    entry = own.filter(external_number=paper.external_number).first()
    if entry is None:
        return None
    moves = StockMove.objects.filter(document_kind=f"stock_{kind}", document_id=entry.pk)
    posted: dict[int, Decimal] = {}
    for variant, quantity in moves.values_list("balance__variant_id", "quantity"):
        posted[variant] = posted.get(variant, Decimal(0)) + quantity
    if posted != wanted:
        text = _("%(number)s was posted before with other quantities.") % {"number": paper.external_number}
        raise DomainError(StockErrorCode.MOVE_CONFLICT, text, "external_number")
    return entry


def balances_for(owner_id: int | None, wanted: Sequence[tuple[int, StockLine]]) -> list[int]:
    """Ids of the balances of (warehouse, line), made where they are not there yet."""
    keys = [(place, line.variant_id, line.batch, str(line.condition)) for place, line in wanted]
    places, variants, batches, conditions = zip(*keys, strict=True)
    values: dict[str, Any] = {
        "owner": owner_id,
        "warehouses": list(places),
        "variants": list(variants),
        "batches": list(batches),
        "conditions": list(conditions),
    }
    with connection.cursor() as cursor:
        cursor.execute(PREPARE, values)
    rows = StockBalance.objects.filter(organization=owner_id, variant__in=set(variants), warehouse__in=set(places))
    found = {row[1:]: row[0] for row in rows.values_list("pk", "warehouse_id", "variant_id", "batch", "condition")}
    return [found[key] for key in keys]


def _book(
    actor: Actor, kind: StockEntryKind, paper: Paper, postings: Sequence[Posting], held: Sequence[Held]
) -> StockEntry:
    """Make room, number and write the entry, post its moves, record its event."""
    owner = actor.organization_id
    assert owner is not None
    make_room(actor, owner, postings, held)
    entry = StockEntry.objects.create(
        organization_id=owner,
        kind=kind,
        number=next_numbers(owner, "stock_entry", "ST")[0],
        reference=paper.reference,
        external_number=paper.external_number,
        reason=paper.reason,
        occurred_at=paper.at or timezone.now(),
        posted_by_id=actor.user_id,
    )
    post(actor, entry, postings)
    variants = StockBalance.objects.filter(pk__in={posting.balance_id for posting in postings}).values_list(
        "variant_id"
    )
    payload = {"number": entry.number, "variants": sorted({variant for (variant,) in variants})}
    record(actor, DomainEvent(EVENT_OF[kind], "stock_entry", entry.pk, (owner,), payload))
    return entry
