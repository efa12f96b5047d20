"""Sheets of prices on their way into a list."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.fields import PriceField, QuantityField
from marketplace.core.instants import InstantField, WindowRow
from marketplace.core.models import ImportPhase, JobStatus
from marketplace.core.rows import OwnedRow
from marketplace.parties.models import Organization
from ordercenter.pricing.models.lists import PriceList


class ImportMode(models.TextChoices):
    """What happens to prices the file does not name."""

    MERGE = "merge", _("Keep the others")
    REPLACE = "replace", _("End the others")


class ImportOnError(models.TextChoices):
    """What one bad row does to the rest."""

    REJECT_ALL = "reject_all", _("Apply nothing")
    SKIP_ROWS = "skip_rows", _("Leave bad rows out")


class PriceImport(OwnedRow):
    """A sheet of prices for one list: staged, checked, shown, applied whole, and taken back if need be.

    `effective_at` is the instant from which its prices hold, null: the instant of applying. `list_version` is the
    version the preview was made against; `last_row` the greatest row id it wrote, so that what others wrote later is
    told apart. `largest_changes` holds [{variant, uom, min_quantity, old, new}], `warnings` [{row, code}].
    """

    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="imports")
    file = models.FileField(upload_to="imports/prices/%Y/%m", max_length=255)
    file_name = models.CharField(max_length=255)
    mode = models.CharField(max_length=8, choices=ImportMode, default=ImportMode.MERGE)
    on_error = models.CharField(max_length=16, choices=ImportOnError, default=ImportOnError.REJECT_ALL)
    effective_at = InstantField(null=True, blank=True)
    status = models.CharField(max_length=24, choices=JobStatus, default=JobStatus.QUEUED)
    phase = models.CharField(max_length=8, choices=ImportPhase, default=ImportPhase.STAGE)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    ended_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    largest_changes = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    failure = models.TextField(blank=True, default="")
    list_version = models.PositiveIntegerField(null=True)
    last_row = models.BigIntegerField(null=True)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="price_import_latest")]


class PriceImportRow(OwnedRow):
    """A row of the sheet: the cells as they came, what they were read as, and what is wrong.

    `errors` is [{column, code}]; `change` is new, changed or unchanged, empty while it is unknown or there are errors.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    price_import = models.ForeignKey(PriceImport, models.CASCADE, related_name="rows", db_index=False)
    position = models.PositiveIntegerField()
    cells = models.JSONField()
    variant = models.ForeignKey(
        Variant, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    uom = models.ForeignKey(
        UnitOfMeasure, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    min_quantity = QuantityField(null=True)
    amount = PriceField(null=True)
    valid_from = InstantField(null=True)
    valid_to = InstantField(null=True)
    old_amount = PriceField(null=True)
    change = models.CharField(max_length=16, blank=True, default="")
    errors = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["price_import", "position"], name="price_import_row_once")]
        indexes = [
            models.Index(fields=["price_import", "position"], condition=~Q(errors=[]), name="price_import_row_errors")
        ]


class PriceImportUndo(OwnedRow, WindowRow):
    """A price row as it was before an import ended or replaced it: what reverting brings back."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    price_import = models.ForeignKey(PriceImport, models.CASCADE, related_name="undo")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    uom = models.ForeignKey(UnitOfMeasure, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    min_quantity = QuantityField()
    amount = PriceField()
