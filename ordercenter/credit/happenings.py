"""What makes held orders worth another look: each frees credit of some account (credit-and-ledger §5)."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Organization
from ordercenter.credit.models import CreditAccount
from ordercenter.credit.queue import evaluate, waiting_accounts

OF_ACCOUNT = ("credit.limit_changed", "credit.account_changed", "credit.account_resumed")


def evaluate_account(event: OutboxEvent) -> None:
    """The account itself has changed."""
    account = CreditAccount.objects.filter(pk=event.aggregate_id).select_related("organization").first()
    if account is not None:
        evaluate(Actor.system(account.organization), account.pk)


def evaluate_seller(event: OutboxEvent) -> None:
    """A rule of a seller has changed: every account with held orders is looked at."""
    for organization in Organization.objects.filter(pk__in=event.organizations):
        for account_id in waiting_accounts(organization.pk):
            evaluate(Actor.system(organization), account_id)


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in OF_ACCOUNT:
        subscribe(kind, "credit.evaluate_account")(evaluate_account)
    subscribe("credit.rule_changed", "credit.evaluate_seller")(evaluate_seller)
