"""Imports of products from a sheet."""

from __future__ import annotations

from django.db import models

from marketplace.core.imports import SheetImport, SheetImportRow
from marketplace.core.rows import OwnedRow


class ProductImport(SheetImport):
    """A sheet of products: staged, checked row by row, applied whole."""


class ProductImportFile(OwnedRow):
    """The uploaded sheet, kept in the database so that any worker can read it."""

    product_import = models.OneToOneField(ProductImport, models.CASCADE, related_name="upload")
    content = models.BinaryField()


class ProductImportRow(SheetImportRow):
    """One row of a sheet as it came, and what is wrong with it."""

    product_import = models.ForeignKey(ProductImport, models.CASCADE, related_name="rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product_import", "position"], name="product_import_row_once")]
