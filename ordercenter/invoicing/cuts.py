"""What a credit note takes off which line of its invoice: units by part value, amounts, or all that is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.money import part_value, round_money
from ordercenter.invoicing.errors import InvoicingErrorCode
from ordercenter.invoicing.models import Invoice, InvoiceLine
from ordercenter.orders.words import plain


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

    @property
    def is_whole(self) -> bool:
        """True where it takes all of a line of which nothing was taken before."""
        return self.start == 0 and self.end == self.line.quantity


def cuts_of(
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
