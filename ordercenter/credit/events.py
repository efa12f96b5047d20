"""Domain events of credit: the creditor hears of all, the buyer of its own requests and limits."""

from __future__ import annotations

from typing import Any

from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent
from ordercenter.credit.models import CreditAccount, CreditMember, CreditRequest, CreditRule, CreditSettings

AGGREGATES = {
    CreditSettings: "credit_settings",
    CreditAccount: "credit_account",
    CreditRule: "credit_rule",
    CreditRequest: "credit_request",
}


def credit_event(
    kind: str, row: CreditSettings | CreditAccount | CreditRule, changes: Changes, **payload: Any
) -> DomainEvent:
    """An event that only the creditor hears of."""
    return DomainEvent(kind, AGGREGATES[type(row)], row.pk, (row.organization_id,), payload, changes=changes)


def shared_event(kind: str, account: CreditAccount, changes: Changes, **payload: Any) -> DomainEvent:
    """An event of an account that its members hear of, too."""
    members = CreditMember.objects.filter(account=account).values_list("partnership__downstream", flat=True)
    heard = (account.organization_id, *sorted(set(members)))
    return DomainEvent(kind, "credit_account", account.pk, heard, payload, changes=changes)


def request_event(kind: str, request: CreditRequest, buyer_id: int, changes: Changes, **payload: Any) -> DomainEvent:
    """An event of a request: both sides hear of what a buyer asked for."""
    heard = (request.organization_id, buyer_id) if request.asked_by_buyer else (request.organization_id,)
    return DomainEvent(kind, "credit_request", request.pk, heard, payload, changes=changes)
