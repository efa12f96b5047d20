"""Credit notes: lower an issued invoice by quantities or amounts (reconciliation §6; docs/concepts/invoicing.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.money import part_value, round_money
from marketplace.core.numbering import numbers_for
from ordercenter.credit.book import CreditMove
from ordercenter.credit.enums import Bucket
from ordercenter.credit.moves import move_all, standing_of, taken_from
from ordercenter.invoicing.book import Locked, cleared_amounts, move_of, own_account, receivable, take_locks
from ordercenter.invoicing.enums import CreditReason, InvoiceStatus
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.issue import today_of
from ordercenter.invoicing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceOrder
from ordercenter.invoicing.policy import settings_of
from ordercenter.invoicing.store import insert, take_ids, update
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundCause, FundKind
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all
from ordercenter.orders.money import payment_moved
from ordercenter.orders.timeline import Step, append
from ordercenter.orders.words import plain

ZERO = Decimal(0)
PERMISSION = "invoices.credit"
SOURCE = "credit_note"


@dataclass(frozen=True, slots=True)
class CreditNoteDraft:
    """What is to be taken off an invoice: quantities by invoice line, amounts with tax by invoice line, or all of it.

    Neither given: everything that is left. `request_key`: the caller's; the same key makes one note.
    """

    invoice_id: int
    reason: str
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    amounts: Mapping[int, Decimal] = field(default_factory=dict)
    note: str = ""
    on: date | None = None
    request_key: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.quantities and not self.amounts


@dataclass(slots=True)
class Cut:
    """What is taken off one invoice line."""

    line: InvoiceLine
    start: Decimal
    end: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(slots=True)
class Crediting:
    """A note that is being made: what it takes of which order, and how much of that is still owed."""

    draft: CreditNoteDraft
    invoice: Invoice
    cuts: list[Cut]
    note: CreditNote
    by_order: dict[int, Decimal] = field(default_factory=dict)
    cleared: dict[int, Decimal] = field(default_factory=dict)

    @property
    def excess(self) -> Decimal:
        """What it exceeds the open amounts by: the buyer's money now."""
        return self.note.gross - sum(self.cleared.values(), ZERO)


def credit(actor: Actor, draft: CreditNoteDraft) -> CreditNote:
    """Issue one credit note; see `credit_all`."""
    return credit_all(actor, [draft])[0]


def credit_all(actor: Actor, drafts: Sequence[CreditNoteDraft]) -> list[CreditNote]:
    """Issue credit notes; as many statements for a hundred as for one. Each invoice stands once among the drafts.

    Lowers the open items of the invoice; what exceeds them goes to the buyer's CASH account. Raises all problems at
    once: NOT_FOUND, INVALID_TRANSITION, INVALID, CREDIT_EXCEEDS, CREDIT_EMPTY, QUANTITY_INVALID, DATE_FUTURE.
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
    items = _open_items(going)
    _split(going, items)
    insert([one.note for one in going], with_key=True)
    insert([row for one in going for row in _line_rows(one)])
    _post(actor, going, items)
    _follow_credit(actor, going, locked)
    _count(going)
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
    cuts = list(_cuts(draft, invoice, lines[invoice.pk], problems))
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
    one = Crediting(draft, invoice, cuts, note)
    for cut in cuts:
        one.by_order[cut.line.order_id] = one.by_order.get(cut.line.order_id, ZERO) + cut.gross
    return one


def _cuts(
    draft: CreditNoteDraft, invoice: Invoice, lines: Sequence[InvoiceLine], problems: list[DomainError]
) -> Iterator[Cut]:
    """What a draft takes of which line; what is wrong is appended."""
    if draft.is_whole:
        left = (line for line in lines if line.credited_gross < line.gross or line.credited_quantity < line.quantity)
        yield from map(_rest, left)
        return
    problems += _misnamed([*draft.quantities, *draft.amounts], {line.pk for line in lines})
    for place, line in enumerate(lines):
        cut = None
        if line.pk in draft.quantities:
            cut = _units(invoice, line, draft.quantities[line.pk], place, problems)
        elif line.pk in draft.amounts:
            cut = _amount(invoice, line, draft.amounts[line.pk], place, problems)
        if cut:
            yield cut


def _misnamed(asked: Sequence[int], known: set[int]) -> Iterator[DomainError]:
    for place, pk in enumerate(asked):
        if pk not in known:
            yield not_found("line", place)
        elif asked.index(pk) != place:
            text = _("Give a line a quantity or an amount, not both.")
            yield DomainError(CoreErrorCode.DUPLICATE, text, "line", place)


def _rest(line: InvoiceLine) -> Cut:
    """All that is left of a line."""
    return Cut(line, line.credited_quantity, line.quantity, line.net - line.credited_net, line.tax - line.credited_tax)


def _units(
    invoice: Invoice, line: InvoiceLine, quantity: Decimal, place: int, problems: list[DomainError]
) -> Cut | None:
    """Units of a line by part value; the last ones take what is left, so that parts of the whole sum to it."""
    if not quantity.is_finite() or quantity <= 0 or quantity != round(quantity, 6):
        text = _("The quantity must be greater than 0.")
        problems.append(DomainError(InvoicingErrorCode.QUANTITY_INVALID, text, "quantity", place))
        return None
    start, end = line.credited_quantity, line.credited_quantity + quantity
    if end > line.quantity:
        text = _("%(sku)s: %(wanted)s to credit, but only %(got)s are left.")
        values = {"sku": line.sku, "wanted": plain(quantity), "got": plain(line.quantity - start)}
        problems.append(DomainError(InvoicingErrorCode.CREDIT_EXCEEDS, text % values, "quantity", place))
        return None
    if end == line.quantity:
        return _rest(line)
    gross = part_value(line.gross, line.quantity, start, end, invoice.currency)
    tax = part_value(line.tax, line.quantity, start, end, invoice.currency)
    cut = Cut(line, start, end, gross - tax, tax)
    if _exceeds(cut, "quantity", place, invoice, problems):
        return None
    return cut


def _amount(
    invoice: Invoice, line: InvoiceLine, amount: Decimal, place: int, problems: list[DomainError]
) -> Cut | None:
    """An amount with tax, without quantity; its tax at the line's rate, and what is left where it is all of it."""
    if not amount.is_finite() or amount <= 0 or amount != round_money(amount, invoice.currency):
        problems.append(DomainError(CoreErrorCode.INVALID, _("An amount above 0 is needed."), "amount", place))
        return None
    left_net, left_tax = line.net - line.credited_net, line.tax - line.credited_tax
    at = line.credited_quantity
    if amount == left_net + left_tax:
        return Cut(line, at, at, left_net, left_tax)
    net = round_money(amount / (1 + line.tax_rate), invoice.currency)
    tax = min(amount - net, left_tax)
    cut = Cut(line, at, at, amount - tax, tax)
    return None if _exceeds(cut, "amount", place, invoice, problems) else cut


def _exceeds(cut: Cut, name: str, place: int, invoice: Invoice, problems: list[DomainError]) -> bool:
    line = cut.line
    left = line.gross - line.credited_gross
    if cut.gross <= left:
        return False
    text = _("%(sku)s: only %(left)s %(currency)s are left to credit.")
    values = {"sku": line.sku, "left": round_money(left, invoice.currency), "currency": invoice.currency}
    problems.append(DomainError(InvoicingErrorCode.CREDIT_EXCEEDS, text % values, name, place))
    return True


def _number(actor: Actor, going: Sequence[Crediting]) -> None:
    prefix = settings_of(actor.own_id).credit_prefix
    ids = take_ids("invoicing_creditnote", len(going))
    numbers = numbers_for("credit_note", [(one.invoice.seller_id, prefix) for one in going])
    for one, pk, number in zip(going, ids, numbers, strict=True):
        one.note.pk, one.note.number = pk, number


def _open_items(going: Sequence[Crediting]) -> dict[tuple[int, int], OpenItem]:
    """The open items of the invoices, by invoice and order; their accounts are locked."""
    rows = OpenItem.objects.filter(document_kind="invoice", document_id__in=[one.invoice.pk for one in going])
    return {(row.document_id, row.order_id or 0): row for row in rows}


def _split(going: Sequence[Crediting], items: Mapping[tuple[int, int], OpenItem]) -> None:
    """How much of each order's part lowers what is owed; the rest was paid and becomes the buyer's money."""
    for one in going:
        for order_id, gross in one.by_order.items():
            item = items.get((one.invoice.pk, order_id))
            one.cleared[order_id] = min(gross, item.open) if item else ZERO
        one.note.to_cash = one.excess


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


def _post(actor: Actor, going: Sequence[Crediting], items: Mapping[tuple[int, int], OpenItem]) -> None:
    """REVENUE and TAX / RECEIVABLE: an entry for what each order still owes, one for the rest, which goes to CASH."""
    postings = post_all(actor, [_posting(one) for one in going])
    clearings = []
    for one, posting in zip(going, postings, strict=True):
        owed = [(order_id, amount) for order_id, amount in one.cleared.items() if amount]
        for (order_id, amount), entry_id in zip(owed, posting.entry_ids, strict=False):
            item = items[one.invoice.pk, order_id]
            clearings.append(ClearingDraft(item.pk, amount, entry_id, key=f"credit-note:{one.note.pk}:{order_id}"))
    clear_all(actor, clearings)
    grant_all(actor, [_to_cash(one) for one in going if one.excess])


def _posting(one: Crediting) -> PostingDraft:
    kind, owed = LedgerEntryKind.CREDIT_NOTE, receivable(one.invoice)
    amounts = [amount for amount in (*one.cleared.values(), one.excess) if amount]
    entries = [EntryDraft(owed, -amount, kind) for amount in amounts]
    for account, amount in ((AccountKind.REVENUE, one.note.net), (AccountKind.TAX, one.note.tax)):
        if amount:
            entries.append(EntryDraft(own_account(one.invoice, account), amount, kind))
    return PostingDraft(
        one.invoice.seller_id,
        SOURCE,
        one.note.pk,
        "issue",
        entries,
        value_date=one.note.issued_on,
        number=one.note.number,
    )


def _to_cash(one: Crediting) -> GrantDraft:
    return GrantDraft(
        one.invoice.partnership_id,
        FundKind.CASH,
        one.invoice.currency,
        one.excess,
        FundCause.CREDIT_NOTE,
        one.note.pk,
        contra=receivable(one.invoice),
        number=one.note.number,
        entry_kind=LedgerEntryKind.CREDIT_NOTE,
        value_date=one.note.issued_on,
    )


def _follow_credit(actor: Actor, going: Sequence[Crediting], locked: Locked) -> None:
    """What was owed leaves RECEIVABLE; what went to CASH comes into UNAPPLIED (credit-and-ledger §4)."""
    if not locked.credit:
        return
    standing = standing_of(order_id for one in going for order_id in one.by_order)
    moves: list[CreditMove] = []
    for one in going:
        for order_id, amount in one.cleared.items():
            own = {cut.line.order_line_id: cut.gross for cut in one.cuts if cut.line.order_id == order_id}
            amounts = cleared_amounts(standing, order_id, amount, own)
            template = move_of(one.invoice, order_id, "credited", Bucket.OUTSIDE, SOURCE, one.note.pk)
            moves += taken_from(standing, template, amounts, (Bucket.RECEIVABLE,))
        if one.excess:
            moves.append(
                CreditMove(
                    partnership_id=one.invoice.partnership_id,
                    currency=one.invoice.currency,
                    order_id=None,
                    cause="credited",
                    source=Bucket.OUTSIDE,
                    target=Bucket.UNAPPLIED,
                    amount=one.excess,
                    document_kind=SOURCE,
                    document_id=one.note.pk,
                )
            )
    move_all(actor, locked.credit, moves)


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
            yield Step(
                order_id,
                one.invoice.seller_id,
                one.invoice.buyer_id,
                "order.credited",
                f"credit_note:{one.note.pk}",
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
