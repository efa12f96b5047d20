"""Domain events of contracts: both sides hear of what both sides see, the keeper alone of the rest."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent, EventKind

KINDS = (
    EventKind("contracts.clause_published", _("Clause published")),
    EventKind("contracts.template_published", _("Contract template published")),
    EventKind("contracts.type_written", _("Contract type changed")),
    EventKind("contracts.created", _("Contract drafted")),
    EventKind("contracts.updated", _("Contract draft changed")),
    EventKind("contracts.submitted", _("Contract submitted for approval")),
    EventKind("contracts.rejected", _("Contract rejected")),
    EventKind("contracts.approved", _("Contract sent for signature")),
    EventKind("contracts.signed", _("Contract signed by a party")),
    EventKind("contracts.signature_declined", _("Signature declined")),
    EventKind("contracts.signature_expired", _("Time to sign is over")),
    EventKind("contracts.signature_reminded", _("Reminder to sign")),
    EventKind("contracts.took_effect", _("Contract in effect")),
    EventKind("contracts.paused", _("Contract paused")),
    EventKind("contracts.resumed", _("Contract resumed")),
    EventKind("contracts.closed", _("Contract closed")),
    EventKind("contracts.voided", _("Contract voided")),
    EventKind("contracts.expired", _("Contract expired")),
    EventKind("contracts.expires_soon", _("Contract ends soon")),
    EventKind("contracts.renewed", _("Contract renewed")),
    EventKind("contracts.renewal_stopped", _("Renewal stopped")),
    EventKind("contracts.change_created", _("Contract change drafted")),
    EventKind("contracts.change_submitted", _("Contract change submitted for approval")),
    EventKind("contracts.change_rejected", _("Contract change rejected")),
    EventKind("contracts.change_approved", _("Contract change sent for signature")),
    EventKind("contracts.change_voided", _("Contract change voided")),
    EventKind("contracts.changed", _("Contract change in effect")),
    EventKind("contracts.call_offs_due", _("Call-offs to be compared with their orders")),
    EventKind("contracts.index_value_added", _("Index value published")),
    EventKind("contracts.index_written", _("Price index changed")),
    EventKind("contracts.source_written", _("Source list changed")),
    EventKind("contracts.source_ended", _("Source ended")),
    EventKind("contracts.quota_written", _("Source quota changed")),
    EventKind("contracts.quota_adjusted", _("Allocated quantity adjusted")),
)

#: What stays with the side that keeps the contract.
INSIDE = frozenset({"created", "updated", "submitted", "rejected", "change_created", "change_submitted"})


def contract_event(verb: str, contract: Any, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """An event of a contract; the other side hears of it once the contract is for it to see."""
    heard = (contract.owner_id,) if verb in INSIDE else (contract.seller_id, contract.buyer_id)
    return DomainEvent(f"contracts.{verb}", "contract", contract.pk, heard, payload, changes or {})


def own_event(verb: str, aggregate: str, row: Any, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """An event of an organization's own set-up, sources or quotas."""
    return DomainEvent(f"contracts.{verb}", aggregate, row.pk, (row.organization_id,), payload, changes or {})
