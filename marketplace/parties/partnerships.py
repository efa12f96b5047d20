"""Partnerships: a seller records its partners, agrees terms with them, bars or ends the trade (concepts/parties)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record, record_all
from marketplace.core.states import Transition, TransitionTable
from marketplace.parties.changes import apply, duplicate, known_fields
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.events import organization_event, partnership_event
from marketplace.parties.models import Organization, OrganizationStatus, Partnership, PartnershipStatus
from marketplace.parties.onboarding import become
from marketplace.parties.roles import create_preset_roles_of
from marketplace.parties.terms import FIELDS, Known, term_problems
from marketplace.parties.values import (
    checked_country,
    checked_currency,
    checked_language,
    checked_time_zone,
    code_from,
)

Status = PartnershipStatus
MOVES = TransitionTable(
    (
        Transition("activate", Status.POTENTIAL, Status.ACTIVE),
        Transition("suspend", Status.ACTIVE, Status.SUSPENDED),
        Transition("resume", Status.SUSPENDED, Status.ACTIVE),
        Transition("terminate", Status.POTENTIAL, Status.TERMINATED),
        Transition("terminate", Status.ACTIVE, Status.TERMINATED),
        Transition("terminate", Status.SUSPENDED, Status.TERMINATED),
        Transition("terminate", Status.BLOCKLISTED, Status.TERMINATED),
        Transition("renew", Status.TERMINATED, Status.ACTIVE),
    )
)
EVENTS = {
    "activate": "partnership.resumed",
    "suspend": "partnership.suspended",
    "resume": "partnership.resumed",
    "terminate": "partnership.terminated",
    "renew": "partnership.resumed",
}
NEED_REASON = ("suspend", "terminate")


@dataclass(frozen=True, slots=True)
class PartnerDraft:
    """A downstream partner to record: a new organization by its name, or one the actor trades with already by its id.

    `code` is what the upstream calls the partner; `terms` may hold any of `terms.FIELDS`.
    """

    code: str
    name: str = ""
    organization_id: int | None = None
    country: str = "CN"
    currency: str = ""
    time_zone: str = "Asia/Shanghai"
    language: str = "zh-hans"
    terms: Mapping[str, Any] = field(default_factory=dict)


def create_partnership(actor: Actor, draft: PartnerDraft) -> Partnership:
    """Record one downstream partner; see `create_partnerships`."""
    return create_partnerships(actor, [draft])[0]


def create_partnerships(actor: Actor, drafts: Sequence[PartnerDraft]) -> list[Partnership]:
    """Record downstream partners of the actor's organization: as many SQL statements for a thousand as for one.

    A new partner's organization is UNCLAIMED until somebody signs up for it, and has the roles of a dealer. Raises all
    problems at once, each with its index: REQUIRED (code, name), INVALID, DUPLICATE (code, organization), NOT_FOUND,
    PARTNERSHIP_SELF.
    """
    actor.require("partners.manage")
    upstream = actor.organization
    if upstream is None:
        raise not_found("organization")
    for draft in drafts:
        known_fields(draft.terms, FIELDS)
    with transaction.atomic():
        advisory_lock("partnership codes", upstream.pk)
        existing = _visible_organizations(actor, drafts)
        raise_all(_problems(actor, drafts, existing))
        become("seller", upstream)
        downstream = _downstream(actor, drafts, existing)
        partnerships = Partnership.objects.bulk_create(
            _partnership(upstream, draft, organization) for draft, organization in zip(drafts, downstream, strict=True)
        )
        record_all(actor, (partnership_event("partnership.created", one, changes=created(one)) for one in partnerships))
    return partnerships


def update_partnership(actor: Actor, partnership_id: int, changes: Mapping[str, Any]) -> Partnership:
    """Change any of `terms.FIELDS`; what is not given stays. Orders placed already keep what they froze.

    Raises NOT_FOUND (id, group, grade, territory, sales rep), INVALID, REQUIRED and DUPLICATE (code).
    """
    actor.require("partners.manage")
    known_fields(changes, FIELDS)
    if "code" in changes:
        changes = {**changes, "code": changes["code"].strip()}
    with transaction.atomic():
        advisory_lock("partnership codes", actor.organization_id)
        partnership = locked_downstream(actor, partnership_id)
        before = facts(partnership)
        changed = apply(partnership, changes)
        raise_all([*term_problems(changes, Known.of(actor, [changes])), *_code_problems(partnership, changes)])
        if changed:
            partnership.save(update_fields=[name.removesuffix("_id") for name in changed])
            told = difference(before, facts(partnership))
            record(actor, partnership_event("partnership.changed", partnership, changes=told))
    return partnership


def move_partnership(actor: Actor, partnership_id: int, verb: str, reason: str = "") -> Partnership:
    """Suspend (bar new orders), resume, terminate, activate or renew a downstream partnership.

    Suspending and terminating need a reason, which only the upstream reads. Raises REASON_REQUIRED, NOT_FOUND,
    INVALID_TRANSITION.
    """
    actor.require("partners.manage")
    reason = reason.strip()
    if verb in NEED_REASON and not reason:
        raise DomainError(PartiesErrorCode.REASON_REQUIRED, _("Say why."), "reason")
    if len(reason) > 255:
        raise DomainError(CoreErrorCode.INVALID, _("At most %(longest)s characters.") % {"longest": 255}, "reason")
    with transaction.atomic():
        partnership = locked_downstream(actor, partnership_id)
        before = facts(partnership)
        partnership.status = MOVES.target(verb, partnership.status)
        partnership.status_reason = reason
        partnership.status_since = timezone.now()
        partnership.save(update_fields=["status", "status_reason", "status_since"])
        told = difference(before, facts(partnership))
        record(actor, partnership_event(EVENTS[verb], partnership, verb=verb, changes=told))
    return partnership


def locked_downstream(actor: Actor, partnership_id: int, field: str = "id") -> Partnership:
    """A partnership in which the actor's organization sells, locked; NOT_FOUND at `field` for any other."""
    mine = Partnership.objects.filter(upstream=actor.organization_id, pk=partnership_id)
    partnership = mine.select_for_update(of=("self",), no_key=True).select_related("downstream").first()
    if partnership is None:
        raise not_found(field)
    return partnership


def _visible_organizations(actor: Actor, drafts: Sequence[PartnerDraft]) -> dict[int, Organization]:
    asked = {draft.organization_id for draft in drafts if draft.organization_id is not None}
    if not asked:
        return {}
    rows = Organization.objects.all() if actor.is_system else Organization.objects.visible_to(actor)
    return rows.exclude(status=OrganizationStatus.CLOSED).in_bulk(asked)


def _problems(
    actor: Actor, drafts: Sequence[PartnerDraft], existing: Mapping[int, Organization]
) -> Iterator[DomainError]:
    known = Known.of(actor, [draft.terms for draft in drafts])
    mine = Partnership.objects.filter(upstream=actor.organization_id)
    codes = set(mine.filter(code__in=[draft.code.strip() for draft in drafts]).values_list("code", flat=True))
    partners = set(mine.filter(downstream__in=existing).values_list("downstream", flat=True)) if existing else set()
    for index, draft in enumerate(drafts):
        yield from _draft_problems(draft, index)
        yield from term_problems(draft.terms, known, index)
        code = draft.code.strip()
        if code in codes:
            yield duplicate("code", code, index)
        codes.add(code)
        if draft.organization_id is not None:
            yield from _link_problems(actor, draft.organization_id, existing, partners, index)
            partners.add(draft.organization_id)


def _draft_problems(draft: PartnerDraft, index: int) -> Iterator[DomainError]:
    if not draft.code.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a code."), "code", index)
    if draft.organization_id is None and not draft.name.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a name."), "name", index)
    if len(draft.name) > 255 or len(draft.code) > 64:
        field_name, longest = ("name", 255) if len(draft.name) > 255 else ("code", 64)
        text = _("At most %(longest)s characters.") % {"longest": longest}
        yield DomainError(CoreErrorCode.INVALID, text, field_name, index)
    checks = [checked_currency(draft.currency)] if draft.currency else []
    if draft.organization_id is None:
        checks += [checked_country(draft.country), checked_time_zone(draft.time_zone), checked_language(draft.language)]
    for problem in chain.from_iterable(checks):
        yield DomainError(problem.code, problem.message, problem.field, index)


def _link_problems(
    actor: Actor, organization_id: int, existing: Mapping[int, Organization], partners: set[int], index: int
) -> Iterator[DomainError]:
    if organization_id == actor.organization_id:
        own = _("An organization cannot be its own partner.")
        yield DomainError(PartiesErrorCode.PARTNERSHIP_SELF, own, "organization", index)
    elif organization_id not in existing:
        yield not_found("organization", index)
    elif organization_id in partners:
        text = _("%(name)s is a partner already.") % {"name": existing[organization_id].name}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "organization", index)


def _code_problems(partnership: Partnership, changes: Mapping[str, Any]) -> Iterator[DomainError]:
    if "code" not in changes:
        return
    if not partnership.code.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a code."), "code")
    taken = Partnership.objects.filter(upstream=partnership.upstream_id, code=partnership.code)
    if taken.exclude(pk=partnership.pk).exists():
        yield duplicate("code", partnership.code)


def _downstream(
    actor: Actor, drafts: Sequence[PartnerDraft], existing: Mapping[int, Organization]
) -> list[Organization]:
    """The partners' organizations in the order of the drafts; those that are new are made, with a dealer's roles."""
    become("dealer", *existing.values())
    made = Organization.objects.bulk_create(
        Organization(
            name=draft.name.strip(),
            code=code_from(draft.name),
            status=OrganizationStatus.UNCLAIMED,
            country=draft.country,
            currency=draft.currency or (actor.organization.currency if actor.organization else "CNY"),
            time_zone=draft.time_zone,
            language=draft.language,
            buys=True,
        )
        for draft in drafts
        if draft.organization_id is None
    )
    create_preset_roles_of(made, ["dealer"])
    record_all(actor, (organization_event("organization.created", organization) for organization in made))
    fresh = iter(made)
    return [next(fresh) if one.organization_id is None else existing[one.organization_id] for one in drafts]


def _partnership(upstream: Organization, draft: PartnerDraft, downstream: Organization) -> Partnership:
    return Partnership(
        upstream=upstream,
        downstream=downstream,
        code=draft.code.strip(),
        currency=draft.currency or upstream.currency,
        **draft.terms,
    )
