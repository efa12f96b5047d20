"""Credit notes: lower an issued invoice by quantities or amounts (reconciliation §6; docs/concepts/invoicing.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.numbering import numbers_for
from ordercenter.invoicing.book import Locked, take_locks
from ordercenter.invoicing.credit_book import Crediting, follow_credit, give_back, open_items, post, split
from ordercenter.invoicing.cuts import CreditNoteDraft, cuts_of
from ordercenter.invoicing.enums import CreditReason, InvoiceStatus
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.issue import today_of
from ordercenter.invoicing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceOrder
from ordercenter.invoicing.policy import settings_of
from ordercenter.invoicing.store import insert, take_ids, update
from ordercenter.invoicing.undo import Undoing
from ordercenter.orders.money import payment_moved
from ordercenter.orders.statuses import Touched, recompute
from ordercenter.orders.timeline import Step, append

__all__ = ["CreditNoteDraft", "credit", "credit_all"]

ZERO = Decimal(0)
PERMISSION = "invoices.credit"


def credit(actor: Actor, draft: CreditNoteDraft) -> CreditNote:
    """Issue one credit note; see `credit_all`."""
    return credit_all(actor, [draft])[0]


def credit_all(actor: Actor, drafts: Sequence[CreditNoteDraft]) -> list[CreditNote]:
    """Issue credit notes; as many statements for a hundred as for one. Each invoice stands once among the drafts.

    Funds get back their part of units that are taken back, the open items of the invoice are lowered, and what exceeds
    them goes to the buyer's CASH account. An invoice that was wrong, and of which nothing was credited before, is
    undone whole: its goods may be invoiced again. Raises all problems at once: NOT_FOUND, INVALID_TRANSITION, INVALID,
    CREDIT_EXCEEDS, CREDIT_EMPTY, QUANTITY_INVALID, DATE_FUTURE.
    """
    actor.require(PERMISSION)
    with transaction.atomic():
        found = {
            row.pk: row
            for row in Invoice.objects.filter(seller=actor.own_id, pk__in=[draft.invoice_id for draft in drafts])
        }
        raise_all(_unfit(drafts, found))
        rows = [found[draft.invoice_id] for draft in drafts]
        parts = InvoiceOrder.objects.filter(invoice__in=list(found))
        locked = take_locks(rows, parts.values_list("order", flat=True))
        known = _known(actor, drafts)
        fresh = [draft for draft in drafts if not draft.request_key or draft.request_key not in known]
        made = _credit(actor, fresh, found, locked) if fresh else {}
    return [known.get(draft.request_key) or made[draft.invoice_id] for draft in drafts]


def _unfit(drafts: Sequence[CreditNoteDraft], found: Mapping[int, Invoice]) -> Iterator[DomainError]:
    for index, draft in enumerate(drafts):
        place = index if len(drafts) > 1 else None
        if draft.invoice_id not in found:
            yield not_found("invoice", place)
        elif draft.invoice_id in [other.invoice_id for other in drafts[:index]]:
            yield DomainError(CoreErrorCode.DUPLICATE, _("This invoice is named twice."), "invoice", place)
        if draft.reason not in CreditReason.values:
            yield DomainError(CoreErrorCode.INVALID, _("There is no such reason."), "reason", place)
        if len(draft.note) > 500:
            text = _("At most %(longest)s characters.") % {"longest": 500}
            yield DomainError(CoreErrorCode.INVALID, text, "note", place)


def _known(actor: Actor, drafts: Sequence[CreditNoteDraft]) -> dict[str, CreditNote]:
    keys = {draft.request_key for draft in drafts if draft.request_key}
    if not keys:
        return {}
    return {row.request_key: row for row in CreditNote.objects.filter(seller=actor.own_id, request_key__in=keys)}


def _credit(
    actor: Actor, drafts: Sequence[CreditNoteDraft], invoices: Mapping[int, Invoice], locked: Locked
) -> dict[int, CreditNote]:
    now = database_now()
    lines: dict[int, list[InvoiceLine]] = {draft.invoice_id: [] for draft in drafts}
    for line in InvoiceLine.objects.filter(invoice__in=list(lines)).order_by("invoice", "position"):
        lines[line.invoice_id].append(line)
    problems: list[DomainError] = []
    going = [_crediting(actor, draft, invoices[draft.invoice_id], lines, now, problems) for draft in drafts]
    raise_all(problems)
    _number(actor, going)
    undoing = Undoing(actor, going)
    undoing.begin()
    give_back(actor, [one for one in going if not one.undoes])
    items = open_items(going)
    split(going, items)
    undoing.tell()
    insert([one.note for one in going], with_key=True)
    insert([row for one in going for row in _line_rows(one)])
    post(actor, going, items)
    follow_credit(actor, [one for one in going if not one.undoes], locked)
    undoing.follow_credit(locked)
    _count(going)
    freed = undoing.finish()
    if freed:
        recompute([Touched(pk, now) for pk in sorted(freed)])
    payment_moved({order_id for one in going for order_id in one.by_order})
    append(actor, list(_steps(going)), now)
    record_all(actor, [_event(one) for one in going], now)
    return {one.invoice.pk: one.note for one in going}


def _crediting(
    actor: Actor,
    draft: CreditNoteDraft,
    invoice: Invoice,
    lines: Mapping[int, Sequence[InvoiceLine]],
    now: datetime,
    problems: list[DomainError],
) -> Crediting:
    today = today_of(actor, now)
    day = draft.on or today
    if invoice.status not in (InvoiceStatus.ISSUED, InvoiceStatus.PARTIALLY_CREDITED):
        text = _("This invoice is %(status)s.") % {"status": InvoiceStatus(invoice.status).label}
        problems.append(DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status"))
    if day > today or (invoice.issued_on and day < invoice.issued_on):
        text = _("A credit note is not dated before its invoice, nor in the future.")
        problems.append(DomainError(InvoicingErrorCode.DATE_FUTURE, text, "on"))
    cuts = list(cuts_of(draft, invoice, lines[invoice.pk], problems))
    net, tax = sum((cut.net for cut in cuts), ZERO), sum((cut.tax for cut in cuts), ZERO)
    if not problems and net + tax <= 0:
        problems.append(DomainError(InvoicingErrorCode.CREDIT_EMPTY, _("Nothing is credited."), "lines"))
    note = CreditNote(
        invoice=invoice,
        seller_id=invoice.seller_id,
        buyer_id=invoice.buyer_id,
        partnership_id=invoice.partnership_id,
        reason=draft.reason,
        note=draft.note.strip(),
        currency=invoice.currency,
        net=net,
        tax=tax,
        gross=net + tax,
        issued_on=day,
        issued_at=now,
        issued_by_id=actor.user_id,
        request_key=draft.request_key,
    )
    whole = len(cuts) == len(lines[invoice.pk]) and all(cut.is_whole for cut in cuts)
    undoes = draft.reason == CreditReason.ERROR and whole and invoice.status == InvoiceStatus.ISSUED
    one = Crediting(draft, invoice, cuts, note, undoes)
    for cut in cuts:
        one.by_order[cut.line.order_id] = one.by_order.get(cut.line.order_id, ZERO) + cut.gross
    return one


def _number(actor: Actor, going: Sequence[Crediting]) -> None:
    prefix = settings_of(actor.own_id).credit_prefix
    ids = take_ids("invoicing_creditnote", len(going))
    numbers = numbers_for("credit_note", [(one.invoice.seller_id, prefix) for one in going])
    for one, pk, number in zip(going, ids, numbers, strict=True):
        one.note.pk, one.note.number = pk, number


def _line_rows(one: Crediting) -> Iterator[CreditNoteLine]:
    for position, cut in enumerate(one.cuts, 1):
        yield CreditNoteLine(
            credit_note_id=one.note.pk,
            seller_id=one.invoice.seller_id,
            buyer_id=one.invoice.buyer_id,
            position=position,
            invoice_line_id=cut.line.pk,
            start=cut.start,
            end=cut.end,
            net=cut.net,
            tax=cut.tax,
            gross=cut.gross,
        )


def _count(going: Sequence[Crediting]) -> None:
    """Raise what is credited of lines, orders' parts and invoices; a statement each."""
    lines: list[InvoiceLine] = []
    for one in going:
        for cut in one.cuts:
            cut.line.credited_quantity = cut.end
            cut.line.credited_net += cut.net
            cut.line.credited_tax += cut.tax
            lines.append(cut.line)
        row, note = one.invoice, one.note
        row.credited_net += note.net
        row.credited_tax += note.tax
        row.credited_gross += note.gross
        whole = row.credited_gross == row.gross
        row.status = InvoiceStatus.CREDITED if whole else InvoiceStatus.PARTIALLY_CREDITED
        row.version += 1
    update(lines, "credited_quantity", "credited_net", "credited_tax")
    update([one.invoice for one in going], "credited_net", "credited_tax", "credited_gross", "status", "version")
    parts = list(InvoiceOrder.objects.filter(invoice__in=[one.invoice.pk for one in going]))
    notes: dict[int, Any] = {one.invoice.pk: one for one in going}
    for part in parts:
        part.credited_gross += notes[part.invoice_id].by_order.get(part.order_id, ZERO)
    update(parts, "credited_gross")


def _steps(going: Sequence[Crediting]) -> Iterator[Step]:
    for one in going:
        for order_id, gross in one.by_order.items():
            moved = {cut.line.order_line_id: -cut.line.quantity for cut in one.cuts if cut.line.order_id == order_id}
            yield Step(
                order_id,
                one.invoice.seller_id,
                one.invoice.buyer_id,
                "order.credited",
                f"credit_note:{one.note.pk}",
                {"invoiced": moved} if one.undoes else {},
                data={"number": one.note.number, "gross": format(gross, "f"), "currency": one.invoice.currency},
                document_kind="credit_note",
                document_id=one.note.pk,
            )


def _event(one: Crediting) -> DomainEvent:
    note = one.note
    payload: dict[str, Any] = {
        "number": note.number,
        "invoice": one.invoice.pk,
        "invoice_number": one.invoice.number,
        "partnership": one.invoice.partnership_id,
        "currency": note.currency,
        "net": format(note.net, "f"),
        "tax": format(note.tax, "f"),
        "gross": format(note.gross, "f"),
        "to_cash": format(note.to_cash, "f"),
        "reason": note.reason,
        "orders": list(one.by_order),
    }
    return DomainEvent(
        "credit_note.issued", "credit_note", note.pk, (one.invoice.seller_id, one.invoice.buyer_id), payload
    )
