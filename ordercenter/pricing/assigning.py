"""For whom a price list holds, one audience at a time: each is a policy of its own with the list as its one line."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, deleted, difference, facts
from marketplace.core.errors import DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Partnership
from ordercenter.pricing.assignments import ORDER
from ordercenter.pricing.drafts import AudienceDraft, audience_problems, priority_problems
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.lists import MANAGE, lock_list
from ordercenter.pricing.models import PriceList, PricePolicy, PricePolicyLine


def price_list_assign(
    actor: Actor, list_id: int, audience: AudienceDraft, priority: int | None = None, merge: bool | None = None
) -> PricePolicyLine:
    """Make a list hold for one more audience, in effect at once (pricing §2).

    Raises NOT_FOUND (list, audience), AUDIENCE_INVALID, INVALID (priority), DUPLICATE_LIST where the list holds for
    this audience already.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        raise_all([*audience_problems(actor, audience), *priority_problems(priority or ORDER, "audience.priority")])
        columns = audience.columns()
        if PricePolicyLine.objects.filter(price_list=found, organization=found.organization_id, **columns).exists():
            text = _("The list holds for them already.")
            raise DomainError(PricingErrorCode.DUPLICATE_LIST, text, "audience")
        policy = PricePolicy.objects.create(
            organization_id=found.organization_id,
            code=_free_code(found),
            name_zh=found.name_zh,
            name_en=found.name_en,
            status=PolicyStatus.EFFECTIVE,
            **columns,
        )
        line = PricePolicyLine.objects.create(
            organization_id=found.organization_id,
            policy=policy,
            price_list=found,
            priority=priority or ORDER,
            merge=bool(merge),
            **columns,
        )
        record(actor, _event("pricing.policy_created", policy, created(policy) | {"lines": [None, 1]}))
    return line


def start_with_list(actor: Actor, partnership: Partnership, list_id: int) -> None:
    """Let a list answer a partner that is being recorded. Raises what `price_list_assign` raises."""
    price_list_assign(actor, list_id, AudienceDraft(partnership_id=partnership.pk))


def price_assignment_update(
    actor: Actor, line_id: int, priority: int | None = None, merge: bool | None = None
) -> PricePolicyLine:
    """Change the order in which a list is asked, or whether its tiers are compared; None leaves a value."""
    actor.require(MANAGE)
    with transaction.atomic():
        line = _locked(actor, line_id)
        if priority is not None:
            raise_all(priority_problems(priority, "priority"))
        before = facts(line)
        line.priority = line.priority if priority is None else priority
        line.merge = line.merge if merge is None else merge
        line.save(update_fields=["priority", "merge"])
        if changes := difference(before, facts(line)):
            record(actor, _event("pricing.policy_updated", line.policy, changes))
    return line


def price_assignment_remove(actor: Actor, line_id: int) -> PriceList:
    """Let a list hold for an audience no longer; a policy that names no other list goes with it."""
    actor.require(MANAGE)
    with transaction.atomic():
        line = _locked(actor, line_id)
        policy, found = line.policy, line.price_list
        assert found is not None  # the rows of kind LIST have one by constraint
        changes = deleted(line)
        line.delete()
        if not PricePolicyLine.objects.filter(policy=policy).exists():
            before = facts(policy)
            policy.status = PolicyStatus.VOIDED
            # The list's own form and a later assignment may want the code again.
            policy.code = f"{policy.code[:40]}-{policy.pk}"
            policy.save(update_fields=["status", "code", "updated_at"])
            changes |= difference(before, facts(policy))
        record(actor, _event("pricing.policy_updated", policy, changes))
    return found


def _locked(actor: Actor, line_id: int) -> PricePolicyLine:
    rows = PricePolicyLine.objects.visible_to(actor).select_for_update(of=("self",)).order_by("pk")
    line = rows.select_related("policy", "price_list").filter(pk=line_id, price_list__isnull=False).first()
    if line is None:
        raise not_found("id")
    return line


def _free_code(found: PriceList) -> str:
    """The list's code, or with the first number that no policy has."""
    taken = set(
        PricePolicy.objects.filter(organization=found.organization_id, code__startswith=found.code).values_list(
            "code", flat=True
        )
    )
    number = 1
    code = found.code
    while code in taken:
        number += 1
        code = f"{found.code[:58]}-{number}"
    return code


def _event(kind: str, policy: PricePolicy, changes: Changes) -> DomainEvent:
    return DomainEvent(kind, "price_policy", policy.pk, (policy.organization_id,), {"code": policy.code}, changes)
