"""Remind who is late: one letter a partner, with its highest level and all its overdue items (credit-and-ledger §7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import DomainEvent, record, record_all
from marketplace.core.money import round_money
from marketplace.core.numbering import next_numbers
from ordercenter.ledger.accounts import AccountKey, lock_accounts
from ordercenter.ledger.kinds import AccountKind, LedgerEntryKind
from ordercenter.ledger.models import DunningLetter, DunningLevel, DunningLine, DunningRun, DunningSettings
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all

ZERO = Decimal(0)
LETTER = "dunning_letter"
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class LateItem:
    """An overdue open item as it is now; `days` late, the level that stands for them, and whether that was told."""

    open_item_id: int
    number: str
    due_on: date
    days: int
    open: Decimal
    interest: Decimal
    level: DunningLevel
    is_new: bool


@dataclass(slots=True)
class LetterDraft:
    """What one partner would be sent in one currency."""

    partnership_id: int
    buyer_id: int
    currency: str
    charged: bool = True
    items: list[LateItem] = field(default_factory=list)

    @property
    def level(self) -> DunningLevel:
        """The highest."""
        return max((item.level for item in self.items), key=lambda level: level.days)

    @property
    def days(self) -> int:
        return max(item.days for item in self.items)

    @property
    def amount(self) -> Decimal:
        return sum((item.open for item in self.items), ZERO)

    @property
    def interest(self) -> Decimal:
        return sum((item.interest for item in self.items), ZERO)

    @property
    def fee(self) -> Decimal:
        """That of the level, which is in the seller's own currency: none in a letter about another."""
        return round_money(self.level.fee, self.currency) if self.charged else ZERO

    @property
    def total(self) -> Decimal:
        return self.amount + self.interest + self.fee

    @property
    def is_charged(self) -> bool:
        """True where what it claims beside the items is posted."""
        return self.level.charges and bool(self.interest + self.fee)

    def account(self, seller_id: int, kind: str, sub: str = "") -> AccountKey:
        """An account of the seller that its charge moves: the partner's receivable, or revenue by what it is for."""
        partnership = self.partnership_id if kind == AccountKind.RECEIVABLE else None
        return AccountKey(seller_id, kind, self.currency, partnership, sub)


@dataclass(frozen=True, slots=True)
class LevelDraft:
    """A level to be written: from so many days overdue on."""

    days: int
    name_zh: str = ""
    name_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    fee: Decimal = ZERO
    stop_orders: bool = False
    charges: bool = False


# What a letter has charged is owed under its own number: it is not dunned, bears no interest and is not claimed again.
# `told`: letters that have told this item at this level or a higher one.
LATE = """
WITH org AS (
    SELECT o.id, o.currency, (now() AT TIME ZONE o.time_zone)::date AS today FROM parties_organization o WHERE id = %s
)
SELECT i.partnership_id, i.buyer_id, i.currency, i.currency = org.currency, i.id, i.number, i.due_on,
       coalesce(%s::date, org.today) - i.due_on, i.open,
       ARRAY(SELECT d.level_id FROM ledger_dunningline d WHERE d.open_item_id = i.id AND d.is_new),
       (SELECT coalesce(sum(d.interest), 0) FROM ledger_dunningline d
          JOIN ledger_dunningletter t ON t.id = d.letter_id AND t.is_charged WHERE d.open_item_id = i.id)
FROM ledger_openitem i JOIN org ON org.id = i.seller_id
WHERE i.open > 0 AND NOT i.disputed AND i.document_kind <> 'dunning_letter' AND i.due_on < coalesce(%s::date, org.today)
ORDER BY i.partnership_id, i.currency, i.due_on, i.id
"""


def preview(actor: Actor, on: date | None = None) -> list[LetterDraft]:
    """The letters a run would write today (`on`: another day): those with something new to tell; three statements."""
    levels = list(DunningLevel.objects.filter(organization=actor.own_id).order_by("days"))
    if not levels:
        return []
    rate = interest_rate(actor.own_id)
    drafts: dict[tuple[int, str], LetterDraft] = {}
    for partnership, buyer, currency, own, pk, number, due_on, days, open_, told, charged in _late(actor.own_id, on):
        reached = [level for level in levels if level.days <= days]
        if not reached:
            continue
        level = reached[-1]
        told_days = max((one.days for one in levels if one.pk in told), default=-1)
        interest = max(round_money(open_ * rate * days / 100, currency) - charged, ZERO)
        item = LateItem(pk, number, due_on, days, open_, interest, level, level.days > told_days)
        draft = drafts.setdefault((partnership, currency), LetterDraft(partnership, buyer, currency, own))
        draft.items.append(item)
    return [draft for draft in drafts.values() if any(item.is_new for item in draft.items)]


def _late(organization_id: int, on: date | None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(LATE, [organization_id, on, on])
        return cursor.fetchall()


def interest_rate(organization_id: int) -> Decimal:
    """Percent a day; 0 where nobody set one."""
    found = DunningSettings.objects.filter(organization=organization_id).values_list("daily_interest", flat=True)
    return found.first() or ZERO


def run(actor: Actor, partnership_ids: Iterable[int] | None = None, on: date | None = None) -> DunningRun | None:
    """Write the letters, of these partnerships or of all; None where there is nothing new to tell anybody.

    Who has no level left to be told gets no letter, so that a run twice a day changes nothing the second time; two at
    once write each letter once, as the level of an item is told once (UNIQUE).
    """
    with transaction.atomic():
        advisory_lock("ledger.dunning", actor.own_id)
        wanted = None if partnership_ids is None else set(partnership_ids)
        drafts = [one for one in preview(actor, on) if wanted is None or one.partnership_id in wanted]
        if not drafts:
            return None
        day = on or _today(actor.own_id)
        charging = [draft for draft in drafts if draft.is_charged]
        # Accounts are locked before a number is taken.
        lock_accounts(draft.account(actor.own_id, AccountKind.RECEIVABLE) for draft in charging)
        numbers = next_numbers(actor.own_id, "dunning_letter", "DL", len(drafts))
        made = DunningRun.objects.create(
            organization_id=actor.own_id,
            number=next_numbers(actor.own_id, "dunning_run", "DR")[0],
            run_on=day,
            letters_made=len(drafts),
            made_by_id=actor.user_id,
        )
        letters = DunningLetter.objects.bulk_create(
            _letter(actor, made, draft, number) for draft, number in zip(drafts, numbers, strict=True)
        )
        DunningLine.objects.bulk_create(
            _line(letter, item) for letter, draft in zip(letters, drafts, strict=True) for item in draft.items
        )
        post_all(
            actor, [_charge(letter, draft) for letter, draft in zip(letters, drafts, strict=True) if draft in charging]
        )
        record_all(actor, [_dunned(letter, draft) for letter, draft in zip(letters, drafts, strict=True)])
    return made


def _charge(letter: DunningLetter, draft: LetterDraft) -> PostingDraft:
    """RECEIVABLE / REVENUE, fee and interest by themselves, due on the letter's own day; without tax (§7)."""
    kind, seller = LedgerEntryKind.DUNNING, letter.seller_id
    owed = draft.account(seller, AccountKind.RECEIVABLE)
    entries = [EntryDraft(owed, draft.interest + draft.fee, kind, due_on=letter.written_on)]
    for sub, amount in (("dunning_fee", draft.fee), ("late_interest", draft.interest)):
        if amount:
            entries.append(EntryDraft(draft.account(seller, AccountKind.REVENUE, sub), -amount, kind))
    where = (seller, LETTER, letter.pk, "charge")
    return PostingDraft(*where, entries, value_date=letter.written_on, number=letter.number)


def _today(organization_id: int) -> date:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (now() AT TIME ZONE time_zone)::date FROM parties_organization WHERE id = %s", [organization_id]
        )
        return cursor.fetchone()[0]


def _letter(actor: Actor, made: DunningRun, draft: LetterDraft, number: str) -> DunningLetter:
    return DunningLetter(
        seller_id=actor.own_id,
        buyer_id=draft.buyer_id,
        run=made,
        number=number,
        partnership_id=draft.partnership_id,
        level=draft.level,
        currency=draft.currency,
        written_on=made.run_on,
        days=draft.days,
        amount=draft.amount,
        interest=draft.interest,
        fee=draft.fee,
        stop_orders=draft.level.stop_orders,
        is_charged=draft.is_charged,
    )


def _line(letter: DunningLetter, item: LateItem) -> DunningLine:
    return DunningLine(
        letter=letter,
        seller_id=letter.seller_id,
        buyer_id=letter.buyer_id,
        open_item_id=item.open_item_id,
        level=item.level,
        days=item.days,
        open=item.open,
        interest=item.interest,
        is_new=item.is_new,
    )


def _dunned(letter: DunningLetter, draft: LetterDraft) -> DomainEvent:
    """What credit hears: `stop_orders` suspends the account until `stopped` says no more."""
    payload = {
        "partnership": letter.partnership_id,
        "currency": letter.currency,
        "number": letter.number,
        "level": draft.level.pk,
        "stop_orders": letter.stop_orders,
        "amount": str(letter.amount),
        "open_items": [item.open_item_id for item in draft.items],
    }
    return DomainEvent("ledger.dunned", "dunning_letter", letter.pk, (letter.seller_id, letter.buyer_id), payload)


# The cause is paid when nothing that was told at such a level is open and undisputed any more.
STOPPED = """
SELECT DISTINCT i.partnership_id FROM ledger_openitem i
JOIN ledger_dunningline d ON d.open_item_id = i.id AND d.is_new
JOIN ledger_dunninglevel l ON l.id = d.level_id AND l.stop_orders
WHERE i.partnership_id = ANY(%s::bigint[]) AND i.open > 0 AND NOT i.disputed
"""


def stopped(partnership_ids: Iterable[int]) -> set[int]:
    """Of these partnerships, those whose orders dunning stopped, and which have not paid the cause; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(STOPPED, [list(partnership_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def write_levels(actor: Actor, drafts: Sequence[LevelDraft], daily_interest: Decimal) -> list[DunningLevel]:
    """Set the levels, known by their days, and the interest. A level that letters were written at cannot go.

    Raises all problems at once: REQUIRED (a name), INVALID (days, fee, interest), DUPLICATE (days); IN_USE.
    """
    raise_all(_level_problems(drafts, daily_interest))
    with transaction.atomic():
        known = {
            level.days: level
            for level in DunningLevel.objects.select_for_update().filter(organization=actor.own_id).order_by("pk")
        }
        gone = [level for days, level in known.items() if days not in {draft.days for draft in drafts}]
        if DunningLetter.objects.filter(level__in=gone).exists() or DunningLine.objects.filter(level__in=gone).exists():
            raise DomainError(CoreErrorCode.IN_USE, _("Letters were written at a level you take away."), "levels")
        _set_interest(actor, daily_interest)
        rows = [_level(actor, draft) for draft in drafts]
        before = {level.days: facts(level) for level in known.values()}
        DunningLevel.objects.filter(pk__in=[level.pk for level in gone]).delete()
        DunningLevel.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organization", "days"],
            update_fields=["name_zh", "name_en", "text_zh", "text_en", "fee", "stop_orders", "charges"],
        )
        record_all(actor, _level_events(rows, gone, before))
    return sorted(rows, key=lambda row: row.days)


def _level_problems(drafts: Sequence[LevelDraft], daily_interest: Decimal) -> Iterator[DomainError]:
    if not 0 <= daily_interest <= 1:
        yield DomainError(CoreErrorCode.INVALID, _("Between 0 and 1 percent a day."), "daily_interest")
    seen: set[int] = set()
    for index, draft in enumerate(drafts):
        if not (draft.name_zh.strip() or draft.name_en.strip()):
            yield DomainError(CoreErrorCode.REQUIRED, _("Give it a name."), "name", index)
        if not 1 <= draft.days <= MOST_DAYS:
            text = _("From 1 to %(most)s days.") % {"most": MOST_DAYS}
            yield DomainError(CoreErrorCode.INVALID, text, "days", index)
        if draft.days in seen:
            yield DomainError(CoreErrorCode.DUPLICATE, _("Two levels begin on the same day."), "days", index)
        if draft.fee < 0:
            yield DomainError(CoreErrorCode.INVALID, _("A fee is not below 0."), "fee", index)
        seen.add(draft.days)


def _level(actor: Actor, draft: LevelDraft) -> DunningLevel:
    return DunningLevel(
        organization_id=actor.own_id,
        days=draft.days,
        name_zh=draft.name_zh.strip(),
        name_en=draft.name_en.strip(),
        text_zh=draft.text_zh.strip(),
        text_en=draft.text_en.strip(),
        fee=draft.fee,
        stop_orders=draft.stop_orders,
        charges=draft.charges,
    )


def _set_interest(actor: Actor, daily_interest: Decimal) -> None:
    row, _made = DunningSettings.objects.get_or_create(organization_id=actor.own_id)
    before = facts(row)
    row.daily_interest = daily_interest
    row.save(update_fields=["daily_interest"])
    changes = difference(before, facts(row))
    if changes:
        event = DomainEvent("ledger.dunning_changed", "dunning_settings", row.pk, (actor.own_id,), changes=changes)
        record(actor, event)


def _level_events(
    rows: Sequence[DunningLevel], gone: Sequence[DunningLevel], before: Mapping[int, dict[str, Any]]
) -> Iterator[DomainEvent]:
    for row in rows:
        changes = difference(before[row.days], facts(row)) if row.days in before else created(row)
        if changes:
            owner = (row.organization_id,)
            yield DomainEvent("ledger.dunning_changed", "dunning_level", row.pk, owner, changes=changes)
    for row in gone:
        changes = {name: [value, None] for name, value in before[row.days].items()}
        yield DomainEvent("ledger.dunning_changed", "dunning_level", row.pk, (row.organization_id,), changes=changes)
