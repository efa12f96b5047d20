"""PDF from the pages that are made for paper, by WeasyPrint. It needs Pango of the system; where that is missing, only
PDF is: the pages themselves still print from any browser."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from types import ModuleType

from PIL import ImageFile

from storefront.documents import HOME

STYLE = HOME / "static" / "css" / "paper.css"
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
    # It makes Pillow forgive pictures that are cut off, in the whole process: what people upload is read strictly.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def pdf_of(papers: Sequence[str]) -> bytes:
    """One PDF of papers in HTML, each with page numbers of its own.

    Papers hold all they show: nothing is fetched for them, from wherever a text in them may point to.
    """
    library = weasyprint()
    fetcher = library.urls.URLFetcher(allowed_protocols=())
    style = library.CSS(string=STYLE.read_text(), url_fetcher=fetcher)
    drawn = [library.HTML(string=paper, url_fetcher=fetcher).render(stylesheets=[style]) for paper in papers]
    pages = [page for document in drawn for page in document.pages]
    return drawn[0].copy(pages).write_pdf()
