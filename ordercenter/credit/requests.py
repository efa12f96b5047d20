"""Credit requests: what the creditor's people submit holds at once, what a buyer asks for they decide (§3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.models import DocumentStatus
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.core.states import Transition, TransitionTable
from marketplace.parties.models import Partnership
from ordercenter.credit.enums import CreditLimitKind
from ordercenter.credit.errors import CreditErrorCode
from ordercenter.credit.events import request_event
from ordercenter.credit.limits import LimitDraft, add_limit
from ordercenter.credit.locking import lock_credit
from ordercenter.credit.models import CreditAccount, CreditMember, CreditRequest
from ordercenter.credit.values import amount_problems, locked, window_problems

TABLE = TransitionTable(
    (
        Transition("submit", DocumentStatus.DRAFT, DocumentStatus.PENDING_APPROVAL),
        Transition("approve", DocumentStatus.PENDING_APPROVAL, DocumentStatus.APPROVED),
        Transition("reject", DocumentStatus.PENDING_APPROVAL, DocumentStatus.REJECTED),
        Transition("withdraw", DocumentStatus.DRAFT, DocumentStatus.VOIDED),
        Transition("withdraw", DocumentStatus.PENDING_APPROVAL, DocumentStatus.VOIDED),
    )
)


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What is asked: so much for a partner, standing or for a time; `valid_from` None: from the decision on."""

    partnership_id: int
    amount: Decimal
    kind: CreditLimitKind = CreditLimitKind.STANDING
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    reason: str = ""
    currency: str = ""


def create_request(actor: Actor, draft: RequestDraft, submit: bool = False) -> CreditRequest:
    """Write down what is asked for, by the creditor's own people or by the buyer; `submit`: hand it in as well.

    Raises NOT_FOUND for a partner that is not the actor's, INVALID where its seller does not control credit,
    AMOUNT_PRECISION, REASON_REQUIRED for a buyer that does not say why.
    """
    partnership = Partnership.objects.visible_to(actor).filter(pk=draft.partnership_id).first()
    if partnership is None:
        raise not_found("partnership")
    by_buyer = partnership.upstream_id != actor.organization_id
    actor.require("credit.request" if by_buyer else "credit.manage")
    currency = draft.currency or partnership.currency
    raise_all(_problems(draft, currency, by_buyer))
    with transaction.atomic():
        request = CreditRequest.objects.create(
            organization_id=partnership.upstream_id,
            account=_account(partnership, currency),
            partnership=partnership,
            asked_by_buyer=by_buyer,
            kind=draft.kind,
            amount=draft.amount,
            valid_from=draft.valid_from or BEGINNING,
            valid_to=draft.valid_to or FOREVER,
            reason=draft.reason.strip(),
            made_by=actor.user,
        )
        if submit:
            return _submit(actor, request, partnership)
    request.refresh_from_db()
    return request


def submit_request(actor: Actor, request_id: int) -> CreditRequest:
    """Hand a draft in. The creditor's own takes effect at once; a buyer's waits for the creditor."""
    with transaction.atomic():
        request = _found(actor, request_id, "credit.request", "credit.manage")
        if request.asked_by_buyer and request.partnership.downstream_id != actor.organization_id:
            raise not_found("id")
        return _submit(actor, request, request.partnership)


def approve_request(actor: Actor, request_id: int, amount: Decimal | None = None, answer: str = "") -> CreditRequest:
    """Grant what a buyer asked for, or another amount; SELF_APPROVAL for what the actor asked for itself."""
    actor.require("credit.manage")
    with transaction.atomic():
        request = _to_decide(actor, request_id)
        granted = request.amount if amount is None else amount
        raise_all(amount_problems(granted, request.account.currency, "amount"))
        before = facts(request)
        request.amount = granted
        _decide(actor, request, "approve", answer)
        _grant(actor, request)
        changes = difference(before, facts(request))
        record(actor, request_event("credit.request_approved", request, request.partnership.downstream_id, changes))
    return request


def reject_request(actor: Actor, request_id: int, answer: str) -> CreditRequest:
    """Refuse what a buyer asked for; REASON_REQUIRED without a word to the buyer."""
    actor.require("credit.manage")
    if not answer.strip():
        raise DomainError(CreditErrorCode.REASON_REQUIRED, _("Say why."), "answer")
    with transaction.atomic():
        request = _to_decide(actor, request_id)
        before = facts(request)
        _decide(actor, request, "reject", answer)
        changes = difference(before, facts(request))
        record(actor, request_event("credit.request_rejected", request, request.partnership.downstream_id, changes))
    return request


def withdraw_request(actor: Actor, request_id: int) -> CreditRequest:
    """Take back what was asked and not decided."""
    with transaction.atomic():
        request = _found(actor, request_id, "credit.request", "credit.manage")
        if request.asked_by_buyer and request.partnership.downstream_id != actor.organization_id:
            raise not_found("id")
        before = facts(request)
        request.status = TABLE.target("withdraw", request.status)
        request.save(update_fields=["status"])
        changes = difference(before, facts(request))
        record(actor, request_event("credit.request_withdrawn", request, request.partnership.downstream_id, changes))
    return request


def _problems(draft: RequestDraft, currency: str, by_buyer: bool) -> Iterator[DomainError]:
    yield from amount_problems(draft.amount, currency, "amount")
    yield from window_problems(draft.valid_from or BEGINNING, draft.valid_to or FOREVER)
    if draft.kind == CreditLimitKind.TEMPORARY and draft.valid_to is None:
        yield DomainError(CoreErrorCode.REQUIRED, _("A temporary limit needs an end."), "valid_to")
    if by_buyer and not draft.reason.strip():
        yield DomainError(CreditErrorCode.REASON_REQUIRED, _("Say why."), "reason")
    if len(draft.reason) > 500:
        yield DomainError(CoreErrorCode.INVALID, _("The reason is too long."), "reason")


def _account(partnership: Partnership, currency: str) -> CreditAccount:
    """The partner's account, locked; where its seller controls credit one is opened for it."""
    lock_credit([(partnership.pk, currency)])
    member = CreditMember.objects.filter(partnership=partnership, currency=currency).select_related("account").first()
    if member is None:
        text = _("%(name)s does not control credit.") % {"name": partnership.upstream.shown_name}
        raise DomainError(CoreErrorCode.INVALID, text, "partnership")
    return locked(member.account_id)


def _submit(actor: Actor, request: CreditRequest, partnership: Partnership) -> CreditRequest:
    before = created(request)
    request.status = TABLE.target("submit", request.status)
    request.submitted_at = Now()
    request.save(update_fields=["status", "submitted_at"])
    record(actor, request_event("credit.requested", request, partnership.downstream_id, before))
    if not request.asked_by_buyer:
        _decide(actor, request, "approve", "")
        _grant(actor, request)
    request.refresh_from_db()
    return request


def _grant(actor: Actor, request: CreditRequest) -> None:
    account = locked(request.account_id)
    begin = None if request.valid_from == BEGINNING else request.valid_from
    kind = CreditLimitKind(request.kind)
    add_limit(actor, account, LimitDraft(kind, request.amount, begin, request.valid_to, request.reason), request)


def _decide(actor: Actor, request: CreditRequest, verb: str, answer: str) -> None:
    request.status = TABLE.target(verb, request.status)
    request.answer, request.decided_by, request.decided_at = answer.strip()[:500], actor.user, Now()
    request.save(update_fields=["status", "answer", "decided_by", "decided_at", "amount"])
    request.refresh_from_db()


def _to_decide(actor: Actor, request_id: int) -> CreditRequest:
    request = _found(actor, request_id, "credit.manage", "credit.manage")
    if request.organization_id != actor.organization_id:
        raise not_found("id")
    if actor.user_id is not None and request.made_by_id == actor.user_id:
        text = _("Somebody else decides about what you asked for.")
        raise DomainError(CreditErrorCode.SELF_APPROVAL, text, "id")
    return request


def _found(actor: Actor, request_id: int, as_buyer: str, as_seller: str) -> CreditRequest:
    """A request under lock, its account locked first; PERMISSION_DENIED without the side's permission."""
    rows = CreditRequest.objects.visible_to(actor).filter(pk=request_id)
    account_id = rows.values_list("account", flat=True).first()
    if account_id is None:
        raise not_found("id")
    locked(account_id)
    request = rows.select_related("partnership", "account").select_for_update(no_key=True, of=("self",)).get()
    actor.require(as_seller if request.organization_id == actor.organization_id else as_buyer)
    return request
