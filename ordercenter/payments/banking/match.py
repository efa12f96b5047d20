"""Say whose money a line of a statement is: suggested from what it tells, confirmed by a person (or many at once)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record_all
from marketplace.parties.models import Partnership, TaxProfile
from ordercenter.ledger.models import OpenItem
from ordercenter.payments.enums import BankLineStatus, PaymentStatus
from ordercenter.payments.errors import PaymentErrorCode
from ordercenter.payments.events import bank_event
from ordercenter.payments.models import BankLine
from ordercenter.payments.record import PaymentDraft, write_payments

#: What documents are called in what payers write: letters, a dash, digits.
NUMBER = re.compile(r"\b[A-Z]{2,8}-?\d{3,12}\b")
REASON_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whose money it seems to be and for what; `certainty` of 100."""

    partnership_id: int
    open_items: tuple[int, ...]
    certainty: int


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a statement is this partner's money, for these items (none: the oldest first)."""

    line_id: int
    partnership_id: int
    open_items: tuple[int, ...] = ()


def suggest(actor: Actor, lines: Sequence[BankLine]) -> dict[int, Suggestion]:
    """By line: document numbers in its text first, then the payer's account or name, then an amount owed by one only.

    Lines that left the account, or of which nothing is known, are missing. Three statements for any number of lines.
    """
    coming = [line for line in lines if line.amount > 0 and line.status == BankLineStatus.OPEN]
    if not coming:
        return {}
    items = list(OpenItem.objects.filter(seller=actor.own_id, open__gt=0).order_by("due_on", "pk"))
    payers = _payers(actor)
    by_number: dict[str, list[OpenItem]] = {}
    for item in items:
        by_number.setdefault(_bare(item.number), []).append(item)
    found = {line.pk: _one(line, items, by_number, payers) for line in coming}
    return {pk: suggestion for pk, suggestion in found.items() if suggestion is not None}


def _one(
    line: BankLine, items: Sequence[OpenItem], by_number: Mapping[str, list[OpenItem]], payers: Mapping[str, int]
) -> Suggestion | None:
    text = f"{line.text} {line.bank_reference}".upper()
    named = [item for number in NUMBER.findall(text) for item in by_number.get(_bare(number), ())]
    named = [item for item in named if item.currency == line.currency]
    if named:
        mine = [item for item in named if item.partnership_id == named[0].partnership_id]
        whole = sum((item.open for item in mine), Decimal(0)) == line.amount
        return Suggestion(named[0].partnership_id, tuple(dict.fromkeys(item.pk for item in mine)), 100 if whole else 90)
    payer = payers.get(line.payer_account) or payers.get(line.payer.strip().lower())
    equal = [item for item in items if item.open == line.amount and item.currency == line.currency]
    if payer:
        mine = [item for item in equal if item.partnership_id == payer]
        return Suggestion(payer, (mine[0].pk,) if len(mine) == 1 else (), 80 if len(mine) == 1 else 70)
    return Suggestion(equal[0].partnership_id, (equal[0].pk,), 50) if len(equal) == 1 else None


def _payers(actor: Actor) -> dict[str, int]:
    """Partners by the bank account and the names that are known of them."""
    rows = Partnership.objects.filter(upstream=actor.own_id).select_related("downstream")
    partners = {row.downstream_id: row for row in rows}
    found: dict[str, int] = {row.downstream.name.strip().lower(): row.pk for row in partners.values()}
    for profile in TaxProfile.objects.filter(organization__in=partners):
        where = partners[profile.organization_id].pk
        found[profile.title.strip().lower()] = where
        if profile.bank_account:
            found[profile.bank_account.replace(" ", "")] = where
    found.pop("", None)
    return found


def _bare(number: str) -> str:
    return number.upper().replace("-", "")


def bank_lines_match(actor: Actor, matches: Sequence[Match]) -> list[BankLine]:
    """Make a payment of each line and clear with it, all or none; a constant number of statements.

    Raises all problems at once, each with its index: NOT_FOUND (line, partner, item), LINE_CLOSED, INVALID (money that
    left), and what `payment_record_all` raises.
    """
    actor.require("payments.bank")
    with transaction.atomic():
        lines = _locked(actor, [match.line_id for match in matches])
        raise_all(_problems(matches, lines))
        drafts = [_draft(match, lines[match.line_id]) for match in matches]
        payments = write_payments(actor, drafts, PaymentStatus.SUCCEEDED)
        done = []
        for match, payment in zip(matches, payments, strict=True):
            line = lines[match.line_id]
            line.status, line.payment = BankLineStatus.MATCHED, payment
            done.append(line)
        BankLine.objects.bulk_update(done, ["status", "payment"])
        record_all(actor, [bank_event("bank_line.matched", line, payment=line.payment_id) for line in done])
    return done


def bank_lines_ignore(actor: Actor, line_ids: Sequence[int], reason: str) -> list[BankLine]:
    """Lay lines aside that are nobody's payment, such as fees; a reason is asked. NOT_FOUND, LINE_CLOSED, REQUIRED."""
    actor.require("payments.bank")
    if not reason.strip():
        raise DomainError(CoreErrorCode.REQUIRED, _("Say why."), "reason")
    return _set_aside(actor, line_ids, BankLineStatus.OPEN, BankLineStatus.IGNORED, reason.strip()[:REASON_LIMIT])


def bank_lines_reopen(actor: Actor, line_ids: Sequence[int]) -> list[BankLine]:
    """Take up again what was laid aside. NOT_FOUND, LINE_CLOSED for a line that was not."""
    actor.require("payments.bank")
    return _set_aside(actor, line_ids, BankLineStatus.IGNORED, BankLineStatus.OPEN, "")


def _set_aside(
    actor: Actor, line_ids: Sequence[int], source: BankLineStatus, target: BankLineStatus, reason: str
) -> list[BankLine]:
    kind = "bank_line.ignored" if target == BankLineStatus.IGNORED else "bank_line.reopened"
    with transaction.atomic():
        lines = _locked(actor, line_ids)
        raise_all(_closed(line_ids, lines, source))
        done = [lines[pk] for pk in dict.fromkeys(line_ids)]
        for line in done:
            line.status, line.reason = target, reason
        BankLine.objects.bulk_update(done, ["status", "reason"])
        record_all(actor, [bank_event(kind, line) for line in done])
    return done


def _locked(actor: Actor, line_ids: Sequence[int]) -> dict[int, BankLine]:
    rows = BankLine.objects.filter(organization=actor.own_id, pk__in=set(line_ids)).order_by("pk")
    return {row.pk: row for row in rows.select_for_update()}


def _closed(line_ids: Sequence[int], lines: Mapping[int, BankLine], status: BankLineStatus) -> Iterator[DomainError]:
    for index, pk in enumerate(line_ids):
        line = lines.get(pk)
        if line is None:
            yield not_found("ids", index)
        elif line.status != status:
            yield DomainError(PaymentErrorCode.LINE_CLOSED, _("This line is dealt with already."), "ids", index)


def _problems(matches: Sequence[Match], lines: Mapping[int, BankLine]) -> Iterator[DomainError]:
    ids = [match.line_id for match in matches]
    yield from _closed(ids, lines, BankLineStatus.OPEN)
    for index, match in enumerate(matches):
        line = lines.get(match.line_id)
        if match.line_id in ids[:index]:
            yield DomainError(CoreErrorCode.DUPLICATE, _("This line is named twice."), "ids", index)
        elif line is not None and line.amount < 0:
            text = _("This money left the account: it is no payment to you.")
            yield DomainError(CoreErrorCode.INVALID, text, "ids", index)


def _draft(match: Match, line: BankLine) -> PaymentDraft:
    return PaymentDraft(
        match.partnership_id,
        line.amount,
        line.currency,
        reference=line.text[:255],
        provider_reference=line.bank_reference,
        value_date=line.booked_on,
        open_items=match.open_items,
        key=f"bank:{line.pk}",
    )
