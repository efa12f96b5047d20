"""Price policies: for whom and when which lists hold, in which order, and what changes or bounds their prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from ordercenter.pricing.drafts import (
    AssignmentDraft,
    PricePolicyDraft,
    TermDraft,
    audience_problems,
    length_problems,
    priority_problems,
)
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, MOVES, home_of
from ordercenter.pricing.models import PolicyLineKind, PriceList, PricePolicy, PricePolicyLine
from ordercenter.pricing.policy_terms import term_problems, write_terms


def price_policy_create(actor: Actor, draft: PricePolicyDraft) -> PricePolicy:
    """A new policy in DRAFT with its assignments (pricing §2).

    Raises REQUIRED, DUPLICATE (code), WINDOW_EMPTY, AUDIENCE_INVALID, DUPLICATE_LIST, NOT_FOUND (audience, list), and
    what `term_problems` finds.
    """
    actor.require(MANAGE)
    columns = draft.columns()
    known = PricePolicy(organization=actor.organization, **columns)
    with transaction.atomic():
        raise_all([*_problems(actor, draft, known), *_audience_required(draft)])
        if draft.audience:
            columns |= draft.audience.columns()
        policy = PricePolicy.objects.create(organization=home_of(actor), **columns)
        _write_lines(policy, draft.lines or ())
        write_terms(policy, draft.terms or (), _carried(policy))
        record(actor, _event("pricing.policy_created", policy, created(policy)))
    return policy


def price_policy_update(actor: Actor, policy_id: int, draft: PricePolicyDraft) -> PricePolicy:
    """Change a policy; its lines take audience and window over. Raises what creating raises, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        policy = _locked(actor, policy_id)
        MOVES.target("void", policy.status)
        raise_all(_problems(actor, draft, policy))
        before = facts(policy)
        for name, value in draft.columns().items():
            setattr(policy, name, value)
        if draft.audience:
            for name, key in draft.audience.columns().items():
                setattr(policy, name, key)
        policy.save()
        changes = difference(before, facts(policy))
        if draft.lines is not None:
            PricePolicyLine.objects.filter(policy=policy, kind=PolicyLineKind.LIST).delete()
            _write_lines(policy, draft.lines)
            changes["lines"] = [None, len(draft.lines)]
        PricePolicyLine.objects.filter(policy=policy).update(**_carried(policy))
        if draft.terms is not None and write_terms(policy, draft.terms, _carried(policy)):
            changes["terms"] = [None, len(draft.terms)]
        record(actor, _event("pricing.policy_updated", policy, changes))
    return policy


def price_policy_submit(actor: Actor, policy_id: int) -> PricePolicy:
    """Put a draft or paused policy in effect at once; before its window begins it is SCHEDULED."""
    return _move(actor, policy_id, "submit", "pricing.policy_submitted")


def price_policy_pause(actor: Actor, policy_id: int) -> PricePolicy:
    """Suspend what a policy assigns until it is submitted again."""
    return _move(actor, policy_id, "pause", "pricing.policy_paused")


def price_policy_void(actor: Actor, policy_id: int) -> PricePolicy:
    """End a policy for good."""
    return _move(actor, policy_id, "void", "pricing.policy_voided")


def _locked(actor: Actor, policy_id: int) -> PricePolicy:
    rows = PricePolicy.objects.visible_to(actor).select_for_update().order_by("pk")
    policy = rows.filter(pk=policy_id).first()
    if policy is None:
        raise not_found("id")
    return policy


def _move(actor: Actor, policy_id: int, verb: str, kind: str) -> PricePolicy:
    actor.require(MANAGE)
    with transaction.atomic():
        policy = _locked(actor, policy_id)
        before = facts(policy)
        policy.status = MOVES.target(verb, policy.status)
        policy.save(update_fields=["status", "updated_at"])
        record(actor, _event(kind, policy, difference(before, facts(policy))))
    return policy


def _carried(policy: PricePolicy) -> dict[str, Any]:
    """What the lines of a policy carry of it."""
    names = ("organization_id", "partnership_id", "group_id", "grade_id", "valid_from", "valid_to")
    return {name: getattr(policy, name) for name in names}


def _write_lines(policy: PricePolicy, lines: Sequence[AssignmentDraft]) -> None:
    carried = _carried(policy)
    PricePolicyLine.objects.bulk_create(
        PricePolicyLine(
            policy=policy, price_list_id=line.price_list_id, priority=line.priority, merge=line.merge, **carried
        )
        for line in lines
    )


def _audience_required(draft: PricePolicyDraft) -> Iterator[DomainError]:
    if draft.audience is None:
        yield DomainError(PricingErrorCode.AUDIENCE_INVALID, PricingErrorCode.AUDIENCE_INVALID.label, "audience")


def _problems(actor: Actor, draft: PricePolicyDraft, known: PricePolicy) -> Iterator[DomainError]:
    columns = draft.columns()
    code = columns.get("code", known.code)
    yield from length_problems(PricePolicy, columns)
    if not code.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("A price policy needs a code."), "code")
    elif "code" in columns and _taken(actor, code, known):
        text = _("There is a price policy %(code)s already.") % {"code": code}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "code")
    if columns.get("valid_from", known.valid_from) >= columns.get("valid_to", known.valid_to):
        yield DomainError(PricingErrorCode.WINDOW_EMPTY, PricingErrorCode.WINDOW_EMPTY.label, "valid_to")
    yield from audience_problems(actor, draft.audience)
    yield from _line_problems(actor, draft.lines or ())
    yield from term_problems(actor, draft.terms or ())


def _taken(actor: Actor, code: str, known: PricePolicy) -> bool:
    return PricePolicy.objects.filter(organization=actor.organization_id, code=code).exclude(pk=known.pk).exists()


def _line_problems(actor: Actor, lines: Sequence[AssignmentDraft]) -> Iterator[DomainError]:
    keys = [line.price_list_id for line in lines]
    owned = set(PriceList.objects.filter(organization=actor.organization_id, pk__in=keys).values_list("pk", flat=True))
    for index, line in enumerate(lines):
        if line.price_list_id not in owned:
            yield not_found("lines", index)
        elif line.price_list_id in keys[:index]:
            yield DomainError(PricingErrorCode.DUPLICATE_LIST, PricingErrorCode.DUPLICATE_LIST.label, "lines", index)
        yield from priority_problems(line.priority, "lines", index)


def _event(kind: str, policy: PricePolicy, changes: Changes) -> DomainEvent:
    return DomainEvent(kind, "price_policy", policy.pk, (policy.organization_id,), {"code": policy.code}, changes)


def price_policy_term_write(actor: Actor, policy_id: int, term: TermDraft, line_id: int | None = None) -> PricePolicy:
    """Add a line that changes or bounds prices to a policy, or put it in the place of one.

    Raises what creating raises of a line, NOT_FOUND, INVALID_TRANSITION.
    """
    raise_all(_alone(problem) for problem in term_problems(actor, [term]))
    return _rewrite(actor, policy_id, line_id, [term])


def price_policy_term_remove(actor: Actor, policy_id: int, line_id: int) -> PricePolicy:
    """Take such a line out of a policy. Raises NOT_FOUND, INVALID_TRANSITION."""
    return _rewrite(actor, policy_id, line_id, [])


def _rewrite(actor: Actor, policy_id: int, line_id: int | None, instead: list[TermDraft]) -> PricePolicy:
    actor.require(MANAGE)
    with transaction.atomic():
        policy = _locked(actor, policy_id)
        MOVES.target("void", policy.status)
        lines = list(policy.lines.exclude(kind=PolicyLineKind.LIST).order_by("pk"))
        if line_id is not None and line_id not in {line.pk for line in lines}:
            raise not_found("id")
        kept = [_as_draft(line) for line in lines if line.pk != line_id]
        if write_terms(policy, [*kept, *instead], _carried(policy)):
            policy.save(update_fields=["updated_at"])
            changes: Changes = {"terms": [len(lines), len(kept) + len(instead)]}
            record(actor, _event("pricing.policy_updated", policy, changes))
    return policy


def _as_draft(line: PricePolicyLine) -> TermDraft:
    assert line.value is not None  # by constraint: the lines of lists alone have none
    return TermDraft(PolicyLineKind(line.kind), line.value, line.step, line.scope, line.priority)


def _alone(problem: DomainError) -> DomainError:
    """A problem of a line that is entered by itself: its field as its form names it."""
    return DomainError(problem.code, problem.message, "input." + (problem.field or "").removeprefix("terms."))
