"""Policies as accruing needs them: whom and what they are for, and how their lines pay; a few statements for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from marketplace.catalog.scope import ProductScope, ScopeKeys
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Partnership
from ordercenter.rebates.compute.periods import Period, day_in, period_at
from ordercenter.rebates.compute.tiers import Band, LineTerms
from ordercenter.rebates.enums import (
    RebateMeasure,
    RebateNewcomer,
    RebatePooling,
    RebateQualifier,
    RebateReward,
    RewardOn,
    TierMethod,
)
from ordercenter.rebates.models import RebateLine, RebatePolicy

LINES = Prefetch("lines", RebateLine.objects.select_related("uom").order_by("position"))


@dataclass(frozen=True, slots=True)
class PartnerKeys:
    """What an audience is compared with."""

    partnership_id: int
    seller_id: int
    buyer_id: int
    groups: tuple[int, ...] = ()
    grade_id: int | None = None


@dataclass(frozen=True, slots=True)
class Whom:
    """One row of an audience: a partnership, a group, a grade, or everyone."""

    partnership_id: int | None = None
    group_id: int | None = None
    grade_id: int | None = None

    def holds(self, keys: PartnerKeys) -> bool:
        if self.partnership_id:
            return self.partnership_id == keys.partnership_id
        if self.group_id:
            return self.group_id in keys.groups
        return self.grade_id is None or self.grade_id == keys.grade_id


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One tier table."""

    id: int
    policy_id: int
    terms: LineTerms
    uom_id: int | None
    uom_code: str = ""

    @property
    def needs_baseline(self) -> bool:
        return self.terms.qualifier == RebateQualifier.GROWTH or self.terms.reward_on == RewardOn.ABOVE_BASELINE

    @property
    def needs_target(self) -> bool:
        return self.terms.qualifier == RebateQualifier.ACHIEVEMENT


@dataclass(slots=True)
class LivePolicy:
    """A policy with all that decides over a source."""

    row: RebatePolicy
    zone: str
    lines: list[LiveLine] = field(default_factory=list)
    include: list[Whom] = field(default_factory=list)
    exclude: list[Whom] = field(default_factory=list)
    goods: list[ProductScope] = field(default_factory=list)
    no_goods: list[ProductScope] = field(default_factory=list)
    deducts: tuple[int, ...] = ()

    @property
    def id(self) -> int:
        return self.row.pk

    @property
    def order(self) -> tuple[int, int]:
        """Which of several policies comes first."""
        return (self.row.sequence, self.row.pk)

    @property
    def pooled(self) -> bool:
        return self.row.pooling == RebatePooling.TOGETHER

    def is_for(self, keys: PartnerKeys) -> bool:
        """True for a beneficiary; an excluding row beats every including one."""
        if any(whom.holds(keys) for whom in self.exclude):
            return False
        return any(whom.holds(keys) for whom in self.include)

    def counts(self, keys: ScopeKeys) -> bool:
        """True for goods in its scope; without including rows all goods are."""
        if any(scope.holds(keys) for scope in self.no_goods):
            return False
        return not self.goods or any(scope.holds(keys) for scope in self.goods)

    def in_window(self, at: datetime) -> bool:
        return self.row.valid_from <= at < self.row.valid_to

    def period(self, at: datetime) -> Period:
        """The period an instant falls in, by the grantor's days."""
        return self.period_of_day(day_in(self.zone, at))

    def period_of_day(self, day: date) -> Period:
        return period_at(self.row.period, day, self.row.valid_from, self.row.valid_to, self.zone)


def live_policies(
    sellers: Iterable[int] = (), ids: Iterable[int] | None = None, statuses: Sequence[str] = (PolicyStatus.EFFECTIVE,)
) -> dict[int, LivePolicy]:
    """Policies of sellers that accrue now, or these by id whatever their status; earliest first."""
    rows = RebatePolicy.objects.select_related("organization")
    rows = (
        rows.filter(pk__in=list(ids))
        if ids is not None
        else rows.filter(organization__in=list(sellers), status__in=statuses)
    )
    rows = rows.prefetch_related("beneficiaries", "scopes", "deducts", LINES, "lines__tiers")
    found = sorted(rows, key=lambda row: (row.sequence, row.pk))
    return {row.pk: live(row) for row in found}


def live(row: RebatePolicy) -> LivePolicy:
    """A policy whose parts are fetched along."""
    policy = LivePolicy(row, row.organization.time_zone)
    for one in row.beneficiaries.all():
        into = policy.exclude if one.excludes else policy.include
        into.append(Whom(one.partnership_id, one.group_id, one.grade_id))
    for scope in row.scopes.all():
        (policy.no_goods if scope.excludes else policy.goods).append(scope.scope)
    policy.lines = [
        LiveLine(line.pk, row.pk, terms_of(row, line), line.uom_id, line.uom.code if line.uom else "")
        for line in row.lines.all()
    ]
    policy.deducts = tuple(one.pk for one in row.deducts.all())
    return policy


def terms_of(policy: RebatePolicy, line: RebateLine) -> LineTerms:
    """How a line pays, as a value."""
    tiers = sorted(line.tiers.all(), key=lambda tier: tier.lower)
    return LineTerms(
        bands=tuple(Band(tier.lower, tier.upper, RebateReward(tier.reward), tier.value) for tier in tiers),
        currency=policy.currency,
        method=TierMethod(line.method),
        qualifier=RebateQualifier(line.qualifier),
        measure=RebateMeasure(line.measure),
        reward_on=RewardOn(line.reward_on),
        basis_cap=line.basis_cap,
        newcomer=RebateNewcomer(line.newcomer),
        negative_basis=policy.negative_basis,
    )


def partner_keys(partnership_ids: Iterable[int]) -> dict[int, PartnerKeys]:
    """What audiences are compared with, of each partnership; one statement."""
    rows: Any = Partnership.objects.filter(pk__in=set(partnership_ids)).values_list(
        "pk", "upstream_id", "downstream_id", "group__ancestors", "grade_id"
    )
    return {pk: PartnerKeys(pk, seller, buyer, tuple(groups or ()), grade) for pk, seller, buyer, groups, grade in rows}


def partners_of(policy: LivePolicy) -> dict[int, PartnerKeys]:
    """All beneficiaries of a policy at present."""
    rows = Partnership.objects.filter(upstream=policy.row.organization_id).values_list("pk", flat=True)
    return {pk: keys for pk, keys in partner_keys(rows).items() if policy.is_for(keys)}


def deducted_by(policies: Mapping[int, LivePolicy]) -> dict[int, set[int]]:
    """By policy: those whose basis falls when it gives more, over any number of steps."""
    direct: dict[int, set[int]] = defaultdict(set)
    for policy in policies.values():
        for earlier in policy.deducts:
            direct[earlier].add(policy.id)
    found: dict[int, set[int]] = {}
    for start in policies:
        reach: set[int] = set()
        todo = list(direct[start])
        while todo:
            one = todo.pop()
            if one not in reach:
                reach.add(one)
                todo += direct[one]
        found[start] = reach
    return found
