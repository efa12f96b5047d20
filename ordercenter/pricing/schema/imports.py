"""Imports of prices in the schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

import graphene
from django.utils.translation import gettext as _

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.imports import ImportOnError, ImportPhase
from marketplace.core.models import JobStatus
from marketplace.graphql import (
    BaseMutation,
    BatchLoader,
    ConnectionField,
    DateTime,
    Field,
    ModelType,
    Related,
    Sort,
    SortKey,
    Subscribe,
    Upload,
    enum_of,
    from_global_id,
    label_field,
)
from marketplace.graphql.money import money_text
from marketplace.graphql.scalars import trimmed
from marketplace.graphql.sheets import ImportChangeType, RowErrorType
from marketplace.parties.schema.types import UserType, listed, text
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.imports import run
from ordercenter.pricing.imports.progress import seen, topic
from ordercenter.pricing.imports.report import RowProblem, problems_of
from ordercenter.pricing.imports.revert import price_import_revert
from ordercenter.pricing.lists import MANAGE
from ordercenter.pricing.models import ImportMode, PriceImport
from ordercenter.pricing.schema.lists import THE_ID, VIEW, PriceListType

MOST_ERRORS = 1000


class PriceImportType(ModelType, model=PriceImport, name="PriceImport", permission=VIEW):
    """A sheet of prices on its way into a list: read, checked, shown, applied whole, and taken back if need be."""

    file_name = text("The sheet.")
    created_at = Field(DateTime, required=True, description="When it was uploaded.")
    created_by = Related(UserType, "created_by", description="Who uploaded it.")
    price_list = Related(PriceListType, "price_list", required=True, description="The list it is for.")
    mode = Field(enum_of(ImportMode, "PriceImportMode"), required=True, description="What becomes of other prices.")
    mode_label = label_field("mode")
    on_error = Field(enum_of(ImportOnError), required=True, description="What a bad row does to the rest.")
    on_error_label = label_field("on_error")
    effective_at = Field(DateTime, description="From when its prices hold; null: from when it is applied.")
    status = Field(enum_of(JobStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    phase = Field(enum_of(ImportPhase), required=True, description="How far it is; a preview waits for you.")
    phase_label = text("The label of `phase`.")
    rows_done = Field(graphene.Int, required=True, description="Rows that are through this phase.")
    rows_total = Field(graphene.Int, required=True, description="Rows of the sheet, as far as they are known.")
    new_count = Field(graphene.Int, required=True, description="Prices where there was none.")
    changed_count = Field(graphene.Int, required=True, description="Prices that differ.")
    unchanged_count = Field(graphene.Int, required=True, description="Prices that hold already.")
    ended_count = Field(graphene.Int, required=True, description="Prices that end because the sheet names them not.")
    error_count = Field(graphene.Int, required=True, description="Rows with errors.")
    warning_count = Field(graphene.Int, required=True, description="Tiers that rise, prices below a floor.")
    failure = Field(graphene.String, description="Why it could not go on.")
    errors = listed(
        RowErrorType, "What is wrong with its rows.", first=graphene.Int(description=f"{MOST_ERRORS} at most.")
    )
    warnings = listed(RowErrorType, "What looks odd, without keeping it from being applied.")
    largest_changes = listed(ImportChangeType, "The 20 prices that change most.", size=20)
    error_file_url = Field(
        graphene.String, description="The sheet again with a column of errors; `?format=csv` as CSV."
    )
    can_apply = Field(graphene.Boolean, required=True, description="It can be applied.")
    can_cancel = Field(graphene.Boolean, required=True, description="It can be given up.")
    can_revert = Field(graphene.Boolean, required=True, description="It can be taken back.")

    def resolve_phase(root: PriceImport, _info: Any) -> ImportPhase:
        return ImportPhase(seen(root)["phase"])

    def resolve_phase_label(root: PriceImport, _info: Any) -> str:
        return str(ImportPhase(seen(root)["phase"]).label)

    def resolve_rows_done(root: PriceImport, _info: Any) -> int:
        return seen(root)["rows_done"]

    def resolve_rows_total(root: PriceImport, _info: Any) -> int:
        return seen(root)["rows_total"]

    def resolve_failure(root: PriceImport, _info: Any) -> str | None:
        return root.failure or None

    def resolve_errors(root: PriceImport, _info: Any, first: int = 100) -> list[RowProblem]:
        return problems_of(root, min(max(first, 0), MOST_ERRORS)) if root.error_count else []

    def resolve_warnings(root: PriceImport, _info: Any) -> list[RowProblem]:
        labels = {
            "TIER_INVERSION": _("A higher quantity is dearer."),
            "BELOW_FLOOR": str(PricingErrorCode.BELOW_FLOOR.label),
        }
        return [
            RowProblem(warning["row"], None, warning["code"], labels[warning["code"]], None)
            for warning in root.warnings
        ]

    def resolve_largest_changes(root: PriceImport, info: Any) -> Any:
        keys = [(change["variant"], change["uom"]) for change in root.largest_changes]
        return NamesOfSlots.of(info).load_many(keys).then(lambda names: _changes(root, names))

    def resolve_error_file_url(root: PriceImport, _info: Any) -> str | None:
        return f"/files/price-imports/{root.pk}/" if root.error_count else None


class NamesOfSlots(BatchLoader):
    """By variant and uom of a sheet that the reader imported: SKU and code of the unit."""

    def batch(self, keys: list[tuple[int, int]]) -> list[tuple[str, str]]:
        skus = dict(Variant.objects.filter(pk__in={key for key, _uom in keys}).values_list("pk", "sku"))
        codes = dict(UnitOfMeasure.objects.filter(pk__in={uom for _key, uom in keys}).values_list("pk", "code"))
        return [(skus.get(variant, "?"), codes.get(uom, "?")) for variant, uom in keys]


def _changes(root: PriceImport, names: list[tuple[str, str]]) -> list[dict[str, Any]]:
    currency = root.price_list.currency
    shown = []
    for change, (sku, uom) in zip(root.largest_changes, names, strict=True):
        least = trimmed(Decimal(change["min_quantity"]))
        label = uom if least == "0" else _("%(uom)s from %(quantity)s on") % {"uom": uom, "quantity": least}
        amounts = {name: money_text(Decimal(change[name]), currency) for name in ("old", "new")}
        shown.append({"sku": sku, "label": label, **amounts})
    return shown


class PriceImportSort(Sort, default="-CREATED"):
    """Keys that price imports are sorted by."""

    CREATED = SortKey.of("id", description="When it was uploaded.")


class ImportQueries:
    """Mounted by the package."""

    price_import = Field(PriceImportType, id=THE_ID, permission=VIEW, description="One price import of yours.")
    price_imports = ConnectionField(
        PriceImportType, sort=PriceImportSort, permission=VIEW, description="Your price imports, the latest first."
    )

    def resolve_price_import(root: Any, info: Any, id: str) -> Any:
        return PriceImportType.by_id(info, id)

    def resolve_price_imports(root: Any, info: Any) -> Any:
        return PriceImportType.visible(info.context.actor).select_related("price_list")


class PriceImportStart(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Upload a sheet of prices. It is read and checked in the background; nothing is written before it is applied."""

    class Arguments:
        price_list = graphene.ID(required=True, description="The list it is for.")
        file = Upload(required=True, description="CSV or XLSX with the columns SKU and price at least.")
        mode = enum_of(ImportMode, "PriceImportMode")(description="What becomes of other prices; MERGE unless told.")
        on_error = enum_of(ImportOnError)(description="What a bad row does to the rest; REJECT_ALL unless told.")
        effective_at = DateTime(description="From when its prices hold; from when it is applied unless told.")

    price_import = Field(PriceImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, price_list: str, file: Any, effective_at: Any = None, **how: Any) -> Self:
        key = from_global_id(price_list, PriceListType, "price_list")
        chosen = {name: value for name, value in how.items() if value is not None}
        started = run.price_import_start(
            actor, key, file.name or "", file.read(run.LARGEST_FILE + 1), effective_at=effective_at, **chosen
        )
        return cls(price_import=started)


class PriceImportApply(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Write what the preview shows, in one transaction in the background."""

    class Arguments:
        id = THE_ID

    price_import = Field(PriceImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_import=run.price_import_apply(actor, from_global_id(id, PriceImportType)))


class PriceImportCancel(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Give up an import that was not applied."""

    class Arguments:
        id = THE_ID

    price_import = Field(PriceImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_import=run.price_import_cancel(actor, from_global_id(id, PriceImportType)))


class PriceImportRevert(BaseMutation, permission=MANAGE, codes=PricingErrorCode, atomic=False):
    """Take an applied import back: the prices before it hold again, except where somebody wrote others since."""

    class Arguments:
        id = THE_ID

    price_import = Field(PriceImportType, description="The import.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(price_import=price_import_revert(actor, from_global_id(id, PriceImportType)))


class ImportMutations:
    """Mounted by the package."""

    price_import_start = PriceImportStart.Field()
    price_import_apply = PriceImportApply.Field()
    price_import_cancel = PriceImportCancel.Field()
    price_import_revert = PriceImportRevert.Field()


class PriceImportProgress(Subscribe, permission=VIEW):
    """An import came a step further; at least each second while it runs."""

    class Arguments:
        id = graphene.ID(required=True, description="The import.")

    price_import = Field(PriceImportType, description="The import as it is now.")

    @classmethod
    def topic(cls, actor: Actor, id: str) -> str:
        found = PriceImportType.get_node(actor, from_global_id(id, PriceImportType))
        if found is None:
            raise not_found("id")
        return topic(found.pk)

    @classmethod
    def event(cls, actor: Actor, payload: dict[str, Any], id: str) -> Self | None:
        found = PriceImportType.get_node(actor, from_global_id(id, PriceImportType))
        return None if found is None else cls(price_import=found)


class ImportSubscriptions:
    """Mounted by the package."""

    price_import_progress = PriceImportProgress.Field()
