"""Whether a seller controls credit: off until it says so (credit-and-ledger §3)."""

from __future__ import annotations

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import difference, facts
from marketplace.core.errors import raise_all
from marketplace.core.events import record
from ordercenter.credit.events import credit_event
from ordercenter.credit.models import CreditRule, CreditSettings
from ordercenter.credit.opening import open_books
from ordercenter.credit.rules import FIRST_RULES, fill
from ordercenter.credit.values import day_problems


def write_settings(
    actor: Actor,
    controls: bool | None = None,
    horizon_days: int | None = None,
    count_unapplied: bool | None = None,
) -> CreditSettings:
    """Change how the actor's organization controls credit; None leaves a value.

    Switched on for the first time it brings rules to start from. Each time it is switched on, the books are opened:
    what live orders and open receivables amount to by then enters the buckets of their buyers' accounts.
    """
    actor.require("credit.manage")
    raise_all(day_problems(horizon_days, "horizon_days"))
    values = {"controls": controls, "horizon_days": horizon_days, "count_unapplied": count_unapplied}
    with transaction.atomic():
        advisory_lock("credit-settings", actor.own_id)
        settings, _made = CreditSettings.objects.get_or_create(organization=actor.organization)
        before = facts(settings)
        for name, value in values.items():
            if value is not None:
                setattr(settings, name, value)
        changes = difference(before, facts(settings))
        if changes:
            settings.save()
            record(actor, credit_event("credit.settings_changed", settings, changes))
        if settings.controls and "controls" in changes:
            _first_rules(actor)
            open_books(actor, actor.own_id)
    return settings


def _first_rules(actor: Actor) -> None:
    if CreditRule.objects.filter(organization=actor.own_id).exists():
        return
    rows = []
    for draft in FIRST_RULES:
        rule = CreditRule(organization=actor.organization)
        fill(rule, draft)
        rows.append(rule)
    CreditRule.objects.bulk_create(rows)
