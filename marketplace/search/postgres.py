"""The engine on PostgreSQL: full text over the documents, in one statement with what the buyer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q
from django.utils.translation import get_language

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, LISTED, scope_of, within
from marketplace.catalog.models import Product
from marketplace.catalog.offered import FIRST_OFFERED
from marketplace.core.actor import Actor
from marketplace.search.documents import index_documents
from marketplace.search.engine import FacetCount, Found, Hit, SearchRequest, Slice
from marketplace.search.facets import category_rows, chosen_attributes, facet_statement
from marketplace.search.questions import Question, any_word, exact, forgiving
from marketplace.search.suggest import similar, suggest

_WITHIN = within("NULL::bigint", "document.product_id", "document.brand", "document.category")
_WITHIN_VARIANT = within("variant.id", "document.product_id", "document.brand", "document.category")

# A document stands for all variants of its product as long as they are listed alike and no assortment tells them apart.
VISIBLE = f"""document.listed AND document.valid_from <= scope.at AND document.valid_to > scope.at
    AND CASE WHEN document.uneven OR scope.k IN (SELECT held.k FROM held WHERE held.variant_id IS NOT NULL)
    THEN EXISTS (
        SELECT 1 FROM catalog_variant variant
        JOIN catalog_listing listing ON listing.variant_id = variant.id AND listing.organization_id = scope.seller_id
            AND {LISTED}
        WHERE variant.product_id = document.product_id AND variant.status = 'active' AND {_WITHIN_VARIANT})
    ELSE {_WITHIN} END"""

MATCHED = (
    f"FROM scope JOIN search_searchdocument document ON document.organization_id = scope.seller_id WHERE {VISIBLE}"
)

# Columns of a page; a list shows no description, so none is read.
PRODUCT_FIELDS = tuple(
    field.attname for field in Product._meta.concrete_fields if not field.attname.startswith("description")
)
_COLUMNS = ", ".join(f"product.{name}" for name in PRODUCT_FIELDS)

_BELOW = """document.category = ANY (ARRAY(SELECT below.id FROM catalog_category below
    WHERE below.ancestors @> ARRAY[%(category)s::bigint]))"""

SORTS = {
    "NAME": ("document.name_en", "text"),
    "NAME_ZH": ("document.name_zh", "text"),
    "SKU": ("document.sku", "text"),
    "NEWEST": ("document.created_at", "timestamptz"),
}
# Weights of D, C, B, A: descriptions, attribute values, brand and category, names and codes.
_RANK = "ts_rank('{0.05, 0.3, 0.5, 1}', document.vector, %(query)s::tsquery)::float8"


class PostgresFound:
    """The answer to one request. The words are tried as written and, if that finds nothing, forgivingly."""

    def __init__(self, actor: Actor, request: SearchRequest) -> None:
        self.request = request
        self.spelling: str | None = None
        self._question: Question = exact(request.text) if request.text.strip() else Question(())
        self._text = bool(self._question)
        # Words of punctuation alone find nothing, rather than everything.
        self._hopeless = bool(request.text.strip()) and not self._text
        self._settled = not self._text
        self.values: dict[str, Any] = scope_of(actor, request.seller_id)
        self._narrow = self._narrowing(request)

    def _narrowing(self, request: SearchRequest) -> dict[str, str]:
        """Conditions by the facet they belong to; "" for those of none."""
        narrow: dict[str, list[str]] = {"": []}
        if self.values["seller"] is not None:
            # Said of the document itself, the seller leads into the index that has the order.
            narrow[""].append("document.organization_id = %(seller)s::bigint")
        if request.product_ids is not None:
            narrow[""].append("document.product_id = ANY (%(products)s::bigint[])")
            self.values["products"] = list(request.product_ids)
        if request.category_id is not None:
            narrow[""].append(_BELOW)
            self.values["category"] = request.category_id
        if request.brand_ids is not None:
            narrow["brand"] = ["document.brand = ANY (%(brands)s::bigint[])"]
            self.values["brands"] = list(request.brand_ids)
        for number, (code, chosen) in enumerate(request.attributes.items()):
            narrow[f"@{code}"] = [f"document.facets && %(facet{number})s::text[]"]
            self.values[f"facet{number}"] = [f"{code}={value}" for value in chosen]
        for text, values in request.conditions:
            narrow[""].append(f"({text})")
            self.values.update(values)
        return {facet: " AND ".join(parts) for facet, parts in narrow.items() if parts}

    def _where(self) -> str:
        parts = [*self._narrow.values()]
        if self._text:
            parts.append(self._matches())
        return "".join(f" AND {part}" for part in parts)

    def _matches(self) -> str:
        text, values = self._question.sql()
        self.values.update(values)
        return f"document.vector @@ {text}"

    def _rows(self, select: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {BUYER_SCOPE}, {HELD} {select}", self.values)
            return cursor.fetchall()

    def _settle(self) -> None:
        """Find out whether the words as written find anything; if not, forgive."""
        if self._settled:
            return
        if not self._rows(f"SELECT 1 {MATCHED}{self._where()} LIMIT 1"):
            self._forgive()
        self._settled = True

    def _forgive(self) -> None:
        sellers = [row[0] for row in self._rows("SELECT seller_id FROM scope")]
        question, spelling = forgiving(self.request.text, sellers)
        # Words are known by seller: one that stands only on what this buyer may not see is not told.
        if spelling and self._finds(exact(spelling)):
            self.spelling = spelling
        for candidate in (question, any_word(self.request.text)):
            if self._finds(candidate):
                break
        self._settled = True

    def _finds(self, question: Question) -> bool:
        """Ask this from now on; True where it finds something."""
        self._question = question
        return bool(self._rows(f"SELECT 1 {MATCHED}{self._where()} LIMIT 1"))

    def page(self, part: Slice) -> list[Hit]:
        if self._hopeless:
            return []
        if part.after is not None or part.before is not None:
            self._settle()
        hits = self._page(part)
        if not hits and not self._settled:
            self._forgive()
            hits = self._page(part)
        self._settled = True
        return hits

    def _page(self, part: Slice) -> list[Hit]:
        column, kind, descending = self._order(part)
        backwards = descending != part.backward
        where = self._where()
        beyond = ""
        for name, edge, after in (("after", part.after, True), ("before", part.before, False)):
            if edge is not None:
                sign = "<" if after == descending else ">"
                beyond += f" AND ({column}, document.id) {sign} (%({name}0)s::{kind}, %({name}1)s::bigint)"
                self.values |= {f"{name}0": edge[0], f"{name}1": edge[1]}
        direction = "DESC" if backwards else "ASC"
        first, join = (", first.*", FIRST_OFFERED) if part.variants else ("", "")
        rows = self._rows(f"""SELECT {_COLUMNS}, hit.seller_id, hit.key, hit.id{first}
            FROM (SELECT document.product_id, scope.seller_id, {column} AS key, document.id
                {MATCHED}{where}{beyond}
                ORDER BY {column} {direction}, document.id {direction} LIMIT {int(part.size) + 1}) hit
            JOIN catalog_product product ON product.id = hit.product_id {join}
            ORDER BY hit.key {direction}, hit.id {direction}""")
        width = len(PRODUCT_FIELDS)
        return [
            Hit(row[:width], row[width], row[width + 1 : width + 3], row[width + 3 :] if part.variants else None)
            for row in rows
        ]

    def _order(self, part: Slice) -> tuple[str, str, bool]:
        if part.sort == "RELEVANCE" and self._text:
            text, _values = self._question.sql()
            return _RANK.replace("%(query)s::tsquery", text), "float8", not part.descending
        name = "NAME" if part.sort == "RELEVANCE" else part.sort
        if name == "NAME" and (get_language() or "").startswith("zh"):
            name = "NAME_ZH"
        return (*SORTS[name], part.descending)

    def count(self) -> int:
        if self._hopeless:
            return 0
        self._settle()
        return self._rows(f"SELECT count(*) {MATCHED}{self._where()}")[0][0]

    def facets(self) -> list[FacetCount]:
        if self._hopeless:
            return []
        self._settle()
        first = self._narrow.get("", "")
        words = f" AND {self._matches()}" if self._text else ""
        base = f"{MATCHED}{f' AND {first}' if first else ''}{words}"
        chosen = {name: text for name, text in self._narrow.items() if name}
        attributes = chosen_attributes(chosen)
        self.values |= {f"code{number}": code[1:] for number, code in enumerate(attributes)}
        found = [FacetCount(*row) for row in self._rows(facet_statement(base, chosen))]
        return [count for count in found if count.depth == 1 or count.facet not in attributes]

    def category_counts(self) -> list[FacetCount]:
        if self._hopeless:
            return []
        self._settle()
        inside = f"SELECT document.category, count(*) AS number {MATCHED}{self._where()} GROUP BY 1"
        return [FacetCount(*row) for row in self._rows(category_rows(inside))]

    def better_spelling(self) -> str | None:
        if self._hopeless:
            return None
        self._settle()
        return self.spelling


class Matches(Func):
    """A condition for WHERE: the document of the actor's own product answers a question."""

    output_field = BooleanField()

    def __init__(self, organization_id: int | None, question: Question) -> None:
        super().__init__(F("pk"))
        self.organization_id, self.question = organization_id, question

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, params = compiler.compile(self.source_expressions[0])
        text, values = self.question.sql()
        ordered: list[Any] = []
        for name, value in values.items():
            ordered.append(value)
            text = text.replace(f"%({name})s", "%s")
        found = f"""SELECT document.product_id FROM search_searchdocument document
            WHERE document.organization_id = %s AND document.vector @@ {text}"""
        return f"{outer} IN ({found})", [*params, self.organization_id, *ordered]


class PostgresEngine:
    """Nothing to install and nothing to keep in step: the index commits with what it describes."""

    def index(self, product_ids: Iterable[int]) -> None:
        index_documents(product_ids)

    def find(self, actor: Actor, request: SearchRequest) -> Found:
        return PostgresFound(actor, request)

    def own_matches(self, actor: Actor, text: str) -> Q:
        question = exact(text)
        return Q(Matches(actor.organization_id, question)) if question else Q(pk__in=[])

    def suggest(self, actor: Actor, text: str, seller_id: int | None, limit: int) -> list[tuple[int, int]]:
        return suggest(actor, text, seller_id, limit)

    def similar(self, actor: Actor, seller_id: int, texts: Sequence[str], limit: int) -> dict[str, list[int]]:
        return similar(actor, seller_id, texts, limit)
