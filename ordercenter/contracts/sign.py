"""Sign by a click that proves who clicked: identity, second factor, intent, hash, the database's time (contracts §3.3).

Other methods are left to rooms that can check them: a detached CAdES signature and outside signing services.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.events import record
from ordercenter.contracts.call_offs import hold_contract
from ordercenter.contracts.enums import ContractSignatureStatus as Signed
from ordercenter.contracts.enums import SignatureRule
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.models import Contract, ContractChange, ContractSignature
from ordercenter.contracts.states import move
from ordercenter.contracts.submit import said_why
from ordercenter.contracts.taking_effect import apply_change

SIGN = "contracts.sign"


@dataclass(frozen=True, slots=True)
class Click:
    """What comes with a click: the hash that was read, the code of the second factor, where it came from."""

    text_hash: str
    code: str = ""
    address: str = ""
    browser: str = ""


def intent_of(actor: Actor, contract: Contract) -> str:
    """The sentence a signer agrees to; it is kept with the signature, word for word."""
    name = actor.user.name if actor.user else ""
    return _("I, %(name)s, sign contract %(number)s for %(organization)s and have read its text.") % {
        "name": name,
        "number": contract.number,
        "organization": actor.organization.name if actor.organization else "",
    }


def needs_code(actor: Actor) -> bool:
    """True where the person has a second factor: it is asked for again."""
    return Authenticator.objects.filter(user=actor.user_id, type=Authenticator.Type.TOTP).exists()


def sign(actor: Actor, signature_id: int, click: Click) -> ContractSignature:
    """Sign a contract or a change; when the last one has signed, it takes effect.

    Raises HASH_MISMATCH for another text than the one shown, SIGN_ORDER, ALREADY_SIGNED, SECOND_FACTOR; for the last
    signer of a change CHANGE_STALE and BELOW_CALLED.
    """
    actor.require(SIGN)
    with transaction.atomic():
        signature = _own(actor, signature_id)
        # Who signs last changes limits: their lines come first in the one lock order.
        hold_contract(signature.contract_id)
        signature, row = _locked(signature)
        _problems(actor, signature, row, click)
        proof = _proof(actor, click)
        signature.status, signature.signed_by = Signed.SIGNED, actor.user
        signature.name = signature.name or (actor.user.name if actor.user else "")
        signature.signed_at = _clock()
        signature.evidence = _evidence(actor, signature, click, proof)
        signature.save()
        contract = signature.contract
        record(actor, contract_event("signed", contract, signature=signature.pk, side=signature.side))
        if not _waiting(signature).exists():
            take_effect(actor, contract, row)
    return signature


def decline(actor: Actor, signature_id: int, reason: str) -> ContractSignature:
    """Refuse to sign: the contract is a draft again, a change is void. The reason goes to the other side."""
    actor.require(SIGN)
    said = said_why(reason)
    with transaction.atomic():
        signature, row = _locked(_own(actor, signature_id))
        _person(actor, signature)
        if signature.status != Signed.PENDING_SIGNATURE:
            raise _done(signature)
        signature.status, signature.reason = Signed.DECLINED, said
        signature.save(update_fields=["status", "reason"])
        _waiting(signature).update(status=Signed.EXPIRED)
        if isinstance(row, ContractChange):
            move(row, "void")
            row.save(update_fields=["status"])
        else:
            move(row, "decline")
            row.reason, row.text_hash = said, ""
            row.save(update_fields=["status", "reason", "text_hash"])
        record(actor, contract_event("signature_declined", signature.contract, reason=said, side=signature.side))
    return signature


def take_effect(actor: Actor, contract: Contract, row: Contract | ContractChange) -> None:
    """All have signed: the contract is in effect, or the change is made."""
    move(row, "effect")
    if isinstance(row, ContractChange):
        apply_change(actor, contract, row)
        return
    row.signed_at = _clock()
    row.save(update_fields=["status", "signed_at"])
    record(actor, contract_event("took_effect", row))


def _own(actor: Actor, signature_id: int) -> ContractSignature:
    """The signature, where it is the actor's organization that is asked; without a lock. Raises NOT_FOUND."""
    rows = ContractSignature.objects.visible_to(actor).filter(pk=signature_id, organization=actor.organization_id)
    signature = rows.first()
    if signature is None or actor.on_behalf_of is not None:
        raise not_found("id")
    return signature


def _locked(signature: ContractSignature) -> tuple[ContractSignature, Contract | ContractChange]:
    """The signature and what it signs, under the lock of the contract (level 6)."""
    contract = (
        Contract.objects.select_for_update(no_key=True, of=("self",))
        .select_related("seller", "buyer")
        .get(pk=signature.contract_id)
    )
    row = ContractSignature.objects.select_for_update(no_key=True).get(pk=signature.pk)
    row.contract = contract
    if row.change_id is None:
        return row, contract
    change = ContractChange.objects.select_for_update(no_key=True).get(pk=row.change_id)
    change.contract = contract
    return row, change


def _problems(actor: Actor, signature: ContractSignature, row: Contract | ContractChange, click: Click) -> None:
    _person(actor, signature)
    if signature.status != Signed.PENDING_SIGNATURE:
        raise _done(signature)
    if click.text_hash != signature.text_hash or row.text_hash != signature.text_hash:
        text = _("This is not the text to be signed. Read it again.")
        raise DomainError(ContractErrorCode.HASH_MISMATCH, text, "text_hash")
    contract = signature.contract
    if contract.sign_by and signature.change_id is None and today_of(contract.buyer) > contract.sign_by:
        text = _("It could be signed until %(day)s.") % {"day": contract.sign_by}
        raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")
    before = _waiting(signature).filter(position__lt=signature.position)
    if contract.signature_rule == SignatureRule.IN_ORDER and before.exists():
        text = _("Somebody else signs before you.")
        raise DomainError(ContractErrorCode.SIGN_ORDER, text, "id")


def _person(actor: Actor, signature: ContractSignature) -> None:
    if signature.user_id is not None and signature.user_id != actor.user_id:
        text = _("Another person is asked to sign.")
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, text, "id")


def _done(signature: ContractSignature) -> DomainError:
    if signature.status == Signed.SIGNED:
        return DomainError(ContractErrorCode.ALREADY_SIGNED, _("This is signed already."), "id")
    text = _("It is %(status)s: this is not possible now.") % {"status": Signed(signature.status).label}
    return DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")


def _waiting(signature: ContractSignature) -> Any:
    rows = ContractSignature.objects.filter(contract=signature.contract_id, change=signature.change_id)
    return rows.filter(text_hash=signature.text_hash, status=Signed.PENDING_SIGNATURE).exclude(pk=signature.pk)


def _proof(actor: Actor, click: Click) -> str:
    """How the identity was proved; SECOND_FACTOR where a code is due and missing or wrong."""
    factor = Authenticator.objects.filter(user=actor.user_id, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return "signed_in"
    if not factor.wrap().validate_code(click.code.strip()):
        text = _("Enter the code of your authenticator app.")
        raise DomainError(ContractErrorCode.SECOND_FACTOR, text, "code")
    return "signed_in_with_second_factor"


def _evidence(actor: Actor, signature: ContractSignature, click: Click, proof: str) -> dict[str, Any]:
    user, organization = actor.user, actor.organization
    return {
        "method": "CLICK",
        "person": {"id": actor.user_id, "name": user.name if user else "", "email": user.email if user else ""},
        "organization": {"id": actor.organization_id, "name": organization.name if organization else ""},
        "capacity": signature.capacity,
        "proof": proof,
        "statement": intent_of(actor, signature.contract),
        "text_hash": click.text_hash,
        "at": signature.signed_at.isoformat() if signature.signed_at else "",
        "address": click.address[:64],
        "browser": click.browser[:300],
    }


def _clock() -> Any:
    """The instant by the database's clock, not that of the transaction's beginning."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
