"""Documents about products, such as data sheets: looked at first, then kept where only readers reach them."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.attachments.names import clean_name, split_name
from marketplace.attachments.types import FileType, type_of
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import tell
from marketplace.catalog.models import DocumentKind, Product, ProductDocument
from marketplace.catalog.values import check, own_row, too_long
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError

MEGABYTE = 1024 * 1024
LARGEST_DOCUMENT = 20 * MEGABYTE
MOST_PER_PRODUCT = 30
#: Endings of what buyers may be given: things to read, to print and to build from, nothing that runs.
TAKEN = ("pdf", "docx", "xlsx", "pptx", "png", "jpg", "dwg", "step")


def document_add(
    actor: Actor, product_id: int, file: Any, kind: str = DocumentKind.OTHER, name_zh: str = "", name_en: str = ""
) -> ProductDocument:
    """Add a file to a product: PDF, Word, Excel, PowerPoint, PNG, JPEG, DWG or STEP up to 20 MB.

    `file` is Django's (`name`, `size`, seekable). What it is, its first bytes say, and its name has to agree. Without a
    name it is called as its file. Raises FILE_INVALID, FILE_TOO_LARGE, INVALID; nothing is kept of a refused one.
    """
    actor.require("catalog.manage")
    found = _looked(file)
    title = split_name(clean_name(str(file.name or ""), found.extensions[0]))[0]
    names = {"name_zh": name_zh or name_en or title, "name_en": name_en or name_zh or title}
    check(too_long(names, ProductDocument), _unknown(kind))
    with transaction.atomic():
        product = own_row(actor, Product, product_id, "product")
        there = product.documents.aggregate(last=Max("position"))["last"]
        if product.documents.count() >= MOST_PER_PRODUCT:
            text = _("A product has %(most)s documents at most.") % {"most": MOST_PER_PRODUCT}
            raise DomainError(Code.INVALID, text, "file")
        stored = default_storage.save(f"documents/{product.organization_id}/{token_hex(16)}", file)
        try:
            row = ProductDocument.objects.create(
                organization=product.organization,
                product=product,
                kind=kind,
                file=stored,
                file_name=clean_name(str(file.name or ""), found.extensions[0]),
                content_type=found.content_type,
                size=file.size,
                position=0 if there is None else there + 1,
                **names,
            )
            tell(actor, "catalog.product_changed", "Product", [product.pk], product.organization_id)
        except BaseException:
            default_storage.delete(stored)
            raise
    return row


def document_remove(actor: Actor, pk: int) -> int:
    """Remove a document, its file after the commit; returns the id of its product."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, ProductDocument, pk)
        product_id, stored = row.product_id, row.file
        row.delete()
        tell(actor, "catalog.product_changed", "Product", [product_id], actor.organization_id or 0)
        transaction.on_commit(lambda: default_storage.delete(stored))
    return product_id


def _looked(file: Any) -> FileType:
    """What a file is; FILE_TOO_LARGE and FILE_INVALID for what is not taken or not what its ending says."""
    if file.size > LARGEST_DOCUMENT:
        text = _("A document may have %(most)s MB at most.") % {"most": LARGEST_DOCUMENT // MEGABYTE}
        raise DomainError(Code.FILE_TOO_LARGE, text, "file")
    found = type_of(file) if file.size else None
    ending = split_name(str(file.name or ""))[1].lower()
    if found is None or found.extensions[0] not in TAKEN or ending not in ("", *found.extensions):
        text = _("This file is not taken: PDF, Word, Excel, PowerPoint, PNG, JPEG, DWG or STEP, named as what it is.")
        raise DomainError(Code.FILE_INVALID, text, "file")
    return found


def _unknown(kind: str) -> Iterator[DomainError]:
    if kind not in DocumentKind.values:
        yield DomainError(Code.INVALID, _("Choose what the document is."), "kind")
