"""Fund top-ups: an amount that a seller puts into a buyer's account, written first and posted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import created
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.instants import or_none
from marketplace.core.numbering import next_numbers
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from marketplace.core.states import Transition, TransitionTable
from ordercenter.ledger.accounts import AccountKey
from ordercenter.ledger.funds.checks import currency_problems, long_texts, partner
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.events import fund_event
from ordercenter.ledger.funds.grants import GrantDraft, grant_all, take_back, window_problems
from ordercenter.ledger.funds.kinds import CONTRA, MONEY, FundCause, FundDocumentStatus, FundKind
from ordercenter.ledger.funds.models import FundGrant, FundTopUp, FundUseRule
from ordercenter.ledger.funds.shares import amount_problem

STATES = TransitionTable(
    [
        Transition("submit", FundDocumentStatus.DRAFT, FundDocumentStatus.POSTED),
        Transition("submit", FundDocumentStatus.REJECTED, FundDocumentStatus.POSTED),
        Transition("reverse", FundDocumentStatus.POSTED, FundDocumentStatus.REVERSED),
    ]
)


@dataclass(frozen=True, slots=True)
class TopUpDraft:
    """A top-up to be. `currency` '': the partnership's. `reference`: the payment behind money, which is asked for."""

    partnership_id: int
    kind: FundKind
    amount: Decimal
    currency: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    use_rule_id: int | None = None
    variant_ids: Sequence[int] = ()
    reference: str = ""
    note: str = ""


def create_top_up(actor: Actor, draft: TopUpDraft, submit: bool = False) -> FundTopUp:
    """Write a top-up; nothing comes into the account before it is submitted, which may be at once.

    Raises all problems at once: INVALID, REQUIRED, AMOUNT_PRECISION, NOT_FOUND, FUND_NOT_ALLOWED (money that ends, or
    goods credit that names neither goods nor a rule).
    """
    actor.require("funds.manage")
    where = partner(actor, draft.partnership_id)
    currency = draft.currency or where.currency
    raise_all([*_problems(actor, draft, currency)])
    with transaction.atomic():
        row = FundTopUp(
            seller_id=where.upstream_id,
            buyer_id=where.downstream_id,
            partnership=where,
            kind=draft.kind,
            currency=currency,
            amount=draft.amount,
            valid_from=draft.valid_from or BEGINNING,
            valid_to=draft.valid_to or FOREVER,
            use_rule_id=draft.use_rule_id,
            reference=draft.reference.strip(),
            note=draft.note.strip(),
            created_by=actor.user,
        )
        (row.number,) = next_numbers(actor.own_id, "fund_top_up", "FT")
        row.save(force_insert=True)
        row.variants.set(draft.variant_ids)
        record(actor, fund_event("fund.top_up_created", row, (row.seller_id,), created(row)))
        return submit_top_up(actor, row.pk) if submit else row


def _problems(actor: Actor, draft: TopUpDraft, currency: str) -> Iterator[DomainError]:
    yield from currency_problems(currency)
    if problem := amount_problem(draft.amount, currency):
        yield problem
    yield from window_problems(draft.kind, draft.valid_from, draft.valid_to)
    if draft.valid_to and draft.valid_to <= database_now():
        yield DomainError(CoreErrorCode.INVALID, _("The end lies in the past."), "valid_to")
    yield from long_texts(FundTopUp, reference=draft.reference, note=draft.note)
    yield from _goods_problems(actor, draft)
    if draft.kind in MONEY and not draft.reference.strip():
        text = _("Name the payment by which the money came.")
        yield DomainError(CoreErrorCode.REQUIRED, text, "reference")


def _goods_problems(actor: Actor, draft: TopUpDraft) -> Iterator[DomainError]:
    rules = FundUseRule.objects.filter(organization=actor.own_id, kind=draft.kind, is_active=True)
    if draft.use_rule_id and not rules.filter(pk=draft.use_rule_id).exists():
        yield not_found("use_rule")
    if draft.kind in MONEY and (draft.use_rule_id or draft.variant_ids):
        text = _("Money that was paid in is not bound to goods or a rule.")
        yield DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "use_rule")
    if draft.variant_ids:
        wanted = set(draft.variant_ids)
        if Variant.objects.visible_to(actor).filter(pk__in=wanted).count() != len(wanted):
            yield not_found("variants")
    elif draft.kind == FundKind.GOODS and not draft.use_rule_id:
        text = _("Goods credit names its goods, or a rule that does.")
        yield DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "variants")


def submit_top_up(actor: Actor, top_up_id: int) -> FundTopUp:
    """Post a top-up: Dr bank or cost, Cr the fund account. Raises NOT_FOUND; INVALID_TRANSITION for a posted one."""
    actor.require("funds.manage")
    with transaction.atomic():
        row = _locked(actor, top_up_id)
        row.status = STATES.target("submit", row.status)
        row.posted_at = database_now()
        grant_all(actor, [_grant(row)])
        row.save(update_fields=["status", "posted_at"])
        record(actor, fund_event("fund.top_up_posted", row, (row.seller_id, row.buyer_id)))
    return row


def _locked(actor: Actor, top_up_id: int) -> FundTopUp:
    rows = FundTopUp.objects.filter(seller=actor.own_id, pk=top_up_id)
    row = rows.select_for_update(of=("self",), no_key=True).order_by("pk").first()
    if row is None:
        raise not_found("id")
    return row


def _grant(row: FundTopUp) -> GrantDraft:
    kind = FundKind(row.kind)
    return GrantDraft(
        row.partnership_id,
        kind,
        row.currency,
        row.amount,
        FundCause.TOP_UP,
        row.pk,
        AccountKey(row.seller_id, CONTRA[kind], row.currency),
        or_none(row.valid_from),
        or_none(row.valid_to),
        row.use_rule_id,
        tuple(row.variants.values_list("pk", flat=True)),
        number=row.number,
        memo=row.reference,
    )


def reverse_top_up(actor: Actor, top_up_id: int) -> FundTopUp:
    """Undo a posted top-up of which nothing is used or promised; raises FUND_USED, INVALID_TRANSITION, NOT_FOUND."""
    actor.require("funds.manage")
    with transaction.atomic():
        row = _locked(actor, top_up_id)
        row.status = STATES.target("reverse", row.status)
        grant = FundGrant.objects.get(seller=row.seller_id, source_kind=FundCause.TOP_UP, source_id=row.pk)
        take_back(actor, grant.pk)
        row.save(update_fields=["status"])
    return row
