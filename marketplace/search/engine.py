"""One interface to search, whatever engine answers; the engine is named in the settings (`SEARCH_ENGINE`).

found = engine().find(actor, SearchRequest(text="保温杯", seller_id=7))
found.page(Slice(size=20, sort="RELEVANCE")); found.count(); found.facets(); found.better_spelling()
engine().suggest(actor, "abc-1", seller_id=7, limit=10)         -> [(variant id, seller id), ...]
engine().similar(actor, 7, ["ABD-1", ...], limit=5)             -> {"ABD-1": [variant id, ...]}
engine().index([product id, ...])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from marketplace.core.actor import Actor

ENGINES = {"postgres": "marketplace.search.postgres.PostgresEngine"}


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Which goods: of one seller (None: all one buys from), found by words, narrowed by choices.

    `attributes`: any of the values of each code. `conditions`: further conditions with their values, as floors above
    registered them (`marketplace.search.conditions`).
    """

    text: str = ""
    seller_id: int | None = None
    category_id: int | None = None
    brand_ids: tuple[int, ...] | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    product_ids: tuple[int, ...] | None = None
    conditions: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of the hits, in which order: RELEVANCE, NAME, SKU or NEWEST, from one of its sort values on.

    `variants`: with the first variant offered of each product.
    """

    size: int = 20
    sort: str = "NAME"
    descending: bool = False
    backward: bool = False
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None
    variants: bool = False


class Hit(NamedTuple):
    """A product found: the row of the page statement, by which seller, and where it stands in the order.

    `variant` is a row of `catalog.offered` where the page was to have them; its id is None where none is offered.
    """

    row: tuple[Any, ...]
    seller_id: int
    key: tuple[Any, ...]
    variant: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of the products found have one value. `facet`: brand, category, or the code of an attribute."""

    facet: str
    value: str
    count: int
    name_zh: str = ""
    name_en: str = ""
    depth: int = 0
    parent: int | None = None


class Found(Protocol):
    """The answer to one request, read as far as somebody looks."""

    def page(self, part: Slice) -> list[Hit]:
        """One row more than `part.size` when there are more."""

    def count(self) -> int:
        """Products found in all."""

    def facets(self) -> list[FacetCount]:
        """Values with counts; each facet is counted without its own choice, so that one can widen it."""

    def category_counts(self) -> list[FacetCount]:
        """Only the categories, each with all that stand above it."""

    def better_spelling(self) -> str | None:
        """What was probably meant, when the words as written found nothing and these do."""


class SearchEngine(Protocol):
    """What an engine has to be able to do. Every answer holds only what the actor may see."""

    def index(self, product_ids: Iterable[int]) -> None:
        """Make the documents of these products anew."""

    def find(self, actor: Actor, request: SearchRequest) -> Found:
        """What of the sellers' offers to the actor answers a request."""

    def own_matches(self, actor: Actor, text: str) -> Q:
        """The condition that a product of the actor's own, whatever its state, is found by words."""

    def suggest(self, actor: Actor, text: str, seller_id: int | None, limit: int) -> list[tuple[int, int]]:
        """Variants (with their sellers) that complete what is being typed, best first."""

    def similar(self, actor: Actor, seller_id: int, texts: Sequence[str], limit: int) -> dict[str, list[int]]:
        """For codes that were not found: the variants whose codes or names come closest."""


@lru_cache(maxsize=1)
def engine() -> SearchEngine:
    """The engine of this installation."""
    name = getattr(settings, "SEARCH_ENGINE", "postgres")
    return import_string(ENGINES.get(name, name))()


def index_products(product_ids: Sequence[int]) -> None:
    """Bring the index up to date with some products, in the transaction that changed them."""
    engine().index(product_ids)
