"""Credit accounts: how they stand, who belongs to them, and stopping and resuming them (credit-and-ledger §3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts, listed
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.models import Partnership
from ordercenter.credit.enums import BUCKETS, CreditAccountStatus, CreditMode, SuspensionCause
from ordercenter.credit.events import credit_event, shared_event
from ordercenter.credit.members import set_members
from ordercenter.credit.models import CreditAccount, CreditMember, CreditSettings
from ordercenter.credit.values import day_problems, own_account, required_reason

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What an account is to be; None leaves a value. `payment_days` below 0 takes the agreed term away."""

    partnership_ids: tuple[int, ...] | None = None
    name: str | None = None
    currency: str | None = None
    mode: CreditMode | None = None
    horizon_days: int | None = None
    count_unapplied: bool | None = None
    payment_days: int | None = None


def write_account(actor: Actor, draft: AccountDraft, account_id: int | None = None) -> CreditAccount:
    """Open a credit account of the actor's organization, or change one; several partners may share its limit.

    A partner that had an account in this currency leaves it and brings along what it owes. Raises REQUIRED without a
    partner, NOT_FOUND for partners that are not the actor's, INVALID for values that are none.
    """
    actor.require("credit.manage")
    partners = _partners(actor, draft)
    raise_all(_problems(draft, partners, new=account_id is None))
    with transaction.atomic():
        account = own_account(actor, account_id) if account_id else _new(actor, partners[0], draft)
        before = facts(account)
        _fill(account, draft)
        account.save()
        changes = difference(before, facts(account)) if account_id else created(account)
        if draft.partnership_ids is not None:
            old, new = set_members(account, draft.partnership_ids)
            changes |= listed("members", old, new)
        if changes:
            kind = "credit.account_changed" if account_id else "credit.account_opened"
            record(actor, credit_event(kind, account, changes))
    account.refresh_from_db()
    return account


def suspend(
    actor: Actor, account_id: int, reason: str, cause: SuspensionCause = SuspensionCause.BY_HAND
) -> CreditAccount:
    """Stop the orders of an account at the checkpoints of the rule SUSPENDED. Suspended again, it stays as it is."""
    actor.require("credit.manage")
    raise_all(required_reason(reason))
    return _switch(actor, account_id, CreditAccountStatus.SUSPENDED, cause, reason)


def resume(actor: Actor, account_id: int, reason: str = "") -> CreditAccount:
    """Let a suspended account buy again; its held orders are looked at once more."""
    actor.require("credit.manage")
    return _switch(actor, account_id, CreditAccountStatus.ACTIVE, SuspensionCause.NONE, reason)


def _switch(
    actor: Actor, account_id: int, status: CreditAccountStatus, cause: SuspensionCause, reason: str
) -> CreditAccount:
    with transaction.atomic():
        account = own_account(actor, account_id)
        if account.status == CreditAccountStatus.CLOSED:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This credit account is closed."), "status")
        if account.status == status:
            return account
        before = facts(account)
        account.status, account.suspended_by, account.reason = status, cause, reason.strip()
        account.save(update_fields=["status", "suspended_by", "reason"])
        suspended = status == CreditAccountStatus.SUSPENDED
        kind = "credit.account_suspended" if suspended else "credit.account_resumed"
        record(actor, shared_event(kind, account, difference(before, facts(account))))
    return account


def close_account(actor: Actor, account_id: int) -> CreditAccount:
    """End an account under which nothing stands; its members are PREPAID when they order again."""
    actor.require("credit.manage")
    with transaction.atomic():
        account = own_account(actor, account_id)
        if any(getattr(account, bucket.value) for bucket in BUCKETS):
            raise DomainError(CoreErrorCode.IN_USE, _("Something is still open under this account."), "id")
        before = facts(account)
        account.status = CreditAccountStatus.CLOSED
        account.save(update_fields=["status"])
        CreditMember.objects.filter(account=account).delete()
        record(actor, credit_event("credit.account_changed", account, difference(before, facts(account))))
    return account


def _partners(actor: Actor, draft: AccountDraft) -> list[Partnership]:
    """The partnerships named, in their order; NOT_FOUND with its index for each that the actor does not sell in."""
    wanted = draft.partnership_ids or ()
    found = Partnership.objects.visible_to(actor).filter(upstream=actor.organization_id).in_bulk(wanted)
    raise_all(not_found("partnerships", index) for index, pk in enumerate(wanted) if pk not in found)
    return [found[pk] for pk in wanted]


def _problems(draft: AccountDraft, partners: list[Partnership], new: bool) -> Iterator[DomainError]:
    if not partners and (new or draft.partnership_ids is not None):
        yield DomainError(CoreErrorCode.REQUIRED, _("An account needs a partner."), "partnerships")
    if draft.name and len(draft.name.strip()) > LONGEST_NAME:
        yield DomainError(CoreErrorCode.INVALID, _("The name is too long."), "name")
    if draft.currency is not None and not (len(draft.currency) == 3 and draft.currency.isalpha()):
        yield DomainError(CoreErrorCode.INVALID, _("This is no currency."), "currency")
    yield from day_problems(draft.horizon_days, "horizon_days")
    if draft.payment_days is not None and draft.payment_days >= 0:
        yield from day_problems(draft.payment_days, "payment_days")


def _new(actor: Actor, partner: Partnership, draft: AccountDraft) -> CreditAccount:
    settings = CreditSettings.objects.filter(organization=actor.own_id).first() or CreditSettings()
    return CreditAccount(
        organization=actor.organization,
        currency=(draft.currency or partner.currency).upper(),
        horizon_days=settings.horizon_days,
        count_unapplied=settings.count_unapplied,
    )


def _fill(account: CreditAccount, draft: AccountDraft) -> None:
    for name in ("mode", "horizon_days", "count_unapplied"):
        value = getattr(draft, name)
        if value is not None:
            setattr(account, name, value)
    if draft.name is not None:
        account.name = draft.name.strip()
    if draft.payment_days is not None:
        account.payment_days = None if draft.payment_days < 0 else draft.payment_days
