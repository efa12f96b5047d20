"""Post settlements, in whatever form they are paid, once; reverse them; close what nobody may claim (rebates §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors, not_found, raise_all
from marketplace.core.events import DomainEvent, record, record_all
from marketplace.core.money import round_money
from ordercenter.ledger.accounts import AccountKey, AccountKind, lock_accounts
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.grants import GrantDraft, grant_all, take_back
from ordercenter.ledger.funds.kinds import FundKind
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.posting import EntryDraft, PostingDraft, post_all
from ordercenter.ledger.posting import reverse as reverse_posting
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest
from ordercenter.rebates.accrue import write
from ordercenter.rebates.booking import SETTLEMENT, accrual_account
from ordercenter.rebates.compute.periods import day_in
from ordercenter.rebates.compute.pool import goods_count
from ordercenter.rebates.enums import AccrualCause, PayoutMethod, RebateSettlementStatus
from ordercenter.rebates.errors import RebateErrorCode
from ordercenter.rebates.live import live_policies
from ordercenter.rebates.models import RebatePosition, RebateSettlement, RebateSettlementLine
from ordercenter.rebates.positions import Held, Row, lock_by_id
from ordercenter.rebates.settle import (
    MOVES,
    SETTLE,
    carry_is_over,
    grouped_lines,
    lock_settlements,
    move_problems,
    own_policy,
    settlement_event,
)

ZERO = Decimal(0)
Status = RebateSettlementStatus
#: Where a payout goes that is no grant.
PAID_TO = {PayoutMethod.CREDIT_NOTE: AccountKind.RECEIVABLE, PayoutMethod.PAYMENT: AccountKind.PAYABLE}
GRANTED = {PayoutMethod.FUND_ACCOUNT: FundKind.REBATE, PayoutMethod.GOODS: FundKind.GOODS}
#: Days a partner has to pay what is taken back.
TAKE_BACK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Paying:
    """A settlement that is being posted, with its lines."""

    row: RebateSettlement
    lines: Sequence[RebateSettlementLine]

    @property
    def accrual(self) -> AccountKey:
        return accrual_account(self.row.seller_id, self.row.partnership_id, self.row.currency)

    @property
    def target(self) -> AccountKey:
        """The account on the other side of the accrual."""
        kind = AccountKind.RECEIVABLE
        if self.row.total > 0:
            kind = PAID_TO.get(PayoutMethod(self.row.payout)) or AccountKind(
                GRANTED[PayoutMethod(self.row.payout)].value
            )
        return AccountKey(self.row.seller_id, kind, self.row.currency, self.row.partnership_id)


def post(actor: Actor, ids: Sequence[int]) -> list[RebateSettlement]:
    """Pay settlements that were confirmed, or whose days to answer are over; all or none, each once.

    Posting one again answers it as it is. Raises INVALID_TRANSITION, NOT_CONFIRMED, CONFLICT where a position was
    settled otherwise meanwhile.
    """
    actor.require(SETTLE)
    with transaction.atomic():
        # Read first, so that accounts and positions can be locked before the documents, as everywhere.
        seen = RebateSettlement.objects.visible_to(actor).filter(pk__in=set(ids), seller=actor.organization_id)
        first = {row.pk: row for row in seen.select_related("policy")}
        raise_all(not_found("ids", index) for index, pk in enumerate(ids) if pk not in first)
        lines = grouped_lines(first)
        lock_accounts(key for row in first.values() for key in _accounts(Paying(row, lines[row.pk])))
        held = {one.id: one for one in lock_by_id(line.position_id for own in lines.values() for line in own)}
        rows = lock_settlements(actor, ids)
        now = database_now()
        fresh = [row for row in rows if row.status != Status.POSTED]
        raise_all(_post_problems(fresh, now))
        paying = [Paying(row, lines[row.pk]) for row in fresh]
        raise_all(_moved(paying, held))
        _price_goods(actor, paying, held)
        _settle(actor, paying, held)
        _pay(actor, paying, now)
        _mark(actor, fresh, now)
    return rows


def _accounts(one: Paying) -> Iterator[AccountKey]:
    yield one.accrual
    yield one.target
    if one.row.payout == PayoutMethod.GOODS or one.row.total > 0:
        yield AccountKey(one.row.seller_id, AccountKind.RECEIVABLE, one.row.currency, one.row.partnership_id)


def _post_problems(rows: Sequence[RebateSettlement], now: datetime) -> Iterator[DomainError]:
    yield from move_problems("post", rows)
    for index, row in enumerate(rows):
        unanswered = row.status == Status.APPROVED and not row.confirmed_at
        if unanswered and row.confirm_by and row.confirm_by > now:
            text = _("%(number)s waits for its partner until %(day)s.")
            values = {"number": row.number, "day": day_in("UTC", row.confirm_by).isoformat()}
            index_or_none = index if len(rows) > 1 else None
            yield DomainError(RebateErrorCode.NOT_CONFIRMED, text % values, "ids", index_or_none)


def _moved(paying: Sequence[Paying], held: Mapping[int, Held]) -> Iterator[DomainError]:
    for index, one in enumerate(paying):
        if any(held[line.position_id].settled != line.settled_before for line in one.lines):
            text = _("What %(number)s settles was settled otherwise meanwhile: propose it again.")
            yield DomainError(CoreErrorCode.CONFLICT, text % {"number": one.row.number}, "ids", index)


def _price_goods(actor: Actor, paying: Sequence[Paying], held: Mapping[int, Held]) -> None:
    """A rebate in pieces is worth their price today; what that differs by is corrected, with the count as reason."""
    wanted = [one for one in paying if one.row.policy.goods_variant_id and one.row.total > 0]
    if not wanted:
        return
    variants = {one.row.policy.goods_variant_id for one in wanted}
    base = dict(Pack.objects.filter(variant__in=variants, is_base=True).values_list("variant_id", "uom_id"))
    requests = []
    for one in wanted:
        policy = one.row.policy
        bought = sum((held[line.position_id].basis_quantity for line in one.lines), ZERO)
        one.row.goods_quantity = goods_count(bought, policy.goods_per, policy.goods_count)  # type: ignore[arg-type]
        variant: int = policy.goods_variant_id  # type: ignore[assignment]
        quantity = max(one.row.goods_quantity, Decimal(1))
        requests.append(PriceRequest(one.row.pk, one.row.partnership_id, variant, base[variant], quantity))
    prices = {result.key: result for result in resolve(actor, wanted[0].row.seller_id, requests)}
    raise_all(_unpriced(wanted, prices))
    for one in wanted:
        row = one.row
        row.goods_price = prices[row.pk].unit_price
        worth = round_money(row.goods_quantity * row.goods_price, row.currency)  # type: ignore[operator]
        count, price = f"{row.goods_quantity.normalize():f}", f"{row.goods_price:.4f}"  # type: ignore[union-attr]
        row.correction, row.correction_reason = worth - row.amount, f"{count} × {price}"
        row.total = worth


def _unpriced(wanted: Sequence[Paying], prices: Mapping[Any, object]) -> Iterator[DomainError]:
    for index, one in enumerate(wanted):
        if getattr(prices.get(one.row.pk), "unit_price", None) is None:
            text = _("The goods that %(number)s gives have no price for this partner.")
            yield DomainError(CoreErrorCode.INVALID, text % {"number": one.row.number}, "ids", index)


def _settle(actor: Actor, paying: Sequence[Paying], held: Mapping[int, Held]) -> None:
    """Corrections become accruals; then everything the lines name, and the corrections, are settled."""
    for one in paying:
        for line in one.lines:
            held[line.position_id].settled += line.amount
            held[line.position_id].touched = True
        if one.row.correction:
            last = held[max(one.lines, key=lambda line: (held[line.position_id].period_from, line.pk)).position_id]
            last.add(
                Row(
                    SETTLEMENT,
                    one.row.pk,
                    0,
                    None,
                    last.period_from,
                    ZERO,
                    ZERO,
                    one.row.correction,
                    AccrualCause.MANUAL,
                    one.row.correction_reason,
                )
            )
            last.settled += one.row.correction
    policies = live_policies(ids={one.row.policy_id for one in paying})
    write(actor, list(held.values()), policies)


def _pay(actor: Actor, paying: Sequence[Paying], now: datetime) -> None:
    grants = [one for one in paying if one.row.total > 0 and one.row.payout in GRANTED]
    made = grant_all(actor, [_grant(one, now) for one in grants])
    for one, grant in zip(grants, made, strict=True):
        one.row.grant = grant.pk
    others = [one for one in paying if one.row.total and one.row.grant is None]
    posted = post_all(actor, [_posting(one, now) for one in others]) if others else []
    for one, posting in zip(others, posted, strict=True):
        one.row.posting = posting.pk


def _grant(one: Paying, now: datetime) -> GrantDraft:
    row, policy = one.row, one.row.policy
    days = policy.grant_days
    return GrantDraft(
        partnership_id=row.partnership_id,
        kind=GRANTED[PayoutMethod(row.payout)],
        currency=row.currency,
        amount=row.total,
        source_kind=SETTLEMENT,
        source_id=row.pk,
        contra=one.accrual,
        valid_from=now,
        valid_to=now + timedelta(days=days) if days else None,
        use_rule_id=policy.use_rule,
        variant_ids=(policy.goods_variant_id,) if policy.goods_variant_id else (),
        number=row.number,
        entry_kind=LedgerEntryKind.PAYOUT,
    )


def _posting(one: Paying, now: datetime) -> PostingDraft:
    row = one.row
    due = None
    if row.total < 0:
        due = day_in(row.policy.organization.time_zone, now) + timedelta(days=TAKE_BACK_DAYS)
    entries = (
        EntryDraft(one.accrual, row.total, LedgerEntryKind.PAYOUT),
        EntryDraft(one.target, -row.total, LedgerEntryKind.PAYOUT, due_on=due),
    )
    return PostingDraft(row.seller_id, SETTLEMENT, row.pk, "post", entries, number=row.number)


def _mark(actor: Actor, rows: Sequence[RebateSettlement], now: datetime) -> None:
    for row in rows:
        row.by_silence = row.confirmed_at is None
        row.confirmed_at = row.confirmed_at or now
        row.status, row.posted_at, row.posted_by_id = MOVES.target("post", row.status), now, actor.user_id
    fields = "status posted_at posted_by confirmed_at by_silence posting grant goods_quantity goods_price"
    RebateSettlement.objects.bulk_update(rows, [*fields.split(), "correction", "correction_reason"])
    record_all(actor, [settlement_event("rebates.settlement_posted", row, by_silence=row.by_silence) for row in rows])


def reverse(actor: Actor, settlement_id: int, reason: str) -> RebateSettlement:
    """Take a settlement back: one that was posted with its grant, if nothing of that is used; another is withdrawn.

    What it settled is open again. Raises REASON_REQUIRED; REBATE_USED, whose message tells the part that is used.
    """
    actor.require(SETTLE)
    if not reason.strip():
        raise DomainError(RebateErrorCode.REASON_REQUIRED, _("Say why it is taken back."), "reason")
    with transaction.atomic():
        seen = RebateSettlement.objects.visible_to(actor).filter(pk=settlement_id, seller=actor.organization_id).first()
        if seen is None:
            raise not_found("id")
        lines = grouped_lines([seen.pk])[seen.pk]
        one = Paying(seen, lines)
        lock_accounts([one.accrual, one.target])
        held = {found.id: found for found in lock_by_id(line.position_id for line in lines)}
        row = lock_settlements(actor, [settlement_id])[0]
        was_posted = row.status == Status.POSTED
        row.status = MOVES.target("reverse" if was_posted else "withdraw", row.status)
        if was_posted:
            _take_back(actor, row)
            _reopen(actor, Paying(row, lines), held)
        row.reversed_at, row.reverse_reason = database_now(), reason.strip()[:255]
        row.save(update_fields=["status", "reversed_at", "reverse_reason"])
        record(actor, settlement_event("rebates.settlement_reversed", row, reason=row.reverse_reason))
    return row


def _take_back(actor: Actor, row: RebateSettlement) -> None:
    if row.grant:
        try:
            take_back(actor, row.grant)
        except (DomainError, DomainErrors) as refused:
            first = refused if isinstance(refused, DomainError) else refused.errors[0]
            if first.code != FundErrorCode.FUND_USED:
                raise
            raise DomainError(RebateErrorCode.REBATE_USED, first.message) from refused
    elif row.posting:
        reverse_posting(actor, row.posting)


def _reopen(actor: Actor, one: Paying, held: Mapping[int, Held]) -> None:
    """Everything is open again; the correction is undone by its opposite."""
    for line in one.lines:
        held[line.position_id].settled -= line.amount
        held[line.position_id].touched = True
    if one.row.correction:
        last = held[max(one.lines, key=lambda line: (held[line.position_id].period_from, line.pk)).position_id]
        last.settled -= one.row.correction
        opposite = -one.row.correction
        last.add(Row(SETTLEMENT, one.row.pk, 1, None, last.period_from, ZERO, ZERO, opposite, AccrualCause.MANUAL, ""))
    write(actor, list(held.values()), live_policies(ids=[one.row.policy_id]))


@dataclass(frozen=True, slots=True)
class AdjustDraft:
    """A manual accrual on a position."""

    position_id: int
    amount: Decimal
    reason: str


def adjust(actor: Actor, draft: AdjustDraft) -> RebatePosition:
    """Add to, or take from, what a partner has earned, with a reason. Raises REASON_REQUIRED, AMOUNT_PRECISION."""
    actor.require("rebates.manage")
    with transaction.atomic():
        seen = RebatePosition.objects.visible_to(actor).filter(pk=draft.position_id, seller=actor.organization_id)
        position = seen.select_related("line__policy").first()
        if position is None:
            raise not_found("position")
        policy = position.line.policy
        raise_all(_adjust_problems(draft, policy.currency))
        lock_accounts([accrual_account(position.seller_id, position.partnership_id, policy.currency)])
        held = lock_by_id([position.pk])
        reason, number = draft.reason.strip()[:255], held[0].seq + 1
        day, cause = position.period_from, AccrualCause.MANUAL
        held[0].add(Row("manual", position.pk, number, None, day, ZERO, ZERO, draft.amount, cause, reason))
        write(actor, held, live_policies(ids=[policy.pk]))
        told = {"code": policy.code, "amount": str(draft.amount), "reason": reason}
        record(actor, DomainEvent("rebates.adjusted", "rebate_policy", policy.pk, (policy.organization_id,), told))
    position.refresh_from_db()
    return position


def _adjust_problems(draft: AdjustDraft, currency: str) -> Iterator[DomainError]:
    if not draft.reason.strip():
        yield DomainError(RebateErrorCode.REASON_REQUIRED, _("Say why the amount differs."), "reason")
    if not draft.amount:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say by how much."), "amount")
    elif draft.amount != round_money(draft.amount, currency):
        yield DomainError(RebateErrorCode.AMOUNT_PRECISION, RebateErrorCode.AMOUNT_PRECISION.label, "amount")


def close(actor: Actor, policy_id: int) -> int:
    """Reverse what nobody may claim any more of a policy that is over; how many positions were closed.

    That is what stayed below the smallest payout, and debts that were not taken back. Raises PERIOD_OPEN while a debt
    still waits for later settlements.
    """
    actor.require(SETTLE)
    with transaction.atomic():
        policy = own_policy(actor, policy_id)
        if not carry_is_over(policy, database_now()):
            text = _("This policy, or the time for what it carries, is not over.")
            raise DomainError(RebateErrorCode.PERIOD_OPEN, text)
        waiting = RebateSettlementLine.objects.filter(settlement__policy=policy_id).exclude(
            settlement__status__in=(Status.POSTED, Status.REVERSED, Status.REJECTED)
        )
        rows = RebatePosition.objects.filter(line__policy=policy_id).exclude(pk__in=waiting.values("position"))
        keys = list(rows.values_list("pk", "seller_id", "partnership_id"))
        lock_accounts(accrual_account(seller, partnership, policy.row.currency) for _pk, seller, partnership in keys)
        held = [one for one in lock_by_id(pk for pk, _seller, _partnership in keys) if one.open]
        for one in held:
            one.add(Row("close", one.id, one.seq + 1, None, one.period_to, ZERO, ZERO, -one.open, AccrualCause.CLOSE))
        write(actor, held, {policy_id: policy})
        owner = (policy.row.organization_id,)
        told = {"code": policy.row.code, "positions": len(held)}
        record(actor, DomainEvent("rebates.closed", "rebate_policy", policy_id, owner, told))
    return len(held)
