"""Move money, funds and credit with credit notes (credit-and-ledger §2, §4, §6; docs/concepts/invoicing.md).

A note lowers what is owed. Of the units it takes back, funds get their part first; what then exceeds the open amount
was paid, and goes on to CASH. A wrong invoice that is credited whole is undone instead: see `undo`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from marketplace.core.actor import Actor
from ordercenter.credit.book import CreditMove
from ordercenter.credit.enums import Bucket
from ordercenter.credit.moves import Standing, move_all, standing_of, taken_from
from ordercenter.invoicing.book import Locked, cleared_amounts, move_of, own_account, receivable
from ordercenter.invoicing.cuts import CreditNoteDraft, Cut
from ordercenter.invoicing.models import CreditNote, Invoice, InvoiceLine
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.funds.back import give_back_all
from ordercenter.ledger.funds.grants import GrantDraft, grant_all
from ordercenter.ledger.funds.kinds import FundCause, FundKind, FundTreatment
from ordercenter.ledger.funds.promises import FundMoved, FundPart, FundUsePart
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all

ZERO = Decimal(0)
SOURCE = "credit_note"
Items = Mapping[tuple[int, int], OpenItem]


@dataclass(slots=True)
class Crediting:
    """A note that is being made: what it takes of which order, and where that goes.

    `by_order`: with tax. `given`: what funds got back. `cleared`: what lowers the open amount of each order. `undoes`:
    the invoice was wrong, and is taken back whole, so that its goods may be invoiced again.
    """

    draft: CreditNoteDraft
    invoice: Invoice
    cuts: list[Cut]
    note: CreditNote
    undoes: bool = False
    by_order: dict[int, Decimal] = field(default_factory=dict)
    given: list[FundMoved] = field(default_factory=list)
    cleared: dict[int, Decimal] = field(default_factory=dict)

    def to_funds(self, order_id: int) -> Decimal:
        """What funds that had paid a part of an order's units got back."""
        return sum((one.amount for one in self.given if one.order_id == order_id and _paid(one)), ZERO)

    @property
    def rest(self) -> Decimal:
        """What does not lower an open amount: it went back to funds, or goes to CASH."""
        return self.note.gross - sum(self.cleared.values(), ZERO)

    @property
    def excess(self) -> Decimal:
        """What was paid with money: the buyer's cash now."""
        return self.rest - sum((self.to_funds(order_id) for order_id in self.by_order), ZERO)


def _paid(moved: FundMoved) -> bool:
    return moved.treatment == FundTreatment.PAYMENT


def open_items(going: Sequence[Crediting]) -> dict[tuple[int, int], OpenItem]:
    """The open items of the invoices, by invoice and order; their accounts are locked."""
    rows = OpenItem.objects.filter(document_kind="invoice", document_id__in=[one.invoice.pk for one in going])
    return {(row.document_id, row.order_id or 0): row for row in rows}


def give_back(actor: Actor, going: Sequence[Crediting]) -> None:
    """Give funds their part of the units that are taken back, last used grant first (credit-and-ledger §6).

    Funds that had paid get no more than the note takes off the line; an amount without units gives nothing back.
    """
    back = _returned([cut.line.order_line_id for one in going for cut in one.cuts])
    parts: list[FundUsePart] = []
    for one in going:
        for order_id in one.by_order:
            lines = []
            for cut in one.cuts:
                if cut.line.order_id == order_id and cut.end > cut.start:
                    pk = cut.line.order_line_id
                    start, quantity = back[pk]
                    end = start + cut.end - cut.start
                    back[pk] = (end, quantity)
                    lines.append(FundPart(pk, start, end, quantity, most=cut.gross))
            if lines:
                where = (FundCause.CREDIT_NOTE, one.note.pk)
                parts.append(FundUsePart(order_id, lines, *where, number=one.note.number, on=one.note.issued_on))
    by_note = {one.note.pk: one for one in going}
    for moved in give_back_all(actor, parts):
        by_note[moved.document_id].given.append(moved)


def _returned(line_ids: Sequence[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """By order line: what of it was credited so far, and its quantity."""
    rows: Any = InvoiceLine.objects.filter(order_line__in=line_ids, is_issued=True).order_by()
    found = rows.values_list("order_line", "order_line__quantity").annotate(back=Sum("credited_quantity"))
    return {pk: (back, quantity) for pk, quantity, back in found}


def split(going: Sequence[Crediting], items: Items) -> None:
    """How much of each order's part lowers what is owed; the rest was paid and becomes the buyer's money."""
    for one in going:
        for order_id, gross in one.by_order.items():
            item = items.get((one.invoice.pk, order_id))
            one.cleared[order_id] = min(gross - one.to_funds(order_id), item.open) if item else ZERO
        one.note.to_cash = one.excess


def post(actor: Actor, going: Sequence[Crediting], items: Items) -> None:
    """REVENUE and TAX / RECEIVABLE, and what is not owed RECEIVABLE / CASH; what funds got back is posted already.

    Every credit on RECEIVABLE is cleared at once: with the open items, or with what goes on from there.
    """
    postings = post_all(actor, [_posting(one) for one in going])
    grant_all(actor, [_to_cash(one) for one in going if one.excess])
    resting = [one.note.pk for one in going if one.rest]
    passed = OpenItem.objects.filter(document_kind=SOURCE, document_id__in=resting)
    going_on: dict[int, list[OpenItem]] = {}
    for item in passed.order_by("pk"):
        going_on.setdefault(item.document_id, []).append(item)
    drafts: list[ClearingDraft] = []
    for one, posting in zip(going, postings, strict=True):
        credits = iter(posting.entry_ids)
        for order_id, amount in one.cleared.items():
            if amount:
                key = f"credit-note:{one.note.pk}:{order_id}"
                drafts.append(ClearingDraft(items[one.invoice.pk, order_id].pk, amount, next(credits), key=key))
        if one.rest:
            entry = next(credits)
            drafts += [ClearingDraft(item.pk, item.open, entry) for item in going_on.get(one.note.pk, ())]
    clear_all(actor, drafts)


def _posting(one: Crediting) -> PostingDraft:
    kind = LedgerEntryKind.REVERSE if one.undoes else LedgerEntryKind.CREDIT_NOTE
    owed = receivable(one.invoice)
    amounts = [amount for amount in (*one.cleared.values(), one.rest) if amount]
    entries = [EntryDraft(owed, -amount, kind) for amount in amounts]
    for account, amount in ((AccountKind.REVENUE, one.note.net), (AccountKind.TAX, one.note.tax)):
        if amount:
            entries.append(EntryDraft(own_account(one.invoice, account), amount, kind))
    day = one.note.issued_on
    where = (one.invoice.seller_id, SOURCE, one.note.pk, "issue")
    return PostingDraft(*where, entries, value_date=day, number=one.note.number)


def _to_cash(one: Crediting) -> GrantDraft:
    return GrantDraft(
        one.invoice.partnership_id,
        FundKind.CASH,
        one.invoice.currency,
        one.excess,
        FundCause.CREDIT_NOTE,
        one.note.pk,
        contra=receivable(one.invoice),
        contra_due_on=one.note.issued_on,
        number=one.note.number,
        entry_kind=LedgerEntryKind.CREDIT_NOTE,
        value_date=one.note.issued_on,
    )


def follow_credit(actor: Actor, going: Sequence[Crediting], locked: Locked) -> None:
    """What was owed leaves RECEIVABLE; what went to CASH comes into UNAPPLIED (credit-and-ledger §4)."""
    if not locked.credit or not going:
        return
    standing = standing_of(order_id for one in going for order_id in one.by_order)
    move_all(actor, locked.credit, [move for one in going for move in _moves(one, standing)])


def _moves(one: Crediting, standing: Standing) -> Iterator[CreditMove]:
    for order_id, amount in one.cleared.items():
        own = {cut.line.order_line_id: cut.gross for cut in one.cuts if cut.line.order_id == order_id}
        amounts = cleared_amounts(standing, order_id, amount, own)
        template = move_of(one.invoice, order_id, "credited", Bucket.OUTSIDE, SOURCE, one.note.pk)
        yield from taken_from(standing, template, amounts, (Bucket.RECEIVABLE,))
    cash = one.excess + sum((moved.amount for moved in one.given if moved.kind == FundKind.CASH), ZERO)
    yield CreditMove(
        partnership_id=one.invoice.partnership_id,
        currency=one.invoice.currency,
        order_id=None,
        cause="credited",
        source=Bucket.OUTSIDE,
        target=Bucket.UNAPPLIED,
        amount=cash,
        document_kind=SOURCE,
        document_id=one.note.pk,
    )
