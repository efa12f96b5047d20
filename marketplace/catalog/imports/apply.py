"""Checking a staged sheet as a whole, and writing it as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed
from marketplace.catalog.imports.known import Known, cells_of
from marketplace.catalog.imports.plan import Planner, RowPlan
from marketplace.catalog.imports.progress import Progress
from marketplace.catalog.listings import PUT_UP, TAKE_DOWN
from marketplace.catalog.models import Pack, Product, ProductImport, ProductImportRow, Variant
from marketplace.catalog.values import lock_products
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import DomainEvent, record
from marketplace.core.imports import ImportOnError, ImportPhase
from marketplace.core.models import JobStatus

PART = 1000

ERRORS = """
UPDATE catalog_productimportrow staged SET errors = found.errors::jsonb
FROM unnest(%(positions)s::integer[], %(errors)s::text[]) AS found(position, errors)
WHERE staged.product_import_id = %(import)s::bigint AND staged.position = found.position
"""

_PRODUCT = [
    "name_zh", "name_en", "description_zh", "description_en", "brand", "category", "status", "tax_rate", "tax_category",
    "attributes", "updated_at",
]  # fmt: skip
_VARIANT = ["name_zh", "name_en", "attributes"]


def check(running: ProductImport) -> None:
    """Read every staged row against the catalogue, note its errors and what it would do; nothing else is written."""
    ProductImportRow.objects.filter(product_import=running).exclude(errors=[]).update(errors=[])
    counts = {"new": 0, "changed": 0, "unchanged": 0, "error": 0}
    progress = Progress(running, ImportPhase.VALIDATE)
    for done, plans in _plans(running):
        wrong = [plan for plan in plans if plan.errors]
        _note(running, wrong)
        counts["error"] += len(wrong)
        counts["new"] += sum(plan.is_new for plan in plans if not plan.errors)
        counts["changed"] += sum(plan.changes and not plan.is_new for plan in plans if not plan.errors)
        counts["unchanged"] += sum(not plan.changes and not plan.errors for plan in plans)
        progress.tell(done, running.rows_total)
    live = ProductImport.objects.filter(pk=running.pk).exclude(status=JobStatus.CANCELLED)
    live.update(
        phase=ImportPhase.PREVIEW,
        status=JobStatus.QUEUED,
        rows_done=running.rows_total,
        **{f"{name}_count": number for name, number in counts.items()},
    )


def _note(running: ProductImport, wrong: Sequence[RowPlan]) -> None:
    if wrong:
        values: dict[str, Any] = {
            "import": running.pk,
            "positions": [plan.position for plan in wrong],
            "errors": [json.dumps([error.stored() for error in plan.errors], ensure_ascii=False) for plan in wrong],
        }
        with connection.cursor() as cursor:
            cursor.execute(ERRORS, values)


def apply(actor: Actor, running: ProductImport) -> None:
    """Write a checked sheet in one transaction: everything, or nothing. A row that changes nothing writes nothing.

    The catalogue may have changed since the preview: rows that have errors now are passed over with SKIP_ROWS; with
    REJECT_ALL the whole import is refused with CONFLICT, and its caller makes a new preview.
    """
    progress = Progress(running, ImportPhase.APPLY)
    skipped = written = 0
    with transaction.atomic():
        for done, plans in _plans(running, save=True):
            good = [plan for plan in plans if not plan.errors]
            skipped += len(plans) - len(good)
            if skipped and running.on_error == ImportOnError.REJECT_ALL:
                text = _("The catalogue has changed since this preview was made. Look at the new preview.")
                raise DomainError(Code.CONFLICT, text, "id")
            changing = [plan for plan in good if plan.changes]
            _write(actor, running, changing)
            written += len(changing)
            progress.tell(done, running.rows_total)
        status = JobStatus.PARTIALLY_SUCCEEDED if skipped else JobStatus.SUCCEEDED
        ProductImport.objects.filter(pk=running.pk).update(
            status=status, phase=ImportPhase.DONE, rows_done=running.rows_total, finished_at=timezone.now()
        )
        payload = {"rows": written, "skipped": skipped}
        owner = (running.organization_id,)
        record(actor, DomainEvent("catalog.products_imported", "ProductImport", running.pk, owner, payload))


def _plans(running: ProductImport, save: bool = False) -> Iterator[tuple[int, list[RowPlan]]]:
    """The rows in parts, each read against what the catalogue has when its turn comes."""
    known = Known(running.organization_id, running.headings)
    planner = Planner(known)
    rows = ProductImportRow.objects.filter(product_import=running).order_by("position")
    done = 0
    for part in _parts(rows.values_list("position", "values").iterator(PART)):
        cells = [(position, cells_of(values, known.columns)) for position, values in part]
        known.load(row for _position, row in cells)
        plans = [planner.plan(position, row) for position, row in cells]
        if save:
            known.save_new()
        done += len(part)
        yield done, plans


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(rows)
    while part := list(islice(waiting, PART)):
        yield part


def _write(actor: Actor, running: ProductImport, plans: Sequence[RowPlan]) -> None:
    """Save the plans of one part; a constant number of statements."""
    lock_products(plan.product.pk for plan in plans if plan.product and plan.product.pk)
    products = _saved_products(plans)
    new = [plan for plan in plans if plan.is_new]
    for plan in new:
        assert plan.variant is not None
        plan.variant.product = plan.product  # type: ignore[assignment]
    _place(new)
    Variant.objects.bulk_create(plan.variant for plan in new if plan.variant)
    changed = [plan.variant for plan in plans if plan.variant and plan.variant_changed and not plan.is_new]
    Variant.objects.bulk_update(changed, _VARIANT)
    _save_packs(plans)
    _save_listings(running, plans)
    products_changed({*products, *(plan.product.pk for plan in plans if plan.product)})


def _saved_products(plans: Sequence[RowPlan]) -> list[int]:
    touched = {id(plan.product): plan.product for plan in plans if plan.product_changed and plan.product}
    new = [product for product in touched.values() if product.pk is None]
    old = [product for product in touched.values() if product.pk is not None]
    Product.objects.bulk_create(new)
    for product in old:
        product.updated_at = timezone.now()
    Product.objects.bulk_update(old, _PRODUCT)
    return [product.pk for product in touched.values()]


def _place(new: Sequence[RowPlan]) -> None:
    """Give new variants their places after those their products have."""
    ids = {plan.product.pk for plan in new if plan.product}
    last: dict[int, int] = {}
    for product_id, position in Variant.objects.filter(product__in=ids).values_list("product_id", "position"):
        last[product_id] = max(last.get(product_id, -1), position)
    for plan in new:
        if plan.product and plan.variant:
            last[plan.product.pk] = plan.variant.position = last.get(plan.product.pk, -1) + 1


def _save_packs(plans: Sequence[RowPlan]) -> None:
    moving = [plan.variant.pk for plan in plans if plan.default_moves and plan.variant and not plan.is_new]
    # Two defaults at once would break the constraint, whatever the order of the writes.
    Pack.objects.filter(variant__in=moving, is_default=True).update(is_default=False)
    packs = []
    for plan in plans:
        for pack in plan.packs:
            pack.variant = plan.variant  # type: ignore[assignment]
            pack.pk = None
            packs.append(pack)
    Pack.objects.bulk_create(
        packs,
        update_conflicts=True,
        unique_fields=["variant", "uom"],
        update_fields=["factor", "barcode", "is_default"],
    )


def _save_listings(running: ProductImport, plans: Sequence[RowPlan]) -> None:
    for listed, statement in ((True, PUT_UP), (False, TAKE_DOWN)):
        ids = [plan.variant.pk for plan in plans if plan.listed is listed and plan.variant]
        if ids:
            values: dict[str, Any] = {"seller": running.organization_id, "variants": ids}
            with connection.cursor() as cursor:
                cursor.execute(statement, values | ({"start": None, "end": "infinity"} if listed else {}))
