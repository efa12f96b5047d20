"""Pictures of products: checked, freed of metadata, kept as WebP with square thumbnails beside them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import tell
from marketplace.catalog.models import Product, ProductImage, Variant
from marketplace.catalog.values import check, own_ids, own_row, too_long
from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import DomainError, DomainErrors, raise_all

SIZES = (160, 480, 960)
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SIDE = 2048
MOST_PIXELS = 50_000_000
MOST_PER_PRODUCT = 20
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def image_add(
    actor: Actor, product_id: int, content: bytes, alt: str = "", variant_id: int | None = None, alt_en: str = ""
) -> ProductImage:
    """Add a picture to a product, or to one of its variants; JPEG, PNG, WebP or GIF (its first frame) up to 10 MB.

    `alt` says what it shows, to readers of English too unless `alt_en` does. Whatever stands in the file beside the
    picture (place, camera, comments) is dropped. Raises FILE_INVALID and FILE_TOO_LARGE.
    """
    return images_add(actor, product_id, [content], alt, variant_id, alt_en)[0]


def images_add(
    actor: Actor,
    product_id: int,
    contents: Sequence[bytes],
    alt: str = "",
    variant_id: int | None = None,
    alt_en: str = "",
) -> list[ProductImage]:
    """Add pictures as `image_add` does, in their order: all of them or none. Refusals have the index of the file."""
    actor.require("catalog.manage")
    pictures = _all_opened(contents)
    texts = {"alt_zh": alt, "alt_en": alt_en or alt}
    stored: list[str] = []
    with transaction.atomic():
        product = own_row(actor, Product, product_id, "product")
        check(own_ids(actor, Variant, [variant_id], "variant"), too_long(texts, ProductImage))
        there = product.images.aggregate(last=Max("position"), count=Count("pk"))
        if there["count"] + len(pictures) > MOST_PER_PRODUCT:
            text = _("A product has %(most)s pictures at most.") % {"most": MOST_PER_PRODUCT}
            raise DomainError(Code.INVALID, text, "file")
        first = 0 if there["last"] is None else there["last"] + 1
        rows = []
        try:
            for place, picture in enumerate(pictures, first):
                name, sizes = save_picture(picture, f"products/{product.organization_id}/{product.pk}-{token_hex(6)}")
                stored += [name, *(thumbnail_name(name, size) for size in sizes)]
                owned = {"organization_id": product.organization_id, "product": product, "variant_id": variant_id}
                shape = {"width": picture.width, "height": picture.height, "sizes": sizes, "position": place}
                rows.append(ProductImage(**owned, **shape, **texts, file=name))
            ProductImage.objects.bulk_create(rows)
            words = [alt or alt_en or row.file.rpartition("/")[2] for row in rows]
            told = {product.pk: {"picture": [None, ", ".join(words)]}}
            tell(actor, "catalog.product_changed", "Product", [product.pk], product.organization_id, changes=told)
        except BaseException:
            delete_files(stored)
            raise
    return rows


def image_update(actor: Actor, pk: int, alt_zh: str | None = None, alt_en: str | None = None) -> ProductImage:
    """Say what a picture shows, in either language."""
    actor.require("catalog.manage")
    given = {name: text.strip() for name, text in (("alt_zh", alt_zh), ("alt_en", alt_en)) if text is not None}
    with transaction.atomic():
        row = own_row(actor, ProductImage, pk)
        check(too_long(given, ProductImage))
        before = facts(row)
        for name, text in given.items():
            setattr(row, name, text)
        row.save(update_fields=list(given))
        told = {row.product_id: difference(before, facts(row))}
        tell(actor, "catalog.product_changed", "Product", [row.product_id], row.organization_id, changes=told)
    return row


def _all_opened(contents: Sequence[bytes]) -> list[Image.Image]:
    pictures: list[Image.Image] = []
    problems: list[DomainError] = []
    for index, content in enumerate(contents):
        try:
            pictures.append(opened(content))
        except DomainErrors as found:
            problems += [DomainError(one.code, one.message, one.field, index) for one in found.errors]
        except DomainError as one:
            problems.append(DomainError(one.code, one.message, one.field, index))
    raise_all(problems)
    return pictures


def image_remove(actor: Actor, pk: int) -> int:
    """Remove a picture, its files after the commit; returns the id of its product."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, ProductImage, pk)
        product_id = row.product_id
        files = [row.file, *(thumbnail_name(row.file, size) for size in row.sizes)]
        row.delete()
        told = {product_id: {"picture": [row.alt_zh or row.alt_en or row.file.rpartition("/")[2], None]}}
        tell(actor, "catalog.product_changed", "Product", [product_id], actor.organization_id or 0, changes=told)
        transaction.on_commit(lambda: delete_files(files))
    return product_id


def images_order(actor: Actor, product_id: int, ids: Sequence[int]) -> list[ProductImage]:
    """Put the pictures of a product in this order; all of them have to be named."""
    actor.require("catalog.manage")
    with transaction.atomic():
        product = own_row(actor, Product, product_id, "product")
        rows = {row.pk: row for row in product.images.select_for_update(no_key=True).order_by("pk")}
        if set(rows) != set(ids) or len(ids) != len(rows):
            raise DomainError(Code.INVALID, _("Name each picture of the product once."), "images")
        before = sorted(rows, key=lambda pk: (rows[pk].position, pk))
        for position, pk in enumerate(ids):
            rows[pk].position = position
        ProductImage.objects.bulk_update(rows.values(), ["position"])
        told = {product.pk: {"pictures": [before, list(ids)]}} if before != list(ids) else {}
        tell(actor, "catalog.product_changed", "Product", [product.pk], product.organization_id, changes=told)
    return [rows[pk] for pk in ids]


def opened(content: bytes) -> Image.Image:
    """The picture in a file, upright, no larger than we keep; raises FILE_INVALID and FILE_TOO_LARGE."""
    if len(content) > LARGEST_FILE:
        raise DomainError(Code.FILE_TOO_LARGE, _("A picture may have 10 MB at most."), "file")
    try:
        picture: Any = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise DomainError(Code.FILE_TOO_LARGE, _("The picture has too many pixels."), "file")
        picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        text = _("This is not a picture we can read: JPEG, PNG, WebP or GIF.")
        raise_all([DomainError(Code.FILE_INVALID, text, "file")])
    upright = ImageOps.exif_transpose(picture)
    upright = upright.convert("RGBA" if upright.mode in ("RGBA", "LA", "P", "PA") else "RGB")
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return upright


def save_picture(picture: Image.Image, stem: str) -> tuple[str, list[int]]:
    """Write a picture and its thumbnails to the storage; returns the name of the picture and the sizes made of it.

    No thumbnail is larger than the picture: it would only be blurred.
    """
    name = default_storage.save(f"{stem}.webp", ContentFile(_webp(picture)))
    sizes = [size for size in SIZES if size <= max(picture.size)] or [SIZES[0]]
    for size in sizes:
        # A square with the whole picture in it: goods are compared side by side in lists.
        small = ImageOps.pad(picture, (size, size), Image.Resampling.LANCZOS, color=_ground(picture))
        default_storage.save(thumbnail_name(name, size), ContentFile(_webp(small, quality=74)))
    return name, sizes


def _ground(picture: Image.Image) -> tuple[int, ...]:
    return (255, 255, 255, 0) if picture.mode == "RGBA" else (255, 255, 255)


def _webp(picture: Image.Image, quality: int = 82) -> bytes:
    # A new picture of the pixels alone: nothing that came with the file can travel on.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=quality, method=3)
    return out.getvalue()


def thumbnail_name(file: str, size: int) -> str:
    """`products/1/7-ab.webp` and 480: `products/1/7-ab-480.webp`."""
    return f"{file.removesuffix('.webp')}-{size}.webp"


def thumbnail_url(file: str, sizes: Sequence[int], size: int | None) -> str:
    """Address of the smallest thumbnail with at least `size` pixels a side (the largest where none has)."""
    wanted = size or SIZES[-1]
    fitting = [one for one in sorted(sizes) if one >= wanted]
    chosen = fitting[0] if fitting else max(sizes, default=0)
    return default_storage.url(thumbnail_name(file, chosen) if chosen else file)


def delete_files(files: Sequence[str]) -> None:
    """Take files out of the storage."""
    for file in files:
        default_storage.delete(file)
