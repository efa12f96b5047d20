"""Draft a contract from its type and template, and change the draft, whole, until it is submitted (contracts §3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack
from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.numbering import next_numbers
from marketplace.parties.models import Partnership
from ordercenter.contracts.clauses import ComposedClause, compose_clauses
from ordercenter.contracts.drafts import ContractDraft, ContractLineDraft, SignerDraft
from ordercenter.contracts.enums import ContractKind, ContractSide, ContractStatus, LimitBasis
from ordercenter.contracts.events import contract_event
from ordercenter.contracts.library import latest
from ordercenter.contracts.limits import amount_limit, call_limit
from ordercenter.contracts.models import (
    Contract,
    ContractClauseUse,
    ContractLine,
    ContractPayment,
    ContractPrice,
    ContractTemplate,
    ContractType,
)
from ordercenter.contracts.problems import draft_problems, goods_problems
from ordercenter.contracts.shapes import plan_amounts

#: In these a contract may still be written.
OPEN = (ContractStatus.DRAFT, ContractStatus.REJECTED)
PLAIN = (
    "title", "language", "effective_on", "ends_on", "payment_terms", "delivery_terms", "warranty", "limit_amount",
    "allowance", "pricing_date", "renewal", "renewal_times", "renewal_months", "notice_days", "sign_by",
)  # fmt: skip


@dataclass(slots=True)
class Composed:
    """What a draft comes to, before it is written."""

    partnership: Partnership
    contract_type: ContractType
    template: ContractTemplate | None
    clauses: list[ComposedClause] = field(default_factory=list)
    exponents: Mapping[int, int] = field(default_factory=dict)


def create_contract(actor: Actor, draft: ContractDraft) -> Contract:
    """Draft a contract for the side that keeps it: the buyer, of kind DEALER the seller.

    Raises all problems at once: NOT_FOUND, WINDOW_EMPTY, PAYMENT_SUM, TIER_SHAPE, WEIGHTS_NOT_1, CLAUSE_REQUIRED,
    CLAUSE_LOCKED, REASON_REQUIRED for a deviation without one.
    """
    actor.require("contracts.manage")
    draft = _with_uoms(draft)
    composed = _composed(actor, draft)
    with transaction.atomic():
        contract = Contract(
            seller=composed.partnership.upstream,
            buyer=composed.partnership.downstream,
            owner_id=actor.own_id,
            partnership=composed.partnership,
            made_by=actor.user,
        )
        _fill(contract, draft, composed)
        contract.number = next_numbers(actor.own_id, "contract", composed.contract_type.number_prefix)[0]
        contract.save()
        _write_parts(contract, draft, composed)
        record(actor, contract_event("created", contract, created(contract)))
    return contract


def update_contract(actor: Actor, contract_id: int, draft: ContractDraft) -> Contract:
    """Write a draft anew, or what was rejected; its number and parties stay. Raises as `create_contract`; NOT_FOUND.

    INVALID_TRANSITION once it is submitted: what is signed is what was read.
    """
    actor.require("contracts.manage")
    draft = _with_uoms(draft)
    composed = _composed(actor, draft)
    with transaction.atomic():
        contract = kept(actor, contract_id)
        if contract.status not in OPEN:
            text = _("%(number)s is %(status)s: this is not possible now.")
            values = {"number": contract.number, "status": ContractStatus(contract.status).label}
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text % values, "status")
        if contract.partnership_id != draft.partnership_id:
            raise DomainError(CoreErrorCode.INVALID, _("Its parties stay: draft a new contract."), "partnership")
        before = facts(contract)
        _fill(contract, draft, composed)
        contract.status = ContractStatus.DRAFT
        contract.save()
        for model in (ContractLine, ContractClauseUse, ContractPayment):
            model.objects.filter(contract=contract).delete()
        _write_parts(contract, draft, composed)
        record(actor, contract_event("updated", contract, difference(before, facts(contract))))
    return contract


def kept(actor: Actor, contract_id: int, field_name: str = "id") -> Contract:
    """A contract that the actor's organization keeps, under lock (level 6). Raises NOT_FOUND."""
    rows = Contract.objects.visible_to(actor).filter(pk=contract_id, owner=actor.organization_id)
    if actor.on_behalf_of is not None:
        raise not_found(field_name)
    contract = rows.select_for_update(no_key=True, of=("self",)).select_related("seller", "buyer", "template").first()
    if contract is None:
        raise not_found(field_name)
    return contract


def _with_uoms(draft: ContractDraft) -> ContractDraft:
    """Lines of goods that name no uom are in the one their stock is counted in; one statement, none without such."""
    bare = {line.variant_id for line in draft.lines if line.variant_id and line.uom_id is None}
    if not bare:
        return draft
    units = dict(Pack.objects.filter(variant__in=bare, is_base=True).values_list("variant", "uom"))
    lines = [replace(one, uom_id=one.uom_id or units.get(one.variant_id or 0)) for one in draft.lines]
    return replace(draft, lines=lines)


def _composed(actor: Actor, draft: ContractDraft) -> Composed:
    contract_type = ContractType.objects.visible_to(actor).filter(pk=draft.type_id, is_active=True).first()
    side = "upstream" if contract_type and contract_type.kind == ContractKind.DEALER else "downstream"
    partnerships = Partnership.objects.visible_to(actor).filter(**{side: actor.organization_id})
    partnership = partnerships.filter(pk=draft.partnership_id).select_related("upstream", "downstream").first()
    if contract_type is None or partnership is None:
        missing = [("contract_type", contract_type), ("partnership", partnership)]
        raise_all(not_found(name) for name, row in missing if row is None)
    assert contract_type is not None
    assert partnership is not None
    template = latest(ContractTemplate, actor.own_id, [contract_type.template]).get(contract_type.template)
    composed = Composed(partnership, contract_type, template)
    problems = list(draft_problems(draft, contract_type, template, partnership))
    exponents, found = goods_problems(actor, draft, partnership)
    composed.exponents = exponents
    clauses, wrong = compose_clauses(actor.own_id, draft, contract_type, template)
    composed.clauses = clauses
    if draft.parent_id and not _parent(actor, draft, partnership):
        problems.append(not_found("parent"))
    raise_all([*problems, *found, *wrong])
    return composed


def _parent(actor: Actor, draft: ContractDraft, partnership: Partnership) -> bool:
    rows = Contract.objects.visible_to(actor).filter(pk=draft.parent_id or 0, partnership=partnership)
    return rows.filter(kind=ContractKind.FRAMEWORK).exists()


def _fill(contract: Contract, draft: ContractDraft, composed: Composed) -> None:
    for name in PLAIN:
        value = getattr(draft, name)
        setattr(contract, name, value.strip() if isinstance(value, str) else value)
    contract.contract_type, contract.template = composed.contract_type, composed.template
    contract.kind, contract.limit_basis = composed.contract_type.kind, composed.contract_type.limit_basis
    contract.signature_rule = composed.contract_type.signature_rule
    contract.currency = composed.partnership.currency
    contract.parent_id = draft.parent_id
    contract.variables = {name: str(value).strip() for name, value in draft.variables.items()}
    contract.signers = [_signer(one) for one in draft.signers or _both_sides()]
    contract.amount_limit = None
    if draft.limit_amount is not None:
        contract.amount_limit = amount_limit(draft.limit_amount, draft.allowance)
    contract.risk = sum(one.clause.risk for one in composed.clauses if one.deviation)


def _both_sides() -> Sequence[SignerDraft]:
    return (SignerDraft(ContractSide.SELLER), SignerDraft(ContractSide.BUYER))


def _signer(one: SignerDraft) -> dict[str, Any]:
    return {"side": one.side.value, "user": one.user_id, "name": one.name.strip(), "capacity": one.capacity.strip()}


def _write_parts(contract: Contract, draft: ContractDraft, composed: Composed) -> None:
    """Lines with their first prices, clauses, payment plan; a fixed number of statements."""
    sides = {"seller_id": contract.seller_id, "buyer_id": contract.buyer_id}
    lines = ContractLine.objects.bulk_create(
        _line(contract, seq, one, composed.exponents) for seq, one in enumerate(draft.lines, 1)
    )
    prices = [
        first_price(contract, line, one)
        for line, one in zip(lines, draft.lines, strict=True)
        if one.price is not None or one.tiers
    ]
    ContractPrice.objects.bulk_create(prices)
    ContractClauseUse.objects.bulk_create(
        ContractClauseUse(
            contract=contract,
            position=position,
            clause=one.clause,
            text=one.text,
            deviation=one.deviation,
            reason=one.reason,
            **sides,
        )
        for position, one in enumerate(composed.clauses, 1)
    )
    total = contract.limit_amount
    amounts: Sequence[Decimal | None] = [None] * len(draft.payments)
    if total is not None:
        amounts = plan_amounts(total, [one.percent for one in draft.payments], contract.currency)
    ContractPayment.objects.bulk_create(
        ContractPayment(
            contract=contract,
            position=position,
            milestone=one.milestone.strip(),
            percent=one.percent,
            amount=amount,
            due=one.due.strip(),
            **sides,
        )
        for position, (one, amount) in enumerate(zip(draft.payments, amounts, strict=True), 1)
    )


def _line(contract: Contract, seq: int, one: ContractLineDraft, exponents: Mapping[int, int]) -> ContractLine:
    names = ("variant_id", "category_id", "uom_id", "quantity", "amount", "allowance", "minimum", "pack", "lead_days")
    line = ContractLine(
        seller_id=contract.seller_id,
        buyer_id=contract.buyer_id,
        contract=contract,
        seq=seq,
        basis=contract.limit_basis,
        text=one.text.strip(),
        guaranteed_min=one.guaranteed_min,
        **{name: getattr(one, name) for name in names},
    )
    set_limits(line, exponents.get(one.uom_id or 0, 6))
    return line


def set_limits(line: ContractLine, exponent: int) -> None:
    """What may be called off, from quantity or amount and the allowance."""
    if line.basis == LimitBasis.QUANTITY and line.quantity is not None:
        line.call_limit = call_limit(line.quantity, line.allowance, exponent)
    if line.basis == LimitBasis.AMOUNT and line.amount is not None:
        line.amount_limit = amount_limit(line.amount, line.allowance)


def first_price(contract: Contract, line: ContractLine, one: ContractLineDraft) -> ContractPrice:
    """The price a line begins with."""
    row = ContractPrice(
        seller_id=contract.seller_id,
        buyer_id=contract.buyer_id,
        line=line,
        effective_from=contract.effective_on,
        price=one.tiers[0].price if one.price is None else one.price,
        tiers=[tier.stored() for tier in one.tiers],
    )
    if one.formula is not None:
        formula = one.formula
        row.fixed_share, row.threshold, row.cap = formula.fixed_share, formula.threshold, formula.cap
        row.period = formula.period
        row.index_terms = [
            {"index": index, "weight": str(weight), "start": str(start)} for index, weight, start in formula.terms
        ]
    return row
