"""Goods as people name them on stock documents: id or own SKU, and a quantity in any of the variant's uoms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack, Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from ordercenter.stock.checks import LARGEST_QUANTITY
from ordercenter.stock.entries import Adjustment, Paper, StockLine, adjust, balances_for
from ordercenter.stock.errors import StockErrorCode
from ordercenter.stock.models import StockEntry, Warehouse, WarehouseKind


@dataclass(frozen=True, slots=True)
class NamedGoods:
    """A line as somebody typed it. `uom`: a code; empty for the base uom."""

    quantity: Decimal
    variant_id: int | None = None
    sku: str = ""
    uom: str = ""


def stock_lines(actor: Actor, named: Sequence[NamedGoods]) -> list[StockLine]:
    """The lines in base uoms; two statements for any number of lines.

    Raises all problems at once, with the index of each line: REQUIRED, NOT_FOUND, UNKNOWN_UOM, QUANTITY_INVALID (not
    above 0, or finer than the uom allows).
    """
    own = Variant.objects.visible_to(actor).filter(organization=actor.organization_id)
    ids = [line.variant_id for line in named if line.variant_id is not None]
    skus = [line.sku.strip() for line in named if line.sku.strip()]
    by_id = {variant.pk: variant for variant in own.filter(pk__in=ids)} if ids else {}
    by_sku = {variant.sku: variant for variant in own.filter(sku__in=skus)} if skus else {}
    found = [by_id.get(line.variant_id or 0) or by_sku.get(line.sku.strip()) for line in named]
    packs = Pack.objects.filter(variant__in=[variant.pk for variant in found if variant]).select_related("uom")
    by_uom = {(pack.variant_id, pack.uom.code.upper()): pack for pack in packs}
    base = {pack.variant_id: pack for pack in packs if pack.is_base}
    problems: list[DomainError] = []
    lines = []
    for index, (line, variant) in enumerate(zip(named, found, strict=True)):
        if variant is None:
            problems.append(_missing(line, index))
            continue
        code = line.uom.strip().upper()
        pack = by_uom.get((variant.pk, code)) if code else base.get(variant.pk)
        if pack is None:
            text = _("%(sku)s has no unit %(uom)s.") % {"sku": variant.sku, "uom": line.uom}
            problems.append(DomainError(StockErrorCode.UNKNOWN_UOM, text, "uom", index))
        elif not _fits(line.quantity, pack):
            text = _("%(sku)s: not a quantity in %(uom)s.") % {"sku": variant.sku, "uom": pack.uom.code}
            problems.append(DomainError(StockErrorCode.QUANTITY_INVALID, text, "quantity", index))
        else:
            lines.append(StockLine(variant.pk, line.quantity * pack.factor))
    raise_all(problems)
    return lines


@dataclass(frozen=True, slots=True)
class NamedAdjustment:
    """An adjustment as somebody typed it: the balance itself, or the SKU and the warehouse of its sellable goods."""

    change: Decimal | None = None
    counted: Decimal | None = None
    balance_id: int | None = None
    sku: str = ""
    warehouse: str | int = ""


def adjust_named(actor: Actor, named: Sequence[NamedAdjustment], paper: Paper) -> StockEntry:
    """Adjust balances that are named by SKU and warehouse (code or id); one that is not there yet begins at 0.

    Raises REQUIRED, NOT_FOUND by line, and what `adjust` raises; nothing is left of a refused document.
    """
    own = Variant.objects.visible_to(actor).filter(organization=actor.organization_id)
    skus = {line.sku.strip() for line in named if line.balance_id is None}
    variants = dict(own.filter(sku__in=skus).values_list("sku", "pk")) if skus else {}
    places: dict[str | int, int] = {}
    kept = Warehouse.objects.visible_to(actor).filter(organization=actor.organization_id)
    for pk, code in kept.exclude(kind=WarehouseKind.TRANSIT).values_list("pk", "code"):
        places[pk] = places[code.upper()] = pk
    raise_all(problem for index, line in enumerate(named) for problem in _unnamed(line, index, variants, places))
    with transaction.atomic():
        wanted = [
            (places[_place(line)], StockLine(variants[line.sku.strip()], Decimal(0)))
            for line in named
            if line.balance_id is None
        ]
        made = iter(balances_for(actor.organization_id, wanted) if wanted else ())
        lines = [
            Adjustment(next(made) if line.balance_id is None else line.balance_id, line.change, line.counted)
            for line in named
        ]
        return adjust(actor, lines, paper)


def _place(line: NamedAdjustment) -> str | int:
    return line.warehouse if isinstance(line.warehouse, int) else line.warehouse.strip().upper()


def _unnamed(
    line: NamedAdjustment, index: int, variants: Mapping[str, int], places: Mapping[str | int, int]
) -> Iterator[DomainError]:
    """What is wrong with how a line names its balance."""
    if line.balance_id is not None:
        return
    if line.sku.strip() not in variants:
        yield _missing(NamedGoods(Decimal(0), sku=line.sku), index)
    if not line.warehouse:
        yield DomainError(CoreErrorCode.REQUIRED, _("Choose a warehouse."), "warehouse", index)
    elif _place(line) not in places:
        text = _("There is no warehouse %(code)s.") % {"code": line.warehouse}
        yield DomainError(CoreErrorCode.NOT_FOUND, text, "warehouse", index)


def _fits(quantity: Decimal, pack: Pack) -> bool:
    """Above 0, no finer than the uom allows, and no more than a balance holds."""
    within = quantity.is_finite() and quantity > 0 and quantity * pack.factor < LARGEST_QUANTITY
    return within and quantity == round(quantity, pack.uom.exponent)


def _missing(line: NamedGoods, index: int) -> DomainError:
    if line.variant_id is not None:
        return not_found("variant", index)
    if not line.sku.strip():
        return DomainError(CoreErrorCode.REQUIRED, _("Enter a SKU."), "sku", index)
    text = _("There is no article %(sku)s.") % {"sku": line.sku}
    return DomainError(CoreErrorCode.NOT_FOUND, text, "sku", index)
