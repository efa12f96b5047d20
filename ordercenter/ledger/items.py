"""What is done with open items beside clearing: opening balances, write-off, dispute (credit-and-ledger §2, §5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.parties.models import Partnership
from ordercenter.ledger.accounts import AccountKey, AccountKind
from ordercenter.ledger.clearing import ClearingDraft, clear_all
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import Clearing, LedgerPosting, OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all, reverse

OPENING = "opening"
LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """What a partner owed before the books were begun here; `number` is that of the old invoice."""

    partnership_id: int
    number: str
    amount: Decimal
    due_on: date
    issued_on: date | None = None


def post_opening(actor: Actor, lines: Sequence[OpeningLine]) -> list[OpenItem]:
    """Take over what partners owe: an open item a line, Dr RECEIVABLE, Cr OPENING; the same number once a partner.

    Raises all problems at once: REQUIRED, INVALID (amount not above 0), NOT_FOUND (partner), AMOUNT_PRECISION;
    POSTING_CONFLICT for a number taken over before with another amount.
    """
    partners = Partnership.objects.filter(pk__in={line.partnership_id for line in lines}, upstream=actor.own_id)
    currencies = dict(partners.values_list("pk", "currency"))
    raise_all(_opening_problems(lines, currencies))
    postings = post_all(actor, [_opening(actor, line, currencies[line.partnership_id]) for line in lines])
    items = OpenItem.objects.filter(entry__posting__in=postings).select_related("entry")
    by_posting = {item.entry.posting_id: item for item in items}
    return [by_posting[posting.pk] for posting in postings]


def _opening_problems(lines: Sequence[OpeningLine], currencies: dict[int, str]) -> Iterator[DomainError]:
    for index, line in enumerate(lines):
        if line.partnership_id not in currencies:
            yield not_found("partnership", index)
        if not line.number.strip():
            yield DomainError(CoreErrorCode.REQUIRED, _("Give the number of the document."), "number", index)
        if len(line.number) > LONGEST_NUMBER:
            text = _("At most %(count)s characters.") % {"count": LONGEST_NUMBER}
            yield DomainError(CoreErrorCode.INVALID, text, "number", index)
        if line.amount <= 0:
            yield DomainError(CoreErrorCode.INVALID, _("Give an amount above 0."), "amount", index)


def _opening(actor: Actor, line: OpeningLine, currency: str) -> PostingDraft:
    number = line.number.strip()
    owed = AccountKey(actor.own_id, AccountKind.RECEIVABLE, currency, line.partnership_id)
    begun = AccountKey(actor.own_id, AccountKind.OPENING, currency)
    kind = LedgerEntryKind.OPENING
    entries = (EntryDraft(owed, line.amount, kind, line.due_on), EntryDraft(begun, -line.amount, kind))
    return PostingDraft(
        actor.own_id,
        OPENING,
        line.partnership_id,
        f"open:{number}",
        entries,
        value_date=line.issued_on,
        number=number,
    )


def write_off(actor: Actor, item_id: int, reason: str, amount: Decimal | None = None) -> Clearing:
    """Give up what is open of an item, or a part: Dr WRITE_OFF, Cr RECEIVABLE. `unclear` takes it back.

    Raises REASON_REQUIRED, NOT_FOUND, CLEARING_EXCEEDS, AMOUNT_PRECISION.
    """
    if not reason.strip():
        raise DomainError(LedgerErrorCode.REASON_REQUIRED, _("Say why it is written off."), "reason")
    item = OpenItem.objects.filter(pk=item_id, seller=actor.own_id).first()
    if item is None:
        raise not_found("open_item")
    draft = ClearingDraft(item.pk, item.open if amount is None else amount, write_off=True, memo=reason.strip()[:255])
    return clear_all(actor, [draft])[0]


def dispute(actor: Actor, item_id: int, reason: str) -> OpenItem:
    """Say, as seller or buyer, that an item is not owed like this: it is not dunned and counts for no credit rule.

    Raises REASON_REQUIRED, NOT_FOUND; INVALID_TRANSITION where nothing is open any more or it is disputed already.
    """
    if not reason.strip():
        raise DomainError(LedgerErrorCode.REASON_REQUIRED, _("Say what is disputed."), "reason")
    return _set_dispute(actor, item_id, True, reason.strip()[:255])


def end_dispute(actor: Actor, item_id: int) -> OpenItem:
    """Let a disputed item count again. Raises NOT_FOUND, INVALID_TRANSITION where it is not disputed."""
    return _set_dispute(actor, item_id, False, "")


def _set_dispute(actor: Actor, item_id: int, disputed: bool, reason: str) -> OpenItem:
    with transaction.atomic():
        # The row alone, at its own place in the order of locks.
        item = (
            OpenItem.objects.visible_to(actor).select_for_update(no_key=True, of=("self",)).filter(pk=item_id).first()
        )
        if item is None:
            raise not_found("open_item")
        if item.disputed == disputed or (disputed and not item.open):
            text = _("It is disputed already, or nothing of it is open.") if disputed else _("It is not disputed.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text)
        before = facts(item)
        item.disputed, item.dispute_reason = disputed, reason
        item.save(update_fields=["disputed", "dispute_reason"])
        kind = "ledger.disputed" if disputed else "ledger.dispute_ended"
        payload = {"partnership": item.partnership_id, "currency": item.currency, "number": item.number}
        if reason:
            payload["note"] = reason
        heard = (item.seller_id, item.buyer_id)
        event = DomainEvent(kind, "open_item", item.pk, heard, payload, changes=difference(before, facts(item)))
        record(actor, event)
    return item


def reverse_by_hand(actor: Actor, posting_id: int) -> LedgerPosting:
    """Undo a posting that a person made by hand. What a document posted is undone by that document, with all it moved.

    Raises NOT_FOUND, ALREADY_REVERSED, IN_USE; INVALID for a posting of a document.
    """
    posting = LedgerPosting.objects.filter(pk=posting_id, organization=actor.own_id).first()
    if posting is None:
        raise not_found("posting")
    if posting.source_kind != OPENING or posting.reverses_id:
        text = _("A document posted this: undo it there, so that all it moved is undone.")
        raise DomainError(CoreErrorCode.INVALID, text, "posting")
    return reverse(actor, posting.pk)
