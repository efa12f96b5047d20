"""Clear: match money with what is owed, exactly by open item, and undo it (credit-and-ledger §2, §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.errors import DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.money import round_money
from ordercenter.ledger.accounts import AccountKey, key_of, lock_accounts
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import FUND_KINDS, AccountKind, LedgerEntryKind
from ordercenter.ledger.models import Clearing, LedgerEntry, OpenItem
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all, reverse_all

ZERO = Decimal(0)
SOURCE = "clearing"


@dataclass(frozen=True, slots=True)
class ClearingDraft:
    """So much of an open item paid by a credit of the same partner in the same currency.

    `payment_entry_id`: a credit on a fund account (a payment on CASH): the clearing posts Dr that account, Cr
    RECEIVABLE; or a credit on RECEIVABLE itself (credit note, used fund): that is only matched. None: from free CASH.
    `fund_use_id`: the use behind a RECEIVABLE credit. `key`: the same key clears once, for events that come twice.
    """

    open_item_id: int
    amount: Decimal
    payment_entry_id: int | None = None
    fund_use_id: int | None = None
    key: str = ""
    write_off: bool = False
    memo: str = ""


@dataclass(frozen=True, slots=True)
class FundMove:
    """What a clearing took from a fund account, or an undone one gave back: for those who keep its grants."""

    clearing: Clearing
    account: AccountKey
    amount: Decimal
    payment_entry_id: int | None


FundKeeper = Callable[[Actor, Sequence[FundMove]], None]
_keepers: dict[str, tuple[FundKeeper, FundKeeper]] = {}


def keep_funds(name: str, take: FundKeeper, give: FundKeeper) -> None:
    """Let a room above follow what clearings take from fund accounts and give back, in the same transaction.

    Both are called under the accounts' locks, after the posting, with one list for all clearings of a call. From
    AppConfig.ready.
    """
    _keepers[name] = (take, give)


@dataclass(slots=True)
class _Match:
    """A draft with what it concerns, read and locked."""

    index: int
    draft: ClearingDraft
    item: OpenItem
    source: LedgerEntry | None

    @property
    def debit(self) -> AccountKey | None:
        """The account to take it from; None where the credit stands on RECEIVABLE already."""
        own = self.item.seller_id, self.item.currency
        if self.draft.write_off:
            return AccountKey(own[0], AccountKind.WRITE_OFF, own[1])
        if self.source is None:
            return AccountKey(own[0], AccountKind.CASH, own[1], self.item.partnership_id)
        return None if self.source.account.kind == AccountKind.RECEIVABLE else key_of(self.source.account)

    @property
    def receivable(self) -> AccountKey:
        return AccountKey(self.item.seller_id, AccountKind.RECEIVABLE, self.item.currency, self.item.partnership_id)


def clear_all(actor: Actor, drafts: Sequence[ClearingDraft]) -> list[Clearing]:
    """Clear open items of one's own books; a constant number of statements.

    A draft whose key was cleared before answers that clearing. Raises all problems at once: NOT_FOUND (item, payment,
    or a payment of another partner), CURRENCY_MISMATCH, AMOUNT_PRECISION, CLEARING_EXCEEDS (more than is open, or more
    than is left of the payment), FUND_INSUFFICIENT.
    """
    if not drafts:
        return []
    with transaction.atomic():
        matches = _read(actor, drafts)
        lock_accounts(key for match in matches for key in (match.receivable, match.debit) if key)
        known = _known(actor, drafts)
        fresh = [match for match in matches if not match.draft.key or match.draft.key not in known]
        _lock_items(fresh)
        raise_all(_exceeding(fresh))
        made = _clear(actor, fresh)
    by_index = {match.index: clearing for match, clearing in zip(fresh, made, strict=True)}
    return [by_index[i] if i in by_index else known[draft.key] for i, draft in enumerate(drafts)]


def _read(actor: Actor, drafts: Sequence[ClearingDraft]) -> list[_Match]:
    items = {
        item.pk: item for item in OpenItem.objects.filter(pk__in={d.open_item_id for d in drafts}, seller=actor.own_id)
    }
    wanted = {d.payment_entry_id for d in drafts if d.payment_entry_id}
    entries: dict[int, LedgerEntry] = {}
    if wanted:
        rows = LedgerEntry.objects.filter(pk__in=wanted, organization=actor.own_id).select_related("account")
        entries = {row.pk: row for row in rows}
    raise_all(_unfit(drafts, items, entries))
    return [_Match(i, d, items[d.open_item_id], entries.get(d.payment_entry_id or 0)) for i, d in enumerate(drafts)]


def _unfit(
    drafts: Sequence[ClearingDraft], items: Mapping[int, OpenItem], entries: Mapping[int, LedgerEntry]
) -> Iterator[DomainError]:
    for index, draft in enumerate(drafts):
        item = items.get(draft.open_item_id)
        if item is None:
            yield not_found("open_item", index)
            continue
        if draft.amount <= 0 or draft.amount != round_money(draft.amount, item.currency):
            text = _("%(currency)s has no amounts as fine as this.") % {"currency": item.currency}
            if draft.amount <= 0:
                text = _("Give an amount above 0.")
            yield DomainError(LedgerErrorCode.AMOUNT_PRECISION, text, "amount", index)
        if draft.payment_entry_id:
            yield from _unfit_payment(item, entries.get(draft.payment_entry_id), index)


def _unfit_payment(item: OpenItem, entry: LedgerEntry | None, index: int) -> Iterator[DomainError]:
    kinds = FUND_KINDS | {AccountKind.RECEIVABLE}
    same = entry and entry.account.partnership_id == item.partnership_id and entry.account.kind in kinds
    if entry is None or not same or entry.amount > 0:
        yield not_found("payment", index)
    elif entry.account.currency != item.currency:
        text = _("The payment is in %(theirs)s, what is owed in %(ours)s.") % {
            "theirs": entry.account.currency,
            "ours": item.currency,
        }
        yield DomainError(LedgerErrorCode.CURRENCY_MISMATCH, text, "payment", index)


def _known(actor: Actor, drafts: Sequence[ClearingDraft]) -> dict[str, Clearing]:
    keys = {draft.key for draft in drafts if draft.key}
    if not keys:
        return {}
    return {row.key: row for row in Clearing.objects.filter(seller=actor.own_id, key__in=keys)}


def _lock_items(matches: Sequence[_Match]) -> None:
    """Lock the open items by id and take their amounts as they are now."""
    if not matches:
        return
    locked = {
        item.pk: item
        for item in OpenItem.objects.select_for_update(no_key=True)
        .filter(pk__in={match.item.pk for match in matches})
        .order_by("pk")
    }
    for match in matches:
        match.item = locked[match.item.pk]


def _exceeding(matches: Sequence[_Match]) -> Iterator[DomainError]:
    """CLEARING_EXCEEDS where the drafts together take more than is open, or than their payments have left."""
    left = _left_of({match.source.pk: match.source for match in matches if match.source})
    unpaid = {match.item.pk: match.item.open for match in matches}
    for match in matches:
        amount, item = match.draft.amount, match.item
        if amount > unpaid[item.pk]:
            text = _("Only %(open)s %(currency)s are open.")
            yield _exceeds(text, unpaid[item.pk], item.currency, "amount", match.index)
        unpaid[item.pk] -= amount
        if match.source:
            if amount > left[match.source.pk]:
                text = _("Only %(open)s %(currency)s are left of this payment.")
                yield _exceeds(text, left[match.source.pk], item.currency, "payment", match.index)
            left[match.source.pk] -= amount


def _exceeds(text: str, amount: Decimal, currency: str, field: str, index: int) -> DomainError:
    words = {"open": round_money(max(amount, ZERO), currency), "currency": currency}
    return DomainError(LedgerErrorCode.CLEARING_EXCEEDS, text % words, field, index)


def _left_of(entries: Mapping[int, LedgerEntry]) -> dict[int, Decimal]:
    """Of each credit: what no live clearing has taken."""
    used: dict[int, Decimal] = defaultdict(Decimal)
    live = Clearing.objects.filter(reverses=None, reversal=None)
    for column in ("entry", "payment_entry") if entries else ():
        rows = live.filter(**{f"{column}__in": list(entries)}).values_list(column).annotate(taken=Sum("amount"))
        for pk, taken in rows.order_by():
            used[pk] += taken
    return {pk: -entry.amount - used[pk] for pk, entry in entries.items()}


def _clear(actor: Actor, matches: Sequence[_Match]) -> list[Clearing]:
    if not matches:
        return []
    credits = _post(actor, matches)
    _move([(match.item.pk, -match.draft.amount, match.draft.write_off) for match in matches])
    made = Clearing.objects.bulk_create(_clearing(actor, match, credits[match.index]) for match in matches)
    _tell_keepers(actor, matches, made)
    left: dict[int, Decimal] = {match.item.pk: match.item.open for match in matches}
    for match in matches:
        left[match.item.pk] -= match.draft.amount
    pairs = zip(matches, made, strict=True)
    record_all(actor, [_event(_kind_of(c), c, m.item, left[m.item.pk]) for m, c in pairs])
    return made


def _kind_of(clearing: Clearing) -> str:
    return "ledger.written_off" if clearing.write_off else "ledger.cleared"


def _post(actor: Actor, matches: Sequence[_Match]) -> dict[int, int]:
    """By index: the credit on RECEIVABLE of each clearing, posted where it was not there."""
    credits = {match.index: match.source.pk for match in matches if match.source and not match.debit}
    to_post = [match for match in matches if match.debit]
    if not to_post:
        return credits
    seqs = _next_seqs(match.item.pk for match in to_post)
    drafts = []
    for match in to_post:
        seqs[match.item.pk] += 1
        drafts.append(_posting(match, seqs[match.item.pk]))
    for match, posting in zip(to_post, post_all(actor, drafts), strict=True):
        credits[match.index] = posting.entry_ids[1]
    return credits


def _posting(match: _Match, seq: int) -> PostingDraft:
    draft = match.draft
    kind = LedgerEntryKind.WRITE_OFF if draft.write_off else LedgerEntryKind.CLEAR
    assert match.debit
    entries = (EntryDraft(match.debit, draft.amount, kind), EntryDraft(match.receivable, -draft.amount, kind))
    purpose = "write_off" if draft.write_off else "clear"
    return PostingDraft(
        match.item.seller_id, SOURCE, match.item.pk, purpose, entries, seq, memo=draft.memo, number=match.item.number
    )


def _next_seqs(item_ids: Iterable[int]) -> dict[int, int]:
    """By open item, which is locked: how many clearings it has had, undone ones and their reverses counted."""
    ids = set(item_ids)
    rows = Clearing.objects.filter(open_item__in=ids).order_by().values_list("open_item").annotate(n=Count("pk"))
    return dict.fromkeys(ids, 0) | dict(rows)


MOVE = """
UPDATE ledger_openitem i SET open = i.open + m.amount, written_off = i.written_off - m.given_up
FROM (SELECT item_id, sum(amount) AS amount, sum(CASE WHEN write_off THEN amount ELSE 0 END) AS given_up
      FROM unnest(%s::bigint[], %s::numeric[], %s::boolean[]) AS g(item_id, amount, write_off) GROUP BY item_id) m
WHERE i.id = m.item_id
"""


def _move(changes: Sequence[tuple[int, Decimal, bool]]) -> None:
    """Raise or lower what is open, written-off parts along with it, of locked items; one statement."""
    columns = list(zip(*changes, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [numbers(column) for column in columns])


def _clearing(actor: Actor, match: _Match, credit: int) -> Clearing:
    draft = match.draft
    return Clearing(
        seller_id=match.item.seller_id,
        buyer_id=match.item.buyer_id,
        open_item=match.item,
        entry_id=credit,
        payment_entry_id=draft.payment_entry_id if match.debit else None,
        fund_use_id=draft.fund_use_id,
        amount=draft.amount,
        write_off=draft.write_off,
        key=draft.key,
        cleared_by_id=actor.user_id,
    )


def _tell_keepers(actor: Actor, matches: Sequence[_Match], made: Sequence[Clearing]) -> None:
    moves = [
        FundMove(clearing, match.debit, clearing.amount, clearing.payment_entry_id)
        for match, clearing in zip(matches, made, strict=True)
        if match.debit and match.debit.kind in FUND_KINDS
    ]
    for take, _give in _keepers.values() if moves else ():
        take(actor, moves)


def _event(kind: str, clearing: Clearing, item: OpenItem, left: Decimal) -> DomainEvent:
    """What rooms above hear: which document, order and partnership, how much, and what is left open."""
    payload = {
        "clearing": clearing.pk,
        "partnership": item.partnership_id,
        "currency": item.currency,
        "order": item.order_id,
        "document_kind": item.document_kind,
        "document": item.document_id,
        "number": item.number,
        "amount": str(clearing.amount),
        "open": str(left),
        "payment_entry": clearing.payment_entry_id,
    }
    return DomainEvent(kind, "open_item", item.pk, (item.seller_id, item.buyer_id), payload)


def unclear(actor: Actor, clearing_id: int) -> Clearing:
    """Undo a clearing of one's own books, once; answers the one that reverses it."""
    return unclear_all(actor, [clearing_id])[0]


def unclear_all(actor: Actor, clearing_ids: Sequence[int]) -> list[Clearing]:
    """Undo clearings: what they posted is reversed, fund accounts get back what was taken, the items are open again.

    Raises NOT_FOUND; ALREADY_REVERSED for one undone before, or one that undoes another.
    """
    with transaction.atomic():
        rows = Clearing.objects.filter(pk__in=clearing_ids, seller=actor.own_id).select_related(
            "open_item", "entry__posting"
        )
        found = {row.pk: row for row in rows}
        raise_all(not_found("clearing", i) for i, pk in enumerate(clearing_ids) if pk not in found)
        wanted = [found[pk] for pk in dict.fromkeys(clearing_ids)]
        accounts = _accounts_behind(wanted)
        lock_accounts(key for keys in accounts.values() for key in keys)
        items = _locked_items(wanted)
        raise_all(_undone(wanted))
        made = _undo(actor, wanted, accounts, items)
    by_original = {row.reverses_id: row for row in made}
    return [by_original[pk] for pk in clearing_ids]


def _locked_items(clearings: Sequence[Clearing]) -> dict[int, OpenItem]:
    rows = OpenItem.objects.select_for_update(no_key=True)
    return {item.pk: item for item in rows.filter(pk__in={c.open_item_id for c in clearings}).order_by("pk")}


def _accounts_behind(clearings: Sequence[Clearing]) -> dict[int, list[AccountKey]]:
    """By clearing: the accounts its own posting moved, RECEIVABLE first; of a matched credit only that."""
    postings = {c.entry.posting_id for c in clearings}
    entries = LedgerEntry.objects.filter(posting__in=postings).select_related("account")
    by_posting: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        by_posting[entry.posting_id].append(entry)
    return {
        c.pk: [
            key_of(entry.account)
            for entry in sorted(by_posting[c.entry.posting_id], key=lambda e: e.pk != c.entry_id)
            if entry.pk == c.entry_id or c.entry.posting.source_kind == SOURCE
        ]
        for c in clearings
    }


def _undone(clearings: Sequence[Clearing]) -> Iterator[DomainError]:
    done = set(Clearing.objects.filter(reverses__in=[c.pk for c in clearings]).values_list("reverses", flat=True)) | {
        c.pk for c in clearings if c.reverses_id
    }
    for index, clearing in enumerate(clearings):
        if clearing.pk in done:
            text = _("This clearing is undone already.")
            yield DomainError(LedgerErrorCode.ALREADY_REVERSED, text, "clearing", index)


def _undo(
    actor: Actor, clearings: Sequence[Clearing], accounts: Mapping[int, list[AccountKey]], items: Mapping[int, OpenItem]
) -> list[Clearing]:
    made = Clearing.objects.bulk_create(
        Clearing(
            seller_id=c.seller_id,
            buyer_id=c.buyer_id,
            open_item=c.open_item,
            entry_id=c.entry_id,
            payment_entry_id=c.payment_entry_id,
            fund_use_id=c.fund_use_id,
            amount=c.amount,
            write_off=c.write_off,
            reverses=c,
            cleared_by_id=actor.user_id,
        )
        for c in clearings
    )
    posted = [c.entry.posting_id for c in clearings if c.entry.posting.source_kind == SOURCE]
    if posted:
        reverse_all(actor, posted)
    _move([(c.open_item_id, c.amount, c.write_off) for c in clearings])
    _give_back(actor, made, accounts)
    left = {pk: item.open for pk, item in items.items()}
    for c in clearings:
        left[c.open_item_id] += c.amount
    events = [_event("ledger.uncleared", m, items[m.open_item_id], left[m.open_item_id]) for m in made]
    record_all(actor, events)
    return made


def _give_back(actor: Actor, made: Sequence[Clearing], accounts: Mapping[int, list[AccountKey]]) -> None:
    moves = [
        FundMove(clearing, key, clearing.amount, clearing.payment_entry_id)
        for clearing in made
        for key in accounts[clearing.reverses_id or 0][1:]
        if key.kind in FUND_KINDS
    ]
    for _take, give in _keepers.values() if moves else ():
        give(actor, moves)


def oldest_first(
    partnership_id: int, currency: str, amount: Decimal, named: Sequence[int] = (), payment_entry_id: int | None = None
) -> list[ClearingDraft]:
    """How a payment clears: the open items it names, in their order; else the oldest due date, then posting.

    Disputed items are left alone unless named. Reads without a lock; `clear_all` checks again under it. What the items
    do not take stays on CASH.
    """
    rows = OpenItem.objects.filter(partnership=partnership_id, currency=currency, open__gt=0)
    if named:
        order = {pk: place for place, pk in enumerate(named)}
        items = sorted(rows.filter(pk__in=order), key=lambda item: order[item.pk])
    else:
        items = list(rows.filter(disputed=False).order_by("due_on", "entry__posting_id", "pk"))
    drafts: list[ClearingDraft] = []
    for item in items:
        part = min(amount, item.open)
        if part <= 0:
            break
        drafts.append(ClearingDraft(item.pk, part, payment_entry_id))
        amount -= part
    return drafts
