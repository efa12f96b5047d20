"""Limits of an account, each for a time: one standing, temporary ones beside it (credit-and-ledger §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, plain
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.instants import in_force
from marketplace.core.postgresql.infinity import FOREVER
from ordercenter.credit.enums import CreditLimitKind, CreditMode
from ordercenter.credit.events import shared_event
from ordercenter.credit.models import CreditAccount, CreditLimit, CreditRequest
from ordercenter.credit.values import own_account, window_problems


@dataclass(frozen=True, slots=True)
class LimitDraft:
    """An amount from an instant to another; `valid_from` None: from now on."""

    kind: CreditLimitKind
    amount: Decimal
    valid_from: datetime | None = None
    valid_to: datetime = FOREVER
    reason: str = ""


def add_limit(
    actor: Actor, account: CreditAccount, draft: LimitDraft, request: CreditRequest | None = None
) -> CreditLimit:
    """Let a limit hold on an account that the caller has locked.

    A standing limit ends the one before it at its own beginning, and takes a PREPAID account to LIMITED. Raises
    DUPLICATE where it would reach over one that begins later.
    """
    now = database_now()
    begin = draft.valid_from if draft.valid_from and draft.valid_from > now else now
    before = _standing(account, now)
    end = draft.valid_to
    if draft.kind == CreditLimitKind.STANDING:
        end = _make_room(account, begin, end)
    raise_all(window_problems(begin, end))
    limit = CreditLimit.objects.create(
        organization_id=account.organization_id,
        account=account,
        kind=draft.kind,
        amount=draft.amount,
        valid_from=begin,
        valid_to=end,
        reason=draft.reason.strip(),
        request=request,
        made_by=actor.user,
    )
    changes: Changes = {}
    if draft.kind == CreditLimitKind.STANDING and account.mode == CreditMode.PREPAID and draft.amount:
        account.mode = CreditMode.LIMITED
        account.save(update_fields=["mode"])
        changes["mode"] = [CreditMode.PREPAID.value, CreditMode.LIMITED.value]
    _tell(actor, account, limit, [plain(before), plain(draft.amount)], changes)
    return limit


def end_limit(actor: Actor, limit_id: int) -> CreditLimit:
    """End a limit of the actor's organization now; one that has not begun is taken back. Ended again, it stays."""
    actor.require("credit.manage")
    with transaction.atomic():
        found = CreditLimit.objects.visible_to(actor).filter(organization=actor.organization_id, pk=limit_id).first()
        if found is None:
            raise not_found("id")
        account = own_account(actor, found.account_id)
        limit = CreditLimit.objects.filter(pk=limit_id).first()
        now = database_now()
        if limit is None or limit.valid_to <= now:
            return found
        if limit.valid_from >= now:
            limit.delete()
            limit.pk = limit_id
        else:
            limit.valid_to = now
            limit.save(update_fields=["valid_to"])
        _tell(actor, account, limit, [plain(limit.amount), None], {})
    return limit


def _standing(account: CreditAccount, at: datetime) -> Decimal | None:
    rows = CreditLimit.objects.filter(in_force(at), account=account, kind=CreditLimitKind.STANDING)
    return rows.values_list("amount", flat=True).first()


def _make_room(account: CreditAccount, begin: datetime, end: datetime) -> datetime:
    """End the standing limits that would overlap; answers the end of the new one.

    One that would hold for no time at all is taken back. A limit without an end runs until the next one begins.
    """
    rows = CreditLimit.objects.filter(
        account=account, kind=CreditLimitKind.STANDING, valid_to__gt=begin, valid_from__lt=end
    ).order_by("valid_from")
    for row in rows:
        if row.valid_from > begin and end == FOREVER:
            return row.valid_from
        if row.valid_from > begin:
            text = _("Another standing limit begins on %(day)s. End it first.") % {"day": row.valid_from.date()}
            raise DomainError(CoreErrorCode.DUPLICATE, text, "valid_to")
        if row.valid_from == begin:
            row.delete()
        else:
            row.valid_to = begin
            row.save(update_fields=["valid_to"])
    return end


def _tell(actor: Actor, account: CreditAccount, limit: CreditLimit, pair: list[object], changes: Changes) -> None:
    name = "standing_limit" if limit.kind == CreditLimitKind.STANDING else "temporary_limit"
    record(actor, shared_event("credit.limit_changed", account, changes | {name: pair}, limit=limit.pk))
