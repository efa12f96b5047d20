"""Addresses that templates write by hand lead to a page, and say what that page understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import resolve
from graphql import GraphQLNonNull

from storefront.documents import operations
from storefront.execute import declared
from storefront.page import Page

PAGES = Path(settings.BASE_DIR) / "storefront"
TAG = re.compile(r"\{%.*?%\}")
VALUE = re.compile(r"\{\{.*?\}\}")
ADDRESS = re.compile(r"""(?:href|url|hx-get)=["'](/[^"'\s?]*)\?([^"'\s]*)""")
EVERYWHERE = {"part", "do", "sort", "export", "drawer", "pane", "tab", "attr", "quiet"}


def page_behind(view: Any) -> Page | None:
    """The page that a view answers with, if it is one."""
    seen, waiting = set(), [view]
    while waiting:
        one = waiting.pop()
        owner = getattr(one, "__self__", one)
        if isinstance(owner, Page):
            return owner
        if id(one) not in seen and callable(one):
            seen.add(id(one))
            waiting += [cell.cell_contents for cell in getattr(one, "__closure__", None) or ()]
    return None


def addresses() -> Iterator[tuple[Path, str, list[str]]]:
    """File, path and names of the query of each address."""
    for file in PAGES.rglob("*.html"):
        for match in ADDRESS.finditer(TAG.sub("", VALUE.sub("X", file.read_text()))):
            names = [re.split(r"[=.]", part)[0] for part in match[2].replace("&amp;", "&").split("&")]
            yield file, match[1].replace("//", "/X/"), [name for name in names if re.fullmatch(r"[a-z]\w*", name)]


def page_code(path: str) -> str:
    """The Python beside a page, which may read the address as well."""
    return (PAGES / path).parent.joinpath("pages.py").read_text()


@cache
def understood(path: str) -> set[str]:
    """Variables of a page's first operation, fields of its filter, and what its templates read themselves."""
    types = declared(next(iter(operations(path).values())))
    narrows = types.get("filter")
    narrows = narrows.of_type if isinstance(narrows, GraphQLNonNull) else narrows
    texts = " ".join(file.read_text() for file in (PAGES / path).parent.glob("*.*") if file.is_file())
    script = (PAGES / "static" / "js" / "pad.js").read_text() if path == "pad/pad" else ""
    read = set(re.findall(r"""\["(\w+)", "[A-Z]\w+"\]""", script))
    read |= set(re.findall(r"GET\W+(\w+)", texts)) | set(re.findall(r'"(\w+)"', page_code(path)))
    return EVERYWHERE | set(types) | set(narrows.fields if narrows else ()) | read


def test_every_address_says_what_its_page_understands():
    found = []
    for file, address, names in addresses():
        page = page_behind(resolve(address).func)
        if page is not None:
            odd = [name for name in names if name not in understood(page.path)]
            found += [f"{file.relative_to(PAGES)}: {address}?{name}=" for name in odd]
    assert found == []
