"""The life of a rebate policy: written as a draft, put in effect, paused, voided; frozen once approved (rebates §2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import PolicyStatus
from marketplace.core.states import Transition, TransitionTable
from ordercenter.rebates.baselines import freeze, missing_figures
from ordercenter.rebates.drafts import (
    LineDraft,
    PolicyDraft,
    ScopeDraft,
    WhomDraft,
    column_problems,
    defaults,
    line_problems,
    rule_problems,
    whom_problems,
)
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.models import RebateBeneficiary, RebateLine, RebatePolicy, RebateScope, RebateTier
from ordercenter.rebates.reading import draft_of

MANAGE = "rebates.manage"

MOVES = TransitionTable(
    [Transition("submit", source, PolicyStatus.EFFECTIVE) for source in (PolicyStatus.DRAFT, PolicyStatus.PAUSED)]
    + [Transition("pause", PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)]
    + [
        Transition("void", source, PolicyStatus.VOIDED)
        for source in (PolicyStatus.DRAFT, PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)
    ]
)


def policy_create(actor: Actor, draft: PolicyDraft, imported: bool = False) -> RebatePolicy:
    """A new policy in DRAFT; with `copy_of` the next version of one, as it stands but for what the draft names.

    Raises all at once: REQUIRED, DUPLICATE (code), WINDOW_EMPTY, METHOD_INVALID, TIER_OVERLAP, DEDUCTION_ORDER,
    SEQUENCE_TAKEN, NOT_FOUND.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        version = 1
        if draft.copy_of is not None:
            source = _locked(actor, draft.copy_of)
            draft, version = _next_version(actor, source, draft)
        if actor.organization is None:
            raise not_found("organization")
        columns = {"currency": actor.organization.currency, **defaults(), **draft.columns}
        raise_all([*_problems(actor, columns, draft, None, imported), *_code_problems(actor, columns, version)])
        made = RebatePolicy.objects.create(organization=actor.organization, version=version, **columns)
        _write_parts(made, draft, new=True)
        record(actor, policy_event("rebates.policy_created", made, created(made)))
    return made


def policy_update(actor: Actor, policy_id: int, draft: PolicyDraft) -> RebatePolicy:
    """Change a draft. Raises what creating raises, and VERSION_FROZEN for one that was approved."""
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, policy_id)
        if found.status not in (PolicyStatus.DRAFT, PolicyStatus.REJECTED):
            text = _("This version was approved and does not change: make a new version of it.")
            raise DomainError(RebateErrorCode.VERSION_FROZEN, text)
        columns = {name: getattr(found, name) for name in _column_names()} | draft.columns
        problems = list(_problems(actor, columns, draft, found, False))
        if columns["code"] != found.code:
            problems += _code_problems(actor, columns, found.version)
        raise_all(problems)
        before = facts(found)
        for name, value in draft.columns.items():
            setattr(found, name, value)
        found.save()
        _write_parts(found, draft)
        record(actor, policy_event("rebates.policy_updated", found, difference(before, facts(found))))
    return found


def policy_submit(actor: Actor, policy_id: int) -> RebatePolicy:
    """Put a draft or paused policy in effect; from here on it is frozen, and its baselines and targets with it.

    An earlier version ends where this one begins. Raises TIER_GAP, TIER_OPEN_END, BASELINE_MISSING, SEQUENCE_TAKEN,
    DEDUCTION_ORDER, INVALID_TRANSITION.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, policy_id)
        target = MOVES.target("submit", found.status)
        stands = draft_of(found)
        columns = {name: getattr(found, name) for name in _column_names()}
        problems = list(_problems(actor, columns, stands, found, imported=True, complete=True))
        problems += list(missing_figures(found)) + list(_version_problems(found))
        raise_all(problems)
        _end_earlier(found)
        freeze(found)
        _move(actor, found, target, "rebates.policy_submitted")
        transaction.on_commit(lambda: _count_the_past(policy_id))
    return found


def _count_the_past(policy_id: int) -> None:
    """What has happened since its beginning counts, too."""
    from ordercenter.rebates import tasks

    tasks.recalculate_policy.delay(policy_id)


def policy_pause(actor: Actor, policy_id: int) -> RebatePolicy:
    """Count nothing new for it until it is submitted again; what is undone of earlier sources still is."""
    return _simple(actor, policy_id, "pause", "rebates.policy_paused")


def policy_void(actor: Actor, policy_id: int) -> RebatePolicy:
    """End it for good; what has been earned can still be settled."""
    return _simple(actor, policy_id, "void", "rebates.policy_voided")


def policy_event(kind: str, policy: RebatePolicy, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """An event of a policy, told to its grantor."""
    told = {"code": policy.code, "version": policy.version, **payload}
    return DomainEvent(kind, "rebate_policy", policy.pk, (policy.organization_id,), told, changes or {})


def _simple(actor: Actor, policy_id: int, verb: str, kind: str) -> RebatePolicy:
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, policy_id)
        _move(actor, found, MOVES.target(verb, found.status), kind)
    return found


def _move(actor: Actor, found: RebatePolicy, target: Any, kind: str) -> None:
    before = facts(found)
    found.status = target
    fields = ["status", "updated_at"]
    if target == PolicyStatus.EFFECTIVE and found.approved_at is None:
        found.approved_at = Now()
        fields.append("approved_at")
    found.save(update_fields=fields)
    found.refresh_from_db(fields=["approved_at"])
    record(actor, policy_event(kind, found, difference(before, facts(found))))


def _locked(actor: Actor, policy_id: int) -> RebatePolicy:
    rows = RebatePolicy.objects.select_for_update(of=("self",)).select_related("organization").order_by("pk")
    found = rows.filter(pk=policy_id, organization=actor.organization_id).first()
    if found is None:
        raise not_found("id")
    return found


def _column_names() -> list[str]:
    skipped = {"id", "organization_id", "version", "status", "approved_at", "created_at", "updated_at"}
    return [field.attname for field in RebatePolicy._meta.concrete_fields if field.attname not in skipped]


def _next_version(actor: Actor, source: RebatePolicy, draft: PolicyDraft) -> tuple[PolicyDraft, int]:
    stands = draft_of(source)
    columns = {name: getattr(source, name) for name in _column_names()} | draft.columns | {"code": source.code}
    newest = RebatePolicy.objects.filter(organization=actor.organization_id, code=source.code).aggregate(
        n=Max("version")
    )
    merged = PolicyDraft(
        columns,
        stands.lines if draft.lines is None else draft.lines,
        stands.beneficiaries if draft.beneficiaries is None else draft.beneficiaries,
        stands.scopes if draft.scopes is None else draft.scopes,
        stands.deducts if draft.deducts is None else draft.deducts,
    )
    return merged, newest["n"] + 1


def _problems(
    actor: Actor,
    columns: dict[str, Any],
    draft: PolicyDraft,
    known: RebatePolicy | None,
    imported: bool,
    complete: bool = False,
) -> Iterator[DomainError]:
    yield from column_problems(columns)
    if complete and not draft.lines:
        yield DomainError(CoreErrorCode.REQUIRED, _("A rebate policy needs a tier table."), "lines")
    yield from line_problems(draft.lines or (), imported, complete)
    yield from rule_problems(actor, columns)
    yield from whom_problems(actor, draft.beneficiaries or ())
    for index, scope in enumerate(draft.scopes or ()):
        if sum(1 for key in (scope.variant_id, scope.product_id, scope.category_id, scope.brand_id) if key) > 1:
            text = _("Name one variant, product, category or brand.")
            yield DomainError(CoreErrorCode.INVALID, text, "scopes", index)
    yield from _sequence_problems(actor, columns, known)
    if draft.deducts is not None:
        yield from _deduction_problems(actor, columns, draft.deducts)
    elif known is not None:
        yield from _deduction_problems(actor, columns, [one.pk for one in known.deducts.all()])


def _code_problems(actor: Actor, columns: dict[str, Any], version: int) -> list[DomainError]:
    taken = RebatePolicy.objects.filter(organization=actor.organization_id, code=columns["code"], version=version)
    if not taken.exists():
        return []
    text = _("There is a rebate policy %(code)s already.") % {"code": columns["code"]}
    return [DomainError(CoreErrorCode.DUPLICATE, text, "code")]


def _sequence_problems(actor: Actor, columns: dict[str, Any], known: RebatePolicy | None) -> Iterator[DomainError]:
    """SEQUENCE_TAKEN where a policy of the same overlap group and some of the same time has the same place."""
    if not columns["overlap_group"]:
        return
    others = RebatePolicy.objects.filter(
        organization=actor.organization_id,
        overlap_group=columns["overlap_group"],
        sequence=columns["sequence"],
        valid_from__lt=columns["valid_to"],
        valid_to__gt=columns["valid_from"],
    ).exclude(status=PolicyStatus.VOIDED)
    others = others.exclude(code=columns["code"]) if columns["code"] else others
    other = (others.exclude(pk=known.pk) if known else others).first()
    if other is not None:
        text = _("%(code)s has this place in the overlap group already.") % {"code": other.code}
        yield DomainError(RebateErrorCode.SEQUENCE_TAKEN, text, "sequence")


def _deduction_problems(actor: Actor, columns: dict[str, Any], deducts: Any) -> Iterator[DomainError]:
    rows = RebatePolicy.objects.filter(organization=actor.organization_id, pk__in=list(deducts))
    found = {row.pk: row for row in rows}
    wanted = RebatePolicy(**{name: columns[name] for name in ("period", "basis", "currency") if name in columns})
    for index, pk in enumerate(deducts):
        earlier = found.get(pk)
        if earlier is None:
            yield not_found("deducts", index)
            continue
        alike = (earlier.period, earlier.basis, earlier.currency) == (wanted.period, wanted.basis, columns["currency"])
        if earlier.sequence >= columns["sequence"] or not alike:
            text = _("%(code)s comes no earlier, or has another period, basis or currency.") % {"code": earlier.code}
            yield DomainError(RebateErrorCode.DEDUCTION_ORDER, text, "deducts", index)


def _version_problems(found: RebatePolicy) -> Iterator[DomainError]:
    for earlier in _earlier(found):
        if earlier.valid_from >= found.valid_from:
            text = _("Version %(version)s holds from then on already: begin later, or void it.")
            yield DomainError(CoreErrorCode.INVALID, text % {"version": earlier.version}, "valid_from")


def _earlier(found: RebatePolicy) -> Any:
    return RebatePolicy.objects.filter(
        organization=found.organization_id,
        code=found.code,
        status=PolicyStatus.EFFECTIVE,
        valid_to__gt=found.valid_from,
    ).exclude(pk=found.pk)


def _end_earlier(found: RebatePolicy) -> None:
    _earlier(found).update(valid_to=found.valid_from)


def _write_parts(policy: RebatePolicy, draft: PolicyDraft, new: bool = False) -> None:
    """Write the lists that the draft names; a new policy without any is for everyone."""
    owner = {"organization": policy.organization, "policy": policy}
    whom = draft.beneficiaries
    if new and not whom:
        whom = [WhomDraft()]
    if whom is not None:
        policy.beneficiaries.all().delete()
        rows = dict.fromkeys(whom)
        RebateBeneficiary.objects.bulk_create(RebateBeneficiary(**owner, **_slots(row)) for row in rows)
    if draft.scopes is not None:
        policy.scopes.all().delete()
        RebateScope.objects.bulk_create(RebateScope(**owner, **_slots(row)) for row in dict.fromkeys(draft.scopes))
    if draft.lines is not None:
        _write_lines(policy, draft)
    if draft.deducts is not None:
        policy.deducts.set(draft.deducts)


def _slots(row: WhomDraft | ScopeDraft) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _write_lines(policy: RebatePolicy, draft: PolicyDraft) -> None:
    """Lines keep their row, so that baselines and targets already entered stay with them."""
    lines = draft.lines or ()
    known = {line.position: line for line in policy.lines.all()}
    RebateTier.objects.filter(line__policy=policy).delete()
    policy.lines.filter(position__gt=len(lines)).delete()
    rows = []
    for position, line in enumerate(lines, 1):
        row = known.get(position) or RebateLine(organization=policy.organization, policy=policy, position=position)
        for name, value in line.columns().items():
            setattr(row, name, value)
        rows.append(row)
    RebateLine.objects.bulk_create([row for row in rows if row.pk is None])
    RebateLine.objects.bulk_update([row for row in rows if row.position in known], list(LineDraft(()).columns()))
    RebateTier.objects.bulk_create(
        RebateTier(
            organization=policy.organization,
            line=row,
            lower=tier.lower,
            upper=tier.upper,
            reward=tier.reward,
            value=tier.value,
        )
        for row, line in zip(rows, lines, strict=True)
        for tier in line.tiers
    )
