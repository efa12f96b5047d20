"""Sheets of prices on their way into a list."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.fields import PriceField, QuantityField
from marketplace.core.imports import SheetImport, SheetImportRow
from marketplace.core.instants import InstantField, WindowRow
from marketplace.core.models import JobStatus
from marketplace.core.rows import OwnedRow
from marketplace.parties.models import Organization
from ordercenter.pricing.models.lists import PriceList


class ImportMode(models.TextChoices):
    """What happens to prices the file does not name."""

    MERGE = "merge", _("Keep the others")
    REPLACE = "replace", _("End the others")


class RowChange(models.TextChoices):
    """What a row of the sheet does to the price in force at its instant."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")


class PriceImport(SheetImport):
    """A sheet of prices for one list: staged, checked, shown, applied whole, and taken back if need be.

    `effective_at` is the instant from which its prices hold, null: the instant of applying. `list_version` is the
    version the preview was made against; `last_row` the greatest row id it wrote, so that what others wrote later is
    told apart. `largest_changes` holds [{variant, uom, min_quantity, old, new}], `warnings` [{row, code}].
    """

    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="imports")
    mode = models.CharField(max_length=8, choices=ImportMode, default=ImportMode.MERGE)
    effective_at = InstantField(null=True, blank=True)
    ended_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    largest_changes = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    list_version = models.PositiveIntegerField(null=True)
    last_row = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-id"], name="price_import_latest")]

    @property
    def can_apply(self) -> bool:
        """As for every sheet; one that only ends prices has something to do, too."""
        ends = self.mode == ImportMode.REPLACE and self.ended_count > 0
        return self.is_ready and bool(self.new_count or self.changed_count or ends)

    @property
    def can_revert(self) -> bool:
        """Applied, and not taken back."""
        return self.applied_at is not None and self.reverted_at is None and self.status != JobStatus.RUNNING


class PriceImportFile(OwnedRow):
    """The uploaded sheet, kept in the database so that any worker can read it."""

    price_import = models.OneToOneField(PriceImport, models.CASCADE, related_name="upload")
    content = models.BinaryField()


class PriceImportRow(SheetImportRow):
    """A row of the sheet: the cells as they came, what they were read as, and what is wrong.

    The columns below are what could be read; a row in error still names its slot where it can.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    price_import = models.ForeignKey(PriceImport, models.CASCADE, related_name="rows", db_index=False)
    code = models.CharField(max_length=64, blank=True, default="")
    uom_code = models.CharField(max_length=255, blank=True, default="")
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
    change = models.CharField(max_length=16, choices=RowChange, blank=True, default="")

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
