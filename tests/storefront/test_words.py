"""Every word of the pages has its Chinese, once; every icon and document they name exists."""

import json
import re

import polib
import pytest
from graphql import parse, validate

from marketplace.graphql import get_schema
from storefront.documents import HOME, all_documents, operations
from storefront.menu import BUYING, SELLING, TOOLS
from storefront.templatetags.shown import FILE_ICONS
from tests.storefront.strings import translatable
from tools.translations import catalogues

QUOTED = re.compile(r"""["'`]([a-z0-9-]+)["'`]""")
ICON = re.compile(r"""(?:icon(?:_name)?=|\{% (?:icon|empty_state) )"([a-z0-9-]+)\"""")


def entries() -> list[polib.POEntry]:
    """What the catalogues of the pages and of their areas translate."""
    return [entry for file in sorted(HOME.rglob("django.po")) for entry in polib.pofile(str(file))]


def test_every_string_of_the_pages_has_its_chinese():
    """In whichever room: a label that a page and a room share stands in one catalogue alone."""
    everywhere = [entry for file in catalogues().values() for entry in file]
    chinese = {entry.msgid: entry.msgstr or entry.msgstr_plural.get(0) for entry in everywhere}
    assert {text: place for text, place in translatable().items() if not chinese.get(text)} == {}


def test_the_catalogue_keeps_no_string_that_no_page_shows():
    known = translatable()
    assert [entry.msgid for entry in entries() if entry.msgid not in known] == []


def test_a_translation_fills_in_the_same_names():
    holes = re.compile(r"%\([\w.]+\)s|\{\w+\}")
    for entry in entries():
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert not text or set(holes.findall(text)) == set(holes.findall(entry.msgid)), entry.msgid


def test_every_icon_that_is_named_is_copied_at_set_up_and_no_other():
    copied = set(json.loads((HOME.parent / "tools" / "vendor.json").read_text())["icons"]["names"])
    sources = [*HOME.rglob("*.html"), *HOME.rglob("*.py"), *(HOME / "static" / "js").rglob("*.js")]
    texts = [file.read_text() for file in sources]
    named = {place.icon for place in (*BUYING, *SELLING, *TOOLS)} | set(FILE_ICONS.values())
    named |= {name for text in texts for name in ICON.findall(text)}
    quoted = {name for text in texts for name in QUOTED.findall(text)}  # names that stand in tables of code
    assert (named - copied, copied - named - quoted) == (set(), set())


@pytest.mark.parametrize("path", all_documents())
def test_a_document_of_a_page_fits_the_schema(path):
    for operation in operations(path).values():
        assert validate(get_schema(), parse(operation.text)) == [], operation.name


def test_no_template_carries_a_script_or_a_style_of_its_own():
    for file in HOME.rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son(?!e=)[a-z]+=|\sstyle=|hx-on", text), file
