"""Rows of holds, and the steps that tell of them (orders §2, §7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ordercenter.orders.models import OrderHold
from ordercenter.orders.priced import PricedDraft
from ordercenter.orders.timeline import Step

if TYPE_CHECKING:
    from ordercenter.credit.book import HoldDraft


def hold_row(order_id: int, seller_id: int, buyer_id: int, hold: HoldDraft, at: datetime) -> OrderHold:
    """A hold that a credit rule lays on an order."""
    return OrderHold(
        order_id=order_id,
        seller_id=seller_id,
        buyer_id=buyer_id,
        reason=hold.reason,
        rule=hold.rule_id,
        rule_kind=hold.kind.value,
        checkpoint=hold.checkpoint.value,
        over=hold.over,
        value=hold.value,
        figures=dict(hold.figures),
        grace_days=hold.grace_days,
        since=at,
    )


def hold_rows(done: PricedDraft) -> Iterator[OrderHold]:
    """The holds under which a draft is placed."""
    for verdict in done.verdicts:
        for hold in verdict.holds:
            yield hold_row(done.order_id, done.draft.seller_id, done.draft.buyer_id, hold, done.at)


def insert_holds(rows: Sequence[OrderHold]) -> None:
    """Write holds in one statement, none for no row; one that is there already stays as it is."""
    if rows:
        OrderHold.objects.bulk_create(rows, ignore_conflicts=True)


def held_step(
    order_id: int, seller_id: int, buyer_id: int, reasons: Iterable[str], key: str, at: datetime, note: str = ""
) -> Step:
    """The step that tells why an order stopped; both sides read it."""
    data = {"reasons": sorted(set(reasons)), "note": note}
    return Step(order_id, seller_id, buyer_id, "order.held", key, data=data, at=at)
