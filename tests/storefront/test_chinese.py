"""No English word is left on a Chinese page: in its text, its labels, its placeholders, its titles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from zoneinfo import available_timezones

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from marketplace.catalog.models import Product
from marketplace.graphql import to_global_id
from marketplace.parties.models import Address, Organization, User
from storefront.urls import urlpatterns
from tests.e2e.market import DEALER, SELLER, Market
from tests.storefront.conftest import signed_in

WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]+|[A-Za-z]+[a-z][A-Za-z]*")
SAID_BY_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-label", "data-confirm", "data-confirm-text"}
SILENT = {"script", "style", "code", "kbd", "svg", "template", "pre"}
VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Names and keys that Chinese readers write in Latin letters, too; all-capital words are codes and abbreviations.
KNOWN = {
    "Entrepot",
    "English",
    "GraphQL",
    "Excel",
    "Word",
    "PowerPoint",
    "Ctrl",
    "Shift",
    "Alt",
    "Enter",
    "Esc",
    "Delete",
    "WebP",
    "camt",
    "https",
    "Stripe",
    "Ed",  # of Ed25519
    "night",
    "shift",
}
ZONES = {part for zone in available_timezones() for part in re.split(r"\W|_", zone)}


class Said(HTMLParser):
    """Collects what a page says to eyes and to screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.silent or tag in SILENT or "hidden" in given or given.get("lang", "zh-hans") != "zh-hans":
            self.silent += tag not in VOID
        else:
            self.texts += [value for name, value in attrs if name in SAID_BY_ATTRIBUTES and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in VOID:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def addresses(patterns: list[URLPattern | URLResolver] = urlpatterns) -> Iterator[str]:
    """Every page whose address needs nothing filled in."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        elif "<" not in str(pattern.pattern) and str(pattern.pattern).endswith("/"):
            yield f"/{pattern.pattern}"


def data() -> set[str]:
    """Words of the data itself: codes and names that have no Chinese."""
    named = [*Organization.objects.values_list("name", "code"), *User.objects.values_list("name", "email")]
    named += Address.objects.values_list("street", "city")
    named += [(sku, "") for product in Product.objects.all() for sku in product.variants.values_list("sku", flat=True)]
    return {word for row in named for text in row for word in WORD.findall(text or "")}


def english(client: Client, address: str, known: set[str]) -> set[str]:
    """Words of a page that are neither Chinese nor known."""
    response = client.get(address)
    if response.status_code != 200 or "text/html" not in response["Content-Type"]:
        return set()
    said = Said()
    said.feed(response.content.decode())
    said.close()
    return {word for text in said.texts for word in WORD.findall(re.sub(r"\{\w+\}", "", text))} - known


def details(market: Market) -> Iterator[str]:
    """Pages of one thing: an order, goods, a price list, a partner."""
    variant = market.goods["PAN-001"]
    product = to_global_id("Product", variant.product_id)
    yield f"/orders/{to_global_id('Order', market.order(('PAN-001', 6), ('PAN-011', 2)).pk)}/"
    yield f"/catalog/{product}/"
    yield f"/office/products/{product}/"
    yield f"/office/prices/{to_global_id('PriceList', market.list.pk)}/"
    yield f"/office/partners/{to_global_id('Partnership', market.buyer.pk)}/"


@pytest.mark.parametrize("email", [DEALER, SELLER])
def test_no_english_word_is_left_on_a_chinese_page(market, email):
    pages = {*details(market), *addresses()} - {"/style/"}
    client = signed_in(email)
    client.cookies["django_language"] = "zh-hans"
    known = KNOWN | ZONES | data()
    found = {address: words for address in sorted(pages) if (words := english(client, address, known))}
    assert not found, "\n".join(f"{address}: {sorted(words)}" for address, words in found.items())
