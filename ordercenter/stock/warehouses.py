"""Places with stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.models import Address
from ordercenter.stock.checks import length_problems
from ordercenter.stock.events import stock_event
from ordercenter.stock.models import Warehouse, WarehouseKind

TRANSIT_CODE = "TRANSIT"
LAST_PRIORITY = 9999


@dataclass(frozen=True, slots=True)
class WarehouseDraft:
    """What a warehouse is to be; None leaves a value as it is (100 for the priority of a new one, which allocates)."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    kind: str | None = None
    priority: int | None = None
    allocates: bool | None = None
    address_id: int | None = None


def write_warehouse(actor: Actor, draft: WarehouseDraft, warehouse_id: int | None = None) -> Warehouse:
    """Make a warehouse of the actor's organization or change one; the first one brings the place of goods on their way.

    Raises REQUIRED for code and name, DUPLICATE for a code that is taken, INVALID for anything of the kind TRANSIT,
    a text that is too long, and a priority that is none.
    """
    raise_all([*_problems(draft), *_foreign(actor, draft)])
    try:
        with transaction.atomic():
            warehouse = _found(actor, warehouse_id) if warehouse_id else Warehouse(organization=actor.organization)
            before = facts(warehouse) if warehouse_id else {}
            _fill(warehouse, draft)
            warehouse.save()
            if not warehouse_id:
                record(actor, stock_event("stock.warehouse_created", warehouse, created(warehouse)))
            elif changes := difference(before, facts(warehouse)):
                record(actor, stock_event("stock.warehouse_changed", warehouse, changes))
            _transit(actor)
    except IntegrityError as error:
        text = _("There is a warehouse %(code)s already.") % {"code": draft.code}
        raise DomainError(CoreErrorCode.DUPLICATE, text, "code") from error
    return warehouse


def _found(actor: Actor, warehouse_id: int) -> Warehouse:
    rows = Warehouse.objects.visible_to(actor).select_for_update()
    warehouse = rows.filter(pk=warehouse_id, organization=actor.organization_id).first()
    if warehouse is None:
        raise not_found("id")
    if warehouse.kind == WarehouseKind.TRANSIT:
        raise DomainError(CoreErrorCode.INVALID, _("The place of goods on their way cannot be changed."), "id")
    return warehouse


def _fill(warehouse: Warehouse, draft: WarehouseDraft) -> None:
    warehouse.code = draft.code.strip()
    warehouse.name_zh = draft.name_zh.strip() or warehouse.name_zh
    warehouse.name_en = draft.name_en.strip() or warehouse.name_en
    for name in ("kind", "priority", "allocates", "address_id"):
        value = getattr(draft, name)
        if value is not None:
            setattr(warehouse, name, value)


def _transit(actor: Actor) -> None:
    place = Warehouse(
        organization=actor.organization,
        code=TRANSIT_CODE,
        kind=WarehouseKind.TRANSIT,
        name_zh="在途",
        name_en="In transit",
        allocates=False,
    )
    Warehouse.objects.bulk_create([place], ignore_conflicts=True)


def _foreign(actor: Actor, draft: WarehouseDraft) -> Iterator[DomainError]:
    if draft.address_id is None:
        return
    if not Address.objects.filter(organization=actor.organization_id, pk=draft.address_id).exists():
        yield not_found("address")


def _problems(draft: WarehouseDraft) -> list[DomainError]:
    problems = []
    if not draft.code.strip():
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("A warehouse needs a code."), "code"))
    if not (draft.name_zh.strip() or draft.name_en.strip()):
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("A warehouse needs a name."), "name"))
    texts = {"code": draft.code.strip(), "name_zh": draft.name_zh.strip(), "name_en": draft.name_en.strip()}
    problems += length_problems(Warehouse, **texts)
    if draft.priority is not None and not 0 <= draft.priority <= LAST_PRIORITY:
        text = _("A priority is a number from 0 to %(last)s.") % {"last": LAST_PRIORITY}
        problems.append(DomainError(CoreErrorCode.INVALID, text, "priority"))
    if draft.kind == WarehouseKind.TRANSIT or draft.code.strip() == TRANSIT_CODE:
        text = _("The place of goods on their way is made by itself.")
        problems.append(DomainError(CoreErrorCode.INVALID, text, "code"))
    return problems
