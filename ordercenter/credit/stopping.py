"""Dunning stops the orders of who does not pay, until the cause is paid (credit-and-ledger §7)."""

from __future__ import annotations

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.events import record
from ordercenter.credit.enums import CreditAccountStatus, SuspensionCause
from ordercenter.credit.events import shared_event
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.models import CreditAccount, CreditMember
from ordercenter.ledger.dunning import stopped


def dunned(partnership_id: int, currency: str, letter: str) -> None:
    """Suspend the account of a partner because of a dunning letter; one that is suspended already stays as it is.

    Nothing happens where the seller does not control credit, or where the cause was paid before this was heard.
    """
    with transaction.atomic():
        book = lock_credit([(partnership_id, currency)])
        found = book.account(partnership_id, currency)
        if found is None or found.status != CreditAccountStatus.ACTIVE or not stopped([partnership_id]):
            return
        account = CreditAccount.objects.select_related("organization").get(pk=found.id)
        before = facts(account)
        account.status, account.suspended_by = CreditAccountStatus.SUSPENDED, SuspensionCause.DUNNING
        account.reason = letter
        account.save(update_fields=["status", "suspended_by", "reason"])
        event = shared_event("credit.account_suspended", account, difference(before, facts(account)))
        record(Actor.system(account.organization), event)


def paid_up(actor: Actor, account_id: int) -> bool:
    """Resume an account that dunning suspended once nothing of the cause is open; True where it did."""
    with transaction.atomic():
        rows = CreditAccount.objects.filter(pk=account_id, suspended_by=SuspensionCause.DUNNING).order_by("pk")
        account = rows.select_for_update(no_key=True).first()
        if account is None:
            return False
        members = CreditMember.objects.filter(account=account).values_list("partnership", flat=True)
        if stopped(members):
            return False
        before = facts(account)
        account.status, account.suspended_by = CreditAccountStatus.ACTIVE, SuspensionCause.NONE
        account.reason = ""
        account.save(update_fields=["status", "suspended_by", "reason"])
        record(actor, shared_event("credit.account_resumed", account, difference(before, facts(account))))
    return True
