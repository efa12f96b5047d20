"""Propose settlements, correct them, hand them to the partner, and hear its answer (rebates §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record, record_all
from marketplace.core.models import PolicyStatus
from marketplace.core.money import round_money
from marketplace.core.numbering import next_numbers
from marketplace.core.postgresql.infinity import FOREVER
from marketplace.core.states import Transition, TransitionTable
from ordercenter.rebates.compute.periods import Period, day_in, term
from ordercenter.rebates.enums import RebateSettlementStatus, RebateTakeBack
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.live import LivePolicy, live_policies
from ordercenter.rebates.models import RebatePosition, RebateSettlement, RebateSettlementLine
from ordercenter.rebates.models.settlements import UNDONE

SETTLE = "rebates.settle"
EARLY = "rebates.settle_early"
PREFIX = "RB"
ZERO = Decimal(0)
Status = RebateSettlementStatus

MOVES = TransitionTable(
    [
        Transition("correct", Status.DRAFT, Status.DRAFT),
        Transition("correct", Status.REJECTED, Status.DRAFT),
        Transition("correct", Status.DISPUTED, Status.DRAFT),
        Transition("submit", Status.DRAFT, Status.APPROVED),
        Transition("submit", Status.DISPUTED, Status.APPROVED),
        Transition("confirm", Status.APPROVED, Status.APPROVED),
        Transition("confirm", Status.DISPUTED, Status.APPROVED),
        Transition("dispute", Status.APPROVED, Status.DISPUTED),
        Transition("post", Status.APPROVED, Status.POSTED),
        Transition("reverse", Status.POSTED, Status.REVERSED),
        *(
            Transition("withdraw", source, Status.REVERSED)
            for source in (Status.DRAFT, Status.APPROVED, Status.DISPUTED, Status.REJECTED)
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class Due:
    """What one partner is to get, or to give back: positions with something open."""

    partnership_id: int
    positions: tuple[RebatePosition, ...]
    takes_back: bool

    @property
    def amount(self) -> Decimal:
        return sum((one.open for one in self.positions), ZERO)


def propose(
    actor: Actor,
    policy_id: int,
    day: date | None = None,
    partnership_ids: Sequence[int] | None = None,
    skip_settled: bool = False,
) -> list[RebateSettlement]:
    """Settlements in DRAFT for the period a day is in (unless told: the last one that ended), one for each partner.

    Each sums what is accrued and not settled, of this and all earlier periods. What is not positive, or below the
    smallest payout, makes no document and is carried. Raises PERIOD_OPEN before the period has ended, for those who may
    not settle early; ALREADY_SETTLED where there is nothing left to propose, or for a partner that was named.
    """
    actor.require(SETTLE)
    with transaction.atomic():
        policy = own_policy(actor, policy_id)
        now = database_now()
        period = period_to_settle(policy, day, now)
        raise_all(_period_problems(actor, policy, period, now))
        taken = _settled(policy_id, period, partnership_ids)
        dues = [due for due in _dues(policy, period, partnership_ids, now) if _key(due) not in taken]
        if taken and not skip_settled and (partnership_ids is not None or not dues):
            text = _("%(count)s partners have a settlement of this period.") % {"count": len(taken)}
            raise DomainError(RebateErrorCode.ALREADY_SETTLED, text)
        return _write(actor, policy, period, dues)


def own_policy(actor: Actor, policy_id: int, field: str = "policy") -> LivePolicy:
    """A policy of the actor's organization, whatever its status. Raises NOT_FOUND."""
    policy = live_policies(ids=[policy_id]).get(policy_id)
    if policy is None or policy.row.organization_id != actor.organization_id:
        raise not_found(field)
    return policy


def period_to_settle(policy: LivePolicy, day: date | None, now: datetime) -> Period:
    """The period of a day; without one the last that has ended, or where none has, the present one."""
    if day is not None:
        return policy.period_of_day(day)
    today = day_in(policy.zone, now)
    present = policy.period_of_day(today)
    if present.end <= today:
        return present
    if policy.row.period == "whole_term":
        return present
    earlier = policy.period_of_day(present.start - timedelta(days=1))
    starts = term(policy.row.valid_from, policy.row.valid_to, policy.zone).start
    return earlier if earlier.end > starts else present


def _period_problems(actor: Actor, policy: LivePolicy, period: Period, now: datetime) -> Iterator[DomainError]:
    if period.end > day_in(policy.zone, now) and not actor.may(EARLY):
        text = _("The period runs until %(day)s.") % {"day": period.last.isoformat()}
        yield DomainError(RebateErrorCode.PERIOD_OPEN, text, "day")


def _key(due: Due) -> tuple[int, bool]:
    return (due.partnership_id, due.takes_back)


def _settled(policy_id: int, period: Period, partnership_ids: Sequence[int] | None) -> set[tuple[int, bool]]:
    rows = RebateSettlement.objects.filter(policy=policy_id, period_from=period.start).exclude(status__in=UNDONE)
    if partnership_ids is not None:
        rows = rows.filter(partnership__in=partnership_ids)
    return set(rows.values_list("partnership_id", "takes_back"))


def _open_positions(policy_id: int, upto: date, partnership_ids: Sequence[int] | None) -> QuerySet[RebatePosition]:
    rows = RebatePosition.objects.filter(line__policy=policy_id, period_from__lt=upto)
    rows = rows.exclude(accrued=F("settled")).order_by("period_from", "pk")
    # What stands in a settlement that is on its way is nobody else's.
    held = RebateSettlementLine.objects.filter(settlement__policy=policy_id).exclude(
        settlement__status__in=(*UNDONE, Status.POSTED)
    )
    rows = rows.exclude(pk__in=held.values("position"))
    return rows if partnership_ids is None else rows.filter(partnership__in=partnership_ids)


def _dues(policy: LivePolicy, period: Period, partnership_ids: Sequence[int] | None, now: datetime) -> Iterator[Due]:
    by_partner: dict[int, list[RebatePosition]] = defaultdict(list)
    for one in _open_positions(policy.id, period.end, partnership_ids):
        by_partner[one.partnership_id].append(one)
    for partnership, positions in sorted(by_partner.items()):
        yield from _dues_of(policy, partnership, positions, now)


def _dues_of(policy: LivePolicy, partnership: int, positions: list[RebatePosition], now: datetime) -> Iterator[Due]:
    """CHARGE takes a debt back with the next run; CARRY sets it against what is due, until its days are over."""
    if policy.row.take_back == RebateTakeBack.CHARGE:
        debts = [one for one in positions if one.open < 0]
        if debts:
            yield Due(partnership, tuple(debts), True)
        positions = [one for one in positions if one.open > 0]
    due = Due(partnership, tuple(positions), False)
    if due.amount > 0 and due.amount >= policy.row.min_payout:
        yield due
    elif due.amount < 0 and carry_is_over(policy, now):
        yield Due(partnership, tuple(positions), True)


def carry_is_over(policy: LivePolicy, now: datetime) -> bool:
    """True once the days are over for which a debt waits for later settlements of the policy."""
    end = policy.row.valid_to
    return end != FOREVER and now >= end + timedelta(days=policy.row.carry_days)


def _write(actor: Actor, policy: LivePolicy, period: Period, dues: Sequence[Due]) -> list[RebateSettlement]:
    if not dues:
        return []
    numbers = next_numbers(policy.row.organization_id, "rebate_settlement", PREFIX, len(dues))
    rows = [
        RebateSettlement(
            seller_id=due.positions[0].seller_id,
            buyer_id=due.positions[0].buyer_id,
            number=number,
            policy=policy.row,
            partnership_id=due.partnership_id,
            period_from=period.start,
            period_to=period.end,
            takes_back=due.takes_back,
            currency=policy.row.currency,
            amount=due.amount,
            payout=policy.row.payout,
            created_by_id=actor.user_id,
        )
        for number, due in zip(numbers, dues, strict=True)
    ]
    made = RebateSettlement.objects.bulk_create(rows)
    RebateSettlementLine.objects.bulk_create(
        RebateSettlementLine(
            settlement=row, position=one, accrued=one.accrued, settled_before=one.settled, amount=one.open
        )
        for row, due in zip(made, dues, strict=True)
        for one in due.positions
    )
    record_all(actor, [settlement_event("rebates.settlement_proposed", row) for row in made])
    keys = [row.pk for row in made]
    return list(RebateSettlement.objects.filter(pk__in=keys).order_by("pk"))


def settlement_event(kind: str, row: RebateSettlement, changes: Any = None, **payload: Any) -> DomainEvent:
    """An event of a settlement: the partner hears of it once it may see it."""
    hidden = row.status == Status.DRAFT or (row.status == Status.REVERSED and row.posted_at is None)
    heard = (row.seller_id,) if hidden else (row.seller_id, row.buyer_id)
    return DomainEvent(kind, "rebate_settlement", row.pk, heard, {"number": row.number, **payload}, changes or {})


def lock_settlements(actor: Actor, ids: Sequence[int], side: str = "seller") -> list[RebateSettlement]:
    """Settlements of the actor's, locked by id, in the order asked (lock level 6). Raises NOT_FOUND with the index."""
    rows = RebateSettlement.objects.visible_to(actor).filter(**{side: actor.organization_id}, pk__in=set(ids))
    rows = rows.select_related("policy").select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows}
    raise_all(not_found("ids", index) for index, pk in enumerate(ids) if pk not in found)
    return [found[pk] for pk in ids]


def correct(actor: Actor, settlement_id: int, correction: Decimal, reason: str) -> RebateSettlement:
    """Change what is paid by hand; the correction becomes a MANUAL accrual when the settlement is posted.

    Raises REASON_REQUIRED, AMOUNT_PRECISION, CORRECTION_LIMIT above the policy's percentage, INVALID_TRANSITION.
    """
    actor.require(SETTLE)
    with transaction.atomic():
        row = lock_settlements(actor, [settlement_id])[0]
        target = MOVES.target("correct", row.status)
        raise_all(_correction_problems(row, correction, reason))
        before = facts(row)
        row.correction, row.correction_reason = correction, reason.strip() if correction else ""
        row.status, row.confirmed_at = target, None
        row.save(update_fields=["correction", "correction_reason", "status", "confirmed_at"])
        row.refresh_from_db()
        record(actor, settlement_event("rebates.settlement_corrected", row, difference(before, facts(row))))
    return row


def _correction_problems(row: RebateSettlement, correction: Decimal, reason: str) -> Iterator[DomainError]:
    if correction and not reason.strip():
        yield DomainError(RebateErrorCode.REASON_REQUIRED, _("Say why the amount differs."), "reason")
    if len(reason) > 255:
        yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 255}, "reason")
    if correction != round_money(correction, row.currency):
        yield DomainError(RebateErrorCode.AMOUNT_PRECISION, RebateErrorCode.AMOUNT_PRECISION.label, "correction")
    limit = abs(row.amount) * row.policy.max_correction / 100
    if abs(correction) > limit:
        text = _("At most %(percent)s %% may be corrected: %(limit)s.") % {
            "percent": f"{row.policy.max_correction.normalize():f}",
            "limit": f"{round_money(limit, row.currency)}",
        }
        yield DomainError(RebateErrorCode.CORRECTION_LIMIT, text, "correction")


def submit(actor: Actor, ids: Sequence[int]) -> list[RebateSettlement]:
    """Approve settlements: their partners see them, and confirm or dispute them within the policy's days."""
    actor.require(SETTLE)
    with transaction.atomic():
        rows = lock_settlements(actor, ids)
        raise_all(move_problems("submit", rows))
        now = database_now()
        for row in rows:
            row.status, row.submitted_at = Status.APPROVED, now
            row.confirm_by = now + timedelta(days=row.policy.confirm_days)
            row.confirmed_at, row.dispute_reason = None, ""
        fields = ["status", "submitted_at", "confirm_by", "confirmed_at", "dispute_reason"]
        RebateSettlement.objects.bulk_update(rows, fields)
        record_all(actor, [settlement_event("rebates.settlement_submitted", row) for row in rows])
    return rows


def confirm(actor: Actor, ids: Sequence[int]) -> list[RebateSettlement]:
    """The partner agrees; from now on it can be posted. Raises INVALID_TRANSITION, NOT_FOUND."""
    actor.require("rebates.confirm")
    with transaction.atomic():
        rows = lock_settlements(actor, ids, "buyer")
        raise_all(move_problems("confirm", rows))
        now = database_now()
        for row in rows:
            row.status, row.confirmed_at, row.confirmed_by_id, row.dispute_reason = (
                Status.APPROVED,
                now,
                actor.user_id,
                "",
            )
        RebateSettlement.objects.bulk_update(rows, ["status", "confirmed_at", "confirmed_by", "dispute_reason"])
        record_all(actor, [settlement_event("rebates.settlement_confirmed", row) for row in rows])
    return rows


def dispute(actor: Actor, settlement_id: int, reason: str) -> RebateSettlement:
    """The partner does not agree, and says why. Raises REASON_REQUIRED, INVALID_TRANSITION after it confirmed."""
    actor.require("rebates.confirm")
    with transaction.atomic():
        row = lock_settlements(actor, [settlement_id], "buyer")[0]
        if not reason.strip():
            raise DomainError(RebateErrorCode.REASON_REQUIRED, _("Say what is not right."), "reason")
        row.status = MOVES.target("dispute", row.status)
        if row.confirmed_at:
            text = _("You have confirmed this settlement.")
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, text, "status")
        row.dispute_reason = reason.strip()[:4000]
        row.save(update_fields=["status", "dispute_reason"])
        record(actor, settlement_event("rebates.settlement_disputed", row, reason=row.dispute_reason))
    return row


def move_problems(verb: str, rows: Sequence[RebateSettlement]) -> Iterator[DomainError]:
    """INVALID_TRANSITION for each settlement that cannot make a move."""
    for index, row in enumerate(rows):
        if not MOVES.allows(verb, row.status):
            values = {"number": row.number, "status": Status(row.status).label}
            text = _("%(number)s is %(status)s: this is not possible.") % values
            yield DomainError(CoreErrorCode.INVALID_TRANSITION, text, "ids", index if len(rows) > 1 else None)


def due_policies(now: datetime) -> Iterable[tuple[int, int]]:
    """(seller, policy) of policies with a period that ended and positions nobody has settled; for the daily run."""
    statuses = (PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED, PolicyStatus.VOIDED)
    rows = RebatePosition.objects.filter(line__policy__status__in=statuses, period_to__lte=now.date())
    rows = rows.exclude(accrued=F("settled"))
    return sorted(set(rows.values_list("seller_id", "line__policy_id")))


def grouped_lines(ids: Iterable[int]) -> Mapping[int, list[RebateSettlementLine]]:
    """Lines of settlements, by settlement; one statement."""
    lines: dict[int, list[RebateSettlementLine]] = defaultdict(list)
    for line in RebateSettlementLine.objects.filter(settlement__in=list(ids)).order_by("position_id"):
        lines[line.settlement_id].append(line)
    return lines
