"""What makes held orders worth another look: each frees credit of some account (credit-and-ledger §5)."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Organization
from ordercenter.credit.models import CreditAccount
from ordercenter.credit.queue import evaluate

OF_ACCOUNT = ("credit.limit_changed", "credit.account_changed", "credit.account_resumed")


def evaluate_account(event: OutboxEvent) -> None:
    """The account itself has changed."""
    account = CreditAccount.objects.filter(pk=event.aggregate_id).select_related("organization").first()
    if account is not None and account.held:
        evaluate(Actor.system(account.organization), account.pk)


def evaluate_seller(event: OutboxEvent) -> None:
    """A rule of a seller has changed: every account with held orders is looked at."""
    for organization in Organization.objects.filter(pk__in=event.organizations):
        waiting = CreditAccount.objects.filter(organization=organization, held__gt=0).order_by("pk")
        for account_id in list(waiting.values_list("pk", flat=True)):
            evaluate(Actor.system(organization), account_id)


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kind in OF_ACCOUNT:
        subscribe(kind, "credit.evaluate_account")(evaluate_account)
    subscribe("credit.rule_changed", "credit.evaluate_seller")(evaluate_seller)
