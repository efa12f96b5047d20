"""Pictures: what is taken, what is kept of it, what is refused."""

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from marketplace.catalog import images
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.images import SIZES, image_add, image_remove, images_order, thumbnail_name, thumbnail_url
from marketplace.catalog.models import ProductImage
from marketplace.core.errors import CoreErrorCode
from tests.refusals import raises


def picture(size=(600, 400), kind="JPEG", **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def opened(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        made = Image.open(io.BytesIO(file.read()))
        made.load()
        return made


def test_a_picture_gets_its_square_thumbnails(stall):
    row = image_add(stall.owner, stall.product().pk, picture((1200, 800)), alt="A red cup")
    assert (row.width, row.height, row.position, row.sizes) == (1200, 800, 0, list(SIZES))
    for size in SIZES:
        made = opened(thumbnail_name(row.file, size))
        assert (made.format, made.size) == ("WEBP", (size, size))
    assert thumbnail_url(row.file, row.sizes, 64).endswith("-160.webp")
    assert thumbnail_url(row.file, row.sizes, 512).endswith("-960.webp")
    assert thumbnail_url(row.file, row.sizes, 4000).endswith("-960.webp")


def test_no_thumbnail_is_larger_than_its_picture(stall):
    product = stall.product()
    assert image_add(stall.owner, product.pk, picture((600, 400))).sizes == [160, 480]
    assert image_add(stall.owner, product.pk, picture((60, 40))).sizes == [160]


def test_what_the_camera_wrote_is_dropped_and_the_picture_stands_upright(stall):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Spy camera"
    row = image_add(stall.owner, stall.product().pk, picture(exif=exif))
    kept = opened(row.file)
    assert (row.width, row.height) == (400, 600)
    assert not dict(kept.getexif())
    with default_storage.open(row.file) as file:
        assert b"Spy camera" not in file.read()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_kinds_are_taken_too(stall, kind):
    assert image_add(stall.owner, stall.product().pk, picture(kind=kind)).file.endswith(".webp")


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:200], picture(kind="BMP")],
)
def test_what_is_no_picture_is_refused(stall, content):
    product = stall.product()
    with raises(Code.FILE_INVALID, field="file"):
        image_add(stall.owner, product.pk, content)
    assert not ProductImage.objects.exists()


def test_too_large_is_refused(stall, monkeypatch):
    product = stall.product()
    monkeypatch.setattr(images, "MOST_PIXELS", 1000)
    with raises(Code.FILE_TOO_LARGE):
        image_add(stall.owner, product.pk, picture())
    monkeypatch.setattr(images, "LARGEST_FILE", 100)
    with raises(Code.FILE_TOO_LARGE):
        image_add(stall.owner, product.pk, picture())


def test_a_large_picture_is_made_smaller(stall):
    row = image_add(stall.owner, stall.product().pk, picture(size=(4096, 1024)))
    assert (row.width, row.height) == (2048, 512)


def test_removed_with_its_files(stall, django_capture_on_commit_callbacks):
    product = stall.product()
    row = image_add(stall.owner, product.pk, picture())
    with raises(CoreErrorCode.NOT_FOUND):
        image_remove(stall.stranger, row.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert image_remove(stall.owner, row.pk) == product.pk
    assert not default_storage.exists(row.file)
    assert not default_storage.exists(thumbnail_name(row.file, 160))


def test_put_in_another_order(stall):
    product = stall.product()
    first, second = (image_add(stall.owner, product.pk, picture()) for _ in range(2))
    images_order(stall.owner, product.pk, [second.pk, first.pk])
    assert list(product.images.order_by("position")) == [second, first]
    with raises(Code.INVALID):
        images_order(stall.owner, product.pk, [first.pk])
