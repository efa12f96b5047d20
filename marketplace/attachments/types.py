"""What a file is, told by its first bytes and never by what it is called or said to be."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

HEAD = 65_536
OOXML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken; `extensions` are the endings its files may have, the usual one first."""

    content_type: str
    extensions: tuple[str, ...]
    picture: bool = False


PDF = FileType("application/pdf", ("pdf",))
ZIP = FileType("application/zip", ("zip",))
MARKUP = FileType("application/xml", ("xml",))
PLAIN = FileType("text/plain", ("txt", "csv", "md", "log"))
STEP = FileType("model/step", ("step", "stp"))

#: What a file begins with, and what it is then.
BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", FileType("image/png", ("png",), picture=True)),
    (b"\xff\xd8\xff", FileType("image/jpeg", ("jpg", "jpeg"), picture=True)),
    (b"GIF87a", FileType("image/gif", ("gif",), picture=True)),
    (b"GIF89a", FileType("image/gif", ("gif",), picture=True)),
    (b"II*\x00", FileType("image/tiff", ("tif", "tiff"))),
    (b"MM\x00*", FileType("image/tiff", ("tif", "tiff"))),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType("application/x-ole-storage", ("xls", "doc", "ppt", "msg"))),
    (b"Rar!\x1a\x07", FileType("application/vnd.rar", ("rar",))),
    (b"7z\xbc\xaf\x27\x1c", FileType("application/x-7z-compressed", ("7z",))),
    (b"AC10", FileType("image/vnd.dwg", ("dwg",))),
    (b"ISO-10303-21", STEP),
)

#: What the brand of an ISO media file says: pictures and films of telephones.
BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"mif1", b"msf1"), FileType("image/heic", ("heic", "heif"))),
    **dict.fromkeys((b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V "), FileType("video/mp4", ("mp4", "m4v"))),
    b"qt  ": FileType("video/quicktime", ("mov",)),
}

#: A member of a ZIP archive that says what the archive is.
MEMBERS = (
    ("xl/workbook.xml", FileType(f"{OOXML}.spreadsheetml.sheet", ("xlsx",))),
    ("word/document.xml", FileType(f"{OOXML}.wordprocessingml.document", ("docx",))),
    ("ppt/presentation.xml", FileType(f"{OOXML}.presentationml.presentation", ("pptx",))),
    ("OFD.xml", FileType("application/ofd", ("ofd",))),  # how Chinese invoices come
)

#: What the first bytes of an OpenDocument's `mimetype` say.
OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": FileType("application/vnd.oasis.opendocument.text", ("odt",)),
    "application/vnd.oasis.opendocument.spreadsheet": FileType(
        "application/vnd.oasis.opendocument.spreadsheet", ("ods",)
    ),
}

#: Text that a browser would run as a page.
ACTIVE = (b"<!doctype html", b"<html", b"<svg", b"<script", b"<iframe", b"<body", b"<?php")


def type_of(file: IO[bytes]) -> FileType | None:
    """The type of a file, None where it is none of those that are taken; leaves the file at its start.

    Pages, drawings that run scripts, programs and documents with macros are never taken.
    """
    file.seek(0)
    head = file.read(HEAD)
    found = next((kind for kind in _guesses(head, file)), None)
    file.seek(0)
    return found


def _guesses(head: bytes, file: IO[bytes]) -> Iterator[FileType]:
    for beginning, kind in BEGINNINGS:
        if head.startswith(beginning):
            yield kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        yield FileType("image/webp", ("webp",), picture=True)
    if head[4:8] == b"ftyp" and (brand := BRANDS.get(head[8:12])):
        yield brand
    if head.startswith(b"PK\x03\x04"):
        if archive := _archive(file):
            yield archive
    elif text := _text(head):
        yield text


def _archive(file: IO[bytes]) -> FileType | None:
    """What a ZIP archive is, from the list of its members alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                return None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                said = archive.read("mimetype").decode("ascii", "replace").strip()
                return OPEN_DOCUMENTS.get(said)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return None
    return next((kind for member, kind in MEMBERS if member in names), ZIP)


def _text(head: bytes) -> FileType | None:
    """Plain text or XML in UTF-8 or GB 18030; None for anything else, and for what a browser would run."""
    if not head.strip() or not _readable(head):
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<"):
        active = any(sign in start for sign in ACTIVE)
        return MARKUP if start.startswith(b"<?xml") and not active else None
    return PLAIN


def _readable(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\r\x0c" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the last character may be cut off
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
