"""An import from its upload to its end: what a person asks for, and what a worker does of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.imports import apply as applying
from marketplace.catalog.imports.columns import columns_of, missing_columns
from marketplace.catalog.imports.progress import Progress
from marketplace.catalog.models import Attribute, ProductImport, ProductImportFile, ProductImportRow
from marketplace.catalog.values import home
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found
from marketplace.core.imports import ImportOnError, ImportPhase
from marketplace.core.models import JobStatus
from marketplace.core.sheets import LARGEST_SHEET, Sheet, open_sheet
from marketplace.parties.actors import load_actor

logger = logging.getLogger(__name__)

MANAGE = "catalog.manage"
MOST_ROWS = 500_000


def product_import_start(
    actor: Actor, file_name: str, content: bytes, on_error: str = ImportOnError.REJECT_ALL
) -> ProductImport:
    """Keep an uploaded sheet of products and have a worker read and check it; the catalogue is not touched yet.

    Raises FILE_INVALID for a file that is empty or too large.
    """
    actor.require(MANAGE)
    if not content or len(content) > LARGEST_SHEET:
        raise DomainError(Code.FILE_INVALID, _("The file is empty or larger than 64 MB."), "file")
    with transaction.atomic():
        started = ProductImport.objects.create(
            organization=home(actor), file_name=file_name[:255], on_error=on_error, created_by=actor.user
        )
        ProductImportFile.objects.create(organization=home(actor), product_import=started, content=content)
        _queue("prepare_product_import", started.pk)
    return started


def product_import_apply(actor: Actor, import_id: int) -> ProductImport:
    """Have a worker write what the preview shows, in one transaction. Raises INVALID_TRANSITION without a preview."""
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, import_id)
        if not found.can_apply:
            raise DomainError(Code.INVALID_TRANSITION, _("There is nothing to apply."), "id")
        found.status, found.phase, found.rows_done = JobStatus.RUNNING, ImportPhase.APPLY, 0
        found.save(update_fields=["status", "phase", "rows_done"])
        _queue("apply_product_import", found.pk)
    return found


def product_import_cancel(actor: Actor, import_id: int) -> ProductImport:
    """Give an import up that was not applied. Raises INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, import_id)
        if not found.can_cancel:
            raise DomainError(Code.INVALID_TRANSITION, _("This import cannot be cancelled any more."), "id")
        found.status = JobStatus.CANCELLED
        found.save(update_fields=["status"])
        ProductImportFile.objects.filter(product_import=found).delete()
    return found


def prepare(import_id: int) -> None:
    """Read and check a sheet, unless it was cancelled or applied; a second run starts over."""
    running = ProductImport.objects.select_related("created_by").filter(pk=import_id).first()
    waiting = (ImportPhase.STAGE, ImportPhase.VALIDATE)
    if running is None or running.status not in (JobStatus.QUEUED, JobStatus.RUNNING) or running.phase not in waiting:
        return
    ProductImport.objects.filter(pk=import_id).update(status=JobStatus.RUNNING)
    with _language(running), _failing_gently(running):
        if running.phase == ImportPhase.STAGE:
            _stage(running, open_sheet(bytes(running.upload.content), running.file_name))
        applying.check(running)
    Progress(running, running.phase).end()


def finish(import_id: int) -> None:
    """Write an import that was asked to be applied; a second run finds it done."""
    running = ProductImport.objects.select_related("organization", "created_by").get(pk=import_id)
    if running.phase != ImportPhase.APPLY or running.status != JobStatus.RUNNING:
        return
    with _language(running), _failing_gently(running):
        try:
            applying.apply(_actor_of(running), running)
        except DomainError as refused:
            if refused.code != Code.CONFLICT:
                raise
            applying.check(running)
    Progress(running, running.phase).end()


def _stage(running: ProductImport, sheet: Sheet) -> None:
    """Put the rows of a sheet into staging in place of what stood there. Raises FILE_INVALID."""
    attributes = list(Attribute.objects.filter(organization=running.organization_id))
    missing = missing_columns(columns_of(sheet.headings, attributes))
    if missing:
        text = _("The sheet has no column %(columns)s.") % {"columns": ", ".join(missing)}
        raise DomainError(Code.FILE_INVALID, text, "file")
    rows = ProductImportRow.objects.filter(product_import=running)
    progress = Progress(running, ImportPhase.STAGE)
    total = 0
    with transaction.atomic():
        rows.delete()
        for part in applying._parts(sheet.rows):
            total += len(part)
            if total > MOST_ROWS:
                text = _("At most %(most)s rows can be imported at once.") % {"most": MOST_ROWS}
                raise DomainError(Code.FILE_INVALID, text, "file")
            ProductImportRow.objects.bulk_create(
                ProductImportRow(
                    organization_id=running.organization_id, product_import=running, position=number, values=values
                )
                for number, values in part
            )
            progress.tell(total, total)
        running.rows_total, running.headings, running.phase = total, sheet.headings, ImportPhase.VALIDATE
        running.save(update_fields=["rows_total", "headings", "phase"])
        ProductImportFile.objects.filter(product_import=running).delete()
    if not total:
        raise DomainError(Code.FILE_INVALID, _("The sheet has no rows below its headings."), "file")


@contextmanager
def _language(running: ProductImport) -> Iterator[None]:
    """Errors are kept as sentences, so they are written in the language of who reads them."""
    chosen = running.created_by.language if running.created_by else ""
    with translation.override(chosen or translation.get_language() or "en"):
        yield


@contextmanager
def _failing_gently(running: ProductImport) -> Iterator[None]:
    """Write on an import why it could not go on: what the file is to blame for in words, all else as a failure."""
    try:
        yield
    except DomainError as refused:
        _fail(running, str(refused.message))
    except Exception:
        logger.exception("product import %s failed", running.pk)
        _fail(running, _("The import failed; nothing was written."))


def _fail(running: ProductImport, text: str) -> None:
    ProductImport.objects.filter(pk=running.pk).update(status=JobStatus.FAILED, failure=text)


def _locked(actor: Actor, import_id: int) -> ProductImport:
    rows = ProductImport.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).order_by("pk")
    found = rows.filter(pk=import_id).first()
    if found is None:
        raise not_found("id")
    return found


def _actor_of(running: ProductImport) -> Actor:
    if running.created_by_id is None:
        return Actor.system(running.organization)
    return load_actor(running.created_by_id, running.organization_id)


def _queue(name: str, import_id: int) -> None:
    from marketplace.catalog import tasks

    transaction.on_commit(lambda: getattr(tasks, name).delay(import_id))
