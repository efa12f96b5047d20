"""Source quotas: how the volume is divided, simulated and adjusted (contracts §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack, Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts, named
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Partnership, PartnershipStatus, Unit
from ordercenter.contracts.arbitration import Assignment, Candidate, assign, newcomer_base
from ordercenter.contracts.enums import ContractStatus, QuotaCause, QuotaReason, SourceUse
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.events import own_event
from ordercenter.contracts.models import ContractLine, QuotaEntry, QuotaMember, SourceList, SourceQuota
from ordercenter.contracts.pricing_day import holds
from ordercenter.contracts.quota_entries import count_entries
from ordercenter.contracts.sources import MANAGE, is_supplier, save_or_conflict

ZERO = Decimal(0)
MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class QuotaDraft:
    """A quota of a variant; with another window it begins anew, from 0."""

    variant_id: int
    uom_id: int
    valid_from: date
    valid_to: date | None = None
    plant_id: int | None = None
    split_from: Decimal | None = None
    pack: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """A source in a quota. `base` None: what lets it join level with the others."""

    seller_id: int
    share: Decimal
    contract_line_id: int | None = None
    base: Decimal | None = None
    priority: int | None = None
    max_per_order: Decimal | None = None
    capacity: Decimal | None = None


def write_quota(actor: Actor, draft: QuotaDraft, quota_id: int | None = None) -> SourceQuota:
    """Make a quota, or change one. SOURCE_CONFLICT for goods that have one in this time; NOT_FOUND, WINDOW_EMPTY."""
    actor.require(MANAGE)
    raise_all(_quota_problems(actor, draft))
    with transaction.atomic():
        row = SourceQuota(organization_id=actor.own_id) if quota_id is None else own_quota(actor, quota_id)
        before = facts(row) if row.pk else {}
        for name in QuotaDraft.__slots__:
            setattr(row, name, getattr(draft, name))
        save_or_conflict(row, _("These goods have a quota in this time already."))
        record(actor, own_event("quota_written", "source_quota", row, difference(before, facts(row))))
    return row


def write_member(actor: Actor, quota_id: int, draft: MemberDraft) -> QuotaMember:
    """Enter a source into a quota, or change it there. QUOTA_INVALID for a share that is not above 0."""
    actor.require(MANAGE)
    with transaction.atomic():
        quota = own_quota(actor, quota_id)
        raise_all(_member_problems(actor, quota, draft))
        row = QuotaMember.objects.filter(quota=quota, seller=draft.seller_id).first()
        before = facts(row) if row else {}
        if row is None:
            row = QuotaMember(organization_id=actor.own_id, quota=quota, seller_id=draft.seller_id)
        for name in MemberDraft.__slots__:
            setattr(row, name, getattr(draft, name))
        if draft.base is None:
            others = candidates_of(actor, quota, quota.valid_from)
            row.base = newcomer_base([one for one in others if one.key != row.pk], draft.share)
        row.save()
        changes = named(row.seller.name, difference(before, facts(row)))
        record(actor, own_event("quota_written", "source_quota", quota, changes))
    return row


def adjust(actor: Actor, member_id: int, quantity: Decimal, reason: str) -> QuotaMember:
    """Correct what a member was given, by hand: a signed entry with its reason. Never below 0."""
    actor.require(MANAGE)
    if not reason.strip():
        raise DomainError(ContractErrorCode.REASON_REQUIRED, _("Say why."), "reason")
    with transaction.atomic():
        found = QuotaMember.objects.visible_to(actor).filter(pk=member_id).first()
        if found is None:
            raise not_found("member")
        quota = own_quota(actor, found.quota_id)
        member = QuotaMember.objects.get(pk=member_id)
        if not quantity.is_finite() or not quantity or abs(quantity) >= MOST or member.allocated + quantity < 0:
            text = _("It would be below 0, or changes nothing.")
            raise DomainError(ContractErrorCode.QUOTA_INVALID, text, "quantity")
        entry = QuotaEntry(
            organization_id=actor.own_id,
            member=member,
            cause=QuotaCause.ADJUSTED,
            quantity=quantity,
            reason=reason.strip()[:255],
            by=actor.user,
        )
        count_entries([entry])
        payload: dict[str, Any] = {"seller": member.seller_id, "quantity": str(quantity), "reason": entry.reason}
        record(actor, own_event("quota_adjusted", "source_quota", quota, **payload))
    member.refresh_from_db()
    return member


def quota_assign(actor: Actor, quota_id: int, requirement: Decimal, day: date) -> Assignment:
    """Whose turn it is for a requirement on a day, with every candidate and its reason; nothing is written.

    Whoever writes what comes of it holds the quota's row (`own_quota`) from before this call. Raises NO_SOURCE.
    """
    actor.require("sources.view")
    quota = SourceQuota.objects.visible_to(actor).filter(pk=quota_id).select_related("uom").first()
    if quota is None:
        raise not_found("id")
    quantum = Decimal(1).scaleb(-quota.uom.exponent)
    if not requirement.is_finite() or not 0 < requirement < MOST or requirement % quantum:
        raise DomainError(CoreErrorCode.INVALID, _("It must be greater than 0."), "quantity")
    candidates = candidates_of(actor, quota, day)
    done = assign(candidates, requirement, max(quota.pack, quantum), quota.split_from)
    if not any(row.given for row in done.rows):
        text = _("No source of this quota can take it on this day.")
        raise DomainError(ContractErrorCode.NO_SOURCE, text, "quantity")
    return done


def candidates_of(actor: Actor, quota: SourceQuota, day: date) -> list[Candidate]:
    """Every member as arbitration sees it, those that may not be asked with the reason; five statements."""
    members = list(quota.members.select_related("seller", "contract_line__contract").order_by("pk"))
    sellers = [one.seller_id for one in members]
    trading = Partnership.objects.filter(
        upstream__in=sellers, downstream=quota.organization_id, status=PartnershipStatus.ACTIVE
    )
    partners = dict(trading.values_list("upstream", "code"))
    barred = {
        row.seller_id
        for row in SourceList.objects.filter(
            organization=quota.organization_id, variant=quota.variant_id, use=SourceUse.BARRED, seller__in=sellers
        )
        if row.holds_on(day)
    }
    month = (
        QuotaEntry.objects.filter(member__in=[one.pk for one in members], at__year=day.year, at__month=day.month)
        .values_list("member")
        .annotate(total=Sum("quantity"))
    )
    used = dict(month)
    return [
        Candidate(
            key=one.pk,
            quota=one.share,
            allocated=one.allocated,
            base=one.base,
            priority=one.priority,
            number=partners.get(one.seller_id, ""),
            max_per_order=one.max_per_order,
            capacity=None if one.capacity is None else max(one.capacity - used.get(one.pk, ZERO), ZERO),
            gap=_gap(one.contract_line),
            barred=_why_not(quota, one, day, partners, barred),
        )
        for one in members
    ]


def own_quota(actor: Actor, quota_id: int) -> SourceQuota:
    """A quota of the actor's organization, under lock (level 3). Raises NOT_FOUND."""
    rows = SourceQuota.objects.visible_to(actor).filter(pk=quota_id, organization=actor.organization_id)
    quota = rows.select_for_update(no_key=True).first()
    if quota is None:
        raise not_found("id")
    return quota


def _gap(line: ContractLine | None) -> Decimal:
    if line is None or line.guaranteed_min is None:
        return ZERO
    return max(line.guaranteed_min - line.called_quantity, ZERO)


def _why_not(
    quota: SourceQuota, member: QuotaMember, day: date, partners: dict[int, str], barred: set[int]
) -> QuotaReason | None:
    if not quota.holds_on(day) or quota.status != PolicyStatus.EFFECTIVE:
        return QuotaReason.OUTSIDE_WINDOW
    if member.left_on is not None and day >= member.left_on:
        return QuotaReason.OUTSIDE_WINDOW
    if member.seller_id not in partners:
        return QuotaReason.NO_TRADE
    if member.seller_id in barred:
        return QuotaReason.BARRED
    line = member.contract_line
    if line is not None:
        contract = line.contract
        over = line.call_limit is not None and line.called_quantity >= line.call_limit
        if contract.status != ContractStatus.EFFECTIVE or over:
            return QuotaReason.NO_CONTRACT
        if not holds(contract.effective_on, contract.ends_on, day, day):
            return QuotaReason.NO_CONTRACT
    return None


def _quota_problems(actor: Actor, draft: QuotaDraft) -> list[DomainError]:
    problems: list[DomainError] = []
    variant = Variant.objects.filter(pk=draft.variant_id).first()
    if variant is None or not is_supplier(actor, variant.organization_id):
        problems.append(not_found("variant"))
    elif not Pack.objects.filter(variant=variant, uom=draft.uom_id).exists():
        problems.append(not_found("uom"))
    if draft.plant_id and not Unit.objects.filter(pk=draft.plant_id, organization=actor.organization_id).exists():
        problems.append(not_found("plant"))
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        problems.append(DomainError(ContractErrorCode.WINDOW_EMPTY, _("It would end before it begins."), "valid_to"))
    for name in ("split_from", "pack"):
        problems += _above_zero(getattr(draft, name), name, CoreErrorCode.INVALID)
    return problems


def _member_problems(actor: Actor, quota: SourceQuota, draft: MemberDraft) -> list[DomainError]:
    problems = _above_zero(draft.share, "share", ContractErrorCode.QUOTA_INVALID)
    if not is_supplier(actor, draft.seller_id):
        problems.append(not_found("seller"))
    for name in ("max_per_order", "capacity"):
        problems += _above_zero(getattr(draft, name), name, CoreErrorCode.INVALID)
    if draft.base is not None and not (draft.base.is_finite() and 0 <= draft.base < MOST):
        problems.append(DomainError(CoreErrorCode.INVALID, _("It cannot be below 0."), "base"))
    if draft.priority is not None and not 0 <= draft.priority <= 1000:
        problems.append(DomainError(CoreErrorCode.INVALID, _("From 0 to 1000."), "priority"))
    if draft.contract_line_id:
        lines = ContractLine.objects.visible_to(actor).filter(
            pk=draft.contract_line_id, seller=draft.seller_id, variant=quota.variant_id, uom=quota.uom_id
        )
        if not lines.exists():
            problems.append(not_found("contract_line"))
    return problems


def _above_zero(value: Decimal | None, name: str, code: ContractErrorCode | CoreErrorCode) -> list[DomainError]:
    if value is None or (value.is_finite() and 0 < value < MOST and value == round(value, 6)):
        return []
    return [DomainError(code, _("It must be greater than 0."), name)]
