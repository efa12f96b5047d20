"""Completion of what is being typed, and guesses for codes that are not known."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from marketplace.catalog.assortments import BUYER_SCOPE, HELD, LISTED, WITHIN, scope_of
from marketplace.core.actor import Actor
from marketplace.search.questions import exact
from marketplace.search.words import fold

# Candidates are cut before the assortments are asked: enough that hidden ones do not empty the list.
_CANDIDATES = 200
_CLOSEST = 25
MOST_GUESSED = 200

_OFFERED = f"""FROM hit
JOIN scope ON scope.seller_id = hit.seller_id
JOIN catalog_variant variant ON variant.id = hit.variant_id AND variant.status = 'active'
JOIN catalog_product product ON product.id = variant.product_id AND product.status = 'active'
JOIN catalog_listing listing ON listing.variant_id = variant.id AND listing.organization_id = scope.seller_id
    AND {LISTED}
WHERE {WITHIN}"""

# A prefix is looked for by the operators of text_pattern_ops: with these the index serves prefixes known at run time.
_BEGINS = "{0} ~>=~ {1} AND {0} ~<~ ({1} || chr(1114111))"

SUGGEST = f"""WITH {BUYER_SCOPE}, {HELD}, hit AS (
    SELECT seller_id, variant_id, min(how) AS how, min(shown) AS shown FROM (
        (SELECT code.organization_id AS seller_id, code.variant_id, CASE WHEN code.key = %(text)s THEN 0
            WHEN code.is_sku THEN 1 ELSE 2 END AS how, code.key AS shown
        FROM scope JOIN search_searchcode code ON code.organization_id = scope.seller_id
            AND {_BEGINS.format("code.key", "%(text)s::text")} ORDER BY code.key LIMIT {_CANDIDATES})
        UNION ALL
        (SELECT scope.seller_id, own.variant_id, 2, own.code_key
        FROM catalog_partneritemcode own JOIN catalog_listing put_up ON put_up.variant_id = own.variant_id
        JOIN scope ON scope.seller_id = put_up.organization_id
        WHERE own.organization_id = %(buyer)s::bigint AND {_BEGINS.format("own.code_key", "%(text)s::text")}
        LIMIT {_CANDIDATES})
        <words>
    ) every GROUP BY 1, 2
) SELECT variant.id, hit.seller_id {_OFFERED} ORDER BY hit.how, hit.shown, variant.id LIMIT %(limit)s"""

_WORDS = f"""UNION ALL
        (SELECT document.organization_id, variant.id, 3, lpad((1000000 - rank * 1000000)::bigint::text, 8, '0')
        FROM (SELECT document.organization_id, document.product_id,
                ts_rank('{{0.05, 0.3, 0.5, 1}}', document.vector, <question>) AS rank
            FROM scope JOIN search_searchdocument document ON document.organization_id = scope.seller_id
            WHERE document.listed AND document.vector @@ <question>
            ORDER BY rank DESC, document.id LIMIT {_CANDIDATES}) document
        JOIN catalog_variant variant ON variant.product_id = document.product_id)"""

# One slip spares the first half of a code or the last: candidates share one of them, found by the beginning of the code
# or of the code read backwards. The words of a name come after.
SIMILAR = f"""WITH {BUYER_SCOPE}, {HELD}, hit AS (
    SELECT asked.n, near.variant_id, max(near.close) AS close, %(seller)s::bigint AS seller_id
    FROM unnest(%(texts)s::text[], %(heads)s::text[], %(tails)s::text[], %(questions)s::text[]) WITH ORDINALITY
        AS asked(text, head, tail, question, n)
    JOIN LATERAL (
        (SELECT code.variant_id, similarity(code.key, asked.text) AS close FROM search_searchcode code
        WHERE code.organization_id = %(seller)s::bigint AND {_BEGINS.format("code.key", "asked.head")}
        ORDER BY close DESC, code.key LIMIT {_CLOSEST})
        UNION ALL
        (SELECT code.variant_id, similarity(code.key, asked.text) FROM search_searchcode code
        WHERE code.organization_id = %(seller)s::bigint AND {_BEGINS.format("reverse(code.key)", "asked.tail")}
        ORDER BY 2 DESC, code.key LIMIT {_CLOSEST})
        UNION ALL
        (SELECT variant.id, 0.1 FROM (
            SELECT document.product_id FROM search_searchdocument document
            WHERE document.organization_id = %(seller)s::bigint AND document.listed
                AND document.vector @@ asked.question::tsquery LIMIT {_CLOSEST}) named
        JOIN catalog_variant variant ON variant.product_id = named.product_id)
    ) near ON near.close >= 0.1
    GROUP BY asked.n, near.variant_id
), ranked AS (
    SELECT hit.n, variant.id,
        row_number() OVER (PARTITION BY hit.n ORDER BY hit.close DESC, variant.sku) AS place
    {_OFFERED}
) SELECT n, id FROM ranked WHERE place <= %(limit)s ORDER BY n, place"""


def suggest(actor: Actor, text: str, seller_id: int | None, limit: int) -> list[tuple[int, int]]:
    """Variants with their sellers, best first: SKU, beginning of a SKU, of a barcode or own code, words of the name.

    Only what the actor may order. One statement; a second one, over similar codes, when nothing begins like this.
    """
    folded = fold(text[:100])
    if not folded:
        return []
    question = exact(text)
    values = scope_of(actor, seller_id) | {"text": folded, "limit": limit}
    words = ""
    if question:
        expression, bound = question.sql()
        values |= bound
        words = _WORDS.replace("<question>", expression)
    with connection.cursor() as cursor:
        cursor.execute(SUGGEST.replace("<words>", words), values)
        found = cursor.fetchall()
    if found or len(folded) < 3 or seller_id is None:
        return found
    return [(variant_id, seller_id) for variant_id in similar(actor, seller_id, [text], limit).get(text, [])]


def similar(actor: Actor, seller_id: int, texts: Sequence[str], limit: int = 5) -> dict[str, list[int]]:
    """For each text, up to `limit` variants of a seller whose codes, or else names, come closest; one statement.

    A text without a similar code or name is left out, and so are those after the first MOST_GUESSED.
    """
    asked = list(dict.fromkeys(texts))[:MOST_GUESSED]
    folded = [fold(text[:64]) for text in asked]
    values = scope_of(actor, seller_id) | {
        "texts": folded,
        # A half of one character would be shared by everything.
        "heads": [text[: (len(text) + 1) // 2] if len(text) >= 4 else text for text in folded],
        "tails": [text[::-1][: len(text) // 2] if len(text) >= 4 else text[::-1] for text in folded],
        "questions": [_all_words(text) for text in folded],
        "limit": limit,
    }
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SIMILAR, values)
        for number, variant_id in cursor.fetchall():
            found.setdefault(asked[number - 1], []).append(variant_id)
    return found


def _all_words(text: str) -> str:
    return " & ".join(clause.query for clause in exact(text).clauses)
