"""What is wrong with the rows of a sheet, for people: on the screen, and as the sheet again with a column of errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceImport, PriceImportRow

PART = 2000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one cell; `row` as people count, the heading being row 1."""

    row: int
    column: str | None
    code: str
    message: str
    value: str | None


def problems_of(found: PriceImport, most: int) -> list[RowProblem]:
    """The first problems of an import, in the order of its rows."""
    rows = PriceImportRow.objects.filter(price_import=found).exclude(errors=[]).order_by("position")
    told = (_told(position, errors) for position, errors in rows.values_list("position", "errors")[:most])
    return list(islice(chain.from_iterable(told), most))


def error_sheet(actor: Actor, import_id: int) -> tuple[str, list[str], Iterator[dict[str, Any]]]:
    """Name, headings and rows of the sheet with a column of errors; only the rows that have any.

    Raises NOT_FOUND.
    """
    actor.require("prices.view")
    found = PriceImport.objects.visible_to(actor).filter(pk=import_id).first()
    if found is None:
        raise not_found("id")
    column = _("Errors")
    name = found.file_name.rpartition(".")[0] or found.file_name
    return name, [*found.headings, column], _rows(found, column)


def _rows(found: PriceImport, column: str) -> Iterator[dict[str, Any]]:
    rows = PriceImportRow.objects.filter(price_import=found).exclude(errors=[]).order_by("position")
    for row in rows.only("position", "values", "errors").iterator(PART):
        told = "; ".join(f"{problem.column}: {problem.message}" for problem in _told(row.position, row.errors))
        yield {**row.values, column: told}


def _told(position: int, errors: list[dict[str, str]]) -> Iterator[RowProblem]:
    for error in errors:
        code = PricingErrorCode[error["code"]]
        yield RowProblem(position, error["column"], code.name, str(code.label), error.get("value") or None)
