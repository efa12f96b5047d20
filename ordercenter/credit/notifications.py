"""Who hears of credit: the seller's people of what buyers ask, buyers of the answer and of a suspension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.core.money import round_money
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from ordercenter.credit.models import CreditAccount, CreditMember, CreditRequest

CREDIT = gettext_lazy("Credit")


def of_requests(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """What a buyer asked for: told to the seller when it is asked, to the buyer when it is answered. One statement."""
    rows = CreditRequest.objects.select_related("account", "organization", "partnership__downstream")
    known = rows.in_bulk({event.aggregate_id for event in events})
    for event in events:
        request = known.get(event.aggregate_id)
        if request is None or not request.asked_by_buyer:
            continue
        buyer, currency = request.partnership.downstream, request.account.currency
        data = {
            "kind": event.kind,
            "buyer": buyer.name,
            "seller": request.organization.name,
            "amount": f"{currency} {round_money(request.amount, currency):,}",
        }
        if event.kind == "credit.requested":
            note = {"note": request.reason[:200]}
            where = ("CreditAccount", request.account_id)
            yield Hearing(event, request.organization_id, "credit.manage", (), *where, data | note)
        else:
            note = {"note": request.answer[:200]}
            yield Hearing(event, buyer.pk, "credit.request", (), "CreditRequest", request.pk, data | note)


def of_accounts(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """A suspended or resumed account: told to its members. Two statements."""
    ids = {event.aggregate_id for event in events}
    accounts = CreditAccount.objects.select_related("organization").in_bulk(ids)
    members: dict[int, list[CreditMember]] = {}
    for member in CreditMember.objects.filter(account__in=ids).select_related("partnership"):
        members.setdefault(member.account_id, []).append(member)
    for event in events:
        account = accounts.get(event.aggregate_id)
        for member in members.get(event.aggregate_id, ()) if account else ():
            assert account is not None
            data = {"kind": event.kind, "seller": account.organization.name, "note": account.reason}
            buyer = member.partnership.downstream_id
            yield Hearing(event, buyer, "credit.view", (), "CreditMember", member.pk, data)


def text(data: Mapping[str, Any]) -> Text:
    """What happened; the reason below."""
    return Text(SENTENCES[data["kind"]](data), data.get("note", ""))


SENTENCES = {
    "credit.requested": lambda data: _("%(buyer)s asks for a credit limit of %(amount)s") % data,
    "credit.request_approved": lambda data: _("%(seller)s grants you a credit limit of %(amount)s") % data,
    "credit.request_rejected": lambda data: _("%(seller)s refuses your credit request of %(amount)s") % data,
    "credit.account_suspended": lambda data: _("%(seller)s has suspended your credit account") % data,
    "credit.account_resumed": lambda data: _("Your credit account with %(seller)s can buy again") % data,
}

register(
    NotificationRule(
        "credit.requested",
        gettext_lazy("A partner asks for credit"),
        CREDIT,
        ("credit.requested",),
        ("credit.manage",),
        of_requests,
        text,
    ),
    NotificationRule(
        "credit.answered",
        gettext_lazy("Your credit request is answered"),
        CREDIT,
        ("credit.request_approved", "credit.request_rejected"),
        ("credit.request",),
        of_requests,
        text,
    ),
    NotificationRule(
        "credit.suspended",
        gettext_lazy("Your credit account is suspended, or resumed"),
        CREDIT,
        ("credit.account_suspended", "credit.account_resumed"),
        ("credit.view",),
        of_accounts,
        text,
    ),
)
