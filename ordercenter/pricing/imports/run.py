"""An import from its upload to its end: what a person asks for, and what a worker does of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.imports import ImportOnError, ImportPhase
from marketplace.core.models import JobStatus
from marketplace.core.sheets import open_sheet
from ordercenter.pricing.entries import instant_text
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.imports import apply as applying
from ordercenter.pricing.imports.apply import instants_of
from ordercenter.pricing.imports.check import check
from ordercenter.pricing.imports.columns import missing_columns
from ordercenter.pricing.imports.preview import preview
from ordercenter.pricing.imports.progress import Progress
from ordercenter.pricing.imports.stage import Row, stage
from ordercenter.pricing.lists import MANAGE, MOVES, ever_in_force, home_of, lock_list
from ordercenter.pricing.models import ImportMode, PriceImport, PriceImportFile, PriceList

logger = logging.getLogger(__name__)

LARGEST_FILE = 64 * 1024 * 1024
PATIENCE = timedelta(minutes=1)


def price_import_start(
    actor: Actor,
    list_id: int,
    file_name: str,
    content: bytes,
    mode: str = ImportMode.MERGE,
    on_error: str = ImportOnError.REJECT_ALL,
    effective_at: datetime | None = None,
) -> PriceImport:
    """Keep an uploaded sheet and have a worker read and check it; nothing is written to the list (pricing §6).

    Raises NOT_FOUND (list), FILE_INVALID for a file that is too large or empty, PRICE_BACKDATED.
    """
    actor.require(MANAGE)
    owner = home_of(actor)
    if not content or len(content) > LARGEST_FILE:
        raise DomainError(PricingErrorCode.FILE_INVALID, PricingErrorCode.FILE_INVALID.label, "file")
    with transaction.atomic():
        found = lock_list(actor, list_id, "price_list")
        MOVES.target("void", found.status)
        if effective_at is not None and ever_in_force(found) and effective_at < found.now:  # type: ignore[attr-defined]
            code = PricingErrorCode.PRICE_BACKDATED
            raise DomainError(code, code.label, "effective_at")
        started = PriceImport.objects.create(
            organization=owner,
            price_list=found,
            file_name=file_name[:255],
            mode=mode,
            on_error=on_error,
            effective_at=effective_at,
            created_by=actor.user,
        )
        PriceImportFile.objects.create(organization=owner, price_import=started, content=content)
        transaction.on_commit(lambda: _queue("prepare_import", started.pk))
    return started


def price_import_cancel(actor: Actor, import_id: int) -> PriceImport:
    """Give an import up that was not applied. Raises NOT_FOUND, INVALID_TRANSITION."""
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, import_id)
        if not found.can_cancel:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This import cannot be cancelled any more."), "id")
        found.status = JobStatus.CANCELLED
        found.save(update_fields=["status"])
    return found


def price_import_apply(actor: Actor, import_id: int) -> PriceImport:
    """Have a worker apply what the preview shows, in one transaction.

    Raises NOT_FOUND, INVALID_TRANSITION without a preview to apply, CONFLICT where the list was written to since; a new
    preview is then on its way.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = _locked(actor, import_id)
        if not found.can_apply:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("There is nothing to apply."), "id")
        stale = found.price_list.version != found.list_version
        found.status = JobStatus.RUNNING
        found.phase = ImportPhase.VALIDATE if stale else ImportPhase.APPLY
        found.save(update_fields=["status", "phase"])
        task = "prepare_import" if stale else "apply_import"
        transaction.on_commit(lambda: _queue(task, found.pk))
    if stale:
        text = _("The price list was changed since this preview was made. Look at the new preview.")
        raise DomainError(CoreErrorCode.CONFLICT, text, "id")
    return found


def prepare(import_id: int) -> None:
    """Read, check and preview an import, unless it is cancelled or applied; a second run starts over."""
    running = (
        PriceImport.objects.select_related("price_list", "organization", "created_by").filter(pk=import_id).first()
    )
    if running is None or running.phase not in (ImportPhase.STAGE, ImportPhase.VALIDATE):
        return
    with alone_with(running) as alone, failing_gently(running):
        if not alone or not _live(running).update(status=JobStatus.RUNNING):
            return
        if running.phase == ImportPhase.STAGE:
            sheet = open_sheet(bytes(running.upload.content), running.file_name)
            stage_sheet(running, sheet.headings, sheet.rows)
        make_preview(running)
    Progress(running, running.phase).end()


def resume() -> int:
    """Hand imports to a worker again that nobody works at: one that died, or a queue that did not answer."""
    waiting = Q(status=JobStatus.QUEUED, phase=ImportPhase.STAGE) | Q(status=JobStatus.RUNNING)
    stale = PriceImport.objects.filter(waiting, created_at__lt=timezone.now() - PATIENCE)
    found = list(stale.order_by("pk").values_list("pk", "phase"))
    for key, phase in found:
        _queue("apply_import" if phase == ImportPhase.APPLY else "prepare_import", key)
    return len(found)


def stage_sheet(running: PriceImport, headings: Sequence[str], rows: Iterable[Row]) -> None:
    """Put a sheet into staging. Raises FILE_INVALID for one without the columns that are needed."""
    missing = missing_columns(headings)
    if missing:
        text = _("The sheet has no column %(columns)s.") % {"columns": ", ".join(missing)}
        raise DomainError(PricingErrorCode.FILE_INVALID, text, "file")
    running.headings = list(headings)
    PriceImport.objects.filter(pk=running.pk).update(headings=running.headings)
    stage(running, rows)


def make_preview(running: PriceImport) -> None:
    """Check what is staged and write on the import what applying it would do."""
    found = PriceList.objects.annotate(now=TransactionNow()).get(pk=running.price_list_id)
    running.list_version = found.version
    default, floor = instants_of(running, found)
    check(running, default, floor)
    preview(running, instant_text(default))


def finish(import_id: int) -> None:
    """Apply an import that was asked to be applied; a second run finds it done."""
    running = PriceImport.objects.select_related("organization", "created_by").get(pk=import_id)
    if running.phase != ImportPhase.APPLY or running.status != JobStatus.RUNNING:
        return
    with alone_with(running) as alone, failing_gently(running):
        if not alone:
            return
        try:
            applying.apply(_actor_of(running), import_id)
        except DomainError as refused:
            if refused.code is not CoreErrorCode.CONFLICT:
                raise
            running.refresh_from_db()
            make_preview(running)


@contextmanager
def alone_with(running: PriceImport) -> Iterator[bool]:
    """True while no other worker has this import in hand; the lock is gone with the connection of one that dies."""
    values = [f"pricing import {running.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", values)
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", values)


@contextmanager
def failing_gently(running: PriceImport) -> Iterator[None]:
    """Write on an import why it could not go on: what the file is to blame for in words, all else as a failure.

    In the language of whoever started it: the worker has none of its own.
    """
    reader = running.created_by.language if running.created_by else ""
    with translation.override(reader or running.organization.language):
        try:
            yield
        except DomainError as refused:
            _fail(running, str(refused.message))
        except Exception:
            logger.exception("price import %s failed", running.pk)
            _fail(running, _("The import failed; nothing was written."))


def _fail(running: PriceImport, text: str) -> None:
    PriceImport.objects.filter(pk=running.pk).update(status=JobStatus.FAILED, failure=text)


def _locked(actor: Actor, import_id: int) -> PriceImport:
    rows = PriceImport.objects.visible_to(actor).select_for_update(of=("self",)).select_related("price_list")
    found = rows.order_by("pk").filter(pk=import_id).first()
    if found is None:
        raise not_found("id")
    return found


def _actor_of(running: PriceImport) -> Actor:
    """Whoever asked for it, who was allowed to then."""
    return Actor(running.created_by, running.organization, is_system=True)


def _live(running: PriceImport) -> Any:
    return PriceImport.objects.filter(pk=running.pk).exclude(status=JobStatus.CANCELLED)


def _queue(name: str, import_id: int) -> None:
    """Hand an import to a worker; where no queue answers, `resume` finds it in a minute."""
    from ordercenter.pricing import tasks

    try:
        getattr(tasks, name).delay(import_id)
    except Exception:
        logger.warning("no worker could be asked for price import %s; it will be resumed", import_id, exc_info=True)
