"""Domain events of fund accounts: the seller hears of all, the buyer of what moves its own accounts."""

from __future__ import annotations

from typing import Any

from django.db import models

from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent
from marketplace.core.money import round_money
from ordercenter.ledger.funds.models import (
    FundAdjustment,
    FundSettings,
    FundTopUp,
    FundTransfer,
    FundUseRule,
)

AGGREGATES: dict[type[models.Model], str] = {
    FundTopUp: "fund_top_up",
    FundTransfer: "fund_transfer",
    FundAdjustment: "fund_adjustment",
    FundUseRule: "fund_use_rule",
    FundSettings: "fund_settings",
}


def fund_event(
    kind: str,
    row: FundTopUp | FundTransfer | FundAdjustment | FundUseRule | FundSettings,
    heard: tuple[int, ...],
    changes: Changes | None = None,
) -> DomainEvent:
    """An event of a document or a rule, for these organizations."""
    return DomainEvent(kind, AGGREGATES[type(row)], row.pk, heard, told(row), changes=changes or {})


def told(row: Any) -> dict[str, Any]:
    """What a line of a timeline needs: number, amount and currency, where there are any."""
    facts: dict[str, Any] = {}
    if number := getattr(row, "number", ""):
        facts["number"] = number
    if (amount := getattr(row, "amount", None)) is not None:
        facts |= {"amount": str(round_money(amount, row.currency)), "currency": row.currency}
    return facts
