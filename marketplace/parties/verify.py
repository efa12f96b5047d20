"""What of parties can be recomputed: ancestors of trees, flags of organizations, whose rows refer to whose."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from marketplace.core.trees import wrong_ancestors
from marketplace.core.verify import Difference, check
from marketplace.parties.models import (
    Organization,
    PartnerGroup,
    Partnership,
    Role,
    Territory,
    Unit,
)


@check("parties: ancestors of units, groups and territories")
def ancestors() -> Iterator[Difference]:
    """Every node's ancestors and depth are those of its parents."""
    for model in (Unit, PartnerGroup, Territory):
        yield from wrong_ancestors(model)


@check("parties: parents of the same organization")
def parents() -> Iterator[Difference]:
    """No node lies below one of another organization."""
    for model in (Unit, PartnerGroup, Territory):
        for node in model.objects.exclude(parent=None).exclude(parent__organization=F("organization")):
            yield Difference(f"{model._meta.label} {node.pk}", node.organization_id, f"below {node.parent_id}")


@check("parties: what a partnership refers to belongs to its upstream")
def own_rows() -> Iterator[Difference]:
    """Group, grade, territory and sales rep of a partnership are the upstream's."""
    upstream = F("upstream")
    for name in ("group", "grade", "territory", "sales_rep"):
        foreign = Partnership.objects.exclude(**{name: None}).exclude(**{f"{name}__organization": upstream})
        for partnership in foreign:
            yield Difference(
                f"partnership {partnership.pk}, {name}", partnership.upstream_id, getattr(partnership, f"{name}_id")
            )


@check("parties: roles belong to the member's organization")
def own_roles() -> Iterator[Difference]:
    """Nobody has a role of another organization."""
    foreign = Role.memberships.through.objects.exclude(role__organization=F("membership__organization"))
    for held in foreign.select_related("role", "membership"):
        yield Difference(f"member {held.membership_id}", held.membership.organization_id, held.role.organization_id)


@check("parties: who trades may trade")
def sides() -> Iterator[Difference]:
    """An upstream sells and a downstream buys."""
    for flag, side in (("sells", "downstream_partnerships"), ("buys", "upstream_partnerships")):
        wrong = Organization.objects.filter(**{flag: False, f"{side}__isnull": False}).distinct()
        for organization in wrong:
            yield Difference(f"organization {organization.pk}, {flag}", True, False)
