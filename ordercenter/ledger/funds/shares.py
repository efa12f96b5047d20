"""How much each fund pays of a document, of which lines and from which grants; pure (credit-and-ledger §6).

The rules of a stage are asked in their order. What one takes is spread over the lines it may pay, with weights and caps
of what earlier ones left; the book's grants fall by it, so that the next document finds what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.money import exponent, round_down, spread
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.kinds import ORDER, FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.terms import (
    HUNDRED,
    ZERO,
    FundAsk,
    FundBook,
    FundLine,
    FundRule,
    FundTake,
    GrantState,
    Taken,
)

#: Where a seller has said nothing: who wants it may use it for anything. Goods credit needs to name its goods.
DEFAULTS = {
    FundKind.EXPENSE: FundTreatment.PAYMENT,
    FundKind.GOODS: FundTreatment.PRICE_REDUCTION,
    FundKind.REBATE: FundTreatment.PRICE_REDUCTION,
    FundKind.CASH: FundTreatment.PAYMENT,
}
DEFAULT_RULES = tuple(
    FundRule(None, kind, 100, FundMode.MANUAL, DEFAULTS[kind], with_promotions=True) for kind in ORDER
)


def rules_for(book: FundBook, ask: FundAsk) -> list[FundRule]:
    """The rules that hold for a document, in their order; the default of a kind for which none was written."""
    written = [rule for rule in book.rules.get(ask.partnership_id, ()) if rule.currency in ("", ask.currency)]
    general = {rule.kind for rule in written if rule.is_general}
    return sorted([*written, *(rule for rule in DEFAULT_RULES if rule.kind not in general)], key=lambda one: one.place)


def take_stage(book: FundBook, ask: FundAsk, treatment: FundTreatment) -> Taken:
    """What the funds of one treatment pay of one document; takes it from the book."""
    stage = _Stage(book, ask, treatment)
    stage.run()
    problems = () if ask.lenient else tuple(stage.problems())
    return Taken(ask.order_key, ask.partnership_id, ask.currency, tuple(stage.takes), problems)


@dataclass(frozen=True, slots=True)
class _Pass:
    """Grants that may pay the same goods, under one rule."""

    rule: FundRule
    lines: tuple[FundLine, ...]
    grants: tuple[GrantState, ...]


class _Stage:
    """One document in one stage: what is unpaid of each line, and what is asked of each account."""

    def __init__(self, book: FundBook, ask: FundAsk, treatment: FundTreatment) -> None:
        self.book, self.ask, self.treatment = book, ask, treatment
        self.start = {line.key: max(self._unpaid(line), ZERO) for line in ask.lines}
        self.left = dict(self.start)
        self.document = sum(self.start.values(), ZERO)
        self.rules = [rule for rule in rules_for(book, ask) if rule.treatment == treatment]
        asked = {FundKind(kind): amount for kind, amount in ask.asked.items() if amount is not None}
        wrong = {kind: amount_problem(amount, ask.currency, allow_zero=True) for kind, amount in asked.items()}
        self.unfit = {kind: problem for kind, problem in wrong.items() if problem}
        self.wanted = {kind: ZERO if kind in self.unfit else amount for kind, amount in asked.items()}
        #: What the stage before took is not asked for again.
        self.before = {kind: book.taken.get((ask.order_key, kind), ZERO) for kind in FundKind}
        self.got = dict(self.before)
        self.takes: list[FundTake] = []
        # Before anything is taken: of one document's accounts, one is not what another leaves.
        self.held = {rule.kind: sum((g.available for g in self._usable(rule.kind)), ZERO) for rule in self.rules}

    def _unpaid(self, line: FundLine) -> Decimal:
        if self.treatment == FundTreatment.PRICE_REDUCTION:
            return line.unpaid
        return line.unpaid if line.payable is None else line.payable

    def _usable(self, kind: FundKind) -> Iterator[GrantState]:
        return (grant for grant in self.book.of(self.ask, kind) if grant.in_force(self.ask.at))

    def run(self) -> None:
        """Take, rule by rule."""
        for rule in self.rules:
            if self.document < rule.min_order:
                continue
            room = self._room(rule)
            for one in self._passes(rule):
                room -= self._take(one, room)

    def _room(self, rule: FundRule) -> Decimal:
        """The most a rule may take of the document, whatever its grants hold; 0 where it is not asked."""
        cap = self._cap(rule, self._lines(rule))
        wanted = self.wanted.get(rule.kind)
        if rule.mode == FundMode.OFF or (wanted is None and rule.mode == FundMode.MANUAL):
            return ZERO
        return cap if wanted is None else min(cap, max(wanted - self.got[rule.kind], ZERO))

    def _lines(self, rule: FundRule) -> tuple[FundLine, ...]:
        return tuple(line for line in self.ask.lines if rule.holds(line) and self.start[line.key] > 0)

    def _cap(self, rule: FundRule, lines: Iterable[FundLine]) -> Decimal:
        base = sum((self.start[line.key] for line in lines), ZERO)
        return round_down(base * rule.max_percent / HUNDRED, self.ask.currency)

    def _passes(self, rule: FundRule) -> Iterator[_Pass]:
        """Grants for named goods first, each with those of the same goods; then those for all that the rule allows."""
        lines = self._lines(rule)
        grants = [grant for grant in self.book.of(self.ask, rule.kind) if grant.pays(rule, self.ask.at)]
        by_goods: dict[frozenset[int], list[GrantState]] = {}
        for grant in grants:
            by_goods.setdefault(grant.variant_ids, []).append(grant)
        for goods in sorted(by_goods, key=lambda one: (not one, by_goods[one][0].place)):
            if goods or rule.kind != FundKind.GOODS or rule.id is not None:
                held = tuple(line for line in lines if not goods or line.scope.variant_id in goods)
                yield _Pass(rule, held, tuple(by_goods[goods]))

    def _take(self, one: _Pass, room: Decimal) -> Decimal:
        """Take what a pass may; returns how much."""
        rule, cap = one.rule, self._cap(one.rule, one.lines)
        available = sum((grant.available for grant in one.grants), ZERO)
        unpaid = sum((self.left[line.key] for line in one.lines), ZERO)
        amount = min(room, cap, available, unpaid)
        if amount <= 0:
            return ZERO
        lines = spread_money(amount, [self.left[line.key] for line in one.lines], self.ask.currency)
        shares = {line.key: share for line, share in zip(one.lines, lines, strict=True) if share}
        for key, share in shares.items():
            self.left[key] -= share
        base = sum((self.start[line.key] for line in one.lines), ZERO)
        grants = draw(one.grants, amount)
        account_id = one.grants[0].account_id
        self.takes.append(FundTake(rule.kind, rule.id, rule.treatment, account_id, base, cap, amount, shares, grants))
        self.got[rule.kind] += amount
        self.book.taken[self.ask.order_key, rule.kind] = self.got[rule.kind]
        return amount

    def problems(self) -> Iterator[DomainError]:
        """Why what was asked for is not taken."""
        for kind, wanted in self.wanted.items():
            if self._last(kind) == self.treatment:
                problem = self._problem(kind, wanted)
                if problem:
                    yield problem

    def _last(self, kind: FundKind) -> FundTreatment:
        """The stage after which an account is not asked any more."""
        stages = {rule.treatment for rule in rules_for(self.book, self.ask) if rule.kind == kind}
        only_reduces = stages == {FundTreatment.PRICE_REDUCTION}
        return FundTreatment.PRICE_REDUCTION if only_reduces else FundTreatment.PAYMENT

    def _problem(self, kind: FundKind, wanted: Decimal) -> DomainError | None:
        if kind in self.unfit or wanted <= self.got[kind]:
            return self.unfit.get(kind)
        rules = [rule for rule in rules_for(self.book, self.ask) if rule.kind == kind]
        if not any(self._may(rule) for rule in rules):
            text = _("%(fund)s may not be used for this order.") % {"fund": kind.label}
            return DomainError(FundErrorCode.FUND_NOT_ALLOWED, text, "amount")
        if wanted > self._held(kind):
            return self._short(kind, wanted)
        values = {"fund": kind.label, "most": self._told(self.got[kind]), "currency": self.ask.currency}
        text = _("At most %(most)s %(currency)s of this order may be paid from %(fund)s.") % values
        return DomainError(FundErrorCode.FUND_CAP, text, "amount")

    def _may(self, rule: FundRule) -> bool:
        return rule.mode != FundMode.OFF and self.document >= rule.min_order and bool(self._lines(rule))

    def _told(self, amount: Decimal) -> Decimal:
        return round_down(amount, self.ask.currency)

    def _held(self, kind: FundKind) -> Decimal:
        """What an account held for this document before it took any of it."""
        return self.held.get(kind, ZERO) + self.before[kind]

    def _short(self, kind: FundKind, wanted: Decimal) -> DomainError:
        grants = self.book.of(self.ask, kind)
        ended = sum((grant.available for grant in grants if grant.has_ended(self.ask.at)), ZERO)
        values = {"fund": kind.label, "held": self._told(self._held(kind)), "currency": self.ask.currency}
        if ended and wanted <= self._held(kind) + ended:
            text = _("Part of %(fund)s has ended; %(held)s %(currency)s may be used.") % values
            return DomainError(FundErrorCode.FUND_ENDED, text, "amount")
        text = _("%(fund)s holds %(held)s %(currency)s.") % values
        return DomainError(FundErrorCode.FUND_INSUFFICIENT, text, "amount")


def amount_problem(
    amount: Decimal, currency: str, allow_zero: bool = False, index: int | None = None
) -> DomainError | None:
    """Why an amount is none: below 0, or finer than its currency."""
    if not amount.is_finite() or amount < 0 or (amount == 0 and not allow_zero) or amount >= Decimal(10) ** 15:
        return DomainError(CoreErrorCode.INVALID, _("An amount above 0 is needed."), "amount", index)
    if amount != amount.quantize(Decimal(1).scaleb(-exponent(currency))):
        values = {"currency": currency, "places": exponent(currency)}
        text = _("%(currency)s has %(places)s decimals.") % values
        return DomainError(FundErrorCode.AMOUNT_PRECISION, text, "amount", index)
    return None


def spread_money(amount: Decimal, unpaid: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Spread an amount by what is unpaid, never more on a line than that; see `core.money.spread`."""
    places = exponent(currency)
    units = [int(one.scaleb(places)) for one in unpaid]
    return [Decimal(part).scaleb(-places) for part in spread(int(amount.scaleb(places)), units, units)]


def draw(grants: Iterable[GrantState], amount: Decimal) -> dict[int, Decimal]:
    """Take an amount from grants in their order; what each gives, no more than it has."""
    drawn: dict[int, Decimal] = {}
    for grant in grants:
        part = min(amount, grant.available)
        if part > 0:
            drawn[grant.id] = part
            grant.available -= part
            amount -= part
    return drawn
