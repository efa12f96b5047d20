"""What fund accounts hold and what an order wants of them, as values (credit-and-ledger §6).

Nothing here asks a database. Amounts are Decimals rounded to the exponent of their currency.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from marketplace.catalog.scope import ProductScope, ScopeKeys
from marketplace.core.errors import DomainError
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.ledger.funds.kinds import ORDER, FundKind, FundMode, FundTreatment

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class FundLine:
    """A line of a document that funds may pay.

    `unpaid`: its amount after promotions in the document's tax mode, before any fund. `payable`: its gross after the
    price reductions of funds; None until tax is known.
    """

    key: Hashable
    scope: ScopeKeys
    unpaid: Decimal
    payable: Decimal | None = None
    is_gift: bool = False
    has_promotion: bool = False


@dataclass(frozen=True, slots=True)
class FundAsk:
    """A document that wants funds. `asked`: amounts by kind; None or none leaves it to the rule.

    `lenient` takes what is possible and reports nothing: for a document whose lines became less.
    """

    order_key: Hashable
    seller_id: int
    partnership_id: int
    currency: str
    at: datetime
    lines: Sequence[FundLine]
    asked: Mapping[FundKind, Decimal | None] = field(default_factory=dict)
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class FundRule:
    """A use rule as it holds for one partner. Scopes: none for all goods; an excluded one beats an included one."""

    id: int | None
    kind: FundKind
    priority: int
    mode: FundMode
    treatment: FundTreatment
    max_percent: Decimal = HUNDRED
    min_order: Decimal = ZERO
    with_promotions: bool = False
    currency: str = ""
    includes: tuple[ProductScope, ...] = ()
    excludes: tuple[ProductScope, ...] = ()
    is_general: bool = True

    def holds(self, line: FundLine) -> bool:
        """True where the fund may pay this line."""
        if line.is_gift or (line.has_promotion and not self.with_promotions):
            return False
        if any(scope.holds(line.scope) for scope in self.excludes):
            return False
        return not self.includes or any(scope.holds(line.scope) for scope in self.includes)

    @property
    def place(self) -> tuple[int, int, int]:
        """By this rules follow each other."""
        return self.priority, ORDER.index(self.kind), self.id or 0


@dataclass(slots=True)
class GrantState:
    """A grant under lock; `available` falls as asks take from it. `ends_at`: the end, put off by what came back."""

    id: int
    account_id: int
    available: Decimal
    starts_at: datetime = BEGINNING
    ends_at: datetime = FOREVER
    rule_id: int | None = None
    variant_ids: frozenset[int] = frozenset()

    @property
    def place(self) -> tuple[datetime, datetime, int]:
        """Earliest end first, then earliest start, then id."""
        return self.ends_at, self.starts_at, self.id

    def in_force(self, at: datetime) -> bool:
        """True from its start until before its end."""
        return self.starts_at <= at < self.ends_at

    def has_ended(self, at: datetime) -> bool:
        """True from its end on."""
        return self.ends_at <= at

    def pays(self, rule: FundRule, at: datetime) -> bool:
        """True where this rule may use it now: its own rule, or one for all where it has none."""
        named = self.rule_id == rule.id if self.rule_id else rule.is_general
        return named and self.available > 0 and self.in_force(at)


PurseKey = tuple[int, str, FundKind]


@dataclass(slots=True)
class FundBook:
    """The fund accounts of some partners under lock, by (partnership, currency, kind), and the rules of each partner.

    `taken`: what each document got so far.
    """

    grants: dict[PurseKey, list[GrantState]] = field(default_factory=dict)
    rules: dict[int, tuple[FundRule, ...]] = field(default_factory=dict)
    taken: dict[tuple[Hashable, FundKind], Decimal] = field(default_factory=dict)

    def of(self, ask: FundAsk, kind: FundKind) -> list[GrantState]:
        """The grants of an account, in the order in which they are taken."""
        return self.grants.get((ask.partnership_id, ask.currency, kind), [])

    @property
    def is_empty(self) -> bool:
        """True where there is nothing that could be used."""
        return not any(grant.available for grants in self.grants.values() for grant in grants)


@dataclass(frozen=True, slots=True)
class FundTake:
    """What one rule takes for one document: by line and by grant, both sum to `amount`. `cap`: the most it could be."""

    kind: FundKind
    rule_id: int | None
    treatment: FundTreatment
    account_id: int
    base: Decimal
    cap: Decimal
    amount: Decimal
    lines: Mapping[Hashable, Decimal]
    grants: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Taken:
    """What funds pay of one document in one stage, and what was asked for and cannot be."""

    order_key: Hashable
    partnership_id: int
    currency: str
    takes: tuple[FundTake, ...] = ()
    problems: tuple[DomainError, ...] = ()

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return sum((take.amount for take in self.takes), ZERO)

    @property
    def lines(self) -> dict[Hashable, Decimal]:
        """By line, over all accounts."""
        sums: dict[Hashable, Decimal] = {}
        for take in self.takes:
            for key, amount in take.lines.items():
                sums[key] = sums.get(key, ZERO) + amount
        return sums
