"""How an organization keeps its stock: settings and safety stock (stock §1, §2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record, record_all
from ordercenter.stock.checks import quantity_problems
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.events import stock_event
from ordercenter.stock.models import SafetyStock, StockSettings, Warehouse, WarehouseKind
from ordercenter.stock.reservations import LONGEST_MINUTES

#: Days.
LONGEST_LOOK_AHEAD = 366

#: A warehouse and a variant.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Safety:
    """What of a variant (by id, or 0 and its SKU) is withheld in a warehouse, in base units; 0 ends it."""

    warehouse_id: int
    variant_id: int
    quantity: Decimal
    sku: str = ""


def write_settings(
    actor: Actor,
    reservation_minutes: int | None,
    default_warehouse_id: int | None,
    look_ahead_days: int | None = None,
) -> StockSettings:
    """Change the settings of the actor's organization; None leaves a value. A default warehouse makes it keep stock."""
    problems = []
    if reservation_minutes is not None and not 0 < reservation_minutes <= LONGEST_MINUTES:
        text = _("A reservation lasts 24 hours at most.")
        problems.append(DomainError(StockErrorCode.RESERVATION_TOO_LONG, text, "reservation_minutes"))
    if look_ahead_days is not None and not 0 < look_ahead_days <= LONGEST_LOOK_AHEAD:
        text = _("Dates are promised for 1 to 366 days ahead.")
        problems.append(DomainError(CoreErrorCode.INVALID, text, "look_ahead_days"))
    own = Warehouse.objects.filter(organization=actor.organization_id).exclude(kind=WarehouseKind.TRANSIT)
    if default_warehouse_id is not None and not own.filter(pk=default_warehouse_id).exists():
        problems.append(not_found("default_warehouse"))
    raise_all(problems)
    values = {
        "reservation_minutes": reservation_minutes,
        "default_warehouse_id": default_warehouse_id,
        "look_ahead_days": look_ahead_days,
    }
    given = {name: value for name, value in values.items() if value is not None}
    with transaction.atomic():
        settings, _made = StockSettings.objects.select_for_update().get_or_create(organization=actor.organization)
        before = facts(settings)
        for name, value in given.items():
            setattr(settings, name, value)
        if changes := difference(before, facts(settings)):
            settings.save()
            record(actor, stock_event("stock.settings_changed", settings, changes))
    return settings


def write_safety_stock(actor: Actor, lines: Sequence[Safety]) -> None:
    """Withhold so much of each from its warehouse from now on, a constant number of statements for any number."""
    own = {"organization": actor.organization_id}
    places = set(Warehouse.objects.filter(**own).values_list("pk", flat=True))
    lines = _with_variants(actor, lines)
    asked = {line.variant_id for line in lines}
    variants = set(Variant.objects.visible_to(actor).filter(pk__in=asked).values_list("pk", flat=True))
    problems = []
    for index, line in enumerate(lines):
        if line.warehouse_id not in places:
            problems.append(not_found("warehouse", index))
        if line.variant_id not in variants:
            problems.append(not_found("sku" if line.sku else "variant", index))
        if line.quantity < 0:
            text = _("The quantity cannot be below 0.")
            problems.append(DomainError(StockErrorCode.QUANTITY_INVALID, text, "quantity", index))
        problems.extend(quantity_problems(line.quantity, "quantity", index))
    raise_all(problems)
    kept = {(line.warehouse_id, line.variant_id): line.quantity for line in lines}
    rows = [
        SafetyStock(organization=actor.organization, warehouse_id=place, variant_id=variant, quantity=quantity)
        # In one order: two who write the same rows wait for each other, and not for ever.
        for (place, variant), quantity in sorted(kept.items())
        if quantity
    ]
    with transaction.atomic():
        there = _there(actor, kept)
        SafetyStock.objects.filter(pk__in=[there[key].pk for key in there if not kept[key]]).delete()
        SafetyStock.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["organization", "variant", "warehouse"],
            update_fields=["quantity"],
        )
        record_all(actor, _told(rows, there, kept))


def _with_variants(actor: Actor, lines: Sequence[Safety]) -> Sequence[Safety]:
    """The lines with the variants that they name by SKU; 0 stays where there is none."""
    return [
        line if line.variant_id else replace(line, variant_id=pk, sku=line.sku or "-")
        for line, pk in zip(lines, own_variants(actor, lines), strict=True)
    ]


class NamesVariant(Protocol):
    """A line that names a variant by its id or, where that is 0, by the SKU of the actor's organization."""

    @property
    def variant_id(self) -> int: ...

    @property
    def sku(self) -> str: ...


def own_variants(actor: Actor, lines: Sequence[NamesVariant]) -> list[int]:
    """The variant of each line; 0 for a SKU that the actor's organization does not have. One statement, or none."""
    skus = {line.sku.strip() for line in lines if not line.variant_id}
    own = Variant.objects.visible_to(actor).filter(organization=actor.organization_id, sku__in=skus)
    found = dict(own.values_list("sku", "pk")) if skus else {}
    return [line.variant_id or found.get(line.sku.strip(), 0) for line in lines]


def _there(actor: Actor, kept: Mapping[Key, Decimal]) -> dict[Key, SafetyStock]:
    """What of these is withheld now, under lock."""
    places, variants = {place for place, _variant in kept}, {variant for _place, variant in kept}
    own = SafetyStock.objects.filter(organization=actor.organization_id, warehouse__in=places, variant__in=variants)
    found = {(row.warehouse_id, row.variant_id): row for row in own.order_by("pk").select_for_update()}
    return {key: row for key, row in found.items() if key in kept}


def _told(
    rows: Sequence[SafetyStock], there: Mapping[Key, SafetyStock], kept: Mapping[Key, Decimal]
) -> Iterator[DomainEvent]:
    """An event for each that is not as it was."""
    for row in rows:
        old = there.get((row.warehouse_id, row.variant_id))
        changes = difference(facts(old), facts(row)) if old else created(row)
        if changes:
            yield stock_event("stock.safety_stock_changed", row, changes, verb="updated" if old else "created")
    for key, row in there.items():
        if not kept[key]:
            yield stock_event("stock.safety_stock_changed", row, deleted(row), verb="deleted")
