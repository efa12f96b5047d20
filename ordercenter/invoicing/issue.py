"""Issue invoices: number and freeze them; money, funds, credit and orders follow (docs/concepts/invoicing.md)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.numbering import numbers_for
from marketplace.parties.models import InvoiceKind, Organization, TaxProfile
from marketplace.parties.tax import tax_profiles_of
from ordercenter.invoicing.book import (
    credit_invoiced,
    due_day,
    lock_partners_of,
    post_invoices,
    take_locks,
    use_funds,
)
from ordercenter.invoicing.draw import MANAGE, DrawRequest, draw_open, parts_of, wanted_orders
from ordercenter.invoicing.enums import InvoiceStatus
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.invoiceable import Invoiceable, first_fit, lines_of
from ordercenter.invoicing.models import Invoice, InvoiceLine, InvoiceOrder
from ordercenter.invoicing.policy import settings_of
from ordercenter.invoicing.store import move_invoiced, update
from ordercenter.orders.models import Order
from ordercenter.orders.money import payment_moved
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.timeline import Step, append
from ordercenter.orders.words import plain

MOST = 500
LINE_COLUMNS = ("start", "end", "net", "tax", "gross", "is_issued")
PART_COLUMNS = ("net", "tax", "gross", "due_on")
INVOICE_COLUMNS = (
    "number", "status", "net", "tax", "gross", "seller_profile", "buyer_profile", "issued_on", "due_on", "issued_at",
    "issued_by", "version",
)  # fmt: skip


@dataclass(slots=True)
class Issuing:
    """Invoices under lock, with what they are made of."""

    invoices: list[Invoice]
    lines: dict[int, list[InvoiceLine]]
    parts: dict[int, list[InvoiceOrder]]
    goods: dict[int, Invoiceable]
    orders: dict[int, Order]
    now: datetime


def issue_all(actor: Actor, invoice_ids: Sequence[int], on: date | None = None) -> list[Invoice]:
    """Issue drafts: from here on they are tax documents, and their buyers owe them; 500 at most.

    As many statements for a hundred as for one. What is issued already is answered as it is. `on`: the day on the
    invoice, today where the seller is unless told. Raises all problems at once, each with the index of its invoice:
    NOT_FOUND, INVALID_TRANSITION (voided), EXCEEDS_INVOICEABLE (cancelled meanwhile), TAX_DATA_MISSING, DATE_FUTURE,
    DATE_BACK.
    """
    actor.require(MANAGE)
    ids = list(dict.fromkeys(invoice_ids))
    if len(ids) > MOST:
        text = _("At most %(most)s invoices at once.") % {"most": MOST}
        raise DomainError(CoreErrorCode.INVALID, text, "ids")
    with transaction.atomic():
        found = {row.pk: row for row in Invoice.objects.filter(seller=actor.own_id, pk__in=ids)}
        raise_all(not_found("ids", index) for index, pk in enumerate(ids) if pk not in found)
        rows = [found[pk] for pk in ids]
        if rows:
            _issue(actor, rows, on)
    return rows


def draw_and_issue(actor: Actor, request: DrawRequest) -> list[Invoice]:
    """Draw what is to be invoiced and issue it, all or nothing: the locks of issuing are taken before those of drawing.

    Raises what `draw_open` and `issue_all` raise.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        orders = wanted_orders(actor, request, settings_of(actor.own_id).basis)
        lock_partners_of(actor.own_id, [(partnership, currency) for _pk, partnership, currency in orders])
        return issue_all(actor, [row.pk for row in draw_open(actor, request)])


def issue(actor: Actor, invoice_id: int, on: date | None = None) -> Invoice:
    """Issue one invoice; see `issue_all`."""
    return issue_all(actor, [invoice_id], on)[0]


def _issue(actor: Actor, rows: Sequence[Invoice], on: date | None) -> None:
    wanted = [row for row in rows if row.status != InvoiceStatus.VOIDED and not row.number]
    order_ids = list(
        InvoiceOrder.objects.filter(invoice__in=[row.pk for row in wanted]).values_list("order", flat=True)
    )
    locked = take_locks(list(rows), order_ids)
    going = _read([row for row in rows if not row.number], order_ids)
    profiles = tax_profiles_of([pk for row in going.invoices for pk in (row.seller_id, row.buyer_id)])
    day = on or today_of(actor, going.now)
    raise_all(_cut(going))
    raise_all(_problems(actor, rows, profiles, day, today_of(actor, going.now)))
    if not going.invoices:
        return
    _freeze(actor, going, profiles, day)
    quantities = _write(going)
    items = post_invoices(actor, going.invoices, going.parts)
    whole = {pk: line.quantity for pk, line in going.goods.items()}
    before = {pk: line.invoiced for pk, line in going.goods.items()}
    paid = use_funds(actor, going.invoices, going.lines, whole, before, items)
    credit_invoiced(actor, locked.credit, going.invoices, going.lines, paid)
    move_invoiced(quantities)
    recompute([Touched(pk, going.now) for pk in sorted(going.orders)])
    if paid:
        payment_moved(going.orders)
    append(actor, list(_steps(going)), going.now)
    record_all(actor, [_event(going, row) for row in going.invoices], going.now)


def _read(rows: Sequence[Invoice], order_ids: Sequence[int]) -> Issuing:
    """What the locked invoices are made of; four statements."""
    ids = [row.pk for row in rows]
    lines: dict[int, list[InvoiceLine]] = {pk: [] for pk in ids}
    for line in InvoiceLine.objects.filter(invoice__in=ids).order_by("invoice", "position"):
        lines[line.invoice_id].append(line)
    parts: dict[int, list[InvoiceOrder]] = {pk: [] for pk in ids}
    for part in InvoiceOrder.objects.filter(invoice__in=ids).order_by("invoice", "pk"):
        parts[part.invoice_id].append(part)
    goods = {one.line_id: one for one in lines_of(order_ids)} if order_ids else {}
    orders = Order.objects.in_bulk(order_ids)
    return Issuing(list(rows), lines, parts, goods, orders, database_now())


def _cut(going: Issuing) -> Iterator[DomainError]:
    """Cut the parts anew, each in the first place that is free, as drafts may be issued in any order."""
    taken = {pk: list(line.taken) for pk, line in going.goods.items()}
    for index, row in enumerate(going.invoices):
        place = index if len(going.invoices) > 1 else None
        if row.status != InvoiceStatus.DRAFT:
            continue
        for line in going.lines[row.pk]:
            goods = going.goods[line.order_line_id]
            start = first_fit(taken[line.order_line_id], line.quantity)
            line.start, line.end = start, start + line.quantity
            insort(taken[line.order_line_id], (line.start, line.end))
            if line.end > goods.reached:
                text = _("%(sku)s: %(wanted)s to invoice, but only %(got)s are open.")
                values = {"sku": line.sku, "wanted": plain(line.end - start), "got": plain(goods.reached - start)}
                yield DomainError(InvoicingErrorCode.EXCEEDS_INVOICEABLE, text % values, "lines", place)
                continue
            line.net, line.tax, line.gross = goods.money(line.start, line.end)
            line.is_issued = True


def _problems(
    actor: Actor, rows: Sequence[Invoice], profiles: Mapping[int, TaxProfile], day: date, today: date
) -> Iterator[DomainError]:
    many = len(rows) > 1
    for index, row in enumerate(rows):
        if row.status == InvoiceStatus.VOIDED:
            text = _("This invoice is %(status)s.") % {"status": InvoiceStatus(row.status).label}
            yield DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status", index if many else None)
        elif row.status == InvoiceStatus.DRAFT and row.kind == InvoiceKind.VAT_SPECIAL:
            yield from _tax_data(row, profiles, index if many else None)
    if day > today:
        yield DomainError(InvoicingErrorCode.DATE_FUTURE, _("The day of an invoice is not in the future."), "on")
    last = Invoice.objects.filter(seller=actor.own_id).aggregate(last=Max("issued_on"))["last"]
    if last is not None and day < last:
        text = _("The last invoice is of %(day)s: numbers follow the days.") % {"day": last.isoformat()}
        yield DomainError(InvoicingErrorCode.DATE_BACK, text, "on")


def _tax_data(row: Invoice, profiles: Mapping[int, TaxProfile], index: int | None) -> Iterator[DomainError]:
    """A VAT special invoice names both tax numbers: without them the buyer cannot deduct."""
    for pk, text in (
        (row.seller_id, _("Your tax profile has no tax number.")),
        (row.buyer_id, _("The buyer's tax profile has no tax number.")),
    ):
        profile = profiles.get(pk)
        if profile is None or not profile.tax_number:
            yield DomainError(InvoicingErrorCode.TAX_DATA_MISSING, text, "kind", index)


def _freeze(actor: Actor, going: Issuing, profiles: Mapping[int, TaxProfile], day: date) -> None:
    """Sums, days, names and numbers: what the paper says from now on."""
    sides = Organization.objects.in_bulk({pk for row in going.invoices for pk in (row.seller_id, row.buyer_id)})
    prefix = settings_of(actor.own_id).invoice_prefix
    numbers = numbers_for("invoice", [(row.seller_id, prefix) for row in going.invoices])
    for row, number in zip(going.invoices, numbers, strict=True):
        shares = {part.order_id: part for part in parts_of(row.pk, going.lines[row.pk])}
        for part in going.parts[row.pk]:
            share = shares[part.order_id]
            part.net, part.tax, part.gross = share.net, share.tax, share.gross
            part.due_on = due_day(day, going.orders[part.order_id].payment_days)
        row.net = sum((part.net for part in going.parts[row.pk]), Decimal(0))
        row.tax = sum((part.tax for part in going.parts[row.pk]), Decimal(0))
        row.gross = row.net + row.tax
        row.number, row.status = number, InvoiceStatus.ISSUED
        row.issued_on, row.issued_at, row.issued_by_id = day, going.now, actor.user_id
        row.due_on = max(part.due_on for part in going.parts[row.pk] if part.due_on)
        row.seller_profile = profile_of(sides[row.seller_id], profiles.get(row.seller_id))
        row.buyer_profile = profile_of(sides[row.buyer_id], profiles.get(row.buyer_id))
        row.version += 1


def profile_of(side: Organization, profile: TaxProfile | None) -> dict[str, str]:
    """What an invoice says of a side: its tax profile, or where it has none what is known of it."""
    if profile is not None:
        return profile.snapshot()
    return {
        "title": side.name,
        "tax_number": side.tax_number,
        "address": "",
        "phone": side.phone,
        "bank_name": "",
        "bank_account": "",
        "email": side.email,
    }


def _write(going: Issuing) -> dict[int, Decimal]:
    """Lines, orders and invoices, a statement each; how much more is invoiced of each order line."""
    lines = [line for rows in going.lines.values() for line in rows]
    update(lines, *LINE_COLUMNS)
    update([part for rows in going.parts.values() for part in rows], *PART_COLUMNS)
    update(going.invoices, *INVOICE_COLUMNS)
    quantities: dict[int, Decimal] = {}
    for line in lines:
        quantities[line.order_line_id] = quantities.get(line.order_line_id, Decimal(0)) + line.quantity
    return quantities


def _steps(going: Issuing) -> Iterator[Step]:
    for row in going.invoices:
        for part in going.parts[row.pk]:
            moved = {
                line.order_line_id: line.quantity for line in going.lines[row.pk] if line.order_id == part.order_id
            }
            yield Step(
                part.order_id,
                row.seller_id,
                row.buyer_id,
                "order.invoiced",
                f"invoice:{row.pk}",
                {"invoiced": moved},
                {"number": row.number, "gross": format(part.gross, "f"), "currency": row.currency},
                "invoice",
                row.pk,
            )


def _event(going: Issuing, row: Invoice) -> DomainEvent:
    payload: dict[str, Any] = {
        "number": row.number,
        "partnership": row.partnership_id,
        "currency": row.currency,
        "net": format(row.net, "f"),
        "tax": format(row.tax, "f"),
        "gross": format(row.gross, "f"),
        "orders": [part.order_id for part in going.parts[row.pk]],
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
    }
    return DomainEvent("invoice.issued", "invoice", row.pk, (row.seller_id, row.buyer_id), payload)


def today_of(actor: Actor, now: datetime) -> date:
    """The day it is where the seller is."""
    assert actor.organization is not None
    return now.astimezone(ZoneInfo(actor.organization.time_zone)).date()
