"""What a policy counts together with the earlier ones it deducts: S_both, kept as it grows (rebates §3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection

from marketplace.core.arrays import numbers
from ordercenter.rebates.models import RebateCommon, RebatePosition

if TYPE_CHECKING:
    from datetime import date

    from ordercenter.rebates.accrue import Known
    from ordercenter.rebates.live import LiveLine, LivePolicy
    from ordercenter.rebates.positions import Held
    from ordercenter.rebates.retarget import Given

ZERO = Decimal(0)

SAVE = """
INSERT INTO rebates_rebatecommon AS c (position_id, earlier_id, amount)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS w(position_id, earlier_id, amount)
ON CONFLICT (position_id, earlier_id) DO UPDATE SET amount = EXCLUDED.amount
"""


class Commons:
    """S_both of locked positions with those of the policies they deduct; nothing where no policy deducts another.

    An earlier policy with several lines counts the same sources in each: the first stands for its basis, all for what
    it gives.
    """

    def __init__(
        self,
        held: Sequence[Held],
        lines: Mapping[int, tuple[LivePolicy, LiveLine]],
        by_key: Mapping[tuple[int, int, date], Held],
        like: Commons | None = None,
    ) -> None:
        self.lines = lines
        self.by_key = by_key
        self.by_policy: dict[int, LivePolicy] = {policy.id: policy for policy, _line in lines.values()}
        self.positions = [one for one in held if lines[one.line_id][0].deducts]
        self.amounts: dict[tuple[int, int], Decimal] = {}
        self.changed: set[tuple[int, int]] = set()
        self.others: dict[tuple[int, int, date], RebatePosition] = {}
        if like is not None:
            self.amounts, self.others = dict(like.amounts), like.others
        elif self.positions:
            self._read()

    def _read(self) -> None:
        rows = RebateCommon.objects.filter(position__in=[one.id for one in self.positions])
        self.amounts = {(row.position_id, row.earlier_id): row.amount for row in rows}
        lines = {line.id for policy in self._deducted() for line in policy.lines}
        found = RebatePosition.objects.filter(
            line__in=lines,
            partnership__in={one.partnership_id for one in self.positions},
            period_from__in={one.period_from for one in self.positions},
        )
        self.others = {(row.line_id, row.partnership_id, row.period_from): row for row in found}

    def _deducted(self) -> Iterator[LivePolicy]:
        for one in self.positions:
            for pk in self.lines[one.line_id][0].deducts:
                if pk in self.by_policy:
                    yield self.by_policy[pk]

    def _at(self, line_id: int, one: Held) -> Held | RebatePosition | None:
        """An earlier position of the same partner and period: as this transaction holds it, else as it is stored."""
        key = (line_id, one.partnership_id, one.period_from)
        return self.by_key.get(key) or self.others.get(key)

    def earlier(self, one: Held) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
        """(T_A, S_both, S_A) of each policy that a position's policy deducts."""
        for pk in self.lines[one.line_id][0].deducts:
            policy = self.by_policy.get(pk)
            found = [at for line in (policy.lines if policy else ()) if (at := self._at(line.id, one))]
            if found:
                both = self.amounts.get((one.id, key_of(found[0])), ZERO)
                yield sum((at.target_value for at in found), ZERO), both, found[0].basis_amount

    def learn(self, given: Sequence[Given], known: Known) -> None:
        """Take in what new rows change: `known` has them already, so what was before is it less what is given.

        Only sources that a deducting position and an earlier one both count are common.
        """
        if not self.positions:
            return
        new: dict[tuple[str, int, int], Decimal] = defaultdict(Decimal)
        first: set[tuple[str, int, int]] = set()
        for each in given:
            new[*each.source.key, each.line.id] += each.amount
            if each.first:
                first.add((*each.source.key, each.line.id))
        for one, earlier, key in self._pairs(given):
            line = one.line_id
            counted = known[key]
            if line not in counted or earlier.line_id not in counted:
                continue
            now = counted[earlier.line_id].amount
            were_both = (*key, line) not in first and (*key, earlier.line_id) not in first
            was = now - new.get((*key, earlier.line_id), ZERO) if were_both else ZERO
            if now != was:
                pair = (one.id, key_of(earlier))
                self.amounts[pair] = self.amounts.get(pair, ZERO) + now - was
                self.changed.add(pair)

    def _pairs(self, given: Sequence[Given]) -> Iterator[tuple[Held, Held | RebatePosition, tuple[str, int]]]:
        sources = {(g.source.key, g.source.partnership_id, g.key.start) for g in given}
        for one in self.positions:
            for pk in self.lines[one.line_id][0].deducts:
                policy = self.by_policy.get(pk)
                earlier = self._at(policy.lines[0].id, one) if policy and policy.lines else None
                if earlier is None:
                    continue
                for key, partnership, start in sources:
                    if (partnership, start) == (one.partnership_id, one.period_from):
                        yield one, earlier, key

    def save(self) -> None:
        """Write what changed; one statement."""
        if self.changed:
            pairs = sorted(self.changed)
            values = [numbers(a for a, _b in pairs), numbers(b for _a, b in pairs)]
            with connection.cursor() as cursor:
                cursor.execute(SAVE, [*values, numbers(self.amounts[pair] for pair in pairs)])
            self.changed = set()


def key_of(at: Held | RebatePosition) -> int:
    """The id of a position, held or stored."""
    return at.pk if isinstance(at, RebatePosition) else at.id
