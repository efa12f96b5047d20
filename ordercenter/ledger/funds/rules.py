"""Say how funds may be used, and what a seller has settled for all of its fund accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.catalog.scope import ProductScope
from marketplace.catalog.values import AudienceDraft, audience_problems, own_row
from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from ordercenter.ledger.funds.checks import currency_problems, long_texts
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.events import fund_event
from ordercenter.ledger.funds.kinds import ORDER, FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.models import FundSettings, FundUseRule, FundUseRuleScope

GOODS: tuple[tuple[str, type[models.Model]], ...] = (
    ("variant", Variant),
    ("product", Product),
    ("category", Category),
    ("brand", Brand),
)
MOST_SCOPES = 200
LAST_PRIORITY = 9999
LONGEST_RESTORE = 366
MOST_INTEREST = 36


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """How a kind of fund may be used by an audience, for which goods. Scopes: no included one is all goods."""

    kind: FundKind
    mode: FundMode = FundMode.AUTO
    treatment: FundTreatment = FundTreatment.PAYMENT
    priority: int = 100
    max_percent: Decimal = Decimal(100)
    min_order: Decimal = Decimal(0)
    currency: str = ""
    with_promotions: bool = False
    is_active: bool = True
    name_zh: str = ""
    name_en: str = ""
    audience: AudienceDraft = field(default_factory=AudienceDraft)
    includes: Sequence[ProductScope] = ()
    excludes: Sequence[ProductScope] = ()


def write_rule(actor: Actor, draft: RuleDraft, rule_id: int | None = None) -> FundUseRule:
    """Make a use rule of the actor's organization, or change one; it holds for orders placed from now on.

    Raises all problems at once: FUND_NOT_ALLOWED (a deposit pays no order), INVALID, REQUIRED (a name), NOT_FOUND.
    """
    actor.require("funds.rules")
    raise_all([*_problems(draft), *audience_problems(actor, [draft.audience]), *_scope_problems(actor, draft)])
    with transaction.atomic():
        rule = own_row(actor, FundUseRule, rule_id) if rule_id else FundUseRule(organization_id=actor.own_id)
        before = facts(rule) if rule_id else {}
        for name in ("kind", "mode", "treatment", "priority", "max_percent", "min_order", "currency"):
            setattr(rule, name, getattr(draft, name))
        rule.with_promotions, rule.is_active = draft.with_promotions, draft.is_active
        rule.name_zh, rule.name_en = draft.name_zh.strip(), draft.name_en.strip()
        for name, value in draft.audience.columns().items():
            setattr(rule, name, value)
        rule.save()
        goods = _write_scopes(rule, draft)
        changes = difference(before, facts(rule)) if rule_id else created(rule)
        if changes or goods:
            kind = "fund.rule_changed" if rule_id else "fund.rule_created"
            record(actor, fund_event(kind, rule, (rule.organization_id,), changes))
    return rule


def _write_scopes(rule: FundUseRule, draft: RuleDraft) -> bool:
    """Put the goods of a rule in the place of those it had; True where they are others."""
    wanted = {(False, scope) for scope in draft.includes} | {(True, scope) for scope in draft.excludes}
    rows = list(FundUseRuleScope.objects.filter(rule=rule))
    known = {(row.excludes, row.scope): row for row in rows}
    gone = [row.pk for key, row in known.items() if key not in wanted]
    fresh = [
        FundUseRuleScope(organization_id=rule.organization_id, rule=rule, excludes=excludes, **scope.columns())
        for excludes, scope in wanted
        if (excludes, scope) not in known
    ]
    if gone:
        FundUseRuleScope.objects.filter(pk__in=gone).delete()
    if fresh:
        FundUseRuleScope.objects.bulk_create(fresh)
    return bool(gone or fresh)


def _problems(draft: RuleDraft) -> Iterator[DomainError]:
    if draft.kind not in ORDER:
        yield DomainError(FundErrorCode.FUND_NOT_ALLOWED, _("A deposit pays no order."), "kind")
    if not (draft.name_zh.strip() or draft.name_en.strip()):
        yield DomainError(CoreErrorCode.REQUIRED, _("A name is needed."), "name")
    yield from long_texts(FundUseRule, name_zh=draft.name_zh, name_en=draft.name_en)
    if not draft.max_percent.is_finite() or not 0 < draft.max_percent <= 100:
        yield DomainError(CoreErrorCode.INVALID, _("A share is above 0 and at most 100 percent."), "max_percent")
    elif draft.max_percent != round(draft.max_percent, 2):
        yield DomainError(CoreErrorCode.INVALID, _("A share has two decimals at most."), "max_percent")
    if not draft.min_order.is_finite() or not 0 <= draft.min_order < Decimal(10) ** 15:
        yield DomainError(CoreErrorCode.INVALID, _("An amount of 0 or more is needed."), "min_order")
    if not 0 <= draft.priority <= LAST_PRIORITY:
        text = _("A priority is a number from 0 to %(last)s.") % {"last": LAST_PRIORITY}
        yield DomainError(CoreErrorCode.INVALID, text, "priority")
    if draft.currency:
        yield from currency_problems(draft.currency)


def _scope_problems(actor: Actor, draft: RuleDraft) -> Iterator[DomainError]:
    """NOT_FOUND for goods that the actor does not see; four statements at most."""
    scopes = [*draft.includes, *draft.excludes]
    if len(scopes) > MOST_SCOPES:
        text = _("A rule names at most %(most)s goods, products, categories and brands.") % {"most": MOST_SCOPES}
        yield DomainError(CoreErrorCode.INVALID, text, "goods")
        return
    for name, model in GOODS:
        wanted = {pk for scope in scopes if (pk := getattr(scope, f"{name}_id"))}
        rows: Any = model._default_manager
        if wanted and rows.visible_to(actor).filter(pk__in=wanted).count() != len(wanted):
            yield not_found(name)


def write_settings(
    actor: Actor, restore_days: int, interest_percent: Decimal | None, notice_days: int | None = None
) -> FundSettings:
    """Settle for all fund accounts for how long what comes back may be used, and what prepaid cash earns in a year.

    `notice_days`: how long before its end a buyer is told of a balance; None: as it is.

    Raises INVALID for days or a percentage that are none.
    """
    actor.require("funds.rules")
    raise_all([*_settings_problems(restore_days, interest_percent, notice_days or 0)])
    with transaction.atomic():
        FundSettings.objects.bulk_create([FundSettings(organization_id=actor.own_id)], ignore_conflicts=True)
        row = FundSettings.objects.select_for_update().order_by("pk").get(organization=actor.own_id)
        before = facts(row)
        row.restore_days, row.interest_percent = restore_days, interest_percent
        row.notice_days = row.notice_days if notice_days is None else notice_days
        if changes := difference(before, facts(row)):
            row.save()
            record(actor, fund_event("fund.settings_changed", row, (row.organization_id,), changes))
    return row


def _settings_problems(restore_days: int, interest_percent: Decimal | None, notice_days: int) -> Iterator[DomainError]:
    for name, days in (("restore_days", restore_days), ("notice_days", notice_days)):
        if not 0 <= days <= LONGEST_RESTORE:
            text = _("Days are a number from 0 to %(most)s.") % {"most": LONGEST_RESTORE}
            yield DomainError(CoreErrorCode.INVALID, text, name)
    if interest_percent is None:
        return
    if not interest_percent.is_finite() or not 0 < interest_percent <= MOST_INTEREST:
        text = _("Interest is above 0 and at most %(most)s percent a year.") % {"most": MOST_INTEREST}
        yield DomainError(CoreErrorCode.INVALID, text, "interest_percent")
    elif interest_percent != round(interest_percent, 4):
        yield DomainError(CoreErrorCode.INVALID, _("Interest has four decimals at most."), "interest_percent")
