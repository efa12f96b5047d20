"""What call-offs do to quotas: a member's allocated quantity follows what is ordered from it (contracts §5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers
from marketplace.core.models import PolicyStatus
from ordercenter.contracts.enums import CallOffCause, QuotaCause
from ordercenter.contracts.models import ContractCallOff, QuotaEntry, QuotaMember, SourceQuota

COUNT = """
UPDATE contracts_quotamember AS member SET allocated = member.allocated + given.quantity
  FROM unnest(%s::bigint[], %s::numeric[]) AS given(id, quantity) WHERE member.id = given.id
"""


def write_entries(actor: Actor, moves: Sequence[tuple[ContractCallOff, CallOffCause, Decimal]]) -> None:
    """Write an entry for each movement of a call-off whose contract line is a member's; one statement without any.

    Locks the quotas (level 3, after contract lines). What is given back goes to the quota it was counted in.
    """
    lines = {row.contract_line_id for row, _cause, _quantity in moves}
    members = QuotaMember.objects.filter(contract_line__in=lines, quota__status=PolicyStatus.EFFECTIVE)
    found = list(members.select_related("quota").order_by("pk"))
    if not found:
        return
    quotas = SourceQuota.objects.filter(pk__in={one.quota_id for one in found}).order_by("pk")
    list(quotas.select_for_update(no_key=True).values_list("pk", flat=True))
    counted = _counted(moves)
    today = timezone.localdate()
    entries: list[QuotaEntry] = []
    for row, cause, quantity in moves:
        for member in found:
            if member.contract_line_id != row.contract_line_id:
                continue
            known = counted.get((member.pk, row.order_line_id))
            if cause == CallOffCause.FREED:
                if known is None:
                    continue
            elif not member.quota.holds_on(today):
                continue
            back = cause == CallOffCause.FREED
            entries.append(
                QuotaEntry(
                    organization_id=member.organization_id,
                    member=member,
                    order_line_id=row.order_line_id,
                    cause=QuotaCause.FREED if back else QuotaCause.CALLED,
                    quantity=-min(-quantity, known or Decimal(0)) if back else quantity,
                    by_id=actor.user_id,
                )
            )
    count_entries(entries)


def count_entries(entries: Sequence[QuotaEntry]) -> None:
    """Write entries and bring the members' allocated quantities after them; the quotas are locked."""
    if not entries:
        return
    QuotaEntry.objects.bulk_create(entries)
    sums: dict[int, Decimal] = {}
    for entry in entries:
        sums[entry.member_id] = sums.get(entry.member_id, Decimal(0)) + entry.quantity
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [numbers(sums), numbers(sums.values())])


def _counted(moves: Sequence[tuple[ContractCallOff, CallOffCause, Decimal]]) -> dict[tuple[int, int], Decimal]:
    """What members were given for order lines that now give back."""
    lines = [row.order_line_id for row, cause, _quantity in moves if cause == CallOffCause.FREED]
    found: dict[tuple[int, int], Decimal] = {}
    rows = QuotaEntry.objects.filter(order_line__in=lines) if lines else ()
    for entry in rows:
        key = (entry.member_id, entry.order_line_id or 0)
        found[key] = found.get(key, Decimal(0)) + entry.quantity
    return found
