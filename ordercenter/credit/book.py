"""The words other rooms use to speak with credit: what is asked, what the rules answer, what moved.

Every function takes many orders of many partners and runs the same number of statements for one of them as for five
hundred, inside the caller's transaction. CreditAccounts are locked at level 1 of the one lock order
(credit-and-ledger §8), so `lock_credit` comes before everything else that a document locks.

    locking.lock_credit(partnerships: Iterable[(partnership_id, currency)]) -> CreditBook
    check.check(book, ask) -> Verdict                      the case of one
    check.check_all(book, asks) -> list[Verdict]           each that passes is counted before the next
    check.warn(actor, book, asks, verdicts) -> None        the event of a rule that only warns
    moves.move_all(actor, book, moves) -> None             idempotent; refreshes the buckets of the book
    moves.standing_of(order_ids) -> Standing               what of each line stands in which bucket
    moves.taken_from(standing, ...) -> list[CreditMove]    moves out of wherever the unshipped part of a line stands
    queue.evaluate(actor, account_id) -> list[int]         ids of the holds that were released
    queue.register_order_side(side: OrderSide) -> None     orders stands above credit and registers itself
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.errors import DomainError
from marketplace.core.models import ControlMode
from ordercenter.credit.enums import Bucket, Checkpoint, CreditAccountStatus, CreditMode, CreditRuleKind

ZERO = Decimal(0)
PairKey = tuple[int, str]
"""(partnership id, currency)"""


@dataclass(slots=True)
class BookAccount:
    """A credit account under lock. `limit` is that of now; buckets follow what `move_all` writes."""

    id: int
    organization_id: int
    currency: str
    mode: CreditMode
    status: CreditAccountStatus
    horizon_days: int
    count_unapplied: bool
    payment_days: int | None
    buckets: dict[Bucket, Decimal]
    limit: Decimal = ZERO
    had_limit: bool = False
    has_standing: bool = False
    overdue_days: int = 0
    overdue_amount: Decimal = ZERO
    today: date = date.min

    @property
    def exposure(self) -> Decimal:
        """What is owed and promised so far (§1)."""
        owed = self.buckets[Bucket.OPEN_ORDERS] + self.buckets[Bucket.UNBILLED] + self.buckets[Bucket.RECEIVABLE]
        return owed - self.buckets[Bucket.UNAPPLIED] if self.count_unapplied else owed

    @property
    def available(self) -> Decimal | None:
        """Limit less exposure, below 0 when it is passed; None without a limit."""
        return None if self.mode == CreditMode.UNLIMITED else self.limit - self.exposure


@dataclass(frozen=True, slots=True)
class BookRule:
    """The rule of its kind that counts for a partner."""

    id: int
    kind: CreditRuleKind
    mode: ControlMode
    threshold: Decimal
    checkpoints: frozenset[str]
    grace_days: int
    tolerance: Decimal


@dataclass(slots=True)
class CreditBook:
    """What `lock_credit` locked and read. Falsy where no seller among those asked controls credit."""

    accounts: dict[PairKey, BookAccount] = field(default_factory=dict)
    rules: dict[PairKey, tuple[BookRule, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.accounts)

    def account(self, partnership_id: int, currency: str) -> BookAccount | None:
        """The account a partner buys under; None where its seller does not control credit."""
        return self.accounts.get((partnership_id, currency))


@dataclass(frozen=True, slots=True)
class Grace:
    """A person released a hold of this rule at this V: until the grace ends the caller passes it along (§5)."""

    rule_id: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class CreditAsk:
    """An order at a checkpoint.

    `value`: V of the whole order. `increase`: what is not in the exposure yet; None means V at PLACE, and nothing at
    RELEASE and SHIP, where the order is inside already. CHANGE and REOPEN always say it. `inside`: at RELEASE or SHIP,
    what of the order stands in HELD or LATER and is to be counted as well. `cash`: what leaves UNAPPLIED for the order
    whether it passes or not, which raises the exposure where unapplied cash counts. `seen`: kinds that alone are
    looked at.
    """

    order_key: Any
    partnership_id: int
    currency: str
    checkpoint: Checkpoint
    value: Decimal
    increase: Decimal | None = None
    inside: Decimal = ZERO
    cash: Decimal = ZERO
    order_id: int | None = None
    payment_days: int = 0
    graces: tuple[Grace, ...] = ()
    seen: frozenset[CreditRuleKind] | None = None

    @property
    def adding(self) -> Decimal:
        """What the exposure rises by if the order passes: the order counted exactly once."""
        if self.increase is not None:
            return self.increase
        return self.value if self.checkpoint == Checkpoint.PLACE else self.inside


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A hold to be written on the order. `reason` is a value of orders' HoldReason; `over` an amount of money, or 0.

    `figures` are texts for people and programs: kind, limit, exposure, with_order, over, threshold, found, value.
    """

    reason: str
    rule_id: int
    kind: CreditRuleKind
    checkpoint: Checkpoint
    over: Decimal
    value: Decimal
    grace_days: int
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Warning:
    """A rule of mode WARN that fired."""

    rule_id: int
    kind: CreditRuleKind
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules answer. `blocked` is raised by the caller, with nothing written; several holds stand together."""

    holds: tuple[HoldDraft, ...] = ()
    blocked: DomainError | None = None
    warnings: tuple[Warning, ...] = ()

    @property
    def passes(self) -> bool:
        """True where the order goes on."""
        return not self.holds and self.blocked is None

    def bucket(self, checkpoint: Checkpoint) -> Bucket:
        """Where the value stands after the check: a hold at SHIP stops the goods and leaves the value (§5)."""
        return Bucket.HELD if self.holds and checkpoint != Checkpoint.SHIP else Bucket.OPEN_ORDERS


@dataclass(frozen=True, slots=True)
class CreditMove:
    """Value that goes from a bucket to another because of a document; an amount of 0 is left out.

    Its key is (account, order, line, document kind and id, cause, seq): the same move again changes nothing. `due_on`:
    of what goes to LATER, the day on which it comes back.
    """

    partnership_id: int
    currency: str
    order_id: int | None
    cause: str
    source: Bucket
    target: Bucket
    amount: Decimal
    document_kind: str
    document_id: int
    line_id: int | None = None
    seq: int = 1
    due_on: date | None = None
