"""What a simulation adds up over the orders it replays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ordercenter.promotions.engine.admit import BEATEN
from ordercenter.promotions.past import PastOrder
from ordercenter.promotions.terms import Evaluated

ZERO = Decimal(0)
TOP = 10


class Tally:
    """Sums over orders; money is text in the result, for it is kept as JSON."""

    def __init__(self, drafts: Sequence[int]) -> None:
        self.drafts = set(drafts)
        self.orders = self.touched = self.lines = self.floored = 0
        self.listed = self.before = self.after = ZERO
        self.gifts: dict[int, Decimal] = defaultdict(lambda: ZERO)
        self.gift_value = ZERO
        self.by_promotion: dict[int, list[Any]] = defaultdict(lambda: [0, ZERO])
        self.won: dict[int, int] = defaultdict(int)
        self.lost: dict[int, int] = defaultdict(int)
        self.by_day: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
        self.changes: list[tuple[Decimal, dict[str, Any]]] = []
        self.currency = ""

    def add(self, order: PastOrder, found: Evaluated) -> None:
        """Count one order and what promotions make of it."""
        now = sum((one.amount for one in found.applied if one.level != "freight"), ZERO)
        gifts = sum((line.list_amount for line in found.lines), ZERO)
        self.orders += 1
        self.lines += len(order.basket.lines)
        self.listed += sum((line.list_amount for line in order.basket.lines), ZERO)
        self.before += order.discount
        self.after += now
        self.gift_value += gifts
        self.floored += len(found.floored)
        self.currency = order.basket.currency
        for line in found.lines:
            self.gifts[line.variant_id] += line.quantity
        self._count(order, found)
        if now != order.discount:
            self.touched += 1
            self._change(order, now)

    def _count(self, order: PastOrder, found: Evaluated) -> None:
        day = self.by_day[order.at.date().isoformat()]
        for one in found.applied:
            known = self.by_promotion[one.promotion_id]
            known[0] += 1
            known[1] += one.amount
            if one.promotion_id in self.drafts:
                day[2] += one.amount
        day[0] += order.discount
        day[1] += sum((one.amount for one in found.applied), ZERO)
        beaten = {(step.promotion_id, step.beaten_by) for step in found.steps if step.failed_at == BEATEN}
        for loser, winner in beaten:
            self.lost[loser] += 1
            if winner:
                self.won[winner] += 1

    def _change(self, order: PastOrder, now: Decimal) -> None:
        entry = {
            "order": order.order_id,
            "number": order.number,
            "buyer": order.buyer,
            "at": order.at.isoformat(),
            "before": str(order.discount),
            "after": str(now),
            "listed": str(sum((line.list_amount for line in order.basket.lines), ZERO)),
        }
        self.changes.append((abs(now - order.discount), entry))
        if len(self.changes) > 20 * TOP:
            self.changes = self._top()

    def _top(self) -> list[tuple[Decimal, dict[str, Any]]]:
        return sorted(self.changes, key=lambda one: (-one[0], one[1]["order"]))[:TOP]

    def promotions(self) -> set[int]:
        """The ids of all promotions that played a part."""
        return {*self.by_promotion, *self.won, *self.lost, *self.drafts}

    def result(self, names: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
        """Everything, fit for JSON."""
        used = ZERO
        curve = []
        for day, (before, after, drafts) in sorted(self.by_day.items()):
            used += drafts
            curve.append({"day": day, "before": str(before), "after": str(after), "drafts_so_far": str(used)})
        return {
            "currency": self.currency,
            "orders": self.orders,
            "lines": self.lines,
            "touched": self.touched,
            "floored": self.floored,
            "listed": str(self.listed),
            "before": str(self.before),
            "after": str(self.after),
            "gift_value": str(self.gift_value),
            "gift_quantity": str(sum(self.gifts.values(), ZERO)),
            "promotions": [
                {
                    "id": key,
                    **names.get(key, {"zh": "", "en": "", "code": ""}),
                    "draft": key in self.drafts,
                    "orders": self.by_promotion[key][0],
                    "amount": str(self.by_promotion[key][1]),
                    "won": self.won[key],
                    "lost": self.lost[key],
                }
                for key in sorted(self.promotions(), key=lambda key: (-self.by_promotion[key][1], key))
            ],
            "curve": curve,
            "top": [entry for _, entry in self._top()],
        }
