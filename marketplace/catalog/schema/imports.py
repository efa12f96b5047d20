"""Imports of products in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.urls import reverse

from marketplace.catalog.errors import CatalogErrorCode
from marketplace.catalog.imports.progress import seen
from marketplace.catalog.imports.run import product_import_apply, product_import_cancel, product_import_start
from marketplace.catalog.models import ProductImport, ProductImportRow
from marketplace.catalog.schema.goods_mutations import MANAGE, the_id
from marketplace.core.actor import Actor
from marketplace.core.imports import ImportOnError, ImportPhase, RowError
from marketplace.core.models import JobStatus
from marketplace.core.sheets import LARGEST_SHEET
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    DateTime,
    Field,
    ModelType,
    Related,
    Sort,
    SortKey,
    Upload,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.graphql.sheets import RowErrorType
from marketplace.parties.schema.types import UserType, listed, text

MOST_ERRORS = 1000


class ProductImportType(ModelType, model=ProductImport, name="ProductImport", permission=MANAGE):
    """A sheet of products: read and checked in the background, shown, written whole when somebody says so."""

    file_name = text("As it was uploaded.")
    created_at = Field(DateTime, required=True, description="When it was uploaded.")
    created_by = Related(UserType, "created_by", description="By whom.")
    finished_at = Field(DateTime, description="When it was written.")
    status = Field(enum_of(JobStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    phase = Field(enum_of(ImportPhase), required=True, description="How far it is; PREVIEW waits for somebody.")
    phase_label = Field(graphene.String, required=True, description="The same in the reader's language.")
    on_error = Field(enum_of(ImportOnError), required=True, description="What a row in error does to the others.")
    rows_done = Field(graphene.Int, required=True, description="Rows that are through this phase.")
    rows_total = Field(graphene.Int, required=True, description="Rows of the sheet.")
    new_count = Field(graphene.Int, required=True, description="Rows that make a variant.")
    changed_count = Field(graphene.Int, required=True, description="Rows that change something.")
    unchanged_count = Field(graphene.Int, required=True, description="Rows that say what is there already.")
    error_count = Field(graphene.Int, required=True, description="Rows with errors.")
    failure = text("Why it could not go on, if it failed.")
    errors = listed(
        RowErrorType,
        "The first errors, by row.",
        first=graphene.Int(description=f"How many, 100 unless told, {MOST_ERRORS} at most."),
    )
    error_file_url = Field(graphene.String, description="The rows with errors as a sheet; null without any.")
    can_apply = Field(graphene.Boolean, required=True, description="It may be written.")
    can_cancel = Field(graphene.Boolean, required=True, description="It may be given up.")

    def resolve_phase(root: Any, info: Any) -> Any:
        return ImportPhase(seen(root)["phase"])

    def resolve_phase_label(root: Any, info: Any) -> str:
        return str(ImportPhase(seen(root)["phase"]).label)

    def resolve_rows_done(root: Any, info: Any) -> int:
        return seen(root)["rows_done"]

    def resolve_rows_total(root: Any, info: Any) -> int:
        return seen(root)["rows_total"]

    def resolve_errors(root: Any, info: Any, first: int | None = None) -> list[RowError]:
        most = max(0, min(100 if first is None else first, MOST_ERRORS))
        rows = ProductImportRow.objects.filter(product_import=root).exclude(errors=[]).order_by("position")
        found = [
            RowError(row.position, one["column"], one["code"], one["message"], one["value"])
            for row in rows.only("position", "errors")[:most]
            for one in row.errors
        ]
        return found[:most]

    def resolve_error_file_url(root: Any, info: Any) -> str | None:
        return reverse("catalog-import-errors", args=[root.pk]) if root.error_count else None


class ProductImportStart(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Upload a sheet of products, CSV or XLSX. It is checked in the background; the catalogue is not touched yet."""

    class Arguments:
        file = Upload(required=True, description="The sheet.")
        on_error = graphene.Argument(enum_of(ImportOnError), description="REJECT_ALL unless told.")

    product_import = Field(ProductImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, file: Any, on_error: Any = None) -> Self:
        content = file.read(LARGEST_SHEET + 1)
        mode = ImportOnError(on_error or ImportOnError.REJECT_ALL)
        return cls(product_import=product_import_start(actor, file.name, content, mode))


class ProductImportApply(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Write a previewed sheet: all of it or nothing."""

    class Arguments:
        id = the_id("The import.")

    product_import = Field(ProductImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(product_import=product_import_apply(actor, from_global_id(id, "ProductImport")))


class ProductImportCancel(BaseMutation, permission=MANAGE, codes=CatalogErrorCode, atomic=False):
    """Give an import up that was not written."""

    class Arguments:
        id = the_id("The import.")

    product_import = Field(ProductImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(product_import=product_import_cancel(actor, from_global_id(id, "ProductImport")))


class ProductImportSort(Sort, default="-CREATED_AT"):
    """Keys that imports are sorted by."""

    CREATED_AT = SortKey.of("created_at", description="When it was uploaded.")


class ImportQueries:
    """What can be asked about imports of products."""

    product_imports = ConnectionField(
        ProductImportType, sort=ProductImportSort, permission=MANAGE, description="Imports of products, latest first."
    )
    product_import = Field(
        ProductImportType,
        id=graphene.ID(required=True, description="Its id."),
        permission=MANAGE,
        description="One import of products.",
    )
    product_sheet_url = Field(
        graphene.String,
        csv=graphene.Boolean(description="As CSV rather than XLSX."),
        required=True,
        permission="catalog.view",
        description="Where your products can be fetched as a sheet that can be imported again.",
    )

    def resolve_product_import(root: Any, info: Any, id: str) -> ProductImport | None:
        return ProductImportType.by_id(info, id)

    def resolve_product_sheet_url(root: Any, info: Any, csv: bool | None = None) -> str:
        return reverse("catalog-products", args=["csv" if csv else "xlsx"])


class ImportMutations:
    """What can be done with imports of products."""

    product_import_start = ProductImportStart.Field()
    product_import_apply = ProductImportApply.Field()
    product_import_cancel = ProductImportCancel.Field()
