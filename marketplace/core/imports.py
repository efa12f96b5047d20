"""What every import from a sheet has in common: phases, counts, rows with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.models import JobStatus
from marketplace.core.rows import OwnedRow


class ImportPhase(models.TextChoices):
    """How far an import is: it waits for a person in PREVIEW."""

    STAGE = "stage", _("Reading the file")
    VALIDATE = "validate", _("Checking")
    PREVIEW = "preview", _("Preview")
    APPLY = "apply", _("Applying")
    DONE = "done", _("Done")


class ImportOnError(models.TextChoices):
    """What a row in error does to the others."""

    REJECT_ALL = "reject_all", _("Reject the whole file")
    SKIP_ROWS = "skip_rows", _("Skip rows with errors")


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one cell; `row` is the row of the sheet as people count, the heading being row 1."""

    row: int
    column: str
    code: str
    message: str | Promise
    value: str = ""

    def stored(self) -> dict[str, Any]:
        """As it is kept in the row's `errors`."""
        return {"column": self.column, "code": self.code, "message": str(self.message), "value": self.value}


class SheetImport(OwnedRow):
    """A file on its way into the database: staged, checked whole, shown, applied in one transaction."""

    file_name = models.CharField(max_length=255)
    status = models.CharField(max_length=24, choices=JobStatus, default=JobStatus.QUEUED)
    phase = models.CharField(max_length=12, choices=ImportPhase, default=ImportPhase.STAGE)
    on_error = models.CharField(max_length=12, choices=ImportOnError, default=ImportOnError.REJECT_ALL)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    headings = models.JSONField(default=list)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        """A preview that waits for a person, without errors unless rows in error are skipped."""
        clean = self.error_count == 0 or self.on_error == ImportOnError.SKIP_ROWS
        return clean and self.phase == ImportPhase.PREVIEW and self.status == JobStatus.QUEUED

    @property
    def can_apply(self) -> bool:
        """A preview with something to write."""
        return self.is_ready and bool(self.new_count or self.changed_count)

    @property
    def can_cancel(self) -> bool:
        """Not finished, and not being written."""
        return self.status in (JobStatus.QUEUED, JobStatus.RUNNING) and self.phase != ImportPhase.APPLY


class SheetImportRow(OwnedRow):
    """One row of a sheet: `values` by heading as they came, `errors` as [{column, code, message, value}]."""

    position = models.PositiveIntegerField()
    values = models.JSONField()
    errors = models.JSONField(default=list)

    class Meta:
        abstract = True
