"""Try a policy on what was bought in the past: what it would have given to whom; nothing is accrued (rebates §8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.models import JobStatus
from marketplace.parties.models import Partnership
from ordercenter.rebates.bulk import Totals, totals
from ordercenter.rebates.compute.periods import Period
from ordercenter.rebates.compute.pool import after_deductions, shares
from ordercenter.rebates.compute.tiers import Figures, reached_band, target_value
from ordercenter.rebates.figures import Measured
from ordercenter.rebates.live import LiveLine, LivePolicy, live_policies
from ordercenter.rebates.models import RebateSimulation
from ordercenter.rebates.retarget import pooled
from ordercenter.rebates.settle import own_policy

LONGEST = 1096
ZERO = Decimal(0)


def start(actor: Actor, policy_id: int, first: date, last: date) -> RebateSimulation:
    """Start trying a policy, draft or not, on the days from `first` to `last`. Raises NOT_FOUND, INVALID."""
    actor.require("rebates.manage")
    if not 0 <= (last - first).days < LONGEST:
        text = _("Choose days from first to last, three years at most.")
        raise DomainError(CoreErrorCode.INVALID, text, "last")
    with transaction.atomic():
        policy = own_policy(actor, policy_id)
        made = RebateSimulation.objects.create(
            organization_id=policy.row.organization_id,
            policy=policy.row,
            period_from=first,
            period_to=date.fromordinal(last.toordinal() + 1),
            created_by_id=actor.user_id,
        )
        transaction.on_commit(lambda: _queue(made.pk))
    return made


def _queue(pk: int) -> None:
    from ordercenter.rebates import tasks

    tasks.simulate.delay(pk)


def run_simulation(pk: int) -> None:
    """Compute one that waits; one that is done stays as it is."""
    with transaction.atomic():
        row = RebateSimulation.objects.select_for_update().get(pk=pk)
        if row.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
            return
        policy = live_policies(ids=[row.policy_id])[row.policy_id]
        found = counted(policy, Period(row.period_from, row.period_to), _with_earlier(policy))
        row.result = simulated(policy, found)
        row.total = sum((Decimal(one["value"]) for one in row.result), Decimal(0))
        row.status, row.finished_at = JobStatus.SUCCEEDED, timezone.now()
        row.save(update_fields=["result", "total", "status", "finished_at"])


def counted(policy: LivePolicy, period: Period, policies: Mapping[int, LivePolicy]) -> Totals:
    """What counts in some days, less what the policies it deducts would give on the same goods (rebates §3).

    A few statements for each policy that is deducted, however many partners and documents there are.
    """
    found = totals(policy, period)
    for earlier in (policies[pk] for pk in policy.deducts if policies[pk].lines):
        gives = _given(earlier, counted(earlier, period, policies))
        whole, both = totals(earlier, period), totals(policy, period, with_policy=earlier)
        for (line, partnership, first), (amount, quantity) in found.items():
            basis, _quantity = whole.get((earlier.lines[0].id, partnership, first), (ZERO, ZERO))
            common, _quantity = both.get((line, partnership, first), (ZERO, ZERO))
            parts = [(gives.get((partnership, first), ZERO), common, basis)]
            less = after_deductions(amount, parts, policy.row.currency)
            found[line, partnership, first] = (less, quantity)
    return found


def _given(policy: LivePolicy, found: Totals) -> dict[tuple[int, date], Decimal]:
    """What a policy gives on what counts: by partner and period, all its tables together."""
    gives: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    lines = {line.id: line for line in policy.lines}
    for (line_id, first), members in _units(policy, found).items():
        for partnership, value in _values(policy, lines[line_id], members)[0].items():
            gives[partnership, first] += value
    return gives


def _with_earlier(policy: LivePolicy) -> dict[int, LivePolicy]:
    """A policy, those it deducts, and those these deduct."""
    found = {policy.id: policy}
    while missing := {pk for one in found.values() for pk in one.deducts} - set(found):
        found |= live_policies(ids=missing)
    return found


def _units(policy: LivePolicy, found: Totals) -> dict[tuple[int, date], dict[int, Figures]]:
    """The figures of each partner, by what has one T where partners are pooled: a line and a period."""
    partners = {partnership for _line, partnership, _start in found}
    measured = Measured(policy.lines, partners, {start for _line, _partnership, start in found})
    units: dict[tuple[int, date], dict[int, Figures]] = defaultdict(dict)
    for (line_id, partnership, first), (amount, quantity) in found.items():
        key = (line_id, partnership, first)
        units[line_id, first][partnership] = Figures(amount, quantity, measured.baseline(*key), measured.target(*key))
    return units


def simulated(policy: LivePolicy, found: Totals) -> list[dict[str, Any]]:
    """By partner and period: basis, band and value; largest first."""
    partners = {partnership for _line, partnership, _start in found}
    names = dict(Partnership.objects.filter(pk__in=partners).values_list("pk", "downstream__name"))
    lines = {line.id: line for line in policy.lines}
    rows = []
    for (line_id, first), members in sorted(_units(policy, found).items()):
        values, bands = _values(policy, lines[line_id], members)
        rows += [
            {
                "partnership": partnership,
                "name": names[partnership],
                "period": first.isoformat(),
                "amount": f"{figures.amount:.2f}",
                "quantity": f"{figures.quantity.normalize():f}",
                "band": bands[partnership],
                "value": f"{values[partnership]}",
            }
            for partnership, figures in members.items()
        ]
    return sorted(rows, key=lambda row: (-Decimal(row["value"]), row["name"], row["period"]))


def _values(
    policy: LivePolicy, line: LiveLine, members: dict[int, Figures]
) -> tuple[dict[int, Decimal], dict[int, int | None]]:
    if not policy.pooled:
        values = {partnership: target_value(line.terms, figures) for partnership, figures in members.items()}
        return values, {partnership: reached_band(line.terms, figures) for partnership, figures in members.items()}
    group = pooled(members.values())
    bases = {
        partnership: figures.amount if line.terms.measure == "amount" else figures.quantity
        for partnership, figures in members.items()
    }
    values = shares(target_value(line.terms, group), bases, policy.row.currency)
    return values, dict.fromkeys(members, reached_band(line.terms, group))


def resume() -> int:
    """Compute what still waits; how many."""
    waiting = list(RebateSimulation.objects.filter(status=JobStatus.QUEUED).values_list("pk", flat=True)[:20])
    for pk in waiting:
        run_simulation(pk)
    return len(waiting)
