"""Sheets as answers of the web server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from marketplace.core.sheets import write_csv, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_response(
    name: str, headings: Sequence[str], rows: Iterable[Mapping[str, Any]], as_csv: bool = False
) -> HttpResponseBase:
    """A sheet to keep as a file, `name` without its ending; streamed, so that a large one needs no memory."""
    if as_csv:
        streamed = StreamingHttpResponse(write_csv(headings, rows), content_type="text/csv; charset=utf-8")
        streamed["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
        return streamed
    return FileResponse(write_xlsx(headings, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
