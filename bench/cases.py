"""What is measured: one GraphQL document each, with variables that walk over the seeded data."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bench.dataset import Dataset

Variables = Callable[[Dataset, int], dict]

LIST = """query List($seller: ID!, $category: ID!) {
  catalog(seller: $seller, filter: {category: $category}, first: 20) { edges { node {
    name slug defaultVariant { sku price { unitPrice { amount currency } } availability { level label } } } } } }"""

SEARCH = """query Search($seller: ID!, $search: String!) {
  catalog(seller: $seller, search: $search, first: 20) { edges { node {
    name slug defaultVariant { sku price { unitPrice { amount currency } } availability { level label } } } } } }"""

DETAIL = """query Detail($id: ID!) {
  product(id: $id) { name slug description brand { name } category { name } attributes { name value }
    variants { sku name packs { uom { code } factor } quantityRule { min step max }
      price { unitPrice { amount currency } } priceTiers { minQuantity unitPrice { amount } uom { code } }
      availability { level label quantity } } } }"""

PLACE = """mutation Place($input: OrderPlaceInput!) {
  orderPlace(input: $input) {
    order { id number total { gross { amount currency } } } errors { code message index } } }"""

# What the order pad asks of a paste; the fragments are those of storefront/fragments/pad.graphql, written out.
PAD = """query CheckLines($seller: ID!, $lines: [OrderEntryInput!]) {
  orderPasteParse(seller: $seller, lines: $lines) {
    mergedCount goodCount badCount errors { code message }
    total { net { amount currency } tax { amount currency } gross { amount currency } }
    lines { lineNumber code quantityText variantId sku name quantity uomCode uomCodes step
      unitPrice { amount currency } total { amount currency } availability { level label }
      errorCode errorMessage snappedQuantity } } }"""


@dataclass(frozen=True)
class Case:
    """One benchmark: its document, its variables, the most SQL statements and CPU milliseconds it may cost."""

    name: str
    document: str
    variables: Variables
    requests: int
    statements: int | None = None
    cpu_ms: float | None = None

    def body(self, data: Dataset, number: int) -> bytes:
        """The JSON of request `number`."""
        return json.dumps({"query": self.document, "variables": self.variables(data, number)}).encode()


def _order(lines: int) -> Variables:
    def variables(data: Dataset, number: int) -> dict:
        chosen = data.some_variants(lines, number)
        entries = [{"variant": variant, "quantity": str(1 + number % 3)} for variant in chosen]
        return {"input": {"seller": data.seller, "address": data.address, "lines": entries}}

    return variables


def _paste(lines: int) -> Variables:
    """Lines as they are pasted: by SKU, one in a hundred of them unknown."""

    def variables(data: Dataset, number: int) -> dict:
        chosen = data.some_skus(lines, number)
        entries = [
            {"code": f"{sku}-X" if n % 100 == 99 else sku, "quantity": str(1 + (n + number) % 24)}
            for n, sku in enumerate(chosen)
        ]
        return {"seller": data.seller, "lines": entries}

    return variables


CASES = (
    Case("product_list", LIST, lambda data, n: {"seller": data.seller, "category": data.category(n)}, 600, 6, 2.5),
    Case("search", SEARCH, lambda data, n: {"seller": data.seller, "search": data.words(n)}, 300),
    Case("product_detail", DETAIL, lambda data, n: {"id": data.product(n)}, 600),
    Case("order_place_5", PLACE, _order(5), 300, 15, 20),
    Case("order_place_100", PLACE, _order(100), 60, 15, 60),
    Case("pad_paste_1000", PAD, _paste(1000), 30, 6, 300),
    Case("order_place_500", PLACE, _order(500), 20, 15, 250),
)
