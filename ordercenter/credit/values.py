"""Checks of values that several writers of credit share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.money import round_money
from ordercenter.credit.errors import CreditErrorCode
from ordercenter.credit.models import CreditAccount

LARGEST = Decimal(10) ** 15
LONGEST_DAYS = 3650


def amount_problems(amount: Decimal, currency: str, field: str) -> Iterator[DomainError]:
    """Not below 0, not absurd, and not finer than the currency."""
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        yield DomainError(CoreErrorCode.INVALID, _("An amount is 0 or more."), field)
    elif round_money(amount, currency) != amount:
        text = _("%(currency)s has no such small units.") % {"currency": currency}
        yield DomainError(CreditErrorCode.AMOUNT_PRECISION, text, field)


def day_problems(days: int | None, field: str) -> Iterator[DomainError]:
    """None, or a number of days."""
    if days is not None and not 0 <= days <= LONGEST_DAYS:
        text = _("Give a number of days from 0 to %(most)s.") % {"most": LONGEST_DAYS}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def window_problems(valid_from: datetime, valid_to: datetime) -> Iterator[DomainError]:
    """A window begins before it ends."""
    if valid_from >= valid_to:
        yield DomainError(CoreErrorCode.INVALID, _("The end lies before the beginning."), "valid_to")


def required_reason(reason: str, field: str = "reason") -> Iterator[DomainError]:
    """A reason that somebody can read later."""
    if not reason.strip():
        yield DomainError(CreditErrorCode.REASON_REQUIRED, _("Say why."), field)
    elif len(reason.strip()) > 255:
        yield DomainError(CoreErrorCode.INVALID, _("The reason is too long."), field)


def own_account(actor: Actor, account_id: int, field: str = "id") -> CreditAccount:
    """An account of the actor's organization as creditor, under lock; NOT_FOUND for any other."""
    rows = CreditAccount.objects.visible_to(actor).filter(organization=actor.organization_id, pk=account_id)
    account = rows.select_for_update(no_key=True).first()
    if account is None:
        raise not_found(field)
    return account


def locked(account_id: int) -> CreditAccount:
    """An account that is known to be there, under lock."""
    account = CreditAccount.objects.order_by("pk").select_for_update(no_key=True).filter(pk=account_id).first()
    assert account is not None
    return account
