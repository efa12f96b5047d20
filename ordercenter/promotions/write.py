"""The life of a promotion: drafted, put in effect, paused, resumed, voided; an edit in effect is a new version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import PolicyStatus
from marketplace.core.states import Transition, TransitionTable
from marketplace.parties.models import Organization
from ordercenter.promotions.checks import problems, settle
from ordercenter.promotions.configuration import PARTS, configuration
from ordercenter.promotions.drafts import ENTERED, FundingDraft, PromotionDraft
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.models import Promotion
from ordercenter.promotions.owned import reference_problems
from ordercenter.promotions.parts import as_entered, merged, write_funding, write_parts

MANAGE = "promotions.manage"
LIVE_LIMIT = 500

MOVES = TransitionTable(
    [
        Transition("submit", PolicyStatus.DRAFT, PolicyStatus.EFFECTIVE),
        Transition("pause", PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED),
        Transition("resume", PolicyStatus.PAUSED, PolicyStatus.EFFECTIVE),
    ]
    + [
        Transition("void", source, PolicyStatus.VOIDED)
        for source in (PolicyStatus.DRAFT, PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)
    ]
)


def promotion_create(actor: Actor, draft: PromotionDraft) -> Promotion:
    """A new promotion in DRAFT, version 1, borne by the seller unless told otherwise (promotions §2).

    Raises everything that is wrong at once: the codes of promotions §9, REQUIRED, DUPLICATE (code), NOT_FOUND.
    """
    actor.require(MANAGE)
    owner = _home_of(actor)
    columns = _columns(draft)
    promotion = Promotion(organization=owner, **({"currency": owner.currency, "effect": "percent_off"} | columns))
    settle(promotion, set(columns))
    with transaction.atomic():
        raise_all([*problems(promotion, draft), *_taken(promotion), *reference_problems(actor, draft)])
        promotion.save()
        write_parts(promotion, draft)
        record(actor, promotion_event("promotions.created", promotion, created(promotion)))
    return promotion


def promotion_update(actor: Actor, promotion_id: int, draft: PromotionDraft) -> Promotion:
    """Change a draft. Raises what creating raises, and VERSION_FROZEN for a version that was put in effect."""
    actor.require(MANAGE)
    with transaction.atomic():
        promotion = locked(actor, promotion_id)
        _require_draft(promotion)
        before = facts(promotion)
        columns = _columns(draft)
        if promotion.version > 1:
            columns.pop("code", None)
        for name, value in columns.items():
            setattr(promotion, name, value)
        settle(promotion, set(columns))
        whole = merged(draft, as_entered(promotion))
        raise_all([*problems(promotion, whole), *_taken(promotion), *reference_problems(actor, whole)])
        promotion.save()
        write_parts(promotion, whole)
        record(actor, promotion_event("promotions.updated", promotion, difference(before, facts(promotion))))
    return promotion


def promotion_revise(actor: Actor, promotion_id: int) -> Promotion:
    """A draft of the next version with everything of the latest; the draft that is there already, if there is one."""
    actor.require(MANAGE)
    with transaction.atomic():
        asked = locked(actor, promotion_id)
        versions = Promotion.objects.filter(organization=asked.organization_id, code=asked.code)
        latest = versions.select_for_update().order_by("-version")[0]
        if latest.approved_at is None and latest.status == PolicyStatus.DRAFT:
            return latest
        parts = as_entered(asked)
        made = Promotion(organization_id=asked.organization_id, root_id=asked.root_key, version=latest.version + 1)
        for name in ENTERED:
            setattr(made, name, getattr(asked, name))
        made.save()
        write_parts(made, parts)
        record(actor, promotion_event("promotions.created", made, created(made)))
    return made


def promotion_submit(actor: Actor, promotion_id: int) -> Promotion:
    """Put a draft in effect at once; it never changes from here on, and the version before it ends with this instant.

    Raises INVALID_TRANSITION, FUNDING_INCOMPLETE, LIMIT_REACHED (500 live promotions).
    """
    actor.require(MANAGE)
    with transaction.atomic():
        promotion = locked(actor, promotion_id)
        raise_all([*_submit_problems(promotion)])
        before = facts(promotion)
        promotion.status = MOVES.target("submit", promotion.status)
        now = database_now()
        whole = Promotion.objects.prefetch_related(*PARTS).get(pk=promotion.pk)
        promotion.configuration = configuration(whole)
        promotion.approved_at = now
        _end_others(promotion, now)
        promotion.save()
        changes = difference(before, facts(promotion))
        changes.pop("configuration", None)
        record(actor, promotion_event("promotions.submitted", promotion, changes))
    return promotion


def promotion_pause(actor: Actor, promotion_id: int) -> Promotion:
    """Take a promotion out of effect until it is resumed; orders keep what they have."""
    return _move(actor, promotion_id, "pause", "promotions.paused")


def promotion_resume(actor: Actor, promotion_id: int) -> Promotion:
    """Put a paused promotion in effect again."""
    return _move(actor, promotion_id, "resume", "promotions.resumed")


def promotion_void(actor: Actor, promotion_id: int) -> Promotion:
    """End a promotion for good; orders keep what they have."""
    return _move(actor, promotion_id, "void", "promotions.voided")


def promotion_funding_write(actor: Actor, promotion_id: int, rows: Sequence[FundingDraft]) -> Promotion:
    """Say who bears what percent of a draft: VERSION_FROZEN, NOT_FOUND, VALUE_INVALID; 100 is asked at submit."""
    actor.require(MANAGE)
    with transaction.atomic():
        promotion = locked(actor, promotion_id)
        _require_draft(promotion)
        raise_all(reference_problems(actor, PromotionDraft(funding=rows)))
        write_funding(promotion, rows)
        shares = {str(row.organization_id): str(row.share) for row in rows}
        record(actor, promotion_event("promotions.funding_written", promotion, {"funding": [None, shares]}))
    return promotion


def locked(actor: Actor, promotion_id: int) -> Promotion:
    """A promotion of the actor's, locked. Raises NOT_FOUND."""
    rows = Promotion.objects.visible_to(actor).select_for_update().order_by("pk")
    found = rows.filter(pk=promotion_id).first()
    if found is None:
        raise not_found("id")
    return found


def promotion_event(kind: str, promotion: Promotion, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """An event of a promotion, for its seller."""
    said = {"code": promotion.code, "version": promotion.version, **payload}
    return DomainEvent(kind, "promotion", promotion.pk, (promotion.organization_id,), said, changes or {})


def _home_of(actor: Actor) -> Organization:
    if actor.organization is None:
        raise not_found("organization")
    return actor.organization


def _columns(draft: PromotionDraft) -> dict[str, Any]:
    return {name: draft.values[name] for name in ENTERED if name in draft.values}


def _require_draft(promotion: Promotion) -> None:
    if promotion.approved_at is not None:
        raise DomainError(Code.VERSION_FROZEN, Code.VERSION_FROZEN.label, "id")
    MOVES.target("submit", promotion.status)


def _taken(promotion: Promotion) -> Iterator[DomainError]:
    others = Promotion.objects.filter(
        organization=promotion.organization_id, code=promotion.code, version=promotion.version
    )
    if others.exclude(pk=promotion.pk).exists():
        text = _("There is a promotion %(code)s already.") % {"code": promotion.code}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "code")


def _submit_problems(promotion: Promotion) -> Iterator[DomainError]:
    MOVES.target("submit", promotion.status)
    if sum(row.share for row in promotion.funding.all()) != 100:
        yield DomainError(Code.FUNDING_INCOMPLETE, Code.FUNDING_INCOMPLETE.label, "funding")
    live = Promotion.objects.filter(
        organization=promotion.organization_id,
        status=PolicyStatus.EFFECTIVE,
        ended_at=None,
        valid_to__gt=database_now(),
    )
    if live.exclude(code=promotion.code).count() >= LIVE_LIMIT:
        text = _("A seller has at most %(limit)s promotions in effect.") % {"limit": LIVE_LIMIT}
        yield DomainError(Code.LIMIT_REACHED, text, "id")


def _end_others(promotion: Promotion, now: Any) -> None:
    """The versions before it end: an instant belongs to one version."""
    others = Promotion.objects.filter(organization=promotion.organization_id, code=promotion.code)
    others.exclude(pk=promotion.pk).filter(approved_at__isnull=False, ended_at=None).update(ended_at=now)


def _move(actor: Actor, promotion_id: int, verb: str, kind: str) -> Promotion:
    actor.require(MANAGE)
    with transaction.atomic():
        promotion = locked(actor, promotion_id)
        before = facts(promotion)
        promotion.status = MOVES.target(verb, promotion.status)
        if promotion.status == PolicyStatus.VOIDED:
            promotion.ended_at = database_now()
        promotion.save(update_fields=["status", "ended_at", "updated_at"])
        record(actor, promotion_event(kind, promotion, difference(before, facts(promotion))))
    return promotion
