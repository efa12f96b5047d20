"""What a buyer may choose of funds for a document that is not placed yet; pure (credit-and-ledger §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ordercenter.ledger.funds.kinds import ORDER, FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.shares import rules_for, take_stage
from ordercenter.ledger.funds.terms import ZERO, FundAsk, FundBook, FundRule

#: More than any document comes to.
EVERYTHING = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class FundChoice:
    """One account in front of a document: what may be used of it now, the most that may be asked, and what is taken.

    `asked`: what the buyer asked for; None leaves it to the rule, which takes by itself where `mode` is AUTO.
    """

    kind: FundKind
    mode: FundMode
    treatment: FundTreatment
    currency: str
    usable: Decimal
    most: Decimal
    amount: Decimal
    asked: Decimal | None


def choices(book: FundBook, ask: FundAsk, paying: FundAsk) -> list[FundChoice]:
    """The accounts that hold something for this document, in the order in which they are used.

    `paying` is the same document with `payable` on its lines, after what `ask` reduces. The book is left as it is.
    """
    found = []
    taken = _taken(book, ask, paying)
    for kind in ORDER:
        usable = sum((grant.available for grant in book.of(ask, kind) if grant.in_force(ask.at)), ZERO)
        rules = [rule for rule in rules_for(book, ask) if rule.kind == kind]
        if usable and rules:
            most = _taken(book, _asking(ask, kind), _asking(paying, kind)).get(kind, ZERO)
            rule = _leading(rules)
            amount, asked = taken.get(kind, ZERO), ask.asked.get(kind)
            found.append(FundChoice(kind, rule.mode, rule.treatment, ask.currency, usable, most, amount, asked))
    return found


def _leading(rules: list[FundRule]) -> FundRule:
    """The rule that says how a kind is used, where it has several: one that is used before one that is not."""
    return min(rules, key=lambda rule: (rule.mode == FundMode.OFF, rule.place))


def _asking(ask: FundAsk, kind: FundKind) -> FundAsk:
    """The document as if the buyer wanted all it may have of one kind."""
    return replace(ask, asked={**ask.asked, kind: EVERYTHING}, lenient=True)


def _taken(book: FundBook, ask: FundAsk, paying: FundAsk) -> Mapping[FundKind, Decimal]:
    """What each kind pays, both stages together."""
    own = FundBook({key: [replace(grant) for grant in grants] for key, grants in book.grants.items()}, book.rules)
    sums: dict[FundKind, Decimal] = {}
    for one, treatment in ((ask, FundTreatment.PRICE_REDUCTION), (paying, FundTreatment.PAYMENT)):
        for take in take_stage(own, replace(one, lenient=True), treatment).takes:
            sums[take.kind] = sums.get(take.kind, ZERO) + take.amount
    return sums
