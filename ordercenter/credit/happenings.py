"""What makes held orders worth another look: each frees credit of some account (credit-and-ledger §5)."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.core.actor import Actor
from marketplace.core.events import subscribe
from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Organization
from ordercenter.credit.ledger_side import follow
from ordercenter.credit.models import CreditAccount
from ordercenter.credit.queue import evaluate, waiting_accounts
from ordercenter.credit.stopping import dunned, paid_up

OF_ACCOUNT = ("credit.limit_changed", "credit.account_changed", "credit.account_resumed")
OF_ORDER = ("order.cancelled", "order.declined", "order.closed", "order.changed")
OF_LEDGER = ("ledger.posted", "ledger.reversed")
OF_ITEM = ("ledger.cleared", "ledger.uncleared", "ledger.written_off", "ledger.disputed", "ledger.dispute_ended")


def evaluate_account(event: OutboxEvent) -> None:
    """The account itself has changed."""
    evaluate_all(CreditAccount.objects.filter(pk=event.aggregate_id))


def evaluate_seller(event: OutboxEvent) -> None:
    """A rule of a seller has changed, or whether it controls credit: every account with held orders is looked at."""
    for organization in Organization.objects.filter(pk__in=event.organizations):
        for account_id in waiting_accounts(organization.pk):
            evaluate(Actor.system(organization), account_id)


def evaluate_buyer(event: OutboxEvent) -> None:
    """An order gave credit back: its buyer's other orders may pass now."""
    seller, *buyer = event.organizations
    evaluate_all(CreditAccount.objects.filter(organization=seller, members__partnership__downstream__in=buyer))


def follow_ledger(event: OutboxEvent) -> None:
    """Something was posted: buckets follow the ledger, and held orders are looked at."""
    touched = follow(Actor.system(), event.aggregate_id)
    evaluate_all(CreditAccount.objects.filter(pk__in=touched))


def look_at_overdue(event: OutboxEvent) -> None:
    """An open item was paid, disputed or written off: what it stopped may go on."""
    partnership = event.payload.get("partnership")
    if partnership is None:
        return
    accounts = CreditAccount.objects.filter(members__partnership=partnership)
    for account in accounts.distinct():
        paid_up(Actor.system(account.organization), account.pk)
    evaluate_all(accounts)


def stop_dunned(event: OutboxEvent) -> None:
    """A dunning letter of a level that stops orders."""
    if event.payload.get("stop_orders"):
        dunned(event.payload["partnership"], event.payload["currency"], event.payload.get("number", ""))


def evaluate_all(accounts: Iterable[CreditAccount]) -> None:
    """Evaluate each account once, in order of id."""
    for account in sorted(set(accounts), key=lambda one: one.pk):
        evaluate(Actor.system(account.organization), account.pk)


def listen() -> None:
    """Subscribe; called from AppConfig.ready."""
    for kinds, name, function in (
        (OF_ACCOUNT, "credit.evaluate_account", evaluate_account),
        (("credit.rule_changed", "credit.settings_changed"), "credit.evaluate_seller", evaluate_seller),
        (OF_ORDER, "credit.evaluate_buyer", evaluate_buyer),
        (OF_LEDGER, "credit.follow_ledger", follow_ledger),
        (OF_ITEM, "credit.look_at_overdue", look_at_overdue),
        (("ledger.dunned",), "credit.stop_dunned", stop_dunned),
    ):
        for kind in kinds:
            subscribe(kind, name)(function)
