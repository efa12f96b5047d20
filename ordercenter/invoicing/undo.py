"""Take a wrong invoice back whole: what it did is undone, and its goods may be invoiced again.

Payments that cleared it are the buyer's cash again, funds are promised to the order again as they were, the value goes
back to where it stood before the invoice, and the order lines count as not invoiced (docs/concepts/invoicing.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from marketplace.core.actor import Actor
from marketplace.core.money import part_value
from ordercenter.credit.book import CreditMove
from ordercenter.credit.enums import Bucket
from ordercenter.credit.moves import Standing, move_all, standing_of, taken_from
from ordercenter.invoicing.book import Locked, cleared_amounts, move_of
from ordercenter.invoicing.credit_book import SOURCE, ZERO, Crediting
from ordercenter.invoicing.models import InvoiceLine
from ordercenter.invoicing.store import move_invoiced
from ordercenter.ledger.clearing import ClearingDraft, clear_all, unclear_all
from ordercenter.ledger.funds.back import unuse_all
from ordercenter.ledger.funds.kinds import FundCause, FundTreatment
from ordercenter.ledger.funds.parts import drawn
from ordercenter.ledger.funds.promises import FundMoved, FundPart, FundUsePart
from ordercenter.ledger.kinds import AccountKind
from ordercenter.ledger.models import Clearing, LedgerEntry, OpenItem
from ordercenter.orders.models import OrderLine


class Undoing:
    """Notes that undo their invoices; the steps of `credit_all` around what every note does."""

    def __init__(self, actor: Actor, going: Sequence[Crediting]) -> None:
        self.actor = actor
        self.going = [one for one in going if one.undoes]
        ids = {cut.line.order_line_id for one in self.going for cut in one.cuts}
        self.lines = {line.pk: line for line in OrderLine.objects.filter(pk__in=ids)} if ids else {}
        #: By (invoice, order): what was owed before.
        self.owed: dict[tuple[int, int], Decimal] = {}
        #: By note: cash that had cleared its invoice.
        self.cash: dict[int, Decimal] = {}
        #: By (note, order line): what funds had paid.
        self.paid: dict[tuple[int, int], Decimal] = {}

    def begin(self) -> None:
        """Undo the clearings of the invoices and what funds paid of them: all of each is open afterwards."""
        if not self.going:
            return
        invoices = {one.invoice.pk: one for one in self.going}
        items = {
            item.pk: item for item in OpenItem.objects.filter(document_kind="invoice", document_id__in=list(invoices))
        }
        self.owed = {(item.document_id, item.order_id or 0): item.open for item in items.values()}
        live = list(
            Clearing.objects.filter(open_item__in=list(items), reverses=None, reversal=None)
            .select_related("entry__posting")
            .order_by("pk")
        )
        self._count_cash(live, {pk: invoices[item.document_id] for pk, item in items.items()})
        if live:
            unclear_all(self.actor, [clearing.pk for clearing in live])
        self._unuse(live, items)

    def tell(self) -> None:
        """Say on each note how much of what it takes back the buyer holds as cash."""
        for one in self.going:
            one.note.to_cash = min(self.cash.get(one.note.pk, ZERO), one.note.gross)

    def _count_cash(self, live: Sequence[Clearing], notes: Mapping[int, Crediting]) -> None:
        postings = {clearing.entry.posting_id for clearing in live if clearing.entry.posting.source_kind == "clearing"}
        cash = LedgerEntry.objects.filter(posting__in=postings, account__kind=AccountKind.CASH)
        of_cash = set(cash.values_list("posting", flat=True)) if postings else set()
        for clearing in live:
            if clearing.entry.posting_id in of_cash:
                note = notes[clearing.open_item_id].note.pk
                self.cash[note] = self.cash.get(note, ZERO) + clearing.amount

    def _unuse(self, live: Sequence[Clearing], items: Mapping[int, OpenItem]) -> None:
        """Promise to the orders again what funds had paid; that entry takes the credit by which they had."""
        moved = unuse_all(self.actor, list(self._uses()))
        credits: dict[int, list[tuple[int, Decimal]]] = {}
        for clearing in live:
            if clearing.entry.posting.source_kind != "clearing":
                order = items[clearing.open_item_id].order_id or 0
                credits.setdefault(order, []).append((clearing.entry_id, clearing.amount))
        back = [one for one in moved if one.treatment == FundTreatment.PAYMENT and one.open_item_id]
        for one in back:
            for line_id, amount in one.lines.items():
                key = (one.document_id, line_id)
                self.paid[key] = self.paid.get(key, ZERO) + amount
        clear_all(self.actor, list(_matched(back, credits)))

    def _uses(self) -> Iterator[FundUsePart]:
        left = {pk: line.invoiced for pk, line in self.lines.items()}
        for one in self.going:
            for order_id in one.by_order:
                parts = []
                for cut in one.cuts:
                    if cut.line.order_id == order_id:
                        line = self.lines[cut.line.order_line_id]
                        start, left[line.pk] = left[line.pk], left[line.pk] - cut.line.quantity
                        parts.append(FundPart(line.pk, start, left[line.pk], line.quantity))
                where = (FundCause.CREDIT_NOTE, one.note.pk)
                yield FundUsePart(order_id, parts, *where, number=one.note.number, on=one.note.issued_on)

    def follow_credit(self, locked: Locked) -> None:
        """What was owed, and what had been paid, stands where it stood before the invoice."""
        if not locked.credit or not self.going:
            return
        standing = standing_of(order_id for one in self.going for order_id in one.by_order)
        move_all(self.actor, locked.credit, [move for one in self.going for move in self._moves(one, standing)])

    def _moves(self, one: Crediting, standing: Standing) -> Iterator[CreditMove]:
        for order_id in one.by_order:
            own = [cut.line for cut in one.cuts if cut.line.order_id == order_id]
            paid = {line.order_line_id: self.paid.get((one.note.pk, line.order_line_id), ZERO) for line in own}
            values = {line.order_line_id: line.gross - paid[line.order_line_id] for line in own}
            owed = self.owed.get((one.invoice.pk, order_id), ZERO)
            out = move_of(one.invoice, order_id, "credited", Bucket.OUTSIDE, SOURCE, one.note.pk)
            yield from taken_from(
                standing, out, cleared_amounts(standing, order_id, owed, values), (Bucket.RECEIVABLE,)
            )
            for line in own:
                yield from self._back(one, line, values[line.order_line_id])
        yield CreditMove(
            partnership_id=one.invoice.partnership_id,
            currency=one.invoice.currency,
            order_id=None,
            cause="uncleared",
            source=Bucket.OUTSIDE,
            target=Bucket.UNAPPLIED,
            amount=self.cash.get(one.note.pk, ZERO),
            document_kind=SOURCE,
            document_id=one.note.pk,
        )

    def _back(self, one: Crediting, part: InvoiceLine, value: Decimal) -> Iterator[CreditMove]:
        """The value of a line's part: shipped and to be invoiced, or not shipped yet."""
        line = self.lines[part.order_line_id]
        shipped = min(max(line.shipped - (line.invoiced - part.quantity), ZERO), part.quantity)
        if part.kind == "charge":
            shipped = part.quantity
        unbilled = part_value(value, part.quantity, ZERO, shipped, one.invoice.currency)
        for target, amount in ((Bucket.UNBILLED, unbilled), (Bucket.OPEN_ORDERS, value - unbilled)):
            template = move_of(one.invoice, line.order_id, "invoice_undone", target, SOURCE, one.note.pk)
            yield CreditMove(
                partnership_id=template.partnership_id,
                currency=template.currency,
                order_id=line.order_id,
                cause=template.cause,
                source=Bucket.OUTSIDE,
                target=target,
                amount=amount,
                document_kind=SOURCE,
                document_id=one.note.pk,
                line_id=line.pk,
                seq=1 + (target == Bucket.UNBILLED),
            )

    def finish(self) -> dict[int, dict[int, Decimal]]:
        """Free the quantities of the invoices; by order what counts as invoiced no longer, below 0."""
        if not self.going:
            return {}
        InvoiceLine.objects.filter(invoice__in=[one.invoice.pk for one in self.going]).update(
            is_live=False, is_issued=False
        )
        moved: dict[int, dict[int, Decimal]] = {}
        for one in self.going:
            for cut in one.cuts:
                lines = moved.setdefault(cut.line.order_id, {})
                pk = cut.line.order_line_id
                lines[pk] = lines.get(pk, ZERO) - cut.line.quantity
        move_invoiced({pk: quantity for lines in moved.values() for pk, quantity in lines.items()})
        return moved


def _matched(
    back: Sequence[FundMoved], credits: Mapping[int, Sequence[tuple[int, Decimal]]]
) -> Iterator[ClearingDraft]:
    """Each fund's amount with the credits by which the order's funds had paid; a rounding more is left as it is."""
    left = {order: list(rows) for order, rows in credits.items()}
    for one in back:
        rows = left.get(one.order_id, [])
        most = min(one.amount, sum((amount for _entry, amount in rows), ZERO))
        taken = dict(drawn(rows, most))
        left[one.order_id] = [(entry, amount - taken.get(entry, ZERO)) for entry, amount in rows]
        assert one.open_item_id is not None
        for entry, amount in taken.items():
            yield ClearingDraft(one.open_item_id, amount, entry)
