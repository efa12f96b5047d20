"""Rebate progress: how partners stand in running periods, read for any number of positions at once (rebates §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from marketplace.core.clock import database_now
from ordercenter.rebates.compute.outlook import Outlook, forecast, outlook
from ordercenter.rebates.compute.periods import Period, day_in
from ordercenter.rebates.compute.pool import shares
from ordercenter.rebates.compute.tiers import Figures, basis_of
from ordercenter.rebates.live import LiveLine, LivePolicy, PartnerKeys, live_policies, partner_keys
from ordercenter.rebates.models import RebateLine
from ordercenter.rebates.positions import Held, PositionKey, read_positions
from ordercenter.rebates.retarget import Units, pooled

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How one partner stands in one period of one line. In a pooled line `outlook` is the group's, the rest its own.

    `own` is what the partner's basis is after what earlier rebates take off, `group` that of all pooled ones.
    `value` is the partner's T; `brings`: what reaching the next band adds to what has been accrued.
    """

    policy: LivePolicy
    line: LiveLine
    partnership_id: int
    period: Period
    position_id: int | None
    own: Figures
    group: Figures | None
    outlook: Outlook
    accrued: Decimal
    settled: Decimal
    brings: Decimal | None
    value: Decimal
    elapsed: int
    forecast_amount: Decimal
    forecast_quantity: Decimal
    forecast_value: Decimal

    @property
    def key(self) -> tuple[int, int, date]:
        return (self.line.id, self.partnership_id, self.period.start)

    @property
    def basis(self) -> Decimal:
        """What the line pays on, of the partner alone."""
        return basis_of(self.line.terms, self.own)


def progress_of(partnership_ids: Iterable[int], day: date | None = None) -> list[Progress]:
    """How partners stand in the present period (or that of a day) of every policy they are beneficiaries of."""
    partners = partner_keys(partnership_ids)
    policies = live_policies({keys.seller_id for keys in partners.values()})
    now = database_now()
    wanted: list[tuple[LivePolicy, LiveLine, PositionKey]] = []
    for policy in policies.values():
        at = day or day_in(policy.zone, now)
        if day is None and not policy.in_window(now):
            continue
        period = policy.period_of_day(at)
        for keys in partners.values():
            if keys.seller_id == policy.row.organization_id and policy.is_for(keys):
                wanted += [
                    (policy, line, PositionKey(line.id, keys.partnership_id, period.start, period.end))
                    for line in policy.lines
                ]
    return _progress(wanted, policies, partners, now)


def progress_at(keys: Sequence[PositionKey]) -> dict[tuple[int, int, date], Progress]:
    """How positions stand, by (line, partnership, first day); for lists of positions."""
    if not keys:
        return {}
    owners = RebateLine.objects.filter(pk__in={key.line_id for key in keys}).values_list("policy_id", flat=True)
    policies = live_policies(ids=set(owners))
    earlier = {pk for policy in policies.values() for pk in policy.deducts} - set(policies)
    policies |= live_policies(ids=earlier) if earlier else {}
    lines = {line.id: (policy, line) for policy in policies.values() for line in policy.lines}
    partners = partner_keys(key.partnership_id for key in keys if key.partnership_id)
    wanted = [(*lines[key.line_id], key) for key in keys]
    return {one.key: one for one in _progress(wanted, policies, partners, database_now())}


def _progress(
    wanted: Sequence[tuple[LivePolicy, LiveLine, PositionKey]],
    policies: Mapping[int, LivePolicy],
    partners: Mapping[int, PartnerKeys],
    now: datetime,
) -> list[Progress]:
    """Positions that are not there yet stand at 0, with the gap to the first band."""
    keys = set()
    for policy, _line, key in wanted:
        keys.add(PositionKey(key.line_id, None if policy.pooled else key.partnership_id, key.start, key.end))
    held = read_positions(keys)
    known = {(one.line_id, one.partnership_id, one.period_from) for one in held}
    for number, (_policy, _line, key) in enumerate(wanted, 1):
        assert key.partnership_id is not None
        if (key.line_id, key.partnership_id, key.start) not in known and key.partnership_id in partners:
            held.append(empty(partners[key.partnership_id], key, -number))
    units = Units(held, policies)
    groups: dict[tuple[int, date], list[Held]] = defaultdict(list)
    for one in held:
        groups[one.line_id, one.period_from].append(one)
    by_key = {(one.line_id, one.partnership_id, one.period_from): one for one in held}
    found = []
    for policy, line, key in wanted:
        mine = by_key.get((key.line_id, key.partnership_id or 0, key.start))
        if mine is not None:
            found.append(_one(policy, line, mine, groups[key.line_id, key.start], units, day_in(policy.zone, now)))
    return found


def empty(keys: PartnerKeys, key: PositionKey, number: int) -> Held:
    """A position as it would be made; its id is below 0, for it is not stored."""
    return Held(
        number,
        keys.seller_id,
        keys.buyer_id,
        keys.partnership_id,
        key.line_id,
        key.start,
        key.end,
        ZERO,
        ZERO,
        ZERO,
        ZERO,
        ZERO,
        0,
    )


def _one(policy: LivePolicy, line: LiveLine, one: Held, members: Sequence[Held], units: Units, today: date) -> Progress:
    own = units.figures(one)
    period = Period(one.period_from, one.period_to)
    elapsed = period.elapsed(today)
    group = None
    figures = own
    if policy.pooled:
        every = {member.partnership_id: units.figures(member) for member in members}
        group = figures = pooled(every.values())
    view = outlook(line.terms, figures)
    amount, quantity, value = forecast(line.terms, figures, elapsed, period.days)
    at_next, given = view.at_next, view.value
    if policy.pooled:
        bases = {pk: basis_of(line.terms, each) for pk, each in every.items()}
        given = shares(given, bases, policy.row.currency)[one.partnership_id]
        value = shares(value, bases, policy.row.currency)[one.partnership_id]
        if at_next is not None:
            at_next = shares(at_next, bases, policy.row.currency)[one.partnership_id]
    return Progress(
        policy=policy,
        line=line,
        partnership_id=one.partnership_id,
        period=period,
        position_id=one.id if one.id > 0 else None,
        own=own,
        group=group,
        outlook=view,
        accrued=one.accrued,
        settled=one.settled,
        brings=None if at_next is None else at_next - one.accrued,
        value=given,
        elapsed=elapsed,
        forecast_amount=amount,
        forecast_quantity=quantity,
        forecast_value=value,
    )
