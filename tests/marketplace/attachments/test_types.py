"""What a file is, its first bytes say."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis.strategies import binary, text

from marketplace.attachments.names import LONGEST, clean_name, split_name
from marketplace.attachments.pictures import thumbnail_of
from marketplace.attachments.types import type_of
from tests.marketplace.attachments.files import PDF, archive, picture

TAKEN = {
    "pdf": PDF,
    "png": picture(),
    "jpg": picture("JPEG"),
    "gif": picture("GIF"),
    "webp": picture("WEBP"),
    "tif": picture("TIFF"),
    "xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "docx": archive("[Content_Types].xml", "word/document.xml"),
    "pptx": archive("ppt/presentation.xml"),
    "ofd": archive("OFD.xml", "Doc_0/Document.xml"),
    "ods": archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    "zip": archive("drawings/part.txt"),
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00",
    "dwg": b"AC1032\x00\x00",
    "step": b"ISO-10303-21;\nHEADER;",
    "txt": "订单 3 件\r\nthanks".encode("gb18030"),
    "xml": b'<?xml version="1.0"?><Invoice/>',
}

REFUSED = {
    "nothing": b"",
    "a program": b"MZ\x90\x00\x03" + bytes(64),
    "another program": b"\x7fELF\x02\x01\x01",
    "a page": b"<!DOCTYPE html><html><script>alert(1)</script>",
    "a page after a byte order mark": b"\xef\xbb\xbf \n<HTML><body>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a drawing that says it is XML": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "a sheet with macros": archive("xl/workbook.xml", "xl/vbaProject.bin"),
    "a broken archive": b"PK\x03\x04" + bytes(40),
    "another open document": archive(mimetype=b"application/x-evil"),
    "a script": b"#!/bin/sh\x00rm",
}


@pytest.mark.parametrize("extension", TAKEN)
def test_files_of_trade_are_known_by_their_content(extension):
    found = type_of(io.BytesIO(TAKEN[extension]))
    assert found is not None
    assert extension in found.extensions


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_run_and_what_nobody_knows_is_refused(what):
    assert type_of(io.BytesIO(REFUSED[what])) is None


@given(binary(max_size=400))
def test_no_content_makes_looking_fail_and_a_page_never_passes(content):
    found = type_of(io.BytesIO(content))
    assert found is None or "html" not in found.content_type
    assert type_of(io.BytesIO(b"<html>" + content)) is None


@given(text(max_size=300))
def test_a_name_never_leaves_its_folder_nor_turns_its_direction(sent):
    name = clean_name(sent, "pdf")
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\:<>"|?*\x00\n\u202e\u200f')
    assert split_name(name)[1]


def test_names_are_kept_as_people_write_them():
    assert clean_name("报价单 2026 (v2).PDF", "pdf") == "报价单 2026 (v2).PDF"
    assert clean_name(r"C:\Users\me\invoice.pdf", "pdf") == "invoice.pdf"
    assert clean_name("../../etc/passwd", "txt") == "passwd.txt"
    assert clean_name("\u202efdp.exe", "pdf") == "fdp.exe"
    assert clean_name("", "pdf") == "file.pdf"


def test_a_picture_that_cannot_be_read_has_no_small_one():
    assert thumbnail_of(io.BytesIO(picture()[:60])) is None
    small = thumbnail_of(io.BytesIO(picture("JPEG", (2000, 1000))))
    assert small is not None
    assert small.read(4) == b"RIFF"
