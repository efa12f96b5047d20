"""Finding goods to buy: the catalogue with its facets, the category tree, completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import graphene
import orjson
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.catalog.assortments import scope_of
from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import Category, Product, Variant
from marketplace.catalog.offered import OFFERED, offered_variant_of
from marketplace.catalog.schema.types import CategoryType, ProductType, VariantType
from marketplace.catalog.visibility import own
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.lean import lean_row
from marketplace.graphql import (
    ConnectionField,
    Field,
    Page,
    PageRequest,
    decode_cursor,
    encode_cursor,
    enum_of,
    from_global_id,
)
from marketplace.graphql.connections import Connection, PageInfo
from marketplace.graphql.filters import DecimalRange
from marketplace.graphql.scalars import Decimal
from marketplace.graphql.sorting import SortDirection
from marketplace.parties.schema.types import listed, text
from marketplace.parties.sides import TradeSide
from marketplace.search.by_price import MOST, ByPrice, Place
from marketplace.search.conditions import condition
from marketplace.search.engine import FacetCount, Found, Hit, SearchRequest, Slice, engine
from marketplace.search.own_goods import OwnGoods
from marketplace.search.postgres import PRODUCT_FIELDS
from marketplace.search.price_bands import Band, bands, priced_between, prices_of
from marketplace.search.shown import ShownFacet, ShownValue, named, shown_facets

MOST_SUGGESTED = 20

OFFERED_BY_ID = f"{OFFERED} AND variant.id = ANY (%(variants)s::bigint[])"
ONLY_SELLER = "SELECT upstream_id FROM parties_partnership WHERE downstream_id = %s AND status = 'active' LIMIT 2"


class FacetValueType(graphene.ObjectType):
    """A value one can narrow by, and how many products have it."""

    class Meta:
        name = "FacetValue"

    value = text("What to put into the filter: the id of a brand or category, or a value of the attribute.")
    label = text("In the reader's language.")
    count = Field(graphene.Int, required=True, description="Products with it, whatever else is chosen in this facet.")


class FacetType(graphene.ObjectType):
    """Something by which what was found can be narrowed."""

    class Meta:
        name = "Facet"

    code = text("`brand`, `category`, or the code of an attribute.")
    label = text("In the reader's language.")
    values = listed(FacetValueType, "Its values, those of most products first; numbers in their order.")


class CatalogEdge(graphene.ObjectType):
    """One product of a page."""

    cursor = text("Where the product stands in the list.")
    node = Field(graphene.NonNull(ProductType), description="The product.")


class CatalogSortField(graphene.Enum):
    """Keys that the catalogue is sorted by."""

    RELEVANCE = "RELEVANCE"
    NAME = "NAME"
    SKU = "SKU"
    NEWEST = "NEWEST"
    PRICE = "PRICE"

    @property
    def description(self) -> str:
        return {
            "RELEVANCE": "What answers the words best; without words the name.",
            "NAME": "The name in the reader's language.",
            "SKU": "The code of the first variant.",
            "NEWEST": "What came last; DESC has it first.",
            "PRICE": f"What you pay for the first variant; by name where more than {MOST:,} products are found.",
        }[self.name]


class PriceBandType(graphene.ObjectType):
    """Prices from one to another, and how many products you pay that for."""

    class Meta:
        name = "PriceBand"

    low = Field(Decimal, required=True, description="From this price on, in the currency you trade in with the seller.")
    high = Field(Decimal, required=True, description="Up to this price.")
    count = Field(graphene.Int, required=True, description="Products, by the price of their first variant.")


class CatalogConnection(graphene.ObjectType):
    """A page of what you may buy."""

    edges = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(CatalogEdge))), cost=0, size=1, description="With cursors."
    )
    nodes = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(ProductType))), size=1, description="Products of the page."
    )
    page_info = Field(PageInfo, required=True, cost=0, description="Where the page stands.")
    total_count = Field(graphene.Int, required=True, cost=1, description="Products in the whole list.")
    facets = listed(FacetType, "What it can be narrowed by.", cost=20, size=5)
    categories = listed(
        FacetValueType, "Every category with products of the list in it or below, whatever category is chosen.", size=40
    )
    sorted_by = Field(CatalogSortField, required=True, description="By what it is sorted in fact.")
    price_bands = Field(
        graphene.List(graphene.NonNull(PriceBandType)),
        cost=20,
        size=5,
        description="What you pay, in a few bands, whatever `filter.price` says; null for several sellers at once, and"
        f" where more than {MOST:,} products are found.",
    )
    narrowed_by_price = Field(
        graphene.Boolean,
        required=True,
        description=f"Whether `filter.price` narrows the list: false where more than {MOST:,} products are found.",
    )
    did_you_mean = Field(graphene.String, description="A better spelling, when the words as written found nothing.")

    def resolve_facets(root: Connection, info: Any) -> list[ShownFacet]:
        source: Any = root.source
        return shown_facets(source.counts(), source.request)

    def resolve_categories(root: Connection, info: Any) -> list[ShownValue]:
        source: Any = root.source
        return [named(count, "Category") for count in source.counts() if count.facet == "category"]

    def resolve_sorted_by(root: Connection, info: Any) -> str:
        source: Any = root.source
        return source.sorted_by()

    def resolve_price_bands(root: Connection, info: Any) -> list[Band] | None:
        source: Any = root.source
        prices = source.prices(info.context.actor)
        return None if prices is None else bands(list(prices.values()))

    def resolve_narrowed_by_price(root: Connection, info: Any) -> bool:
        source: Any = root.source
        return source.narrowed

    def resolve_did_you_mean(root: Connection, info: Any) -> str | None:
        source: Any = root.source
        return source.found.better_spelling()


class AttributeFilter(graphene.InputObjectType):
    """Goods with any of these values."""

    code = graphene.String(required=True, description="The code of the attribute.")
    values = graphene.List(graphene.NonNull(graphene.String), required=True, description="Values as facets give them.")


class CatalogFilter(graphene.InputObjectType):
    """Narrows the catalogue; all that is given has to hold."""

    category = graphene.ID(description="In this category or below it.")
    brand = graphene.List(graphene.NonNull(graphene.ID), description="Of any of these brands.")
    attributes = graphene.List(graphene.NonNull(AttributeFilter), description="With these values.")
    in_stock = graphene.Boolean(description="That can be delivered now.")
    ids = graphene.List(graphene.NonNull(graphene.ID), description="These products.")
    price = graphene.InputField(
        DecimalRange, description="Of which you pay this for the first variant; of one seller at a time."
    )


class CatalogSort(graphene.InputObjectType):
    """Sorts the catalogue; by relevance where there are words, else by name, unless told otherwise."""

    field = graphene.InputField(CatalogSortField, required=True, description="The key.")
    direction = graphene.InputField(SortDirection, description="Which end comes first.")


class CatalogSource:
    """Pages of what was found."""

    def __init__(
        self, found: Found, request: SearchRequest, sort: str, descending: bool, variants: bool = False
    ) -> None:
        self.found, self.request, self.sort, self.descending = found, request, sort, descending
        self.variants = variants
        self.of_any_price, self.narrowed = found, False
        self._counts: list[FacetCount] | None = None
        self.order = f"catalog:{sort}:{descending}:{(get_language() or '')[:2]}"

    def page(self, request: PageRequest) -> Page:
        edges = {name: getattr(request, name) for name in ("after", "before")}
        known = {name: decode_cursor(self.order, edge, 2) for name, edge in edges.items() if edge is not None}
        hits = self.found.page(
            Slice(request.size, self.sort, self.descending, request.backward, variants=self.variants, **known)
        )
        more = len(hits) > request.size
        if request.backward:
            hits = hits[: request.size][::-1]
        hits = hits[: request.size]
        has_next = request.before is not None if request.backward else more
        has_previous = more if request.backward else request.after is not None
        rows = [product_of_hit(hit) for hit in hits]
        return Page(rows, lambda index: encode_cursor(self.order, list(hits[index].key)), has_next, has_previous)

    def total(self) -> int:
        return self.found.count()

    def prices(self, actor: Actor) -> dict[int, Any] | None:
        """What the actor pays, by product, whatever prices were chosen; None where they are not worked out."""
        return None if self.request.seller_id is None else prices_of(actor, self.of_any_price)

    def sorted_by(self) -> str:
        """The key the rows stand by."""
        return self.sort

    def counts(self) -> list[FacetCount]:
        """Values with counts, asked for once."""
        if self._counts is None:
            self._counts = self.found.facets()
        return self._counts


class PricedSource(CatalogSource):
    """Pages by price; by name where too much was found to be priced."""

    def __init__(self, actor: Actor, found: Found, request: SearchRequest, descending: bool, variants: bool) -> None:
        super().__init__(found, request, "PRICE", descending, variants)
        self.actor = actor
        self._by_price: Any = None

    def sorted_by(self) -> str:
        if self._by_price is None:
            self._by_price = ByPrice(self.actor, self.found, self.descending)
        return "PRICE" if self._by_price.rows is not None else "NAME"

    def page(self, request: PageRequest) -> Page:
        if self.sorted_by() == "NAME":
            return CatalogSource(self.found, self.request, "NAME", False, self.variants).page(request)
        edges = {name: getattr(request, name) for name in ("after", "before")}
        known = {name: edge and Place.of(decode_cursor(self.order, edge, 2)) for name, edge in edges.items()}
        rows, has_next, has_previous = self._by_price.part(request.size, backward=request.backward, **known)
        products = [product_of_hit(hit) for _place, hit in rows]
        return Page(products, lambda index: encode_cursor(self.order, rows[index][0].cursor), has_next, has_previous)


_ATTRIBUTES = PRODUCT_FIELDS.index("attributes")


def product_of_hit(hit: Hit) -> Product:
    """The product of a hit; it knows by whom it is offered."""
    values = list(hit.row)
    values[_ATTRIBUTES] = orjson.loads(values[_ATTRIBUTES])
    product = lean_row(Product, PRODUCT_FIELDS, values)
    product.offered_by = hit.seller_id
    if hit.variant is not None:
        product.first_offered = first = None if hit.variant[0] is None else offered_variant_of(hit.variant)
        if first is not None:
            first._state.fields_cache["product"] = product
    return product


def shows_first_variants(info: Any) -> bool:
    """Whether a page shows one variant of each product; where it shows all, the first is among them."""
    for path in (("edges", "node"), ("nodes",)):
        if info.selects(*path, "defaultVariant"):
            return not (info.selects(*path, "variants") or info.selects(*path, "variantCount"))
    return False


class CatalogField(ConnectionField):
    """A connection that also tells facets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ProductType, hands_over=True, **options)
        self._type = graphene.NonNull(CatalogConnection)


def seller_id_of(actor: Actor, gid: str | None) -> int | None:
    """The seller of an id; without one the only seller the actor has, or None for several."""
    if gid is not None:
        return from_global_id(gid, "Organization", "seller")
    if actor.on_behalf_of is not None:
        return actor.organization_id
    with connection.cursor() as cursor:
        cursor.execute(ONLY_SELLER, [actor.organization_id])
        rows = cursor.fetchall()
    return rows[0][0] if len(rows) == 1 else None


def request_of(actor: Actor, seller: str | None, search: str | None, narrow: dict[str, Any]) -> SearchRequest:
    """What is looked for, from the arguments of the field. An id of another kind finds nothing."""
    conditions = []
    if narrow.get("in_stock"):
        found = condition("in_stock", actor)
        if found is None:
            raise DomainError(Code.INVALID, _("Stock is not kept here."), "filter.in_stock")
        conditions.append(found)
    category = narrow.get("category")
    brands, ids = narrow.get("brand"), narrow.get("ids")
    return SearchRequest(
        text=search or "",
        seller_id=seller_id_of(actor, seller),
        category_id=None if category is None else _keys([category], "Category")[0],
        brand_ids=_keys(brands, "Brand") if brands else None,
        attributes={one["code"]: tuple(one["values"]) for one in narrow.get("attributes") or () if one["values"]},
        product_ids=None if ids is None else _keys(ids, "Product"),
        conditions=tuple(conditions),
    )


def within_prices(
    actor: Actor, found: Found, request: SearchRequest, price: dict[str, Any] | None
) -> tuple[SearchRequest, bool]:
    """The request narrowed to what costs its actor so much, and whether it could be."""
    low, high = (price or {}).get("gte"), (price or {}).get("lte")
    if low is None and high is None:
        return request, False
    if request.seller_id is None:
        raise DomainError(Code.INVALID, _("Choose one seller to narrow the catalogue by price."), "filter.price")
    ids = priced_between(actor, found, low, high)
    return (request, False) if ids is None else (replace(request, product_ids=ids), True)


def _keys(gids: Sequence[str], type_name: str) -> tuple[int, ...]:
    keys = []
    for gid in gids:
        try:
            keys.append(from_global_id(gid, type_name))
        except DomainError:
            keys.append(0)
    return tuple(keys)


class Queries(OwnGoods):
    """What can be asked of the catalogue one buys from, and of one's own goods."""

    catalog = CatalogField(
        seller=graphene.ID(description="Of this seller; of all your sellers unless told."),
        search=graphene.String(description="Words of names, brands, categories and properties, or a code."),
        filter=graphene.Argument(CatalogFilter, description="Narrows the list."),
        sort_by=graphene.Argument(CatalogSort, description="Sorts the list."),
        permission="catalog.browse",
        description="What your organization may buy: put up now, and in its assortment.",
    )
    categories = listed(
        CategoryType,
        "The category tree, depth first. Of what you may buy with the categories that hold something; of your own"
        " products (`side: SELLER`) with all.",
        seller=graphene.ID(description="Of this seller; of all your sellers unless told."),
        side=graphene.Argument(enum_of(TradeSide), description="BUYER unless told."),
        size=40,
    )
    variant_suggestions = listed(
        VariantType,
        "Completion of a SKU, a barcode, your own code or words of the name; only what you may order, best first.",
        seller=graphene.ID(description="Of this seller; of all your sellers unless told."),
        search=graphene.String(required=True, description="What has been typed."),
        first=graphene.Int(description="How many, 10 unless told, 20 at most."),
        permission="catalog.browse",
    )

    def resolve_catalog(
        root: Any,
        info: Any,
        seller: str | None = None,
        search: str | None = None,
        filter: Any = None,
        sort_by: Any = None,
    ) -> CatalogSource:
        actor = info.context.actor
        request = request_of(actor, seller, search, filter or {})
        chosen = (sort_by or {}).get("field")
        sort = getattr(chosen, "name", chosen) or ("RELEVANCE" if request.text.strip() else "NAME")
        direction = (sort_by or {}).get("direction")
        descending = getattr(direction, "value", direction) == "desc" if direction else sort == "NEWEST"
        of_any_price, variants = engine().find(actor, request), shows_first_variants(info)
        request, narrowed = within_prices(actor, of_any_price, request, (filter or {}).get("price"))
        found = engine().find(actor, request) if narrowed else of_any_price
        source = (
            PricedSource(actor, found, request, descending, variants)
            if sort == "PRICE"
            else CatalogSource(found, request, sort, descending, variants)
        )
        source.of_any_price, source.narrowed = of_any_price, narrowed
        return source

    def resolve_categories(root: Any, info: Any, seller: str | None = None, side: Any = None) -> list[Category]:
        actor = info.context.actor
        if side == TradeSide.SELLER:
            rows = list(Category.objects.filter(own(actor)).cleared())
            return in_tree_order(rows)
        request = SearchRequest(seller_id=seller_id_of(actor, seller))
        counts = {int(one.value): one.count for one in engine().find(actor, request).category_counts()}
        rows = list(Category.objects.filter(pk__in=counts).cleared())
        for row in rows:
            row.product_count = counts[row.pk]
        return in_tree_order(rows)

    def resolve_variant_suggestions(
        root: Any, info: Any, search: str, seller: str | None = None, first: int | None = None
    ) -> list[Variant]:
        actor = info.context.actor
        most = max(0, min(first if first is not None else 10, MOST_SUGGESTED))
        hits = engine().suggest(actor, search, seller_id_of(actor, seller), most)
        return offered_variants(actor, hits)


def offered_variants(actor: Actor, hits: Sequence[tuple[int, int]]) -> list[Variant]:
    """Variants offered to the actor by (variant id, seller id), in this order, with their products. Two statements."""
    if not hits:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OFFERED_BY_ID, scope_of(actor) | {"variants": [variant_id for variant_id, _seller in hits]})
        found = {(row.pk, row.offered_by): row for row in map(offered_variant_of, cursor.fetchall())}
    variants = [found[hit] for hit in hits if hit in found]
    products = Product.objects.in_bulk({variant.product_id for variant in variants})
    for variant in variants:
        variant.product = products[variant.product_id]
    return variants


def in_tree_order(rows: list[Category]) -> list[Category]:
    """Categories depth first, those beside each other by position and name."""
    by_id = {row.pk: row for row in rows}

    def key(row: Category) -> list[tuple[int, str, int]]:
        line = [by_id[pk] for pk in row.ancestors if pk in by_id]
        return [(one.position, one.name, one.pk) for one in line]

    return sorted(rows, key=key)
