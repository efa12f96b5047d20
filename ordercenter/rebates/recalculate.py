"""Count all that a policy should have counted: in SQL, some orders at a time, with the same result as event by event.

For a policy that begins in the past, for imported documents, and to make good what was missed. It writes what is
missing and nothing else: run twice, the second run writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import PolicyStatus
from ordercenter.ledger.posting import post_all
from ordercenter.rebates.accrue import moved_with, write
from ordercenter.rebates.booking import accrual_draft, lock_accrual_accounts
from ordercenter.rebates.bulk import is_for, sources_query
from ordercenter.rebates.bulk_rows import Change, stage_rows, write_rows
from ordercenter.rebates.enums import RebateBasis
from ordercenter.rebates.live import LiveLine, LivePolicy, deducted_by, live_policies
from ordercenter.rebates.models import RebatePolicy, RebatePosition
from ordercenter.rebates.positions import Held, PositionKey, lock_positions, make_positions, write_sums
from ordercenter.rebates.retarget import Units
from ordercenter.rebates.sources import DOCUMENTS
from ordercenter.rebates.sync import hold_seller

ZERO = Decimal(0)
#: Orders at a time: so many lines that a statement for each costs nothing, so few that nobody waits long.
BATCH = 10_000
Progress = Callable[[int, int], None]

NEXT = """
SELECT max(id), count(*) FROM (
    SELECT id FROM orders_order WHERE seller_id = %s AND id > %s AND confirmed_at IS NOT NULL ORDER BY id LIMIT %s
) AS batch
"""

STAGE = "CREATE TEMP TABLE rebate_stage ON COMMIT DROP AS {sources}"

FRESH = """
CREATE TEMP TABLE rebate_fresh ON COMMIT DROP AS
SELECT s.kind, s.id, s.partnership_id, coalesce(k.period_from, s.period_from) AS period_from, s.day, s.at, s.order_id,
       round(s.amount - coalesce(k.amount, 0), 10) AS amount,
       round(CASE WHEN %(uom)s::bigint IS NULL THEN s.base_quantity ELSE coalesce(s.base_quantity / pack.factor, 0) END
             - coalesce(k.quantity, 0), 10) AS quantity,
       coalesce(k.seq + 1, 0) AS seq
  FROM rebate_stage s
  LEFT JOIN catalog_pack pack ON pack.variant_id = s.variant_id AND pack.uom_id = %(uom)s::bigint
  LEFT JOIN LATERAL (
       SELECT sum(a.basis_amount) AS amount, sum(a.basis_quantity) AS quantity, max(a.source_seq) AS seq,
              min(p.period_from) AS period_from
         FROM rebates_rebateaccrual a JOIN rebates_rebateposition p ON p.id = a.position_id
        WHERE %(known)s AND a.source_kind = s.kind AND a.source_id = s.id AND a.line_id = %(line)s
       HAVING count(*) > 0) AS k ON true
"""

SUMS = """
SELECT partnership_id, period_from, sum(amount), sum(quantity)
  FROM rebate_fresh WHERE amount <> 0 OR quantity <> 0
 GROUP BY partnership_id, period_from
"""

COMMON = """
INSERT INTO rebates_rebatecommon AS c (position_id, earlier_id, amount)
SELECT mine.id, theirs.id, sum(b.basis_amount)
  FROM rebates_rebateposition mine
  JOIN rebates_rebateposition theirs ON theirs.partnership_id = mine.partnership_id
       AND theirs.period_from = mine.period_from AND theirs.line_id = ANY(%(earlier)s::bigint[])
  JOIN rebates_rebateaccrual b ON b.position_id = theirs.id
 WHERE mine.line_id = ANY(%(lines)s::bigint[])
   AND EXISTS (SELECT FROM rebates_rebateaccrual a WHERE a.source_kind = b.source_kind AND a.source_id = b.source_id
                  AND a.line_id = mine.line_id)
 GROUP BY mine.id, theirs.id
ON CONFLICT (position_id, earlier_id) DO UPDATE SET amount = EXCLUDED.amount WHERE c.amount <> EXCLUDED.amount
"""


@dataclass(slots=True)
class Recalculated:
    """What a recalculation did: orders it looked at, rows it wrote, and by how much the rebates moved."""

    orders: int = 0
    rows: int = 0
    change: Decimal = ZERO


def recalculate(
    actor: Actor, policy_id: int, batch: int = BATCH, progress: Progress = lambda done, total: None
) -> Recalculated:
    """Count what a policy in effect has not counted yet; see the module. Each batch commits by itself."""
    found = RebatePolicy.objects.filter(pk=policy_id, organization=actor.own_id).first()
    if found is None:
        raise not_found("id")
    done = Recalculated()
    if RebateBasis(found.basis) not in DOCUMENTS or found.status != PolicyStatus.EFFECTIVE:
        return done
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [found.organization_id, last, batch])
            upto, count = cursor.fetchone()
        if not count:
            break
        with transaction.atomic():
            hold_seller(found.organization_id)
            _batch(actor, policy_id, last, upto, done)
        last = upto
        done.orders += count
        progress(done.orders, done.orders)
    with transaction.atomic():
        hold_seller(found.organization_id)
        _together(actor, policy_id, done)
        told = {"orders": done.orders, "rows": done.rows, "code": found.code}
        if done.rows:
            record(
                actor, DomainEvent("rebates.recalculated", "rebate_policy", policy_id, (found.organization_id,), told)
            )
    return done


def _book(policy_id: int) -> tuple[dict[int, LivePolicy], LivePolicy]:
    """The policies of a grantor, among them the one that is recalculated."""
    policy = live_policies(ids=[policy_id])[policy_id]
    others = live_policies([policy.row.organization_id], statuses=(PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED))
    others[policy_id] = policy
    return dict(sorted(others.items(), key=lambda item: item[1].order)), policy


def _batch(actor: Actor, policy_id: int, after: int, upto: int, done: Recalculated) -> None:
    policies, policy = _book(policy_id)
    values: dict[str, Any] = {"seller": policy.row.organization_id, "after": after, "upto": upto}
    orders = "o.seller_id = %(seller)s AND o.id > %(after)s AND o.id <= %(upto)s"
    first = not RebatePosition.objects.filter(line__policy=policy_id).exists()
    also, but = _sticky(policy, policies, values, first)
    with connection.cursor() as cursor:
        cursor.execute(STAGE.format(sources=sources_query(policy, orders, values, also, but)), values)
        for line in policy.lines:
            known = "false" if first else "true"
            text = FRESH.replace("%(known)s", known)
            cursor.execute(text, {"uom": line.uom_id, "line": line.id})
            _line(actor, policies, policy, line, done)
            cursor.execute("DROP TABLE rebate_fresh")
        cursor.execute("DROP TABLE rebate_stage")


def _sticky(
    policy: LivePolicy, policies: Mapping[int, LivePolicy], values: dict[str, Any], first: bool
) -> tuple[str, str]:
    """What was counted stays where it was; of an overlap group the earliest policy counts."""
    mine = [line.id for line in policy.lines]
    values["mine"] = mine
    counted = """EXISTS (SELECT FROM rebates_rebateaccrual a WHERE a.source_kind = s.kind AND a.source_id = s.id
                 AND a.line_id = ANY(%({name})s::bigint[]))"""
    also = "false" if first else counted.format(name="mine")
    group = policy.row.overlap_group
    rivals = [one for one in policies.values() if group and one.row.overlap_group == group and one.id != policy.id]
    if not rivals:
        return also, ""
    values["rivals"] = [line.id for one in rivals for line in one.lines]
    earlier = [
        is_for(one, values)
        for one in rivals
        if one.order < policy.order and one.row.basis == policy.row.basis and one.row.status == PolicyStatus.EFFECTIVE
    ]
    but = " AND NOT " + counted.format(name="rivals")
    return also, but + "".join(f" AND NOT {condition}" for condition in earlier)


def _line(
    actor: Actor, policies: Mapping[int, LivePolicy], policy: LivePolicy, line: LiveLine, done: Recalculated
) -> None:
    """Write what is fresh for one line: positions, one posting for each, and all rows in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS)
        sums = {(partnership, start): rest for partnership, start, *rest in cursor.fetchall()}
    if not sums:
        return
    seller, currency = policy.row.organization_id, policy.row.currency
    lock_accrual_accounts((seller, partnership, currency) for partnership, _start in sums)
    keys = []
    for partnership, start in sums:
        period = policy.period_of_day(start)
        keys.append(PositionKey(line.id, partnership, period.start, period.end))
    make_positions(keys)
    held = lock_positions(keys)
    changes = stage_rows(held, line, currency, alone=not (policy.pooled or policy.deducts))
    write_rows(held, line, _post(actor, held, changes, currency), actor.user_id)
    for one in held:
        amount, quantity = sums[one.partnership_id, one.period_from]
        one.basis_amount += amount
        one.basis_quantity += quantity
        one.target_value += changes[one.id].amount
        one.seq += changes[one.id].rows
        one.touched = True
        done.rows += changes[one.id].rows
        done.change += changes[one.id].amount
    write_sums(held)


def _post(actor: Actor, held: Sequence[Held], changes: Mapping[int, Change], currency: str) -> dict[int, int]:
    drafts = {
        one.id: accrual_draft(one, currency, changes[one.id].amount, one.seq + changes[one.id].rows)
        for one in held
        if changes[one.id].amount
    }
    posted = post_all(actor, list(drafts.values())) if drafts else []
    return {position: posting.pk for position, posting in zip(drafts, posted, strict=True)}


def _together(actor: Actor, policy_id: int, done: Recalculated) -> None:
    """What depends on several positions: pooled lines, and those of policies that deduct others."""
    policies, policy = _book(policy_id)
    reach = deducted_by(policies)
    if not (policy.pooled or policy.deducts or reach.get(policy_id)):
        return
    for one in [policy, *(policies[pk] for pk in sorted(reach.get(policy_id, ())))]:
        earlier = [policies[pk].lines[0].id for pk in one.deducts if pk in policies and policies[pk].lines]
        if earlier:
            with connection.cursor() as cursor:
                cursor.execute(COMMON, {"earlier": earlier, "lines": [line.id for line in one.lines]})
    keys = set()
    for line_id, partnership, start, end in RebatePosition.objects.filter(line__policy=policy_id).values_list(
        "line_id", "partnership_id", "period_from", "period_to"
    ):
        keys |= moved_with(policy, PositionKey(line_id, partnership, start, end), policies, reach)
    done.rows += retarget_all(actor, keys, policies)


def retarget_all(actor: Actor, keys: set[PositionKey], policies: Mapping[int, LivePolicy]) -> int:
    """Bring positions to the T of what they are measured by now, as BASE rows; how many were written (rebates §5)."""
    if not keys:
        return 0
    with transaction.atomic():
        lines = {line.id: policy for policy in policies.values() for line in policy.lines}
        rows = RebatePosition.objects.filter(
            line__in={key.line_id for key in keys}, period_from__in={key.start for key in keys}
        ).values_list("seller_id", "partnership_id", "line_id")
        lock_accrual_accounts({(seller, pk, lines[line].row.currency) for seller, pk, line in rows})
        held = lock_positions(keys)
        Units(held, policies).settle()
        return write(actor, held, policies).rows
