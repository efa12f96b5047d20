"""Small files of every type, as people send them."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def archive(*names: str, **members: bytes) -> bytes:
    """A ZIP archive with these empty members, and some with content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, b"<x/>")
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def upload(name: str = "terms.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a request brings it; what the sender says of its type is a lie."""
    return SimpleUploadedFile(name, content, content_type="image/svg+xml")
