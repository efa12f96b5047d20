"""The prices of a list as a sheet that can be imported again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.functions import TransactionNow
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.instants import or_none
from marketplace.graphql.scalars import trimmed
from ordercenter.pricing.models import PriceList, PriceRow

PART = 2000


def headings() -> list[str]:
    """The headings in the reader's language; an import knows them in both."""
    return [
        _("SKU"),
        _("Name"),
        _("Unit"),
        _("Min quantity"),
        _("Price"),
        _("Currency"),
        _("Valid from"),
        _("Valid to"),
    ]


def price_sheet(actor: Actor, list_id: int) -> tuple[str, list[str], Iterator[dict[str, Any]]]:
    """Name, headings and rows of a list's prices, by SKU; memory stays flat. Raises NOT_FOUND.

    Each slot stands there once, as an import wants it: with its price in force, else with the next one to come.
    """
    actor.require("prices.view")
    found = PriceList.objects.visible_to(actor).select_related("organization").filter(pk=list_id).first()
    if found is None:
        raise not_found("id")
    return f"{found.code} {found.name}".strip(), headings(), _rows(actor, found)


def _rows(actor: Actor, found: PriceList) -> Iterator[dict[str, Any]]:
    columns, zone = headings(), ZoneInfo(found.organization.time_zone)
    rows = PriceRow.objects.visible_to(actor).with_state().filter(Q(price_list=found), Q(is_superseded=False))
    rows = rows.filter(valid_to__gt=TransactionNow()).select_related("variant__product", "uom")
    slot = ("variant__sku", "variant", "uom__code", "min_quantity")
    for row in rows.order_by(*slot, "valid_from").distinct(*slot).iterator(PART):
        begun = row.valid_from <= row.now  # type: ignore[attr-defined]
        cells = (
            row.variant.sku,
            " ".join(filter(None, (row.variant.product.name, row.variant.name))),
            row.uom.code,
            trimmed(row.min_quantity),
            row.amount,
            found.currency,
            # A price in force is written again as one that holds from when the sheet is imported.
            None if begun else _local(row.valid_from, zone),
            _local(or_none(row.valid_to), zone),
        )
        yield dict(zip(columns, cells, strict=True))


def _local(instant: datetime | None, zone: ZoneInfo) -> str | None:
    if instant is None:
        return None
    local = instant.astimezone(zone).replace(tzinfo=None)
    return local.date().isoformat() if local.time().isoformat() == "00:00:00" else local.isoformat(sep=" ")
