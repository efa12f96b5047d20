"""The hold queue: held orders of an account, oldest placing first, let go as far as the rules now allow (§5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found, raise_all
from marketplace.core.events import DomainEvent, record
from ordercenter.credit.book import BookAccount, CreditAsk, CreditBook, CreditMove, Grace
from ordercenter.credit.check import check
from ordercenter.credit.enums import Bucket, Checkpoint, CreditRuleKind
from ordercenter.credit.locking import lock_account
from ordercenter.credit.models import CreditAccount, CreditMember
from ordercenter.credit.moves import Standing, move_all, standing_of, whole_of


@dataclass(frozen=True, slots=True)
class HeldRule:
    """A hold that a credit rule laid on an order and that is still HELD."""

    hold_id: int
    kind: CreditRuleKind
    checkpoint: Checkpoint
    rule_id: int | None = None


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order with holds of credit rules. `value`: its V now."""

    order_id: int
    partnership_id: int
    currency: str
    value: Decimal
    payment_days: int
    placed_at: datetime
    holds: tuple[HeldRule, ...]
    graces: tuple[Grace, ...] = ()


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What of a line of a live order stands in a bucket, as the order's own figures say (for `opening`)."""

    order_id: int
    line_id: int | None
    partnership_id: int
    currency: str
    bucket: Bucket
    amount: Decimal


class OrderSide(Protocol):
    """What credit asks of the room of orders, which stands above it and registers itself."""

    def held(self, partnership_ids: Sequence[int], currency: str) -> Sequence[HeldOrder]:
        """Orders with holds of credit rules, oldest placing first. Called with the credit account locked; no locks."""

    def released(self, actor: Actor, hold_ids: Sequence[int]) -> None:
        """These holds were let go by the rules themselves: mark them, tell, and let the orders go on.

        Called once, with the credit account locked; locks the orders (level 5). The value has moved to OPEN_ORDERS.
        """

    def standpoints(self, seller_id: int, known: Collection[int]) -> Sequence[Standpoint]:
        """Where the value of a seller's live orders stands, and of those that the books know.

        In OPEN_ORDERS, HELD or UNBILLED. What was completed and is not known to them is taken as settled elsewhere.
        """


_side: list[OrderSide] = []


def register_order_side(side: OrderSide) -> None:
    """Called by the room of orders when it is ready; the last one counts."""
    _side[:] = [side]


def order_side() -> OrderSide | None:
    """The room of orders, where it has registered."""
    return _side[0] if _side else None


def evaluate(actor: Actor, account_id: int) -> list[int]:
    """Go through the held orders of an account, oldest placing first; ids of the holds let go.

    Each order whose credit holds all pass is released and counted before the next is tried; one that does not fit
    stays and does not stop those behind it. The same number of statements for one held order as for a hundred.
    """
    side = order_side()
    with transaction.atomic():
        book = lock_account(account_id)
        if side is None or not book:
            return []
        account = next(iter(book.accounts.values()))
        held = side.held([partnership for partnership, _currency in book.accounts], account.currency)
        if not held:
            return []
        standing = standing_of(order.order_id for order in held)
        passed, moves = _passing(book, held, standing)
        if not passed:
            return []
        move_all(actor, book, moves)
        released = [hold.hold_id for order in passed for hold in order.holds]
        side.released(actor, released)
        payload = {"orders": [order.order_id for order in passed], "holds": released}
        record(
            actor,
            DomainEvent("credit.evaluated", "credit_account", account_id, (account.organization_id,), payload),
        )
    return released


def evaluate_many(actor: Actor, account_ids: Sequence[int] | None = None) -> list[int]:
    """As `evaluate`, by a person, for some of its organization's accounts or all with held orders.

    Each account is a transaction of its own. Needs `credit.release`; NOT_FOUND for accounts that are not the actor's.
    """
    actor.require("credit.release")
    own = CreditAccount.objects.visible_to(actor).filter(organization=actor.organization_id).order_by("pk")
    if account_ids is None:
        found = waiting_accounts(actor.own_id)
    else:
        found = list(own.filter(pk__in=account_ids).values_list("pk", flat=True))
        raise_all(not_found("accounts", index) for index, pk in enumerate(account_ids) if pk not in found)
    return [hold for account_id in found for hold in evaluate(actor, account_id)]


def waiting_accounts(seller_id: int) -> list[int]:
    """Accounts of a seller under which some order is held, in order of id; two statements for one currency."""
    side = order_side()
    members = CreditMember.objects.filter(organization=seller_id).values_list("partnership", "currency", "account")
    by_currency: dict[str, dict[int, int]] = {}
    for partnership, currency, account in members:
        by_currency.setdefault(currency, {})[partnership] = account
    found: set[int] = set()
    for currency, accounts in by_currency.items() if side else ():
        assert side is not None
        found.update(accounts[order.partnership_id] for order in side.held(list(accounts), currency))
    return sorted(found)


def _passing(
    book: CreditBook, held: Sequence[HeldOrder], standing: Standing
) -> tuple[list[HeldOrder], list[CreditMove]]:
    """Those whose holds all pass, one after the other; the buckets of the book follow each."""
    passed: list[HeldOrder] = []
    moves: list[CreditMove] = []
    for order in sorted(held, key=lambda one: (one.placed_at, one.order_id)):
        inside = standing.total(order.order_id, Bucket.HELD)
        if all(_passes(book, order, hold, inside) for hold in order.holds):
            passed.append(order)
            moves += released_moves(standing, order, order.holds[0].hold_id)
            _count(book.account(order.partnership_id, order.currency), inside)
    return passed, moves


def _passes(book: CreditBook, order: HeldOrder, hold: HeldRule, inside: Decimal) -> bool:
    ask = CreditAsk(
        order_key=order.order_id,
        partnership_id=order.partnership_id,
        currency=order.currency,
        checkpoint=hold.checkpoint,
        value=order.value,
        increase=inside,
        order_id=order.order_id,
        payment_days=order.payment_days,
        graces=order.graces,
        seen=frozenset({hold.kind}),
    )
    return check(book, ask).passes


def released_moves(standing: Standing, order: HeldOrder, hold_id: int) -> list[CreditMove]:
    """HELD -> OPEN_ORDERS of all that stands held of an order, by line."""
    template = CreditMove(
        partnership_id=order.partnership_id,
        currency=order.currency,
        order_id=order.order_id,
        cause="released",
        source=Bucket.HELD,
        target=Bucket.OPEN_ORDERS,
        amount=Decimal(0),
        document_kind="order_hold",
        document_id=hold_id,
    )
    return whole_of(standing, template, (Bucket.HELD,))


def _count(account: BookAccount | None, amount: Decimal) -> None:
    if account is not None:
        account.buckets = account.buckets | {
            Bucket.HELD: account.buckets[Bucket.HELD] - amount,
            Bucket.OPEN_ORDERS: account.buckets[Bucket.OPEN_ORDERS] + amount,
        }
