"""What is expected where and when (docs/concepts/stock.md, Promising; stock §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from ordercenter.stock.checks import quantity_problems
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.events import stock_event
from ordercenter.stock.keeping import own_variants
from ordercenter.stock.models import SupplyPlan, Warehouse, WarehouseKind

SOURCE_LIMIT = 64

#: Warehouse, variant, day and source.
Key = tuple[int, int, date, str]


@dataclass(frozen=True, slots=True)
class Supply:
    """So much of a variant (by id, or 0 and its SKU) comes to a warehouse on a day, in base units; 0 ends the plan."""

    warehouse_id: int
    variant_id: int
    day: date
    quantity: Decimal
    source: str = ""
    sku: str = ""

    @property
    def key(self) -> Key:
        return self.warehouse_id, self.variant_id, self.day, self.source


def write_supply_plans(actor: Actor, lines: Sequence[Supply]) -> list[SupplyPlan]:
    """Write what is expected: a plan of the same warehouse, variant, day and source is replaced, 0 removes it.

    A constant number of statements. Raises NOT_FOUND (warehouse, variant or SKU), QUANTITY_INVALID,
    QUANTITY_PRECISION, INVALID (source too long), DUPLICATE for a plan that is written twice in one call.
    """
    named = [
        replace(line, variant_id=pk, source=line.source.strip())
        for line, pk in zip(lines, own_variants(actor, lines), strict=True)
    ]
    raise_all(_problems(actor, named))
    wanted = {line.key: line.quantity for line in named}
    with transaction.atomic():
        there = _there(actor, wanted)
        SupplyPlan.objects.filter(pk__in=[row.pk for key, row in there.items() if not wanted[key]]).delete()
        rows = [
            SupplyPlan(
                organization=actor.organization,
                warehouse_id=place,
                variant_id=variant,
                day=day,
                source=source,
                quantity=q,
            )
            # In one order: two who write the same rows wait for each other, and not for ever.
            for (place, variant, day, source), q in sorted(wanted.items())
            if q
        ]
        written = SupplyPlan.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organization", "variant", "warehouse", "day", "source"],
            update_fields=["quantity"],
        )
        record_all(actor, _told(written, there, wanted))
    return written


def _problems(actor: Actor, lines: Sequence[Supply]) -> Iterator[DomainError]:
    own = Warehouse.objects.filter(organization=actor.organization_id).exclude(kind=WarehouseKind.TRANSIT)
    places = set(own.filter(pk__in={line.warehouse_id for line in lines}).values_list("pk", flat=True))
    variants = Variant.objects.visible_to(actor).filter(pk__in={line.variant_id for line in lines})
    known = set(variants.values_list("pk", flat=True))
    seen: set[Key] = set()
    for index, line in enumerate(lines):
        if line.warehouse_id not in places:
            yield not_found("warehouse", index)
        if line.variant_id not in known:
            yield not_found("sku" if line.sku else "variant", index)
        elif line.key in seen:
            text = _("The same goods of the same source are expected twice on one day.")
            yield DomainError(CoreErrorCode.DUPLICATE, text, "day", index)
        seen.add(line.key)
        if line.quantity < 0:
            text = _("The quantity cannot be below 0.")
            yield DomainError(StockErrorCode.QUANTITY_INVALID, text, "quantity", index)
        yield from quantity_problems(line.quantity, "quantity", index)
        if len(line.source) > SOURCE_LIMIT:
            text = _("At most %(limit)s characters.") % {"limit": SOURCE_LIMIT}
            yield DomainError(CoreErrorCode.INVALID, text, "source", index)


def _there(actor: Actor, wanted: Mapping[Key, Decimal]) -> dict[Key, SupplyPlan]:
    """The plans of these as they are now, under lock."""
    own = SupplyPlan.objects.filter(
        organization=actor.organization_id,
        variant__in={key[1] for key in wanted},
        day__in={key[2] for key in wanted},
    )
    found = {
        (row.warehouse_id, row.variant_id, row.day, row.source): row for row in own.order_by("pk").select_for_update()
    }
    return {key: row for key, row in found.items() if key in wanted}


def _told(
    rows: Sequence[SupplyPlan], there: Mapping[Key, SupplyPlan], wanted: Mapping[Key, Decimal]
) -> Iterator[DomainEvent]:
    """An event for each plan that is not as it was."""
    for row in rows:
        old = there.get((row.warehouse_id, row.variant_id, row.day, row.source))
        changes = difference(facts(old), facts(row)) if old else created(row)
        if changes:
            yield stock_event("stock.supply_plan_changed", row, changes, verb="updated" if old else "created")
    for key, row in there.items():
        if not wanted[key]:
            yield stock_event("stock.supply_plan_changed", row, deleted(row), verb="deleted")
