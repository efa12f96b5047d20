"""How a seller invoices: from when on, what goes together, and whether by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.numbering import rename_series
from ordercenter.invoicing.models import InvoicingSettings

FIELDS = ("basis", "grouping", "form", "draws_itself", "issues_itself", "invoice_prefix", "credit_prefix")
PREFIX = re.compile(r"[A-Z0-9]{1,8}")
SERIES = {"invoice_prefix": "invoice", "credit_prefix": "credit_note"}


def settings_of(organization_id: int) -> InvoicingSettings:
    """The settings of a seller; unsaved defaults where it has settled nothing."""
    found = InvoicingSettings.objects.filter(organization=organization_id).first()
    return found or InvoicingSettings(organization_id=organization_id)


def update_settings(actor: Actor, values: Mapping[str, Any]) -> InvoicingSettings:
    """Change what is given; it holds for invoices drawn and issued from now on."""
    actor.require("invoices.settings")
    raise_all(_problems(values))
    with transaction.atomic():
        row, _made = InvoicingSettings.objects.select_for_update().get_or_create(organization_id=actor.own_id)
        before = facts(row)
        for name in FIELDS:
            if values.get(name) is not None:
                setattr(row, name, values[name])
        # What nobody draws cannot issue itself.
        row.issues_itself = row.issues_itself and row.draws_itself
        row.save()
        changes = difference(before, facts(row))
        record(
            actor, DomainEvent("invoicing_settings.changed", "invoicing_settings", row.pk, (actor.own_id,), {}, changes)
        )
        for name, series in SERIES.items():
            if values.get(name) is not None:
                rename_series(actor.own_id, series, values[name])
    return row


def _problems(values: Mapping[str, Any]) -> Iterator[DomainError]:
    for name in SERIES:
        if values.get(name) is not None and not PREFIX.fullmatch(values[name]):
            text = _("A prefix has 1 to 8 capital letters or digits.")
            yield DomainError(CoreErrorCode.INVALID, text, name)
    prefixes = [values[name] for name in SERIES if values.get(name)]
    if len(prefixes) == 2 and len(set(prefixes)) == 1:
        text = _("Invoices and credit notes need different prefixes.")
        yield DomainError(CoreErrorCode.INVALID, text, "credit_prefix")
