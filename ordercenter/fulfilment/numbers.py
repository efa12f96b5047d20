"""What the numbers of an organization's shipments and receipts begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.core.models import NumberSeries
from marketplace.core.numbering import prefixes_of, rename_series
from marketplace.parties.events import organization_event
from marketplace.parties.models import Organization
from ordercenter.fulfilment.receive import PREFIX as RECEIPT
from ordercenter.fulfilment.ship import PREFIX as SHIPMENT

#: By the name of the setting: the series and what it begins with until told otherwise.
SERIES = {"shipment_prefix": ("shipment", SHIPMENT), "receipt_prefix": ("receipt", RECEIPT)}
FORM = re.compile(r"[A-Z0-9]{1,8}")


def number_prefixes(organization_id: int) -> dict[str, str]:
    """The prefixes of an organization, by the name of the setting."""
    known = prefixes_of(organization_id, [series for series, _usual in SERIES.values()])
    return {name: known.get(series, usual) for name, (series, usual) in SERIES.items()}


def change_prefixes(actor: Actor, values: Mapping[str, str | None]) -> dict[str, str]:
    """Let the numbers of new documents begin differently; the count goes on, so none is ever given twice.

    Raises INVALID for what is no prefix, and DUPLICATE for one with which numbers of another type begin already.
    """
    actor.require("organization.manage")
    wanted = {name: values[name] for name in SERIES if values.get(name) is not None}
    with transaction.atomic():
        # One change after the other: two of them could choose the same prefix for two types.
        organization = Organization.objects.select_for_update().get(pk=actor.own_id)
        before = number_prefixes(organization.pk)
        after = {**before, **{name: str(prefix) for name, prefix in wanted.items()}}
        raise_all(_problems(organization.pk, wanted, after))
        changes = {name: [before[name], after[name]] for name in SERIES if before[name] != after[name]}
        if changes:
            record(actor, organization_event("organization.changed", organization, changes))
        for name in changes:
            rename_series(organization.pk, SERIES[name][0], after[name])
    return after


def _problems(
    organization_id: int, wanted: Mapping[str, str | None], after: Mapping[str, str]
) -> Iterator[DomainError]:
    own = [series for series, _usual in SERIES.values()]
    others = NumberSeries.objects.filter(organization=organization_id).exclude(kind__in=own)
    taken = set(others.values_list("prefix", flat=True))
    for name, prefix in wanted.items():
        if not FORM.fullmatch(str(prefix)):
            text = _("A prefix has 1 to 8 capital letters or digits.")
            yield DomainError(CoreErrorCode.INVALID, text, name)
        elif prefix in taken or list(after.values()).count(str(prefix)) > 1:
            text = _("Numbers of another type of document begin with %(prefix)s already.") % {"prefix": prefix}
            yield DomainError(CoreErrorCode.DUPLICATE, text, name)
