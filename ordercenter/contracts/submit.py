"""Submit, approve and reject contracts: a second person decides, then both sides are asked to sign (contracts §3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from ordercenter.contracts.compose import kept
from ordercenter.contracts.enums import ContractSide
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.models import Contract, ContractChange, ContractSignature
from ordercenter.contracts.render import body_of, keep_text
from ordercenter.contracts.states import move

APPROVE = "contracts.approve"


def submit_contract(actor: Actor, contract_id: int) -> Contract:
    """Hand a draft in: its text is rendered once, and its hash is what will be signed. Raises VARIABLE_MISSING."""
    actor.require("contracts.manage")
    with transaction.atomic():
        contract = kept(actor, contract_id)
        move(contract, "submit")
        contract.text_hash = keep_text(contract, body_of(contract)).sha256
        contract.reason = ""
        contract.submitted_by, contract.submitted_at = actor.user, Now()
        contract.save()
        record(actor, contract_event("submitted", contract, risk=contract.risk))
    contract.refresh_from_db()
    return contract


def approve_contract(actor: Actor, contract_id: int) -> Contract:
    """Let a contract be signed. SELF_APPROVAL for who drafted or submitted it."""
    actor.require(APPROVE)
    with transaction.atomic():
        contract = kept(actor, contract_id)
        move(contract, "approve")
        second_person(actor, contract.submitted_by_id, contract.made_by_id)
        contract.approved_by = actor.user
        contract.save(update_fields=["status", "approved_by"])
        ask_for_signatures(contract)
        record(actor, contract_event("approved", contract))
    return contract


def reject_contract(actor: Actor, contract_id: int, reason: str) -> Contract:
    """Send a contract back to who drafted it; REASON_REQUIRED without a word."""
    actor.require(APPROVE)
    said = said_why(reason)
    with transaction.atomic():
        contract = kept(actor, contract_id)
        move(contract, "reject")
        contract.reason, contract.text_hash = said, ""
        contract.save(update_fields=["status", "reason", "text_hash"])
        record(actor, contract_event("rejected", contract, reason=said))
    return contract


def second_person(actor: Actor, *others: int | None) -> None:
    """SELF_APPROVAL where the actor is one of those whose work it is."""
    if actor.user_id is not None and actor.user_id in others:
        text = _("Somebody else decides about what you drafted.")
        raise DomainError(ContractErrorCode.SELF_APPROVAL, text, "id")


def said_why(reason: str) -> str:
    """The reason, cut to what is kept; REASON_REQUIRED for none."""
    if not reason.strip():
        raise DomainError(ContractErrorCode.REASON_REQUIRED, _("Say why."), "reason")
    return reason.strip()[:500]


def ask_for_signatures(contract: Contract, change: ContractChange | None = None) -> None:
    """A row for each signer, over the hash of the document."""
    digest = contract.text_hash if change is None else change.text_hash
    ContractSignature.objects.bulk_create(
        ContractSignature(
            seller_id=contract.seller_id,
            buyer_id=contract.buyer_id,
            contract=contract,
            change=change,
            position=position,
            organization_id=contract.seller_id if one["side"] == ContractSide.SELLER else contract.buyer_id,
            text_hash=digest,
            asked_at=Now(),
            **_who(one),
        )
        for position, one in enumerate(contract.signers, 1)
    )


def _who(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"side": one["side"], "user_id": one["user"], "name": one["name"], "capacity": one["capacity"]}
