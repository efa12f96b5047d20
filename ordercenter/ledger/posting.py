"""Post: write balanced entries once, and undo them by their opposite, never by an edit (credit-and-ledger §2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.money import round_money
from ordercenter.ledger.accounts import AccountKey, key_of, lock_accounts
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import FUND_KINDS, SHARED_KINDS, AccountKind, LedgerEntryKind
from ordercenter.ledger.models import Clearing, LedgerAccount, LedgerEntry, LedgerPosting, OpenItem

Accounts = Mapping[AccountKey, LedgerAccount]
_COLUMNS = [field.attname for field in LedgerPosting._meta.concrete_fields]
_LIST = ", ".join(f"p.{column}" for column in _COLUMNS)


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One entry to be: debit +, credit −. A `due_on` on a RECEIVABLE debit makes an open item.

    The open item is of the order, and of the document where that is another than the posting's source.
    """

    account: AccountKey
    amount: Decimal
    kind: str
    due_on: date | None = None
    order_id: int | None = None
    document_kind: str = ""
    document_id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class PostingDraft:
    """Entries that sum to 0 per currency. Organization, source, purpose and seq are its key: the same key posts once.

    `value_date` None: today in the organization's zone. `number`: that of the source document, for people.
    """

    organization_id: int
    source_kind: str
    source_id: int
    purpose: str
    entries: Sequence[EntryDraft]
    seq: int = 1
    value_date: date | None = None
    memo: str = ""
    number: str = ""
    reverses_id: int | None = None

    @property
    def key(self) -> tuple[int, str, int, str, int]:
        """What makes it the same posting."""
        return (self.organization_id, self.source_kind, self.source_id, self.purpose, self.seq)

    def digest(self) -> str:
        """Of what is posted, whatever the order of the entries."""
        lines = sorted(
            f"{e.account.organization_id}/{e.account.partnership_id or 0}/{e.account.kind}/{e.account.currency}/"
            f"{e.account.sub}:{e.amount.normalize():f}:{e.kind}:{e.due_on or ''}:{e.order_id or ''}"
            for e in self.entries
        )
        return sha256("\n".join([*lines, str(self.reverses_id or "")]).encode()).hexdigest()


INSERT = f"""
INSERT INTO ledger_ledgerposting AS p (organization_id, source_kind, source_id, purpose, seq, number, digest,
                                       value_date, posted_by_id, memo, reverses_id)
SELECT g.organization_id, g.source_kind, g.source_id, g.purpose, g.seq, g.number, g.digest,
       coalesce(g.value_date, (now() AT TIME ZONE o.time_zone)::date), %(user)s::bigint, g.memo, g.reverses_id
FROM unnest(%(organizations)s::bigint[], %(kinds)s::text[], %(ids)s::bigint[], %(purposes)s::text[],
            %(seqs)s::integer[], %(numbers)s::text[], %(digests)s::text[], %(dates)s::date[], %(memos)s::text[],
            %(reverses)s::bigint[])
     AS g(organization_id, source_kind, source_id, purpose, seq, number, digest, value_date, memo, reverses_id)
JOIN parties_organization o ON o.id = g.organization_id
ORDER BY 2, 3, 1, 4, 5
ON CONFLICT DO NOTHING
RETURNING {_LIST}
"""
KNOWN = f"""
SELECT {_LIST} FROM ledger_ledgerposting p
JOIN unnest(%(organizations)s::bigint[], %(kinds)s::text[], %(ids)s::bigint[], %(purposes)s::text[],
            %(seqs)s::integer[]) AS g(organization_id, source_kind, source_id, purpose, seq)
  ON p.source_kind = g.source_kind AND p.source_id = g.source_id AND p.organization_id = g.organization_id
 AND p.purpose = g.purpose AND p.seq = g.seq
"""
#: Entries, running balances and open items in one statement; the trigger proves the sums when it ends.
ENTRIES = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(postings)s::bigint[], %(lines)s::integer[], %(accounts)s::bigint[], %(kinds)s::text[],
                         %(amounts)s::numeric[], %(dates)s::date[], %(dues)s::date[], %(orders)s::bigint[],
                         %(document_kinds)s::text[], %(documents)s::bigint[], %(numbers)s::text[])
         AS g(posting_id, line, account_id, kind, amount, value_date, due_on, order_id, document_kind, document_id,
              number)
), written AS (
    INSERT INTO ledger_ledgerentry (organization_id, posting_id, account_id, line, kind, amount, value_date)
    SELECT a.organization_id, g.posting_id, g.account_id, g.line, g.kind, g.amount, g.value_date
    FROM given g JOIN ledger_ledgeraccount a ON a.id = g.account_id ORDER BY g.posting_id, g.line
    RETURNING id, posting_id, line
), moved AS (
    UPDATE ledger_ledgeraccount a SET balance = a.balance + m.amount
    FROM (SELECT account_id, sum(amount) AS amount FROM given GROUP BY account_id) m
    WHERE a.id = m.account_id AND a.partnership_id IS NOT NULL
), opened AS (
    INSERT INTO ledger_openitem (seller_id, buyer_id, partnership_id, entry_id, order_id, document_kind, document_id,
                                 number, currency, issued_on, due_on, amount, open, written_off, disputed,
                                 dispute_reason)
    SELECT a.organization_id, a.partner_id, a.partnership_id, w.id, g.order_id, g.document_kind, g.document_id,
           g.number, a.currency, g.value_date, g.due_on, g.amount, g.amount, 0, false, ''
    FROM given g JOIN written w USING (posting_id, line) JOIN ledger_ledgeraccount a ON a.id = g.account_id
    WHERE g.due_on IS NOT NULL
    RETURNING id, entry_id
)
SELECT w.posting_id, w.id, o.id FROM written w LEFT JOIN opened o ON o.entry_id = w.id ORDER BY w.posting_id, w.line
"""


def post_all(actor: Actor, drafts: Sequence[PostingDraft]) -> list[LedgerPosting]:
    """Post each draft once; as many SQL statements for a hundred as for one (at most 7).

    Answers the postings in the order of the drafts, those that had been posted before among them. A new one has
    `entry_ids` and `open_item_ids` (None where there is none) in the order of its draft's entries. Raises all problems
    at once: POSTING_UNBALANCED, AMOUNT_PRECISION, POSTING_CONFLICT, FUND_INSUFFICIENT; nothing is posted then.
    """
    raise_all(_problems(drafts))
    if not drafts:
        return []
    with transaction.atomic():
        accounts = lock_accounts(entry.account for draft in drafts for entry in draft.entries)
        made = _insert(actor, {draft.key: draft for draft in drafts}.values())
        known = made if len(made) == len({draft.key for draft in drafts}) else _known(drafts) | made
        raise_all(_conflicts(drafts, known))
        fresh = [draft for draft in {draft.key: draft for draft in drafts}.values() if draft.key in made]
        _write(actor, fresh, made, accounts)
    return [known[draft.key] for draft in drafts]


def _problems(drafts: Sequence[PostingDraft]) -> Iterator[DomainError]:
    for index, draft in enumerate(drafts):
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for entry in draft.entries:
            sums[entry.account.currency] += entry.amount
            if entry.amount != round_money(entry.amount, entry.account.currency):
                text = _("%(currency)s has no amounts as fine as this.") % {"currency": entry.account.currency}
                yield DomainError(LedgerErrorCode.AMOUNT_PRECISION, text, "amount", index)
        if any(sums.values()) or not draft.entries or any(not entry.amount for entry in draft.entries):
            text = _("Debits and credits of a posting must be equal, and no entry empty.")
            yield DomainError(LedgerErrorCode.POSTING_UNBALANCED, text, "entries", index)
        if any(e.account.organization_id != draft.organization_id for e in draft.entries):
            yield not_found("account", index)


def _insert(actor: Actor, drafts: Any) -> dict[tuple[Any, ...], LedgerPosting]:
    rows = list(drafts)
    values = _keys(rows) | {
        "user": actor.user_id,
        "numbers": texts(row.number for row in rows),
        "digests": texts(row.digest() for row in rows),
        "dates": texts(row.value_date for row in rows),
        "memos": texts(row.memo for row in rows),
        "reverses": numbers(row.reverses_id for row in rows),
    }
    return _postings(INSERT, values)


def _known(drafts: Sequence[PostingDraft]) -> dict[tuple[Any, ...], LedgerPosting]:
    return _postings(KNOWN, _keys(drafts))


def _keys(drafts: Sequence[PostingDraft]) -> dict[str, Any]:
    return {
        "organizations": numbers(draft.organization_id for draft in drafts),
        "kinds": texts(draft.source_kind for draft in drafts),
        "ids": numbers(draft.source_id for draft in drafts),
        "purposes": texts(draft.purpose for draft in drafts),
        "seqs": numbers(draft.seq for draft in drafts),
    }


def _postings(statement: str, values: dict[str, Any]) -> dict[tuple[Any, ...], LedgerPosting]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = [LedgerPosting.from_db("default", _COLUMNS, row) for row in cursor.fetchall()]
    return {(row.organization_id, row.source_kind, row.source_id, row.purpose, row.seq): row for row in rows}


def _conflicts(drafts: Sequence[PostingDraft], known: Mapping[Any, LedgerPosting]) -> Iterator[DomainError]:
    for index, draft in enumerate(drafts):
        there = known.get(draft.key)
        if there is None:  # the only other thing that is once: one reverse of a posting
            yield DomainError(LedgerErrorCode.ALREADY_REVERSED, _("This posting is reversed already."), index=index)
        elif there.digest != draft.digest():
            text = _("This was posted before with other amounts.")
            yield DomainError(LedgerErrorCode.POSTING_CONFLICT, text, index=index)


def _write(actor: Actor, drafts: Sequence[PostingDraft], made: Mapping[Any, LedgerPosting], accounts: Accounts) -> None:
    if not drafts:
        return
    raise_all(_uncovered(drafts, accounts))
    lines = [
        (made[draft.key], number, draft, entry) for draft in drafts for number, entry in enumerate(draft.entries, 1)
    ]
    opens = [(_opens(e), p, draft, e) for p, _n, draft, e in lines]
    values = {
        "postings": numbers(p.pk for p, *_rest in lines),
        "lines": numbers(number for _p, number, *_rest in lines),
        "accounts": numbers(accounts[e.account].pk for *_rest, e in lines),
        "kinds": texts(str(e.kind) for *_rest, e in lines),
        "amounts": numbers(e.amount for *_rest, e in lines),
        "dates": texts(p.value_date for p, *_rest in lines),
        "dues": texts(e.due_on if so else None for so, _p, _d, e in opens),
        "orders": numbers(e.order_id for *_rest, e in lines),
        "document_kinds": texts(e.document_kind or draft.source_kind for _p, _n, draft, e in lines),
        "documents": numbers(draft.source_id if e.document_id is None else e.document_id for _p, _n, draft, e in lines),
        "numbers": texts(e.number or draft.number for _p, _n, draft, e in lines),
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, values)
        rows = cursor.fetchall()
    _attach(made.values(), rows)
    record_all(actor, [_posted(made[draft.key], draft, accounts) for draft in drafts])


def _opens(entry: EntryDraft) -> bool:
    return entry.due_on is not None and entry.account.kind == AccountKind.RECEIVABLE and entry.amount > 0


def _attach(postings: Any, rows: Sequence[tuple[int, int, int | None]]) -> None:
    """Give each new posting the keys of its entries and open items, in the order of its draft."""
    entries: dict[int, list[int]] = defaultdict(list)
    items: dict[int, list[int | None]] = defaultdict(list)
    for posting_id, entry_id, item_id in rows:
        entries[posting_id].append(entry_id)
        items[posting_id].append(item_id)
    for posting in postings:
        posting.entry_ids = entries[posting.pk]
        posting.open_item_ids = items[posting.pk]


def _uncovered(drafts: Sequence[PostingDraft], accounts: Accounts) -> Iterator[DomainError]:
    """FUND_INSUFFICIENT for each fund account that would hold less than is promised of it."""
    change: dict[AccountKey, Decimal] = defaultdict(Decimal)
    for draft in drafts:
        for entry in draft.entries:
            if entry.account.kind in FUND_KINDS:
                change[entry.account] += entry.amount
    for key, amount in change.items():
        account = accounts[key]
        if amount > 0 and amount > account.available:
            text = _("%(available)s %(currency)s are free on this account, not %(amount)s.") % {
                "available": round_money(account.available, key.currency),
                "currency": key.currency,
                "amount": round_money(amount, key.currency),
            }
            yield DomainError(LedgerErrorCode.FUND_INSUFFICIENT, text, "amount")


def _posted(posting: LedgerPosting, draft: PostingDraft, accounts: Accounts) -> DomainEvent:
    partners = {accounts[entry.account].partner_id for entry in draft.entries if entry.account.kind in SHARED_KINDS}
    payload = {"source_kind": draft.source_kind, "source_id": draft.source_id, "purpose": draft.purpose}
    if draft.number:
        payload["number"] = draft.number
    kind = "ledger.reversed" if draft.reverses_id else "ledger.posted"
    heard = (draft.organization_id, *sorted(partner for partner in partners if partner))
    return DomainEvent(kind, "ledger_posting", posting.pk, heard, payload)


def reverse(actor: Actor, posting_id: int, purpose: str = "") -> LedgerPosting:
    """Write the opposite of a posting of one's own books, once; see `reverse_all`."""
    return reverse_all(actor, [posting_id], purpose)[0]


def reverse_all(actor: Actor, posting_ids: Sequence[int], purpose: str = "") -> list[LedgerPosting]:
    """Write the opposite of postings of one's own books; their open items are cleared by it.

    Raises NOT_FOUND, ALREADY_REVERSED; IN_USE while an open item of one, or a credit of one, is cleared: what was
    matched has to be undone first, as it would point at nothing.
    """
    ids = list(dict.fromkeys(posting_ids))
    with transaction.atomic():
        postings = LedgerPosting.objects.filter(pk__in=ids, organization=actor.own_id).in_bulk()
        raise_all(not_found("posting", i) for i, pk in enumerate(ids) if pk not in postings)
        rows = LedgerEntry.objects.filter(posting__in=ids).select_related("account").order_by("posting", "line")
        entries: dict[int, list[LedgerEntry]] = defaultdict(list)
        for entry in rows:
            entries[entry.posting_id].append(entry)
        lock_accounts(key_of(entry.account) for entry in rows)
        if LedgerPosting.objects.filter(reverses__in=ids).exists():
            raise DomainError(LedgerErrorCode.ALREADY_REVERSED, _("This posting is reversed already."))
        items = list(OpenItem.objects.select_for_update(no_key=True).filter(entry__posting__in=ids).order_by("pk"))
        _unmatched(list(rows), items)
        made = post_all(actor, [_opposite(postings[pk], entries[pk], purpose) for pk in ids])
        opposite = {
            entry.pk: new
            for pk, posting in zip(ids, made, strict=True)
            for entry, new in zip(entries[pk], posting.entry_ids, strict=True)
        }
        _settle(actor, items, opposite)
    by_original = {posting.reverses_id: posting for posting in made}
    return [by_original[pk] for pk in posting_ids]


def _opposite(posting: LedgerPosting, entries: Sequence[LedgerEntry], purpose: str) -> PostingDraft:
    drafts = [EntryDraft(key_of(entry.account), -entry.amount, LedgerEntryKind.REVERSE) for entry in entries]
    return PostingDraft(
        posting.organization_id,
        posting.source_kind,
        posting.source_id,
        purpose or f"{posting.purpose}.reverse",
        drafts,
        posting.seq,
        number=posting.number,
        reverses_id=posting.pk,
    )


def _unmatched(entries: Sequence[LedgerEntry], items: Sequence[OpenItem]) -> None:
    live = Clearing.objects.filter(Q(entry__in=entries) | Q(payment_entry__in=entries), reverses=None, reversal=None)
    if any(item.open != item.amount for item in items) or live.exists():
        raise DomainError(CoreErrorCode.IN_USE, _("Undo what was cleared with this first."))


def _settle(actor: Actor, items: Sequence[OpenItem], opposite: Mapping[int, int]) -> None:
    """The opposite entry takes what was open: nobody owes it any more."""
    if not items:
        return
    Clearing.objects.bulk_create(
        Clearing(
            seller_id=item.seller_id,
            buyer_id=item.buyer_id,
            open_item=item,
            entry_id=opposite[item.entry_id],
            amount=item.amount,
            cleared_by_id=actor.user_id,
        )
        for item in items
    )
    OpenItem.objects.filter(pk__in=[item.pk for item in items]).update(open=0)
