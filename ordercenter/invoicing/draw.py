"""Draw invoices: drafts of what left or arrived and is on no invoice yet (docs/concepts/invoicing.md, Drawing)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.tax import midnight
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.parties.models import InvoiceKind
from marketplace.parties.tax import tax_profiles_of
from ordercenter.invoicing.enums import InvoiceGrouping, InvoiceStatus
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.invoiceable import INVOICED, Invoiceable, lines_of, open_orders
from ordercenter.invoicing.models import Invoice, InvoiceLine, InvoiceOrder, InvoicingSettings
from ordercenter.invoicing.policy import settings_of
from ordercenter.invoicing.store import insert, take_ids, update
from ordercenter.orders.hold import read_orders
from ordercenter.orders.models import Order
from ordercenter.orders.words import plain

MANAGE = "invoices.manage"
MOST_ORDERS = 500
Amounts = tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """One invoice to be, over one order or several of one buyer and currency.

    `lines`: quantities by order line, in its uom; None: everything that is to be invoiced. `until`: of what left or
    arrived before an instant. `kind` None: as the buyer's tax profile asks.
    """

    order_ids: Sequence[int]
    lines: Mapping[int, Decimal] | None = None
    until: datetime | None = None
    kind: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """Which orders to draw from: these, those of these partners, or (both None) all that have something to invoice.

    `through`: the last day whose shipments or receipts count. `grouping` None: the seller's own. `then_issue`: the
    drafts are issued by themselves, in a transaction of their own.
    """

    order_ids: Sequence[int] | None = None
    partnership_ids: Sequence[int] | None = None
    through: date | None = None
    grouping: str | None = None
    then_issue: bool = False


def draw_open(actor: Actor, request: DrawRequest) -> list[Invoice]:
    """Draw drafts of everything that is to be invoiced, by order or by partner and currency; 500 orders at most.

    A constant number of statements. Orders with nothing to invoice are passed over; raises NOTHING_TO_INVOICE where
    none is left, NOT_FOUND.
    """
    actor.require(MANAGE)
    settings = settings_of(actor.own_id)
    orders = wanted_orders(actor, request, settings.basis)
    until = None
    if request.through is not None:
        until = midnight(actor, date.fromordinal(request.through.toordinal() + 1))
    by_order = (request.grouping or settings.grouping) == InvoiceGrouping.ORDER
    groups = groupby(orders, key=lambda row: row if by_order else row[1:])
    drafts = [InvoiceDraft([row[0] for row in group], until=until) for _key, group in groups]
    made = _draw(actor, drafts, settings, lenient=True, then_issue=request.then_issue) if drafts else []
    if not made:
        raise DomainError(InvoicingErrorCode.NOTHING_TO_INVOICE, _("There is nothing to invoice."))
    return made


def wanted_orders(actor: Actor, request: DrawRequest, basis: str) -> list[tuple[int, int, str]]:
    """Orders that a request means and that have something to invoice: id, partnership, currency; by partner, then age.

    Raises NOT_FOUND for an order that is not the actor's.
    """
    rows = open_orders(actor, basis)
    if request.order_ids is not None:
        read_orders(actor, list(dict.fromkeys(request.order_ids)), "orders")
        rows = rows.filter(pk__in=request.order_ids)
    if request.partnership_ids is not None:
        rows = rows.filter(partnership__in=request.partnership_ids)
    found = rows.order_by("partnership", "currency", "placed_at", "pk")[:MOST_ORDERS]
    return list(found.values_list("pk", "partnership", "currency"))


def draw_all(actor: Actor, drafts: Sequence[InvoiceDraft]) -> list[Invoice]:
    """Draw these invoices, all or none; as many statements for a hundred as for one.

    Raises all problems at once: NOT_FOUND, INVALID_TRANSITION (an order that is not confirmed), ORDERS_DIFFER,
    NOTHING_TO_INVOICE, EXCEEDS_INVOICEABLE and QUANTITY_INVALID with the index of the line.
    """
    actor.require(MANAGE)
    return _draw(actor, drafts, settings_of(actor.own_id))


@dataclass(slots=True)
class Drawn:
    """A draft with its orders, and the parts it takes."""

    draft: InvoiceDraft
    orders: list[Order]
    parts: list[tuple[Invoiceable, Decimal]]


def _draw(
    actor: Actor,
    drafts: Sequence[InvoiceDraft],
    settings: InvoicingSettings,
    lenient: bool = False,
    then_issue: bool = False,
) -> list[Invoice]:
    with transaction.atomic():
        ids = [pk for draft in drafts for pk in draft.order_ids]
        orders = {order.pk: order for order in read_orders(actor, ids, "orders")}
        raise_all(_unfit(actor, drafts, orders))
        lock_orders(ids)
        lines = _read(drafts)
        drawn = [_taken(draft, orders, lines) for draft in drafts]
        if lenient:
            drawn = [one for one in drawn if one.parts]
        raise_all(problem for one in drawn for problem in _problems(one))
        invoices = _write(actor, drawn, settings)
        told = {"issue": True} if then_issue else {}
        record_all(
            actor,
            [
                DomainEvent("invoice.drawn", "invoice", row.pk, (row.seller_id,), _payload(row) | told)
                for row in invoices
            ],
        )
    return invoices


def _read(drafts: Sequence[InvoiceDraft]) -> list[Invoiceable]:
    """The lines of all orders; one statement for each day up to which is drawn."""
    ids: dict[datetime | None, list[int]] = {}
    for draft in drafts:
        ids.setdefault(draft.until, []).extend(draft.order_ids)
    return [line for until, orders in ids.items() for line in lines_of(orders, until)]


def lock_orders(ids: Sequence[int]) -> None:
    """Lock orders by id (level 5): two who invoice the same goods take turns, and the second finds them taken."""
    rows = Order.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


def _unfit(actor: Actor, drafts: Sequence[InvoiceDraft], orders: Mapping[int, Order]) -> Iterator[DomainError]:
    for index, draft in enumerate(drafts):
        place = index if len(drafts) > 1 else None
        if not draft.order_ids:
            yield DomainError(CoreErrorCode.REQUIRED, _("Choose an order."), "orders", place)
        if draft.kind is not None and draft.kind not in InvoiceKind.values:
            yield DomainError(CoreErrorCode.INVALID, _("There is no such invoice."), "kind", place)
        if len(draft.note) > 500:
            text = _("At most %(longest)s characters.") % {"longest": 500}
            yield DomainError(CoreErrorCode.INVALID, text, "note", place)
        chosen = [orders[pk] for pk in draft.order_ids]
        for order in chosen:
            if order.seller_id != actor.organization_id:
                yield not_found("orders", place)
            elif order.status not in INVOICED:
                text = _("%(number)s cannot be invoiced as it stands.") % {"number": order.number}
                yield DomainError(CoreErrorCode.INVALID_TRANSITION, text, "orders", place)
        if len({(order.partnership_id, order.currency) for order in chosen}) > 1:
            text = _("Orders of one invoice have one buyer and one currency.")
            yield DomainError(InvoicingErrorCode.ORDERS_DIFFER, text, "orders", place)


def _taken(draft: InvoiceDraft, orders: Mapping[int, Order], lines: Sequence[Invoiceable]) -> Drawn:
    """What a draft takes: all that is open, or what was asked for."""
    chosen = set(draft.order_ids)
    own = [line for line in lines if line.order_id in chosen]
    if draft.lines is None:
        parts = [(line, line.open) for line in own if line.open]
    else:
        parts = [(line, draft.lines[line.line_id]) for line in own if line.line_id in draft.lines]
    return Drawn(draft, [orders[pk] for pk in draft.order_ids], parts)


def _problems(drawn: Drawn) -> Iterator[DomainError]:
    if drawn.draft.lines is not None:
        known = {line.line_id for line, _quantity in drawn.parts}
        for place, pk in enumerate(drawn.draft.lines):
            if pk not in known:
                yield not_found("order_line", place)
    if not drawn.parts:
        numbers = ", ".join(order.number for order in drawn.orders[:3])
        text = _("Nothing of %(number)s is to be invoiced.") % {"number": numbers}
        yield DomainError(InvoicingErrorCode.NOTHING_TO_INVOICE, text, "orders")
    for place, (line, quantity) in enumerate(drawn.parts):
        if not quantity.is_finite() or quantity <= 0 or quantity != round(quantity, 6):
            text = _("The quantity must be greater than 0.")
            yield DomainError(InvoicingErrorCode.QUANTITY_INVALID, text, "quantity", place)
        elif quantity > line.open:
            text = _("%(sku)s: %(wanted)s to invoice, but only %(got)s are open.")
            values = {"sku": line.sku, "wanted": plain(quantity), "got": plain(line.open)}
            yield DomainError(InvoicingErrorCode.EXCEEDS_INVOICEABLE, text % values, "quantity", place)


def _write(actor: Actor, drawn: Sequence[Drawn], settings: InvoicingSettings) -> list[Invoice]:
    if not drawn:
        return []
    profiles = tax_profiles_of([one.orders[0].buyer_id for one in drawn])
    invoices: list[Invoice] = []
    parts: list[InvoiceOrder] = []
    lines: list[InvoiceLine] = []
    for pk, one in zip(take_ids("invoicing_invoice", len(drawn)), drawn, strict=True):
        own = [_line(pk, place, one.orders[0], part) for place, part in enumerate(one.parts, 1)]
        shares = parts_of(pk, own)
        profile = profiles.get(one.orders[0].buyer_id)
        kind = one.draft.kind or (profile.invoice_kind if profile else InvoiceKind.VAT_ORDINARY)
        invoices.append(_invoice(actor, pk, one, settings, kind, shares, len(own)))
        parts += shares
        lines += own
    insert(invoices, with_key=True)
    insert(parts)
    insert(lines)
    return invoices


def _line(invoice_id: int, position: int, order: Order, part: tuple[Invoiceable, Decimal]) -> InvoiceLine:
    line, quantity = part
    start, end = line.claimed, line.claimed + quantity
    net, tax, gross = line.money(start, end)
    return InvoiceLine(
        invoice_id=invoice_id,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        position=position,
        order_id=line.order_id,
        order_line_id=line.line_id,
        kind=line.kind,
        sku=line.sku,
        name_zh=line.name_zh,
        name_en=line.name_en,
        uom_id=line.uom_id,
        start=start,
        end=end,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        tax_treatment=line.tax_treatment,
        net=net,
        tax=tax,
        gross=gross,
    )


def parts_of(invoice_id: int, lines: Sequence[InvoiceLine]) -> list[InvoiceOrder]:
    """What the lines of an invoice come to by order."""
    sums: dict[int, Any] = {}
    for line in lines:
        row = sums.get(line.order_id)
        if row is None:
            row = sums[line.order_id] = InvoiceOrder(
                invoice_id=invoice_id,
                order_id=line.order_id,
                seller_id=line.seller_id,
                buyer_id=line.buyer_id,
                net=Decimal(0),
                tax=Decimal(0),
                gross=Decimal(0),
            )
        row.net, row.tax, row.gross = row.net + line.net, row.tax + line.tax, row.gross + line.gross
    return list(sums.values())


def _invoice(
    actor: Actor,
    pk: int,
    drawn: Drawn,
    settings: InvoicingSettings,
    kind: str,
    parts: Sequence[InvoiceOrder],
    count: int,
) -> Invoice:
    order = drawn.orders[0]
    return Invoice(
        pk=pk,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        partnership_id=order.partnership_id,
        kind=kind,
        form=settings.form,
        currency=order.currency,
        net=sum((part.net for part in parts), Decimal(0)),
        tax=sum((part.tax for part in parts), Decimal(0)),
        gross=sum((part.gross for part in parts), Decimal(0)),
        line_count=count,
        note=drawn.draft.note.strip(),
        drawn_at=order.read_at,
        drawn_by_id=actor.user_id,
    )


def own_invoice(actor: Actor, pk: int, field: str = "id") -> Invoice:
    """An invoice of the actor's organization as the seller, locked until the transaction ends; raises NOT_FOUND."""
    rows = Invoice.objects.filter(seller=actor.own_id, pk=pk).order_by("pk")
    row = rows.select_for_update(no_key=True).first()
    if row is None:
        raise not_found(field)
    return row


def void(actor: Actor, invoice_id: int, reason: str) -> Invoice:
    """Throw a draft away: what it took may be drawn anew. An issued invoice is lowered by a credit note instead.

    Raises REASON_REQUIRED, NOT_FOUND, INVALID_TRANSITION.
    """
    actor.require(MANAGE)
    if not reason.strip():
        raise DomainError(InvoicingErrorCode.REASON_REQUIRED, _("Say why."), "reason")
    with transaction.atomic():
        row = own_invoice(actor, invoice_id)
        if row.status == InvoiceStatus.VOIDED:
            return row
        _must_be_draft(row)
        row.status, row.reason, row.version = InvoiceStatus.VOIDED, reason.strip()[:500], row.version + 1
        update([row], "status", "reason", "version")
        InvoiceLine.objects.filter(invoice=row).update(is_live=False)
        record_all(actor, [DomainEvent("invoice.voided", "invoice", row.pk, (row.seller_id,), _payload(row))])
    return row


def edit(actor: Actor, invoice_id: int, kind: str | None = None, note: str | None = None) -> Invoice:
    """Change the kind or the note of a draft. Raises NOT_FOUND, INVALID, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = own_invoice(actor, invoice_id)
        _must_be_draft(row)
        if kind is not None and kind not in InvoiceKind.values:
            raise DomainError(CoreErrorCode.INVALID, _("There is no such invoice."), "kind")
        if note is not None and len(note) > 500:
            text = _("At most %(longest)s characters.") % {"longest": 500}
            raise DomainError(CoreErrorCode.INVALID, text, "note")
        row.kind = kind or row.kind
        row.note = row.note if note is None else note.strip()
        row.version += 1
        update([row], "kind", "note", "version")
        record_all(actor, [DomainEvent("invoice.changed", "invoice", row.pk, (row.seller_id,), _payload(row))])
    return row


def _must_be_draft(row: Invoice) -> None:
    if row.status != InvoiceStatus.DRAFT:
        text = _("This invoice is %(status)s.") % {"status": InvoiceStatus(row.status).label}
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")


def _payload(row: Invoice) -> dict[str, Any]:
    return {"number": row.number, "currency": row.currency, "gross": str(row.gross), "partnership": row.partnership_id}
