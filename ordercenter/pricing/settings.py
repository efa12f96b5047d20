"""How an organization prices in a currency: with or without tax, by which list, for which day."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.events import DomainEvent, record
from ordercenter.pricing.lists import MANAGE, is_currency
from ordercenter.pricing.models import PriceDate, PriceStrategy, PricingSettings
from ordercenter.pricing.terms import PricingTerms


def settings_of(organization_id: int, currency: str) -> PricingTerms:
    """What an organization has settled for a currency, or the defaults (pricing §2)."""
    names = [field.name for field in fields(PricingTerms)]
    row = PricingSettings.objects.filter(organization=organization_id, currency=currency).values(*names).first()
    return PricingTerms(**row) if row else PricingTerms(currency)


def settings_update(actor: Actor, currency: str, **values: Any) -> PricingSettings:
    """Settle terms of PricingTerms for a currency; what is not given stays. Live with the commit.

    Raises INVALID for a currency, strategy, price date or percentage that is none.
    """
    actor.require(MANAGE)
    _refuse_bad(currency, values)
    with transaction.atomic():
        row, _created = PricingSettings.objects.select_for_update(no_key=True).get_or_create(
            organization=actor.organization, currency=currency
        )
        before = facts(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        changes, owner = difference(before, facts(row)), (row.organization_id,)
        record(actor, DomainEvent("pricing.settings_updated", "pricing_settings", row.pk, owner, changes=changes))
    return row


def _refuse_bad(currency: str, values: dict[str, Any]) -> None:
    percent = values.get("max_line_discount", Decimal(0))
    hours = values.get("draft_freeze_hours", 0)
    wrong = {
        "currency": not is_currency(currency),
        "strategy": values.get("strategy", PriceStrategy.PRIORITY) not in PriceStrategy.values,
        "price_date": values.get("price_date", PriceDate.ORDER) not in PriceDate.values,
        "draft_freeze_hours": not 0 <= hours <= 24 * 366,
        "max_line_discount": not (percent.is_finite() and 0 <= percent <= 100 and percent == round(percent, 2)),
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError(CoreErrorCode.INVALID, _("This value is not possible here."), field)
