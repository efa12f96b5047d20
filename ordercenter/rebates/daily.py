"""What happens without a person: proposals once a period has ended, counting what a new policy finds in the past."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import DomainError, DomainErrors
from marketplace.parties.models import Organization
from ordercenter.rebates.models import RebatePolicy
from ordercenter.rebates.recalculate import Recalculated, recalculate
from ordercenter.rebates.settle import due_policies, own_policy, period_to_settle, propose


def run_settlements() -> int:
    """Propose settlements of the last period that ended, of every policy with something open; how many were made."""
    made = 0
    now = database_now()
    for seller_id, policy_id in due_policies(now):
        actor = Actor.system(Organization.objects.get(pk=seller_id))
        period = period_to_settle(own_policy(actor, policy_id), None, now)
        if period.end > now.date():
            continue
        try:
            made += len(propose(actor, policy_id, period.start, skip_settled=True))
        except (DomainError, DomainErrors):  # somebody proposes it at this moment
            continue
    return made


def recalculate_as_system(policy_id: int) -> Recalculated:
    """Count what a policy has not counted yet, as the program itself."""
    policy = RebatePolicy.objects.select_related("organization").get(pk=policy_id)
    return recalculate(Actor.system(policy.organization), policy_id)
