"""What a basis is measured against: baselines and targets, entered or computed, frozen by approval (rebates §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Partnership
from ordercenter.rebates.accrue import moved_with
from ordercenter.rebates.bulk import totals
from ordercenter.rebates.compute.periods import Period, a_year_before, day_in
from ordercenter.rebates.enums import RebateFigureSource, RebateMeasure
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.live import LiveLine, LivePolicy, deducted_by, live_policies, partners_of
from ordercenter.rebates.models import RebateBaseline, RebatePolicy, RebateTarget
from ordercenter.rebates.positions import PositionKey
from ordercenter.rebates.recalculate import retarget_all

Model = type[RebateBaseline] | type[RebateTarget]
KINDS = {RebateBaseline: "rebates.baselines_written", RebateTarget: "rebates.targets_written"}
LIVE = (PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class FigureDraft:
    """A figure of one partner: of the line at a position of the policy, for the period that a day is in."""

    partnership_id: int
    value: Decimal
    day: date
    line: int = 1
    reason: str = ""


def write_baselines(actor: Actor, policy_id: int, drafts: Sequence[FigureDraft], compute: bool = False) -> int:
    """Write baselines by hand, or with `compute` what each beneficiary bought in the same period a year before."""
    return _write(actor, policy_id, RebateBaseline, drafts, compute)


def write_targets(actor: Actor, policy_id: int, drafts: Sequence[FigureDraft]) -> int:
    """Write targets; of an approved policy as carve-outs with a reason, which its accruals follow at once."""
    return _write(actor, policy_id, RebateTarget, drafts, False)


def _write(actor: Actor, policy_id: int, model: Model, drafts: Sequence[FigureDraft], compute: bool) -> int:
    actor.require("rebates.manage")
    with transaction.atomic():
        policy = live_policies(ids=[policy_id]).get(policy_id)
        if policy is None or policy.row.organization_id != actor.organization_id:
            raise not_found("id")
        frozen = policy.row.approved_at is not None
        raise_all(_problems(actor, policy, drafts, frozen))
        rows: list[Any] = _computed(policy) if compute and not frozen else []
        rows += [_row(policy, model, draft, frozen) for draft in drafts]
        unique = {(row.line_id, row.partnership_id, row.period_from): row for row in rows}
        model.objects.bulk_create(
            unique.values(),
            update_conflicts=True,
            unique_fields=["line", "partnership", "period_from", "carve_out"],
            update_fields=["value", "source", "reason", "period_to"],
        )
        if frozen:
            _follow(actor, policy, list(unique.values()))
        told = {"code": policy.row.code, "rows": len(unique)}
        record(actor, DomainEvent(KINDS[model], "rebate_policy", policy_id, (policy.row.organization_id,), told))
    return len(unique)


def _problems(actor: Actor, policy: LivePolicy, drafts: Sequence[FigureDraft], frozen: bool) -> Iterator[DomainError]:
    asked = {draft.partnership_id for draft in drafts}
    known = set(Partnership.objects.filter(upstream=actor.organization_id, pk__in=asked).values_list("pk", flat=True))
    for index, draft in enumerate(drafts):
        if draft.partnership_id not in known:
            yield not_found("partnership", index)
        if not 1 <= draft.line <= len(policy.lines):
            yield not_found("line", index)
        if draft.value < 0:
            yield DomainError(CoreErrorCode.INVALID, _("It cannot be below 0."), "value", index)
        if frozen and not draft.reason.strip():
            text = _("This policy was approved: say why the figure differs.")
            yield DomainError(RebateErrorCode.REASON_REQUIRED, text, "reason", index)


def _row(policy: LivePolicy, model: Model, draft: FigureDraft, frozen: bool) -> RebateBaseline | RebateTarget:
    period = policy.period_of_day(draft.day)
    return model(
        organization_id=policy.row.organization_id,
        line_id=policy.lines[draft.line - 1].id,
        partnership_id=draft.partnership_id,
        period_from=period.start,
        period_to=period.end,
        value=draft.value,
        source=RebateFigureSource.MANUAL,
        reason=draft.reason.strip(),
        carve_out=frozen,
    )


def first_period(policy: LivePolicy) -> Period:
    """The period of today, or the first one where the policy begins later."""
    now = max(database_now(), policy.row.valid_from)
    return policy.period_of_day(day_in(policy.zone, now))


def _computed(policy: LivePolicy) -> list[RebateBaseline]:
    period = first_period(policy)
    earlier = a_year_before(policy.row.period, period)
    found = totals(policy, earlier)
    by_partner: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}
    for (line_id, partnership, _start), (amount, quantity) in found.items():
        had = by_partner.get((line_id, partnership), (Decimal(0), Decimal(0)))
        by_partner[line_id, partnership] = (had[0] + amount, had[1] + quantity)
    rows = []
    for line in policy.lines:
        measure = 0 if line.terms.measure == RebateMeasure.AMOUNT else 1
        for partnership in partners_of(policy):
            value = by_partner.get((line.id, partnership), (Decimal(0), Decimal(0)))[measure]
            rows.append(
                RebateBaseline(
                    organization_id=policy.row.organization_id,
                    line_id=line.id,
                    partnership_id=partnership,
                    period_from=period.start,
                    period_to=period.end,
                    value=max(value, Decimal(0)),
                    source=RebateFigureSource.COMPUTED,
                )
            )
    return rows


def _follow(actor: Actor, policy: LivePolicy, rows: Sequence[RebateBaseline | RebateTarget]) -> None:
    """Positions follow a figure that was corrected, by a BASE row."""
    policies = live_policies([policy.row.organization_id], statuses=LIVE)
    policies.setdefault(policy.id, policy)
    reach = deducted_by(policies)
    keys: set[PositionKey] = set()
    for row in rows:
        key = PositionKey(row.line_id, row.partnership_id, row.period_from, row.period_to)
        keys |= moved_with(policy, key, policies, reach)
    retarget_all(actor, keys, policies)


def missing_figures(policy: RebatePolicy) -> Iterator[DomainError]:
    """BASELINE_MISSING for each line measured against something that not all beneficiaries have (rebates §9)."""
    live = live_policies(ids=[policy.pk])[policy.pk]
    wanted = [(line, RebateBaseline) for line in live.lines if line.needs_baseline]
    wanted += [(line, RebateTarget) for line in live.lines if line.needs_target]  # type: ignore[misc]
    if not wanted:
        return
    partners, period = partners_of(live), first_period(live)
    for line, model in wanted:
        have = set(
            model.objects.filter(line=line.id, period_from=period.start).values_list("partnership_id", flat=True)
        )
        missing = len(set(partners) - have)
        if missing:
            yield _missing(line, model, missing)


def _missing(_line: LiveLine, model: Model, count: int) -> DomainError:
    if model is RebateBaseline:
        text = _("%(count)s partners have no baseline for the first period.")
    else:
        text = _("%(count)s partners have no target for the first period.")
    return DomainError(RebateErrorCode.BASELINE_MISSING, text % {"count": count}, "lines")


def freeze(policy: RebatePolicy) -> None:
    """From approval on figures are changed by carve-outs only."""
    for model in (RebateBaseline, RebateTarget):
        model.objects.filter(line__policy=policy, frozen_at=None).update(frozen_at=Now())
