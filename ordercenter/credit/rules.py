"""Credit rules: what stops an order of an audience, and how (credit-and-ledger §3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.catalog.values import AudienceDraft, audience_problems
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.models import ControlMode
from ordercenter.credit.enums import AMOUNT_KINDS, DAY_KINDS, SHARE_KINDS, Checkpoint, CreditRuleKind
from ordercenter.credit.events import credit_event
from ordercenter.credit.models import CreditRule
from ordercenter.credit.values import LARGEST, amount_problems, day_problems

EVERYWHERE = tuple(Checkpoint)
WITH_THRESHOLD = (*AMOUNT_KINDS, *DAY_KINDS, *SHARE_KINDS)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule: of an amount in `currency`, of days, of percent, or without threshold, as its kind asks for."""

    kind: CreditRuleKind
    mode: ControlMode = ControlMode.REQUIRE_APPROVAL
    checkpoints: tuple[Checkpoint, ...] = EVERYWHERE
    threshold: Decimal | None = None
    currency: str = ""
    grace_days: int = 0
    tolerance: Decimal = Decimal(0)
    is_active: bool = True
    audience: AudienceDraft = field(default_factory=AudienceDraft)


NOT_SHIPPING = (Checkpoint.PLACE, Checkpoint.RELEASE, Checkpoint.CHANGE, Checkpoint.REOPEN)

#: What a seller that switches control on starts with; it may change all of it. Nothing is asked at shipping: what was
#: confirmed before is on its way.
FIRST_RULES = (
    RuleDraft(CreditRuleKind.LIMIT, checkpoints=NOT_SHIPPING, grace_days=3, tolerance=Decimal(5)),
    RuleDraft(CreditRuleKind.LIMIT_ENDED, checkpoints=(Checkpoint.PLACE, Checkpoint.RELEASE), grace_days=3),
    RuleDraft(CreditRuleKind.PREPAID, checkpoints=(Checkpoint.RELEASE,)),
    RuleDraft(CreditRuleKind.SUSPENDED),
    RuleDraft(
        CreditRuleKind.PAST_DUE_DAYS,
        checkpoints=(Checkpoint.PLACE, Checkpoint.RELEASE),
        threshold=Decimal(30),
        grace_days=3,
    ),
)


def write_rule(actor: Actor, draft: RuleDraft, rule_id: int | None = None) -> CreditRule:
    """Make a rule of the actor's organization, or change one; held orders are looked at again right after.

    Raises REQUIRED, INVALID, AMOUNT_PRECISION, NOT_FOUND, and DUPLICATE for a second rule of one kind, currency and
    audience.
    """
    actor.require("credit.manage")
    raise_all([*rule_problems(draft), *audience_problems(actor, [draft.audience])])
    try:
        with transaction.atomic():
            rule = _found(actor, rule_id) if rule_id else CreditRule(organization=actor.organization)
            before = facts(rule) if rule_id else {}
            fill(rule, draft)
            rule.save()
            changes = difference(before, facts(rule)) if rule_id else created(rule)
            if changes:
                record(actor, credit_event("credit.rule_changed", rule, changes))
    except IntegrityError as error:
        text = _("There is such a rule for this audience already.")
        raise DomainError(CoreErrorCode.DUPLICATE, text, "kind") from error
    return rule


def delete_rule(actor: Actor, rule_id: int) -> None:
    """Take a rule away. Orders that it held pass it when they are looked at again."""
    actor.require("credit.manage")
    with transaction.atomic():
        rule = _found(actor, rule_id)
        changes = deleted(rule)
        event = credit_event("credit.rule_changed", rule, changes, verb="deleted")
        rule.delete()
        record(actor, event)


def fill(rule: CreditRule, draft: RuleDraft) -> None:
    """Take over what a draft says."""
    rule.kind, rule.mode = draft.kind, draft.mode
    rule.checkpoints = [point.value for point in Checkpoint if point in draft.checkpoints]
    rule.threshold = draft.threshold if draft.kind in WITH_THRESHOLD else None
    rule.currency = draft.currency.upper() if draft.kind in AMOUNT_KINDS else ""
    rule.grace_days, rule.tolerance, rule.is_active = draft.grace_days, draft.tolerance, draft.is_active
    for name, value in draft.audience.columns().items():
        setattr(rule, name, value)


def rule_problems(draft: RuleDraft) -> Iterator[DomainError]:
    """What is wrong with a rule by itself."""
    if not draft.checkpoints:
        yield DomainError(CoreErrorCode.REQUIRED, _("Choose where the rule is asked."), "checkpoints")
    yield from day_problems(draft.grace_days, "grace_days")
    if not draft.tolerance.is_finite() or not 0 <= draft.tolerance <= 1000:
        yield DomainError(CoreErrorCode.INVALID, _("Give a percentage from 0 to 1000."), "tolerance")
    yield from _threshold_problems(draft)


def _threshold_problems(draft: RuleDraft) -> Iterator[DomainError]:
    if draft.kind not in WITH_THRESHOLD:
        return
    if draft.threshold is None:
        yield DomainError(CoreErrorCode.REQUIRED, _("This rule needs a threshold."), "threshold")
    elif draft.kind in AMOUNT_KINDS:
        yield from amount_problems(draft.threshold, draft.currency, "threshold")
    elif not draft.threshold.is_finite() or not 0 <= draft.threshold < LARGEST:
        yield DomainError(CoreErrorCode.INVALID, _("A threshold is 0 or more."), "threshold")
    elif draft.kind in DAY_KINDS and draft.threshold != draft.threshold.to_integral_value():
        yield DomainError(CoreErrorCode.INVALID, _("Give whole days."), "threshold")
    elif draft.kind in SHARE_KINDS and draft.threshold > 100:
        yield DomainError(CoreErrorCode.INVALID, _("Give a percentage up to 100."), "threshold")
    if draft.kind in AMOUNT_KINDS and not (len(draft.currency) == 3 and draft.currency.isalpha()):
        yield DomainError(CoreErrorCode.REQUIRED, _("An amount needs a currency."), "currency")


def _found(actor: Actor, rule_id: int) -> CreditRule:
    rule = CreditRule.objects.visible_to(actor).select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise not_found("id")
    return rule
