"""Accrue: what sources add to positions, as deltas; the same sum in any order, whatever is told twice (rebates §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction

from marketplace.catalog.models import Pack
from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.models import PolicyStatus
from ordercenter.rebates.booking import lock_accrual_accounts, post_accruals
from ordercenter.rebates.compute.periods import Period
from ordercenter.rebates.live import LiveLine, LivePolicy, PartnerKeys, deducted_by, live_policies, partner_keys
from ordercenter.rebates.models import RebateAccrual, RebatePosition
from ordercenter.rebates.positions import Held, PositionKey, lock_positions, make_positions, write_positions
from ordercenter.rebates.retarget import Given, Units
from ordercenter.rebates.sources import Source

ZERO = Decimal(0)

KNOWN = """
SELECT a.source_kind, a.source_id, a.line_id, a.position_id, a.source_seq, a.basis_amount, a.basis_quantity,
       p.period_from, p.period_to
  FROM unnest(%s::text[], %s::bigint[]) AS w(kind, id)
  JOIN rebates_rebateaccrual a ON a.source_kind = w.kind AND a.source_id = w.id
  JOIN rebates_rebateposition p ON p.id = a.position_id
 ORDER BY a.id
"""


@dataclass(slots=True)
class Counted:
    """What has been accrued of one source on one line."""

    position_id: int
    amount: Decimal = ZERO
    quantity: Decimal = ZERO
    seqs: set[int] = field(default_factory=set)
    period: Period | None = None


#: By source key, then by line.
Known = dict[tuple[str, int], dict[int, Counted]]


@dataclass(frozen=True, slots=True)
class Accrued:
    """What a call wrote: rows, and in which positions."""

    rows: int
    position_ids: tuple[int, ...]


def accrue(actor: Actor, source: Source) -> Accrued:
    """Accrue one source; see `accrue_all`."""
    return accrue_all(actor, [source])


def accrue_all(actor: Actor, sources: Sequence[Source], policies: Mapping[int, LivePolicy] | None = None) -> Accrued:
    """Count sources for the policies they are eligible for, and move what these give; a constant number of statements.

    Idempotent: a source with a `seq` counts once under it, one without is compared with what was accrued of it. Locks
    the accrual accounts and positions of its partners, those pooled with them and those that deduct from them.
    `policies`: only these; unless told, all that are in effect at the sellers.
    """
    if not sources:
        return Accrued(0, ())
    with transaction.atomic():
        known = known_of(sources)
        policies = policies if policies is not None else _policies(sources, known)
        partners = partner_keys(source.partnership_id for source in sources)
        targets = list(_targets(sources, known, policies, partners))
        if not targets:
            return Accrued(0, ())
        wanted = _wanted(targets, policies)
        lock_accrual_accounts(_accounts(wanted, policies, partners))
        make_positions(target.key for target in targets)
        held = lock_positions(wanted)
        known = known_of(sources)  # again, now that nobody else can add to these positions
        units = Units(held, policies)
        for target in _fresh(targets, known, _factors(targets)):
            units.give(target)
        units.settle(known)
        return write(actor, held, policies)


def write(actor: Actor, held: Sequence[Held], policies: Mapping[int, LivePolicy]) -> Accrued:
    """Post and write what was added to locked positions."""
    currencies = {line.id: policy.row.currency for policy in policies.values() for line in policy.lines}
    touched = tuple(one.id for one in held if one.touched)
    postings = post_accruals(actor, held, currencies)
    return Accrued(write_positions(held, actor.user_id, postings), touched)


@dataclass(frozen=True, slots=True)
class AccrualTarget:
    """A source and a line it counts for."""

    source: Source
    policy: LivePolicy
    line: LiveLine
    key: PositionKey


def known_of(sources: Sequence[Source]) -> Known:
    """What was counted of sources, by line; one statement."""
    keys = sorted({source.key for source in sources})
    known: Known = {key: {} for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [texts(kind for kind, _pk in keys), numbers(pk for _kind, pk in keys)])
        for kind, pk, line, position, seq, amount, quantity, start, end in cursor.fetchall():
            counted = known[kind, pk].setdefault(line, Counted(position, period=Period(start, end)))
            counted.amount += amount
            counted.quantity += quantity
            counted.seqs.add(seq)
    return known


def _policies(sources: Sequence[Source], known: Known) -> dict[int, LivePolicy]:
    """Policies in effect, and those that have counted one of the sources, whatever became of them since."""
    found = live_policies({source.seller_id for source in sources})
    have = {line.id for policy in found.values() for line in policy.lines}
    others = {line for lines in known.values() for line in lines} - have
    if others:
        ids = RebatePosition.objects.filter(line__in=others).values_list("line__policy_id", flat=True).distinct()
        found |= live_policies(ids=ids)
    missing = {pk for policy in found.values() for pk in policy.deducts} - set(found)
    found |= live_policies(ids=missing) if missing else {}
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def _targets(
    sources: Sequence[Source], known: Known, policies: Mapping[int, LivePolicy], partners: Mapping[int, PartnerKeys]
) -> Iterator[AccrualTarget]:
    for source in sources:
        for policy in counting(source, set(known[source.key]), policies, partners):
            period = policy.period(source.occurred_at)
            for line in policy.lines:
                counted = known[source.key].get(line.id)
                at = (counted and counted.period) or period  # what was counted stays in its period
                yield AccrualTarget(source, policy, line, PositionKey(line.id, source.partnership_id, at.start, at.end))


def counting(
    source: Source, lines: Collection[int], policies: Mapping[int, LivePolicy], partners: Mapping[int, PartnerKeys]
) -> Iterator[LivePolicy]:
    """Policies a source counts for: those that have counted it, else of each overlap group the earliest eligible one.

    `policies` come in their order; `lines`: those that have counted it.
    """
    mine = [policy for policy in policies.values() if policy.row.organization_id == source.seller_id]
    kept = {policy.id for policy in mine if any(line.id in lines for line in policy.lines)}
    taken = {policy.row.overlap_group for policy in mine if policy.id in kept}
    for policy in mine:
        group = policy.row.overlap_group
        if policy.id in kept:
            yield policy
        elif not (group and group in taken) and eligible(source, policy, partners):
            taken.add(group)
            yield policy


def eligible(source: Source, policy: LivePolicy, partners: Mapping[int, PartnerKeys]) -> bool:
    """True where basis, currency, window, audience and goods all fit."""
    return (
        policy.row.status == PolicyStatus.EFFECTIVE
        and source.basis == policy.row.basis
        and source.currency == policy.row.currency
        and source.partnership_id in partners
        and policy.in_window(source.occurred_at)
        and policy.is_for(partners[source.partnership_id])
        and policy.counts(source.keys)
    )


def _wanted(targets: Iterable[AccrualTarget], policies: Mapping[int, LivePolicy]) -> set[PositionKey]:
    """What has to be locked: positions of the targets, and all that moves with them."""
    reach = deducted_by(policies)
    keys: set[PositionKey] = set()
    for target in targets:
        keys |= moved_with(target.policy, target.key, policies, reach)
    return keys


def moved_with(
    policy: LivePolicy, key: PositionKey, policies: Mapping[int, LivePolicy], reach: Mapping[int, set[int]]
) -> set[PositionKey]:
    """Keys of a position and of all whose T depends on it: pooled ones, and those of policies that deduct it."""
    found = {_pooled(policy, key)}
    for other in (policies[pk] for pk in reach.get(policy.id, ()) if pk in policies):
        pooled = policy.pooled or other.pooled
        found |= {
            PositionKey(line.id, None if pooled else key.partnership_id, key.start, key.end) for line in other.lines
        }
    return found


def _pooled(policy: LivePolicy, key: PositionKey) -> PositionKey:
    return PositionKey(key.line_id, None if policy.pooled else key.partnership_id, key.start, key.end)


def _accounts(
    keys: Iterable[PositionKey], policies: Mapping[int, LivePolicy], partners: Mapping[int, PartnerKeys]
) -> set[tuple[int, int, str]]:
    """Accounts behind positions; pooled ones need those of everybody who has one."""
    by_line = {line.id: policy for policy in policies.values() for line in policy.lines}
    keys = list(keys)
    found = {
        (by_line[key.line_id].row.organization_id, key.partnership_id, by_line[key.line_id].row.currency)
        for key in keys
        if key.partnership_id
    }
    pooled = [key for key in keys if key.partnership_id is None]
    if pooled:
        rows = RebatePosition.objects.filter(
            line__in={key.line_id for key in pooled}, period_from__in={key.start for key in pooled}
        ).values_list("seller_id", "partnership_id", "line_id")
        found |= {(seller, partnership, by_line[line].row.currency) for seller, partnership, line in rows}
        currencies = {by_line[key.line_id].row.currency for key in pooled}
        found |= {(one.seller_id, one.partnership_id, currency) for one in partners.values() for currency in currencies}
    return found


def _factors(targets: Sequence[AccrualTarget]) -> dict[tuple[int, int], Decimal]:
    """Base units in a uom, by (variant, uom), for lines that pay or qualify by a uom."""
    uoms = {target.line.uom_id for target in targets if target.line.uom_id}
    if not uoms:
        return {}
    variants = {target.source.keys.variant_id for target in targets}
    rows = Pack.objects.filter(variant__in=variants, uom__in=uoms).values_list("variant_id", "uom_id", "factor")
    return {(variant, uom): factor for variant, uom, factor in rows}


def _fresh(
    targets: Sequence[AccrualTarget], known: Known, factors: Mapping[tuple[int, int], Decimal]
) -> Iterator[Given]:
    """What each target adds, less what was counted of it before; `known` learns it on the way."""
    for target in targets:
        source, line = target.source, target.line
        counted = known[source.key].get(line.id)
        if counted and source.seq is not None and source.seq in counted.seqs:
            continue
        amount, quantity = source.amount(target.policy.row), in_uom(source, line, factors)
        seq = source.seq
        if seq is None:
            amount -= counted.amount if counted else ZERO
            quantity -= counted.quantity if counted else ZERO
            seq = max(counted.seqs) + 1 if counted else 0
            if not amount and not quantity:
                continue
        given = Given(source, target.policy, line, target.key, seq, amount, quantity, counted is None)
        counted = known[source.key].setdefault(line.id, Counted(0))
        counted.amount += amount
        counted.quantity += quantity
        counted.seqs.add(seq)
        yield given


def in_uom(source: Source, line: LiveLine, factors: Mapping[tuple[int, int], Decimal]) -> Decimal:
    """The quantity in the line's uom; nothing where the goods are not counted in it. Base uoms where it has none."""
    if line.uom_id is None:
        return source.base_quantity
    factor = factors.get((source.keys.variant_id, line.uom_id))
    return source.base_quantity / factor if factor else ZERO


def accruals_of(position_ids: Iterable[int]) -> dict[int, list[RebateAccrual]]:
    """All rows of positions, in their order; for tests and checks."""
    rows: dict[int, list[RebateAccrual]] = defaultdict(list)
    for row in RebateAccrual.objects.filter(position__in=list(position_ids)).order_by("position_id", "seq"):
        rows[row.position_id].append(row)
    return rows
