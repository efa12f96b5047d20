"""Small pictures of attached pictures, for lists of files."""

from __future__ import annotations

import io
from typing import IO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 320
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def thumbnail_of(file: IO[bytes]) -> ContentFile | None:
    """A WebP picture of at most 320 pixels a side, without metadata; None where the picture cannot be read."""
    file.seek(0)
    try:
        picture = Image.open(file, formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.draft("RGB", (SIDE * 2, SIDE * 2))  # spares decoding a telephone's twelve million pixels
        small = ImageOps.exif_transpose(picture).convert("RGBA" if "A" in picture.getbands() else "RGB")
        small.thumbnail((SIDE, SIDE))
        bare = Image.new(small.mode, small.size)
        bare.paste(small)
        out = io.BytesIO()
        bare.save(out, "WEBP", quality=80)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return ContentFile(out.getvalue())
