"""PDF from the pages that are made for paper, by WeasyPrint. It needs Pango of the system; where that is missing, only
PDF is: the pages themselves still print from any browser."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

logger = logging.getLogger(__name__)


class PdfUnavailableError(Exception):
    """This machine cannot make PDF: WeasyPrint finds no Pango."""


def weasyprint() -> ModuleType:
    """The library, loaded when the first PDF is asked for; raises PdfUnavailableError where it cannot be."""
    try:
        import weasyprint
    except OSError as missing:
        logger.warning("no PDF can be made: %s", missing)
        raise PdfUnavailableError(str(missing)) from missing
    # It tells each step of each page, and each rule of CSS that is for screens only.
    weasyprint.LOGGER.setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    return weasyprint


def refuse(url: str, *_given: Any, **_more: Any) -> NoReturn:
    """Papers hold all they show: nothing is fetched for them, from wherever a text may point to."""
    raise ValueError(f"papers fetch nothing, not even {url}")


def pdf_of(papers: Sequence[str]) -> bytes:
    """One PDF of papers in HTML, each with page numbers of its own."""
    library = weasyprint()
    drawn = [library.HTML(string=paper, url_fetcher=refuse).render() for paper in papers]
    pages = [page for document in drawn for page in document.pages]
    return drawn[0].copy(pages).write_pdf()
