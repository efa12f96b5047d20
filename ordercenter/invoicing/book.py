"""Take the locks that an invoice or a credit note needs, and move money, funds and credit with it.

The one lock order (docs/concepts/locks.md): credit accounts, ledger accounts with fund grants, orders, invoices, number
series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.actor import Actor
from ordercenter.credit.book import CreditBook, CreditMove
from ordercenter.credit.enums import UNSHIPPED, Bucket
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.moves import Standing, move_all, standing_of, taken_from
from ordercenter.invoicing.draw import lock_orders
from ordercenter.invoicing.models import Invoice, InvoiceLine, InvoiceOrder
from ordercenter.invoicing.store import lock_partners
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.funds.kinds import FundCause, FundTreatment
from ordercenter.ledger.funds.reserve import FundMoved, FundPart, FundUsePart, use_all
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import LedgerPosting, OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all

ZERO = Decimal(0)
SOURCE = "invoice"
#: Where the value of goods stands when they are invoiced: shipped, or not yet.
BEFORE_INVOICE = (Bucket.UNBILLED, *reversed(UNSHIPPED))
#: By (order, invoice): the open item, None where nothing is owed.
OpenItems = dict[tuple[int, int], int | None]


@dataclass(frozen=True, slots=True)
class Locked:
    """What is held: the credit accounts of the partners."""

    credit: CreditBook


def receivable(invoice: Invoice) -> AccountKey:
    """What the buyer owes its seller."""
    return AccountKey(invoice.seller_id, AccountKind.RECEIVABLE, invoice.currency, invoice.partnership_id)


def own_account(invoice: Invoice, kind: str) -> AccountKey:
    """An organization-wide account of the seller."""
    return AccountKey(invoice.seller_id, kind, invoice.currency)


def lock_partners_of(seller_id: int, partners: Iterable[tuple[int, str]]) -> CreditBook:
    """Levels 1 and 2: credit and ledger accounts of partners (partnership, currency), and the seller's own accounts."""
    pairs = sorted(set(partners))
    credit = lock_credit(pairs)
    lock_partners([partnership for partnership, _currency in pairs])
    owed = [AccountKey(seller_id, AccountKind.RECEIVABLE, currency, pk) for pk, currency in pairs]
    kinds = (AccountKind.REVENUE, AccountKind.TAX)
    own = [AccountKey(seller_id, kind, currency) for currency in {pair[1] for pair in pairs} for kind in kinds]
    lock_accounts([*owed, *own])
    return credit


def take_locks(invoices: Sequence[Invoice], order_ids: Iterable[int]) -> Locked:
    """Everything these invoices touch, in the one order; the invoices themselves are locked too."""
    seller = invoices[0].seller_id
    credit = lock_partners_of(seller, {(row.partnership_id, row.currency) for row in invoices})
    issued = [row.pk for row in invoices if row.number]
    if issued:
        items = OpenItem.objects.filter(document_kind=SOURCE, document_id__in=issued).order_by("pk")
        list(items.select_for_update(no_key=True).values_list("pk"))
    lock_orders(sorted(set(order_ids)))
    rows = Invoice.objects.filter(pk__in=[row.pk for row in invoices]).order_by("pk")
    fresh = {row.pk: row for row in rows.select_for_update(no_key=True)}
    for row in invoices:
        row.__dict__.update(
            {field.attname: getattr(fresh[row.pk], field.attname) for field in row._meta.concrete_fields}
        )
    return Locked(credit)


def post_invoices(actor: Actor, invoices: Sequence[Invoice], parts: Mapping[int, Sequence[InvoiceOrder]]) -> OpenItems:
    """RECEIVABLE by order / REVENUE and TAX; what is nothing is not posted. The open item of each order."""
    drafts = {row.pk: _posting(row, parts[row.pk]) for row in invoices if row.gross}
    postings = dict(zip(drafts, post_all(actor, list(drafts.values())), strict=True))
    items: OpenItems = {}
    for row in invoices:
        owed = [part for part in parts[row.pk] if part.gross]
        posting: LedgerPosting | None = postings.get(row.pk)
        found = posting.open_item_ids if posting else []
        items |= {(part.order_id, row.pk): item for part, item in zip(owed, found, strict=False)}
    return items


def _posting(invoice: Invoice, parts: Sequence[InvoiceOrder]) -> PostingDraft:
    kind = LedgerEntryKind.INVOICE
    entries = [
        EntryDraft(receivable(invoice), part.gross, kind, due_on=part.due_on, order_id=part.order_id)
        for part in parts
        if part.gross
    ]
    for account, amount in ((AccountKind.REVENUE, invoice.net), (AccountKind.TAX, invoice.tax)):
        if amount:
            entries.append(EntryDraft(own_account(invoice, account), -amount, kind))
    return PostingDraft(
        invoice.seller_id,
        SOURCE,
        invoice.pk,
        "issue",
        entries,
        value_date=invoice.issued_on,
        number=invoice.number,
    )


def use_funds(
    actor: Actor,
    invoices: Sequence[Invoice],
    lines: Mapping[int, Sequence[InvoiceLine]],
    quantities: Mapping[int, Decimal],
    invoiced: Mapping[int, Decimal],
    items: OpenItems,
) -> dict[int, Decimal]:
    """Use what orders have reserved for these units, and clear the open items by what pays them.

    By order line: what funds of treatment PAYMENT paid. An order that stands on two invoices is taken once a round.
    `invoiced`: of each order line before. Funds count units, wherever on the line they lie: an invoice that was taken
    back leaves a gap.
    """
    paid: dict[int, Decimal] = {}
    upto = dict(invoiced)
    for batch in _rounds(invoices, lines):
        uses = [_use(row, order_id, own, quantities, upto) for (row, order_id), own in batch.items()]
        by_order = {order_id: row for row, order_id in batch}
        moved = [one for one in use_all(actor, uses) if one.treatment == FundTreatment.PAYMENT]
        for one in moved:
            for line_id, amount in one.lines.items():
                paid[line_id] = paid.get(line_id, ZERO) + amount
        clear_all(actor, [c for one in moved if (c := _cleared(one, by_order[one.order_id], items)) is not None])
    return paid


def _rounds(
    invoices: Sequence[Invoice], lines: Mapping[int, Sequence[InvoiceLine]]
) -> list[dict[tuple[Invoice, int], list[InvoiceLine]]]:
    """Lines by invoice and order, in batches that have each order once."""
    rounds: list[dict[tuple[Invoice, int], list[InvoiceLine]]] = []
    seen: list[set[int]] = []
    for row in invoices:
        own: dict[int, list[InvoiceLine]] = {}
        for line in lines[row.pk]:
            own.setdefault(line.order_id, []).append(line)
        for order_id, group in own.items():
            place = next((at for at, ids in enumerate(seen) if order_id not in ids), len(seen))
            if place == len(seen):
                seen.append(set())
                rounds.append({})
            seen[place].add(order_id)
            rounds[place][row, order_id] = group
    return rounds


def _use(
    invoice: Invoice,
    order_id: int,
    lines: Sequence[InvoiceLine],
    quantities: Mapping[int, Decimal],
    upto: dict[int, Decimal],
) -> FundUsePart:
    parts = []
    for line in lines:
        pk = line.order_line_id
        start, upto[pk] = upto[pk], upto[pk] + line.quantity
        parts.append(FundPart(pk, start, upto[pk], quantities[pk]))
    return FundUsePart(order_id, parts, FundCause.INVOICE, invoice.pk, number=invoice.number)


def _cleared(moved: FundMoved, invoice: Invoice, items: OpenItems) -> ClearingDraft | None:
    item = items.get((moved.order_id, invoice.pk))
    if item is None or moved.entry_id is None or not moved.amount:
        return None
    use_id = moved.use_ids[0] if moved.use_ids else None
    return ClearingDraft(item, moved.amount, moved.entry_id, use_id, key=f"fund-use:{moved.entry_id}")


def credit_invoiced(
    actor: Actor,
    book: CreditBook,
    invoices: Sequence[Invoice],
    lines: Mapping[int, Sequence[InvoiceLine]],
    paid: Mapping[int, Decimal],
) -> None:
    """UNBILLED, or what is not shipped yet, to RECEIVABLE: by line, without what funds paid (credit-and-ledger §4)."""
    if not book:
        return
    standing = standing_of(line.order_id for row in invoices for line in lines[row.pk])
    left = dict(paid)
    moves: list[CreditMove] = []
    for row in invoices:
        for order_id, amounts in _by_order(lines[row.pk], left).items():
            moves += taken_from(
                standing, move_of(row, order_id, "invoiced", Bucket.RECEIVABLE), amounts, BEFORE_INVOICE
            )
    move_all(actor, book, moves)


def _by_order(lines: Sequence[InvoiceLine], paid: dict[int, Decimal]) -> dict[int, dict[int | None, Decimal]]:
    amounts: dict[int, dict[int | None, Decimal]] = {}
    for line in lines:
        funds = min(paid.get(line.order_line_id, ZERO), line.gross)
        paid[line.order_line_id] = paid.get(line.order_line_id, ZERO) - funds
        amounts.setdefault(line.order_id, {})[line.order_line_id] = line.gross - funds
    return amounts


def move_of(
    invoice: Invoice, order_id: int, cause: str, target: Bucket, document_kind: str = SOURCE, document_id: int = 0
) -> CreditMove:
    """The template of what a document moves of an order."""
    return CreditMove(
        partnership_id=invoice.partnership_id,
        currency=invoice.currency,
        order_id=order_id,
        cause=cause,
        source=Bucket.OUTSIDE,
        target=target,
        amount=ZERO,
        document_kind=document_kind,
        document_id=document_id or invoice.pk,
    )


def cleared_amounts(
    standing: Standing, order_id: int, amount: Decimal, preferred: Mapping[int, Decimal]
) -> dict[int | None, Decimal]:
    """Which lines an amount leaves RECEIVABLE from: those it is about first, then the others of the order."""
    taken: dict[int | None, Decimal] = {}
    lines = standing.orders.get(order_id, {})
    for line_id, most in [*preferred.items(), *((key, None) for key in lines)]:
        there = lines.get(line_id, {}).get(Bucket.RECEIVABLE, ZERO) - taken.get(line_id, ZERO)
        part = min(amount, there if most is None else min(there, most))
        if part > 0:
            taken[line_id] = taken.get(line_id, ZERO) + part
            amount -= part
    return taken


def due_day(issued_on: date, payment_days: int) -> date:
    """The last day on which an order's part of an invoice is not overdue."""
    return date.fromordinal(issued_on.toordinal() + payment_days)
