"""Who hears of contracts: those who approve, those who sign, and both sides before the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from ordercenter.contracts.models import Contract

CONTRACTS = gettext_lazy("Contracts")
KEEPER = ("contracts.submitted", "contracts.change_submitted")


def of_contracts(events: Sequence[OutboxEvent], permission: str) -> Iterator[Hearing]:
    """Those with a permission on the sides that heard of it; what is inside, the keeper alone. One statement."""
    known = Contract.objects.in_bulk({event.aggregate_id for event in events})
    for event in events:
        contract = known.get(event.aggregate_id)
        if contract is None:
            continue
        data = {
            "kind": event.kind,
            "number": contract.number,
            "title": contract.title,
            "days": event.payload.get("days", 0),
            "note": event.payload.get("reason", "")[:200],
        }
        for side in event.organizations:
            yield Hearing(event, side, permission, (), "Contract", contract.pk, data)


def to_approve(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """A contract or a change was handed in."""
    return of_contracts(events, "contracts.approve")


def to_sign(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """A contract or a change waits for signatures."""
    return of_contracts(events, "contracts.sign")


def to_keep(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Something became of a contract."""
    return of_contracts(events, "contracts.manage")


def text(data: Mapping[str, Any]) -> Text:
    """What happened; the title, or the reason, below."""
    return Text(SENTENCES[data["kind"]](data), data["note"] or data["title"])


SENTENCES = {
    "contracts.submitted": lambda data: _("Contract %(number)s waits for approval") % data,
    "contracts.change_submitted": lambda data: _("A change of contract %(number)s waits for approval") % data,
    "contracts.approved": lambda data: _("Contract %(number)s waits for signature") % data,
    "contracts.change_approved": lambda data: _("A change of contract %(number)s waits for signature") % data,
    "contracts.signature_reminded": lambda data: _("Contract %(number)s still waits for signature") % data,
    "contracts.signature_declined": lambda data: _("A signature under contract %(number)s was declined") % data,
    "contracts.signature_expired": lambda data: _("Contract %(number)s was not signed in time") % data,
    "contracts.rejected": lambda data: _("Contract %(number)s was rejected") % data,
    "contracts.took_effect": lambda data: _("Contract %(number)s is signed and in effect") % data,
    "contracts.changed": lambda data: _("A change of contract %(number)s is in effect") % data,
    "contracts.expires_soon": lambda data: _("Contract %(number)s ends in %(days)s days") % data,
    "contracts.renewed": lambda data: _("Contract %(number)s was renewed") % data,
    "contracts.expired": lambda data: _("Contract %(number)s is over") % data,
}

register(
    NotificationRule(
        "contracts.to_approve",
        gettext_lazy("A contract waits for approval"),
        CONTRACTS,
        KEEPER,
        ("contracts.approve",),
        to_approve,
        text,
    ),
    NotificationRule(
        "contracts.to_sign",
        gettext_lazy("A contract waits for your signature"),
        CONTRACTS,
        ("contracts.approved", "contracts.change_approved", "contracts.signature_reminded"),
        ("contracts.sign",),
        to_sign,
        text,
    ),
    NotificationRule(
        "contracts.moved",
        gettext_lazy("A contract is signed, declined, changed, renewed or over"),
        CONTRACTS,
        (
            "contracts.signature_declined",
            "contracts.signature_expired",
            "contracts.rejected",
            "contracts.took_effect",
            "contracts.changed",
            "contracts.expires_soon",
            "contracts.renewed",
            "contracts.expired",
        ),
        ("contracts.manage",),
        to_keep,
        text,
    ),
)
