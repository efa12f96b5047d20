"""How a seller takes orders: by itself or by hand, with backorders or without, from which value on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.money import exponent
from marketplace.core.numbering import rename_series
from ordercenter.orders.models import OrderSettings

FIELDS = ("auto_confirm", "takes_backorders", "buyer_may_cancel", "minimum_value", "reopen_days", "number_prefix")
LONGEST_REOPENING = 3650
LARGEST_MINIMUM = Decimal(10) ** 12
PREFIX = re.compile(r"[A-Z0-9]{1,8}")


def settings_of(actor: Actor) -> OrderSettings:
    """The settings of the actor's organization; unsaved defaults where it has settled nothing."""
    found = OrderSettings.objects.visible_to(actor).filter(organization=actor.organization_id).first()
    return found or OrderSettings(organization=actor.organization)


def update_settings(actor: Actor, values: Mapping[str, Any]) -> OrderSettings:
    """Change what is given; it holds for orders that are placed, confirmed, cancelled or reopened from now on."""
    if actor.organization is None or actor.on_behalf_of is not None or not actor.may("orders.settings"):
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("You may not change how orders are taken."))
    raise_all(_problems(values, actor.organization.currency))
    with transaction.atomic():
        row, _made = OrderSettings.objects.select_for_update().get_or_create(organization=actor.organization)
        before = facts(row)
        for name in FIELDS:
            if values.get(name) is not None:
                setattr(row, name, values[name])
        row.save()
        payload = {name: str(values[name]) for name in FIELDS if values.get(name) is not None}
        changes = difference(before, facts(row))
        keeper = (row.organization_id,)
        event = DomainEvent("order_settings.changed", "order_settings", row.pk, keeper, payload, changes)
        record(actor, event)
        if values.get("number_prefix") is not None:
            # The count goes on: a number that was given under the old prefix is never given again under any.
            rename_series(row.organization_id, "order", row.number_prefix)
    return row


def _problems(values: Mapping[str, Any], currency: str) -> Iterator[DomainError]:
    minimum, days = values.get("minimum_value"), values.get("reopen_days")
    if minimum is not None and not 0 <= minimum <= LARGEST_MINIMUM:
        yield DomainError(CoreErrorCode.INVALID, _("The minimum value cannot be negative."), "minimum_value")
    elif minimum is not None and minimum != round(minimum, exponent(currency)):
        text = _("An amount in %(currency)s has %(places)s decimals at most.")
        numbers = {"currency": currency, "places": exponent(currency)}
        yield DomainError(CoreErrorCode.INVALID, text % numbers, "minimum_value")
    if days is not None and not 0 <= days <= LONGEST_REOPENING:
        text = _("Give a number of days from 0 to %(most)s.") % {"most": LONGEST_REOPENING}
        yield DomainError(CoreErrorCode.INVALID, text, "reopen_days")
    prefix = values.get("number_prefix")
    if prefix is not None and not PREFIX.fullmatch(prefix):
        text = _("A prefix has 1 to 8 capital letters or digits.")
        yield DomainError(CoreErrorCode.INVALID, text, "number_prefix")
