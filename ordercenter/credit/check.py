"""The rules at a checkpoint (credit-and-ledger §5): all that match are looked at, under the account's lock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import DomainEvent, record_all
from marketplace.core.models import ControlMode
from marketplace.core.money import exponent
from ordercenter.credit.book import (
    ZERO,
    BookAccount,
    BookRule,
    CreditAsk,
    CreditBook,
    HoldDraft,
    Verdict,
    Warning,
)
from ordercenter.credit.enums import Bucket, CreditAccountStatus, CreditMode, CreditRuleKind
from ordercenter.credit.errors import CreditErrorCode

#: Values of orders' HoldReason: that room stands above and may not be imported.
REASONS = {
    CreditRuleKind.LIMIT: "credit",
    CreditRuleKind.LIMIT_ENDED: "credit",
    CreditRuleKind.PAST_DUE_DAYS: "overdue",
    CreditRuleKind.PAST_DUE_AMOUNT: "overdue",
    CreditRuleKind.PAST_DUE_SHARE: "overdue",
    CreditRuleKind.ORDER_AMOUNT: "credit",
    CreditRuleKind.SUSPENDED: "partner",
    CreditRuleKind.TERMS: "credit",
    CreditRuleKind.PREPAID: "prepayment",
}

#: How far a rule is passed: an amount of money, or days, or percentage points; None where it holds.
Finding = tuple[Decimal, Decimal]
"""(found, over): the figure the rule looked at, and by how much it passes the threshold."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")
Test = Callable[[BookAccount, BookRule, CreditAsk, Decimal], Finding | None]


def check(book: CreditBook, ask: CreditAsk) -> Verdict:
    """What the rules say to one order; see `check_all`."""
    return check_all(book, [ask])[0]


def check_all(book: CreditBook, asks: Sequence[CreditAsk]) -> list[Verdict]:
    """What the rules say to orders in their sequence, each that passes counted before the next; asks no database.

    Where the seller does not control credit, everything passes.
    """
    added: dict[int, Decimal] = {}
    counted: dict[Any, Decimal] = {}
    verdicts: list[Verdict] = []
    for ask in asks:
        account = book.account(ask.partnership_id, ask.currency)
        if account is None:
            verdicts.append(Verdict())
            continue
        rules = book.rules.get((ask.partnership_id, ask.currency), ())
        if account.count_unapplied:
            added[account.id] = added.get(account.id, ZERO) + ask.cash
        verdict = _verdict(account, rules, ask, added.get(account.id, ZERO))
        verdicts.append(verdict)
        # An order that passed one checkpoint and is held at the next of the same call counts no more.
        passed = verdict.bucket(ask.checkpoint) == Bucket.OPEN_ORDERS and verdict.blocked is None
        change = ask.adding if passed else -counted.get(ask.order_key, ZERO)
        counted[ask.order_key] = counted.get(ask.order_key, ZERO) + change
        added[account.id] = added.get(account.id, ZERO) + change
    return verdicts


def warn(actor: Actor, book: CreditBook, asks: Sequence[CreditAsk], verdicts: Sequence[Verdict]) -> None:
    """Record that rules of mode WARN were passed over; at most one statement."""
    record_all(actor, _warned(book, asks, verdicts))


def _warned(book: CreditBook, asks: Sequence[CreditAsk], verdicts: Sequence[Verdict]) -> Iterable[DomainEvent]:
    for ask, verdict in zip(asks, verdicts, strict=True):
        account = book.account(ask.partnership_id, ask.currency)
        for warning in verdict.warnings if account else ():
            assert account is not None
            payload: dict[str, Any] = {"order": ask.order_id, "checkpoint": ask.checkpoint.value}
            payload |= {"rule": warning.rule_id, "figures": dict(warning.figures)}
            yield DomainEvent("credit.warned", "credit_account", account.id, (account.organization_id,), payload)


def _verdict(account: BookAccount, rules: Sequence[BookRule], ask: CreditAsk, added: Decimal) -> Verdict:
    holds: list[HoldDraft] = []
    warnings: list[Warning] = []
    blocked: DomainError | None = None
    for rule in rules:
        if ask.checkpoint.value not in rule.checkpoints or (ask.seen is not None and rule.kind not in ask.seen):
            continue
        found = TESTS[rule.kind](account, rule, ask, account.exposure + added)
        if found is None or (rule.mode != ControlMode.BLOCK and _has_grace(rule, ask)):
            continue
        figures = _figures(account, rule, ask, account.exposure + added, found)
        if rule.mode == ControlMode.WARN:
            warnings.append(Warning(rule.id, rule.kind, figures))
        elif rule.mode == ControlMode.BLOCK:
            blocked = blocked or DomainError(CreditErrorCode.CREDIT_BLOCKED, sentence(rule.kind, figures))
        else:
            holds.append(_hold(account, rule, ask, found, figures))
    return Verdict(tuple(holds), blocked, tuple(warnings))


def _hold(
    account: BookAccount, rule: BookRule, ask: CreditAsk, found: Finding, figures: Mapping[str, str]
) -> HoldDraft:
    prepays = rule.kind == CreditRuleKind.LIMIT and account.mode == CreditMode.PREPAID
    return HoldDraft(
        reason=REASONS[CreditRuleKind.PREPAID if prepays else rule.kind],
        rule_id=rule.id,
        kind=rule.kind,
        checkpoint=ask.checkpoint,
        over=found[1] if rule.kind in MONEY_KINDS else ZERO,
        value=ask.value,
        grace_days=rule.grace_days,
        figures=figures,
    )


def _has_grace(rule: BookRule, ask: CreditAsk) -> bool:
    """A person let this order pass this rule, and V has not grown beyond the rule's tolerance since."""
    return any(
        grace.rule_id == rule.id and ask.value <= grace.value * (1 + rule.tolerance / 100) for grace in ask.graces
    )


def _limit(account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal) -> Finding | None:
    """Equal to the limit passes; the order is counted exactly once."""
    if account.mode == CreditMode.UNLIMITED:
        return None
    with_order = exposure + ask.adding
    return (with_order, with_order - account.limit) if with_order > account.limit else None


def _limit_ended(account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal) -> Finding | None:
    """There was a limit, and none is in force now."""
    ended = account.mode == CreditMode.LIMITED and account.had_limit and not account.has_standing and not account.limit
    return (ZERO, exposure + ask.adding) if ended else None


def _above(figure: Decimal, rule: BookRule) -> Finding | None:
    return (figure, figure - rule.threshold) if figure > rule.threshold else None


def _overdue_share(account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal) -> Finding | None:
    receivable = account.buckets[Bucket.RECEIVABLE]
    if receivable <= 0:
        return None
    # Compared without dividing: exactly the threshold passes.
    if account.overdue_amount * 100 <= receivable * rule.threshold:
        return None
    share = account.overdue_amount * 100 / receivable
    return share, share - rule.threshold


def _terms(account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal) -> Finding | None:
    agreed = account.payment_days
    if agreed is None or ask.payment_days <= agreed:
        return None
    return Decimal(ask.payment_days), Decimal(ask.payment_days - agreed)


def _prepaid(account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal) -> Finding | None:
    if account.mode != CreditMode.PREPAID or ask.value <= 0:
        return None
    return ask.value, ask.value


def _suspended(account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal) -> Finding | None:
    return None if account.status == CreditAccountStatus.ACTIVE else (ZERO, ZERO)


TESTS: Mapping[CreditRuleKind, Test] = {
    CreditRuleKind.LIMIT: _limit,
    CreditRuleKind.LIMIT_ENDED: _limit_ended,
    CreditRuleKind.PAST_DUE_DAYS: lambda account, rule, ask, _exposure: _above(Decimal(account.overdue_days), rule),
    CreditRuleKind.PAST_DUE_AMOUNT: lambda account, rule, ask, _exposure: _above(account.overdue_amount, rule),
    CreditRuleKind.PAST_DUE_SHARE: _overdue_share,
    CreditRuleKind.ORDER_AMOUNT: lambda account, rule, ask, _exposure: _above(ask.value, rule),
    CreditRuleKind.SUSPENDED: _suspended,
    CreditRuleKind.TERMS: _terms,
    CreditRuleKind.PREPAID: _prepaid,
}

MONEY_KINDS = frozenset(
    {
        CreditRuleKind.LIMIT,
        CreditRuleKind.LIMIT_ENDED,
        CreditRuleKind.PAST_DUE_AMOUNT,
        CreditRuleKind.ORDER_AMOUNT,
        CreditRuleKind.PREPAID,
    }
)


def _figures(
    account: BookAccount, rule: BookRule, ask: CreditAsk, exposure: Decimal, found: Finding
) -> Mapping[str, str]:
    """What the rule saw, as texts: amounts with the decimals of the currency."""
    quantum = Decimal(1).scaleb(-exponent(account.currency))

    def money(amount: Decimal) -> str:
        return str(amount.quantize(quantum))

    figure = money if rule.kind in MONEY_KINDS else lambda value: f"{value.quantize(Decimal('0.01')).normalize():f}"
    return MappingProxyType(
        {
            "kind": rule.kind.value,
            "currency": account.currency,
            "limit": "" if account.mode == CreditMode.UNLIMITED else money(account.limit),
            "exposure": money(exposure),
            "with_order": money(exposure + ask.adding),
            "value": money(ask.value),
            "threshold": figure(rule.threshold),
            "found": figure(found[0]),
            "over": figure(found[1]),
        }
    )


def sentence(kind: CreditRuleKind | str, figures: Mapping[str, str]) -> str:
    """Why an order was stopped and by how much, in the language of the reader."""
    return SENTENCES[CreditRuleKind(kind)]() % {name: _grouped(figure) for name, figure in figures.items()}


def _grouped(figure: str) -> str:
    """28183.94 as 28,183.94; what is no number stays as it is."""
    return f"{Decimal(figure):,}" if NUMBER.fullmatch(figure) else figure


SENTENCES: Mapping[CreditRuleKind, Callable[[], str]] = {
    CreditRuleKind.LIMIT: lambda: _(
        "With this order the exposure is %(currency)s %(with_order)s, the limit %(limit)s: over by %(over)s."
    ),
    CreditRuleKind.LIMIT_ENDED: lambda: _("The credit limit has ended; exposure %(currency)s %(with_order)s."),
    CreditRuleKind.PAST_DUE_DAYS: lambda: _("Invoices are overdue by %(found)s days; %(threshold)s are allowed."),
    CreditRuleKind.PAST_DUE_AMOUNT: lambda: _(
        "%(currency)s %(found)s is overdue; %(threshold)s is allowed: over by %(over)s."
    ),
    CreditRuleKind.PAST_DUE_SHARE: lambda: _(
        "%(found)s %% of the receivables are overdue; %(threshold)s %% are allowed."
    ),
    CreditRuleKind.ORDER_AMOUNT: lambda: _(
        "The order is worth %(currency)s %(value)s; up to %(threshold)s passes by itself: over by %(over)s."
    ),
    CreditRuleKind.SUSPENDED: lambda: _("The credit account is suspended."),
    CreditRuleKind.TERMS: lambda: _("The order's payment term is longer than agreed, by %(over)s days."),
    CreditRuleKind.PREPAID: lambda: _("Payment in advance: %(currency)s %(value)s is not paid yet."),
}
